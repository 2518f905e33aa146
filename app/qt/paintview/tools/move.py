"""Move what is painted on a layer."""

from __future__ import annotations

from app.paint import operations
from app.paint.tiles import TileMask
from app.qt.paintview.easel import Easel
from app.qt.paintview.pointer import Pointer
from app.qt.paintview.tools.gesture import Gesture


class MoveGesture(Gesture):
    """Moves all paint of the layer by whole pixels; Shift keeps to one direction."""

    paints = True

    def __init__(self, easel: Easel) -> None:
        super().__init__(easel)
        self._mask = easel.mask()
        self._bounds = self._mask.bounds()
        self._from: Pointer | None = None
        self._by = (0, 0)

    def start(self, at: Pointer) -> None:
        self._from = at

    def update(self, to: Pointer) -> None:
        by = self._way(to)
        if by == self._by:
            return
        self._by = by
        self.easel.restore()
        moved = self._moved()
        area = self._bounds.united(moved.bounds())
        self.easel.show(area, moved.region(area))

    def finish(self, at: Pointer) -> None:
        self.update(at)
        self.easel.commit("Move", self._moved())

    def _moved(self) -> TileMask:
        return operations.move(self._mask, *self._by)

    def _way(self, to: Pointer) -> tuple[int, int]:
        if self._from is None:
            return 0, 0
        dx, dy = round(to.x - self._from.x), round(to.y - self._from.y)
        if not to.shift:
            return dx, dy
        return (dx, 0) if abs(dx) >= abs(dy) else (0, dy)
