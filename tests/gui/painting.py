"""A scene for tests of the painting view, and hands that paint on it with real Qt events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QPointingDeviceUniqueId, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.paint.crop import CropBox
from app.paint.overlap import Overlap
from app.paint.rect import Rect
from app.paint.scene import SceneLayer
from app.paint.tiles import Pixels, TileMask
from app.qt.paintview.view import PaintView

NO_KEYS = Qt.KeyboardModifier.NoModifier


@dataclass
class MemoryScene:
    """A scene that keeps its layers in memory and remembers every edit by its label."""

    size: tuple[int, int] = (256, 192)
    layers: list[SceneLayer] = field(default_factory=list)
    active: str | None = None
    overlap: Overlap = "stack"
    picture: Pixels | None = None
    crop: CropBox | None = None
    masks: dict[str, TileMask] = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)
    invitation: str = "Begin with a phrase"

    @classmethod
    def of(cls, *phrases: str, size: tuple[int, int] = (256, 192)) -> MemoryScene:
        """A scene with a blank layer for each phrase, the last one active."""
        scene = cls(size)
        for index, phrase in enumerate(phrases):
            scene.layers.append(SceneLayer(phrase, phrase, colour=index))
            scene.masks[phrase] = TileMask.blank(*size)
            scene.active = phrase
        return scene

    def change(self, layer_id: str, **changes: object) -> None:
        """Change how a layer is shown."""
        self.layers = [replace(each, **changes) if each.id == layer_id else each for each in self.layers]  # type: ignore[arg-type]

    def mask(self, layer_id: str) -> TileMask:
        return self.masks[layer_id]

    def commit(self, label: str, layer_id: str, mask: TileMask) -> None:
        self.masks[layer_id] = mask
        self.edits.append(label)

    def commit_crop(self, label: str, rect: Rect) -> None:
        assert self.crop is not None
        self.crop = replace(self.crop, rect=rect)
        self.edits.append(label)

    def activate(self, layer_id: str) -> None:
        self.active = layer_id


def leave(view: PaintView) -> None:
    """The hand leaves the view, and takes the outline of the brush with it."""
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))


class Mouse:
    """A mouse over a view; places are canvas pixels."""

    def __init__(self, view: PaintView, button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        self._view = view
        self._button = button

    def press(self, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        QTest.mousePress(self._view, self._button, keys, self._at(x, y))

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self._view, self._at(x, y))

    def release(self, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        QTest.mouseRelease(self._view, self._button, keys, self._at(x, y))

    def drag(self, *places: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        """Press at the first place, go through the others, let go at the last."""
        self.press(*places[0], keys)
        for place in places[1:]:
            self.move(*place)
        self.release(*places[-1], keys)

    def _at(self, x: float, y: float) -> QPoint:
        return self._view.projection.to_view(x, y).toPoint()


PEN, ERASER = QPointingDevice.PointerType.Pen, QPointingDevice.PointerType.Eraser


class Pen:
    """A pen on a tablet; places are canvas pixels."""

    def __init__(self, view: PaintView, end: QPointingDevice.PointerType = PEN) -> None:
        self._view = view
        self._device = QPointingDevice(
            "pen",
            1,
            QInputDevice.DeviceType.Stylus,
            end,
            QInputDevice.Capability.Pressure | QInputDevice.Capability.XTilt | QInputDevice.Capability.YTilt,
            1,
            3,
            "",
            QPointingDeviceUniqueId.fromNumericId(1),
        )

    def press(self, x: float, y: float, pressure: float = 1.0, tilt: tuple[float, float] = (0.0, 0.0)) -> bool:
        return self._send(QEvent.Type.TabletPress, x, y, pressure, tilt)

    def move(self, x: float, y: float, pressure: float = 1.0, tilt: tuple[float, float] = (0.0, 0.0)) -> bool:
        return self._send(QEvent.Type.TabletMove, x, y, pressure, tilt)

    def hover(self, x: float, y: float, tilt: tuple[float, float] = (0.0, 0.0)) -> bool:
        """Move without touching."""
        return self._send(QEvent.Type.TabletMove, x, y, 0.0, tilt)

    def release(self, x: float, y: float) -> bool:
        return self._send(QEvent.Type.TabletRelease, x, y, 0.0, (0.0, 0.0))

    def draw(self, places: Sequence[tuple[float, float]], pressure: float = 1.0) -> None:
        """A stroke through all places."""
        self.press(*places[0], pressure)
        for place in places[1:]:
            self.move(*place, pressure)
        self.release(*places[-1])

    def _send(self, kind: QEvent.Type, x: float, y: float, pressure: float, tilt: tuple[float, float]) -> bool:
        """Send an event to the view; answers whether it was accepted."""
        at = self._view.projection.to_view(x, y)
        lifted = pressure == 0.0
        button, buttons = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton if lifted else Qt.MouseButton.LeftButton
        around = QPointF(self._view.mapToGlobal(at))
        # After the tilt: how the barrel is turned and pressed, and how high it hovers.
        axes = (*tilt, 0.0, 0.0, 0.0)
        event = QTabletEvent(kind, self._device, at, around, pressure, *axes, NO_KEYS, button, buttons)
        QApplication.sendEvent(self._view, event)
        return event.isAccepted()
