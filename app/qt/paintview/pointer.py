"""What a hand does, read from Qt's mouse and tablet events: the same value for both."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent

from app.paint.brush import Touch
from app.qt.paintview.projection import Projection


@dataclass(frozen=True)
class Pointer:
    """Where the hand is and how it presses: `x`, `y` in canvas pixels, `view` in view pixels."""

    x: float
    y: float
    view: QPointF
    pressure: float = 1.0
    tilt_x: float = 0.0
    tilt_y: float = 0.0
    eraser: bool = False
    shift: bool = False
    control: bool = False
    alt: bool = False

    @property
    def touch(self) -> Touch:
        """As a brush feels it."""
        return Touch(self.x, self.y, self.pressure, self.tilt_x, self.tilt_y)

    @property
    def place(self) -> tuple[float, float]:
        """Where it is on the canvas."""
        return self.x, self.y


def from_mouse(event: QMouseEvent, projection: Projection) -> Pointer:
    """A mouse presses fully and stands upright."""
    return _pointer(event.position(), event.modifiers(), projection)


def from_tablet(event: QTabletEvent, projection: Projection) -> Pointer:
    """A pen, with its pressure, its tilt, and whether its other end is used."""
    return _pointer(
        event.position(),
        event.modifiers(),
        projection,
        # A pen that lifts reports no pressure; the stroke keeps what it last had.
        pressure=event.pressure() if event.type() != QEvent.Type.TabletRelease else 0.0,
        tilt_x=event.xTilt(),
        tilt_y=event.yTilt(),
        eraser=event.pointerType() == QPointingDevice.PointerType.Eraser,
    )


def _pointer(
    at: QPointF,
    keys: Qt.KeyboardModifier,
    projection: Projection,
    *,
    pressure: float = 1.0,
    tilt_x: float = 0.0,
    tilt_y: float = 0.0,
    eraser: bool = False,
) -> Pointer:
    x, y = projection.to_canvas(at.x(), at.y())
    return Pointer(
        x,
        y,
        QPointF(at),
        pressure,
        tilt_x,
        tilt_y,
        eraser,
        shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
        control=bool(keys & Qt.KeyboardModifier.ControlModifier),
        alt=bool(keys & Qt.KeyboardModifier.AltModifier),
    )
