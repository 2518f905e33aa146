"""Pan, zoom, and picking a layer: gestures that change no document but how it is looked at."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from app.qt.paintview.easel import Easel
from app.qt.paintview.pointer import Pointer
from app.qt.paintview.projection import Projection
from app.qt.paintview.tools.gesture import Gesture

CLICK_ZOOM = 1.5
_PIXELS_PER_DOUBLING = 120.0
_STILL = 3.0  # view pixels a hand may slip and still have clicked


class PanGesture(Gesture):
    """The canvas follows the hand."""

    def __init__(self, easel: Easel) -> None:
        super().__init__(easel)
        self._before = easel.projection
        self._from = QPointF()

    def start(self, at: Pointer) -> None:
        self._from = at.view

    def update(self, to: Pointer) -> None:
        way = to.view - self._from
        self.easel.look(self._before.panned(way.x(), way.y()))

    def finish(self, at: Pointer) -> None:
        self.update(at)

    def cancel(self) -> None:
        self.easel.look(self._before)


class ZoomGesture(Gesture):
    """A click zooms in, with Alt out; a drag to the right or left zooms in or out about where it began."""

    def __init__(self, easel: Easel) -> None:
        super().__init__(easel)
        self._before = easel.projection
        self._from = QPointF()
        self._dragged = False

    def start(self, at: Pointer) -> None:
        self._from = at.view

    def update(self, to: Pointer) -> None:
        way = to.view.x() - self._from.x()
        self._dragged |= abs(way) > _STILL
        if self._dragged:
            self.easel.look(self._zoomed(2.0 ** (way / _PIXELS_PER_DOUBLING)))

    def finish(self, at: Pointer) -> None:
        self.update(at)
        if not self._dragged:
            self.easel.look(self._zoomed(1.0 / CLICK_ZOOM if at.alt else CLICK_ZOOM))

    def cancel(self) -> None:
        self.easel.look(self._before)

    def _zoomed(self, factor: float) -> Projection:
        return self._before.zoomed(self._before.zoom * factor, self._from.x(), self._from.y())


class PickGesture(Gesture):
    """A click makes the uppermost layer that is painted there the active one."""

    def start(self, at: Pointer) -> None:
        layer = self.easel.layer_at(*at.place)
        if layer is not None:
            self.easel.scene.activate(layer.id)
            self.easel.refresh()

    def update(self, to: Pointer) -> None:
        """One click picks one layer."""

    def finish(self, at: Pointer) -> None:
        """Picked already."""
