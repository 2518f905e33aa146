"""Rectangles of whole pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from msgspec import Struct


class Rect(Struct, frozen=True, gc=False):
    """The pixels [left, left + width) by [top, top + height); empty when a side is not positive."""

    left: int
    top: int
    width: int
    height: int

    @classmethod
    def between(cls, left: int, top: int, right: int, bottom: int) -> Rect:
        """The rectangle from its first to before its last column and row."""
        return cls(left, top, right - left, bottom - top)

    @classmethod
    def around(cls, points: Iterable[tuple[float, float]], margin: float = 0.0) -> Rect:
        """The smallest rectangle that holds all points (at least one), `margin` pixels wider on each side."""
        xs, ys = zip(*points, strict=True)
        return cls.between(
            math.floor(min(xs) - margin),
            math.floor(min(ys) - margin),
            math.ceil(max(xs) + margin),
            math.ceil(max(ys) + margin),
        )

    @property
    def right(self) -> int:
        """The first column beyond."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row beyond."""
        return self.top + self.height

    @property
    def empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of the rectangle in an array [rows, columns]; it must not start before the array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def moved(self, dx: int, dy: int) -> Rect:
        """The same size elsewhere."""
        return Rect(self.left + dx, self.top + dy, self.width, self.height)

    def padded(self, margin: int) -> Rect:
        """Wider by `margin` on every side."""
        return Rect(self.left - margin, self.top - margin, self.width + 2 * margin, self.height + 2 * margin)

    def intersected(self, other: Rect) -> Rect:
        """What both hold; an empty rectangle of no size when they share nothing."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        width = min(self.left + self.width, other.left + other.width) - left
        height = min(self.top + self.height, other.top + other.height) - top
        return Rect(left, top, width, height) if width > 0 and height > 0 else Rect(left, top, 0, 0)

    def united(self, other: Rect) -> Rect:
        """The smallest rectangle that holds both; empty ones hold nothing and add nothing."""
        if other.empty:
            return self
        if self.empty:
            return other
        return Rect.between(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def contains(self, other: Rect) -> bool:
        """Whether every pixel of `other` lies in it."""
        return other.empty or self.intersected(other) == other

    def cells(self, side: int) -> Iterator[tuple[int, int]]:
        """The (column, row) of every cell of a grid of `side` pixels that it touches."""
        if self.empty:
            return
        for row in range(self.top // side, (self.bottom - 1) // side + 1):
            for column in range(self.left // side, (self.right - 1) // side + 1):
                yield column, row


NOTHING = Rect(0, 0, 0, 0)
"""The rectangle that holds no pixel."""


def gathered(rects: Iterable[Rect], longest: int) -> list[Rect]:
    """Rectangles that hold all of them: those that follow each other are united while no side grows over `longest`."""
    found: list[Rect] = []
    for rect in rects:
        joined = found[-1].united(rect) if found else rect
        if found and max(joined.width, joined.height) <= longest:
            found[-1] = joined
        elif not rect.empty:
            found.append(rect)
    return found


def united(rects: Iterable[Rect]) -> Rect:
    """The smallest rectangle that holds all of them."""
    whole = NOTHING
    for rect in rects:
        whole = whole.united(rect)
    return whole
