"""Flood fill."""

from __future__ import annotations

import math

from app.paint.blend import apply
from app.paint.fill import flood
from app.paint.rect import united
from app.paint.tiles import TileMask
from app.qt.paintview.easel import Easel
from app.qt.paintview.pointer import Pointer
from app.qt.paintview.tools.gesture import Gesture


class FillGesture(Gesture):
    """Fills what hangs together around the click, or with Control erases it; kept when the hand lifts."""

    paints = True

    def __init__(self, easel: Easel) -> None:
        super().__init__(easel)
        self._filled: TileMask | None = None

    def start(self, at: Pointer) -> None:
        easel = self.easel
        settings, before = easel.settings, easel.mask()
        found = flood(before.to_array(), math.floor(at.x), math.floor(at.y), settings.tolerance, settings.gap)
        self._filled = apply(before, easel.symmetry.applied(found, easel.canvas), erasing=at.control)
        area = united(self._filled.changes_from(before))
        easel.show(area, self._filled.region(area))

    def update(self, to: Pointer) -> None:
        """What the click filled does not change with the hand."""

    def finish(self, at: Pointer) -> None:
        if self._filled is not None:
            self.easel.commit("Erase" if at.control else "Fill", self._filled)
