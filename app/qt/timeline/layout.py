"""Where things lie on the noise timeline, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF

from app.model.noise_axis import NoiseAxis, axis_over
from app.model.timeline_values import Row, Solve, Span, solves_of
from app.qt.theme import GRID

HEAD, WIDEST_HEAD = 17 * GRID, 32 * GRID
"""Least and greatest width of the names at the left."""

EDGE = 2 * GRID
TAIL = 3 * GRID
"""Room at the right for the step to no noise, which has no place on a line of logarithms."""

TOP = GRID
BAR = 20
TICK = 6
PITCH = 4 * GRID
AXIS = 2 * GRID
REACH = 6.0
"""How far beside a line one may point."""


@dataclass(frozen=True)
class BandLayout:
    """The places of all rows in a band of some width."""

    rows: tuple[Row, ...]
    width: float
    axis: NoiseAxis
    head_width: float = HEAD

    @property
    def left(self) -> float:
        """Where the highest noise lies."""
        return self.head_width

    @property
    def right(self) -> float:
        """Where no noise is left."""
        return max(self.width - EDGE, self.left + 8.0 * GRID)

    @property
    def height(self) -> int:
        """How much room all rows and the axis take."""
        return TOP + PITCH * max(1, len(self.rows)) + AXIS

    @property
    def scale_top(self) -> float:
        """Where the axis begins."""
        return float(self.height - AXIS - TOP / 4)

    def x_of(self, sigma: float) -> float:
        """Where a noise level lies."""
        if sigma <= 0.0:
            return self.right
        return self.left + self.axis.place(sigma) * (self.right - TAIL - self.left)

    def sigma_at(self, x: float) -> float:
        """The noise level at a place; 0 in the tail."""
        place = (x - self.left) / (self.right - TAIL - self.left)
        return 0.0 if place > 1.0 + TAIL / 2.0 / (self.right - TAIL - self.left) else self.axis.sigma(place)

    def bar(self, row: int) -> QRectF:
        """The room of a row's spans."""
        return QRectF(self.left, TOP + PITCH * row, self.right - self.left, BAR)

    def head(self, row: int) -> QRectF:
        """The room of a row's name."""
        return QRectF(EDGE, TOP + PITCH * row, self.left - EDGE - GRID, BAR)

    def row_at(self, y: float) -> int | None:
        """Which row lies there; None for the axis."""
        row = int((y - TOP / 2) // PITCH)
        return row if 0 <= row < len(self.rows) else None

    def span(self, row: int, solve: Solve, span: Span) -> QRectF:
        """The room of one span."""
        bar = self.bar(row)
        sigma_from, sigma_to = solve.extent(span)
        left, right = self.x_of(sigma_from), self.x_of(sigma_to)
        return QRectF(left, bar.top(), max(right - left, 0.0), bar.height())


def laid_out(rows: Sequence[Row], width: float, names: float = 0.0) -> BandLayout:
    """Rows along a line that reaches as far as any of them does, beside heads that have `names` pixels for text.

    Long names get more room, but never more than a third of the width.
    """
    head = max(float(HEAD), min(EDGE + names + GRID, float(WIDEST_HEAD), width / 3.0))
    axis = axis_over(sigma for solve in solves_of(rows) for sigma in solve.levels)
    return BandLayout(tuple(rows), width, axis, head)
