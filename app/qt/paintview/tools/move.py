"""Move what is painted on a layer."""

from __future__ import annotations

import numpy as np

from app.paint import operations
from app.paint.rect import Rect
from app.qt.paintview.easel import Easel
from app.qt.paintview.pointer import Pointer
from app.qt.paintview.tools.gesture import Gesture


class MoveGesture(Gesture):
    """Moves all paint of the layer by whole pixels; Shift keeps to one direction."""

    paints = True

    def __init__(self, easel: Easel) -> None:
        super().__init__(easel)
        self._mask = easel.mask()
        self._bounds = self._shown = self._mask.bounds()
        self._paint = self._mask.region(self._bounds)
        self._from: Pointer | None = None
        self._by = (0, 0)

    def start(self, at: Pointer) -> None:
        self._from = at

    def update(self, to: Pointer) -> None:
        by = self._way(to)
        if by == self._by:
            return
        self._by = by
        before, self._shown = self._shown, self._bounds.moved(*by).intersected(self.easel.canvas)
        self._show_on(before.united(self._shown))

    def finish(self, at: Pointer) -> None:
        self.update(at)
        self.easel.commit("Move", operations.move(self._mask, *self._by))

    def _show_on(self, area: Rect) -> None:
        """Show the paint where it is now, on an area that holds it and the place where it was before."""
        values = np.zeros((area.height, area.width), np.uint8)
        corner = self._bounds.moved(*self._by)
        values[self._shown.moved(-area.left, -area.top).slices] = self._paint[
            self._shown.moved(-corner.left, -corner.top).slices
        ]
        self.easel.show(area, values)

    def _way(self, to: Pointer) -> tuple[int, int]:
        if self._from is None:
            return 0, 0
        dx, dy = round(to.x - self._from.x), round(to.y - self._from.y)
        if not to.shift:
            return dx, dy
        return (dx, 0) if abs(dx) >= abs(dy) else (0, dy)
