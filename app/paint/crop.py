"""The crop box: a rectangle that is dragged by its body, its sides and its corners, and never leaves its limits."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

from app.paint.errors import require
from app.paint.rect import Rect

SMALLEST = 8


class Handle(Enum):
    """What the artist takes hold of; the value says which sides move: -1 left or top, 1 right or bottom."""

    TOP_LEFT = (-1, -1)
    TOP = (0, -1)
    TOP_RIGHT = (1, -1)
    RIGHT = (1, 0)
    BOTTOM_RIGHT = (1, 1)
    BOTTOM = (0, 1)
    BOTTOM_LEFT = (-1, 1)
    LEFT = (-1, 0)


@dataclass(frozen=True)
class _Limits:
    """Where the two sides of one axis may lie: `low` within [outer_low, inner_low], `high` likewise."""

    outer_low: float
    inner_low: float
    inner_high: float
    outer_high: float

    def moved(self, low: int, high: int, by: int) -> int:
        """The part of `by` that both sides can move."""
        least = max(self.outer_low - low, self.inner_high - high)
        most = min(self.inner_low - low, self.outer_high - high)
        return int(min(max(by, least), most))

    def low(self, value: int, high: int) -> int:
        """The lower side, as near to `value` as it may be while the upper one stays."""
        return int(max(min(value, self.inner_low, high - SMALLEST), self.outer_low))

    def high(self, value: int, low: int) -> int:
        """The upper side, as near to `value` as it may be while the lower one stays."""
        return int(min(max(value, self.inner_high, low + SMALLEST), self.outer_high))


@dataclass(frozen=True)
class CropBox:
    """A rectangle on the canvas, in canvas pixels, at least 8 a side.

    `within`: what it must not leave. `around`: what it must hold. None sets no limit. `unit`: canvas pixels, across
    and down, of one pixel of the picture, in which its numbers are told.
    """

    rect: Rect
    within: Rect | None = None
    around: Rect | None = None
    unit: tuple[float, float] = (1.0, 1.0)

    def __post_init__(self) -> None:
        rect = self.rect
        require(
            min(rect.width, rect.height) >= SMALLEST,
            f"a crop of {rect.width} x {rect.height} pixels is too small; it needs {SMALLEST} a side",
        )
        require(self.within is None or self.within.contains(rect), f"crop {rect} leaves {self.within}")
        require(self.around is None or rect.contains(self.around), f"crop {rect} does not hold {self.around}")

    @property
    def numbers(self) -> str:
        """Its size, and what it cuts off at the left and above, in pixels of the picture."""
        rect, (across, down) = self.rect, self.unit
        width, height = round(rect.width / across), round(rect.height / down)
        left, top = round(-rect.left / across), round(-rect.top / down)
        return f"{width} × {height}  at  {left}, {top}"

    def moved(self, dx: int, dy: int) -> CropBox:
        """Moved by (dx, dy), or as far of that way as its limits let it."""
        rect = self.rect
        dx = self._across.moved(rect.left, rect.right, dx)
        dy = self._down.moved(rect.top, rect.bottom, dy)
        return replace(self, rect=rect.moved(dx, dy))

    def resized(self, handle: Handle, dx: int, dy: int, *, keep_aspect: bool = False) -> CropBox:
        """A side or corner pulled by (dx, dy), as far as its limits let it; corners can keep the ratio of the sides."""
        if keep_aspect and 0 not in handle.value:
            return self._scaled(handle, dx, dy)
        rect, (x, y) = self.rect, handle.value
        left, top, right, bottom = rect.left, rect.top, rect.right, rect.bottom
        left = self._across.low(left + dx, right) if x < 0 else left
        right = self._across.high(right + dx, left) if x > 0 else right
        top = self._down.low(top + dy, bottom) if y < 0 else top
        bottom = self._down.high(bottom + dy, top) if y > 0 else bottom
        return replace(self, rect=Rect.between(left, top, right, bottom))

    def drawn(self, x: int, y: int, to_x: int, to_y: int) -> CropBox:
        """A new rectangle between two points, pushed into its limits."""
        left, right = self._spanned(self._across, x, to_x)
        top, bottom = self._spanned(self._down, y, to_y)
        return replace(self, rect=Rect.between(left, top, right, bottom))

    def handle_at(self, x: float, y: float, reach: float) -> Handle | None:
        """The handle within `reach` pixels of a point; corners before sides."""
        places = {handle: self.place_of(handle) for handle in Handle}
        near = {handle: math.dist((x, y), place) for handle, place in places.items()}
        handle = min(near, key=near.__getitem__)
        return handle if near[handle] <= reach else self._side_at(x, y, reach)

    def place_of(self, handle: Handle) -> tuple[float, float]:
        """The middle of a handle."""
        rect, (x, y) = self.rect, handle.value
        return rect.left + rect.width * (x + 1) / 2.0, rect.top + rect.height * (y + 1) / 2.0

    def _side_at(self, x: float, y: float, reach: float) -> Handle | None:
        rect = self.rect
        if rect.top <= y <= rect.bottom and min(abs(x - rect.left), abs(x - rect.right)) <= reach:
            return Handle.LEFT if abs(x - rect.left) < abs(x - rect.right) else Handle.RIGHT
        if rect.left <= x <= rect.right and min(abs(y - rect.top), abs(y - rect.bottom)) <= reach:
            return Handle.TOP if abs(y - rect.top) < abs(y - rect.bottom) else Handle.BOTTOM
        return None

    def _scaled(self, handle: Handle, dx: int, dy: int) -> CropBox:
        """Scaled about the corner opposite to `handle`, so far as both axes allow."""
        rect, (x, y) = self.rect, handle.value
        wanted = max((rect.width + x * dx) / rect.width, (rect.height + y * dy) / rect.height)
        across = self._sides(self._across, x, rect.left, rect.right)
        down = self._sides(self._down, y, rect.top, rect.bottom)
        least, most = max(across[0], down[0]), min(across[1], down[1])
        factor = max(min(wanted, most), least)
        # Rounding to whole pixels must not step over a limit, so the plain pull, which knows them, has the last word.
        width, height = round(rect.width * factor), round(rect.height * factor)
        return self.resized(handle, x * (width - rect.width), y * (height - rect.height))

    @staticmethod
    def _sides(limits: _Limits, side: int, low: int, high: int) -> tuple[float, float]:
        """By how much at least and at most one axis can be scaled when only its `side` moves."""
        length = high - low
        if side < 0:
            return max(high - limits.inner_low, SMALLEST) / length, (high - limits.outer_low) / length
        return max(limits.inner_high - low, SMALLEST) / length, (limits.outer_high - low) / length

    @staticmethod
    def _spanned(limits: _Limits, one: int, other: int) -> tuple[int, int]:
        low, high = min(one, other), max(one, other)
        # Whichever side is at a limit yields to the smallest size by moving the other.
        low = int(max(min(low, limits.inner_low, limits.outer_high - SMALLEST), limits.outer_low))
        return low, limits.high(high, low)

    @property
    def _across(self) -> _Limits:
        within, around = self.within, self.around
        return _Limits(
            -math.inf if within is None else within.left,
            math.inf if around is None else around.left,
            -math.inf if around is None else around.right,
            math.inf if within is None else within.right,
        )

    @property
    def _down(self) -> _Limits:
        within, around = self.within, self.around
        return _Limits(
            -math.inf if within is None else within.top,
            math.inf if around is None else around.top,
            -math.inf if around is None else around.bottom,
            math.inf if within is None else within.bottom,
        )
