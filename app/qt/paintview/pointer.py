"""What a hand does, read from Qt's mouse and tablet events: the same value for both."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent

from app.paint.brush import Touch
from app.qt.paintview.projection import Projection


@dataclass(frozen=True)
class Pointer:
    """Where the hand is and how it presses: `x`, `y` in canvas pixels, `view` in view pixels.

    `tilt_x`, `tilt_y`: how far a pen leans from upright along the sides of the canvas, in degrees.
    """

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


def from_place(at: QPointF, projection: Projection) -> Pointer:
    """A hand that only comes by."""
    return _pointer(at, Qt.KeyboardModifier.NoModifier, projection)


def from_tablet(event: QTabletEvent, projection: Projection) -> Pointer:
    """A pen, with its pressure, its tilt, and whether its other end is used."""
    return _pointer(
        event.position(),
        event.modifiers(),
        projection,
        # A pen that lifts reports no pressure; the stroke keeps what it last had.
        pressure=event.pressure() if event.type() != QEvent.Type.TabletRelease else 0.0,
        tilt=_turned(event.xTilt(), event.yTilt(), -projection.angle),
        eraser=event.pointerType() == QPointingDevice.PointerType.Eraser,
    )


def _turned(x: float, y: float, angle: float) -> tuple[float, float]:
    """A lean as the canvas sees it, which may lie turned by some degrees in the view."""
    turn = math.radians(angle)
    return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)


def _pointer(
    at: QPointF,
    keys: Qt.KeyboardModifier,
    projection: Projection,
    *,
    pressure: float = 1.0,
    tilt: tuple[float, float] = (0.0, 0.0),
    eraser: bool = False,
) -> Pointer:
    x, y = projection.to_canvas(at.x(), at.y())
    return Pointer(
        x,
        y,
        QPointF(at),
        pressure,
        *tilt,
        eraser,
        shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
        control=bool(keys & Qt.KeyboardModifier.ControlModifier),
        alt=bool(keys & Qt.KeyboardModifier.AltModifier),
    )


def sent_by_pen(event: QMouseEvent) -> bool:
    """Whether a mouse event was sent beside a pen's: some systems do, and it must not paint twice."""
    return event.pointingDevice().type() == QPointingDevice.DeviceType.Stylus
