"""Nodes drawn once and kept as pixmaps, so that panning copies pixels instead of drawing text again.

While the zoom changes, what was drawn for another zoom is shown scaled, and each frame draws as many nodes anew as fit
into its time; the rest follow in the next frames.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from time import perf_counter

from PySide6.QtGui import QPixmap

BUDGET = 128 * 2**20
FRAME_SECONDS = 0.006
"""How long one frame may draw anew before it makes do with what it has."""

LEAST = 4
"""How many are drawn anew however long that takes, so that a busy machine gets there too."""


@dataclass(frozen=True)
class Drawn:
    """A node's pixmap, the scale it was drawn for, and the state it shows."""

    pixmap: QPixmap
    scale: float
    state: object


class Pixmaps:
    """The pixmaps of nodes by id, the least recently used given up when they are too many bytes."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._held = 0
        self._drawn: OrderedDict[str, Drawn] = OrderedDict()
        self._until = 0.0
        self._sure = 0
        self.owed = False
        """Whether some node in this frame still shows an old pixmap."""

    def begin_frame(self) -> None:
        """Start the time of a frame."""
        self._until = perf_counter() + FRAME_SECONDS
        self._sure = LEAST
        self.owed = False

    def may_draw(self) -> bool:
        """Whether there is time to draw another node in this frame."""
        return self._sure > 0 or perf_counter() < self._until

    def get(self, node: str) -> Drawn | None:
        """What was drawn of a node."""
        drawn = self._drawn.get(node)
        if drawn is not None:
            self._drawn.move_to_end(node)
        return drawn

    def keep(self, node: str, drawn: Drawn) -> None:
        """Keep what was just drawn."""
        self.drop(node)
        self._sure -= 1
        self._drawn[node] = drawn
        self._held += _size(drawn)
        while self._held > self._budget and len(self._drawn) > 1:
            _, oldest = self._drawn.popitem(last=False)
            self._held -= _size(oldest)

    def drop(self, node: str) -> None:
        """Forget a node."""
        gone = self._drawn.pop(node, None)
        if gone is not None:
            self._held -= _size(gone)

    def clear(self) -> None:
        """Forget all nodes."""
        self._drawn.clear()
        self._held = 0


def _size(drawn: Drawn) -> int:
    return drawn.pixmap.width() * drawn.pixmap.height() * 4
