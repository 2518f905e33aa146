"""Flood fill: everything that hangs together with the pixel that was clicked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.paint.blend import NO_COVERAGE, Coverage
from app.paint.dilation import dilate
from app.paint.rect import Rect
from app.paint.tiles import Pixels

Numbers: TypeAlias = NDArray[np.int_]

DEFAULT_TOLERANCE = 127

_UNDER_EDGE = 2  # pixels the fill goes on under the soft edge of the line around it, which would else show as a rim


def flood(values: Pixels, x: int, y: int, tolerance: int = DEFAULT_TOLERANCE, gap: int = 0) -> Coverage:
    """The pixels around (x, y) that can be reached over pixels like it.

    Args:
        values: the mask, uint8 [height, width].
        x, y: the pixel clicked.
        tolerance: how much a pixel may differ from the clicked one and still count as like it, 0..255.
        gap: openings of up to this many pixels in the line around count as closed.

    Returns:
        255 on the pixels reached; nothing when (x, y) lies outside, or within half a gap of the line around.
    """
    height, width = values.shape
    if not (0 <= x < width and 0 <= y < height):
        return NO_COVERAGE
    low, high = int(values[y, x]) - tolerance, int(values[y, x]) + tolerance
    open_pixels = (values >= max(low, 0)) & (values <= min(high, 255))
    margin = (gap + 1) // 2
    if margin:
        open_pixels = dilate((~open_pixels).astype(np.uint8), margin) == 0
    region = connected(open_pixels, x, y)
    if not region.any():
        return NO_COVERAGE
    grown = dilate(region.astype(np.uint8) * np.uint8(255), margin + _UNDER_EDGE)
    return Coverage(Rect(0, 0, width, height), grown)


def connected(inside: NDArray[np.bool_], x: int, y: int) -> NDArray[np.bool_]:
    """The pixels of `inside` [height, width] that (x, y) reaches over shared sides; none when it is not inside."""
    runs = _Runs.of(inside)
    run = runs.at(x, y)
    if run is None:
        return np.zeros_like(inside)
    groups = _groups(len(runs.first), *runs.contacts())
    return runs.painted(groups == groups[run])


@dataclass(frozen=True, eq=False)
class _Runs:
    """The unbroken runs of pixels along the rows, numbered as they are read.

    A picture of millions of pixels has thousands of runs. Columns are counted with one closed pixel at the end of each
    row, so that a run never goes on in the next row.
    """

    height: int
    stride: int
    first: Numbers
    after: Numbers

    @classmethod
    def of(cls, inside: NDArray[np.bool_]) -> _Runs:
        height, width = inside.shape
        line = np.zeros(1 + height * (width + 1), np.bool_)
        line[1:].reshape(height, width + 1)[:, :width] = inside
        borders = np.flatnonzero(line[1:] != line[:-1])
        return cls(height, width + 1, borders[::2], borders[1::2])

    def at(self, x: int, y: int) -> int | None:
        """The number of the run that holds a pixel."""
        place = y * self.stride + x
        run = int(np.searchsorted(self.first, place, side="right")) - 1
        return run if run >= 0 and place < self.after[run] else None

    def contacts(self) -> tuple[Numbers, Numbers]:
        """Every pair of runs that touch, the upper ones and the lower ones."""
        begins = np.searchsorted(self.after, self.first + self.stride, side="right")
        ends = np.searchsorted(self.first, self.after + self.stride, side="left")
        counts = ends - begins
        upper = np.repeat(np.arange(len(counts)), counts)
        return upper, np.arange(len(upper)) - np.repeat(np.cumsum(counts) - counts, counts) + begins[upper]

    def painted(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The pixels of the chosen runs, [height, width]."""
        borders = np.stack([self.first[chosen], self.after[chosen]], axis=1).ravel()
        lengths = np.diff(borders, prepend=0, append=self.height * self.stride)
        inside = np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)
        return inside.reshape(self.height, self.stride)[:, :-1]


def _groups(count: int, one: Numbers, other: Numbers) -> Numbers:
    """For each of `count` things the smallest one it hangs together with, given the pairs (one, other) that touch.

    In every round each group takes the smallest number among the groups it touches; then names are followed to their
    end. Rounds are few (about the logarithm of the longest way round), and each is a handful of array operations.
    """
    groups = np.arange(count)
    while True:
        mine, theirs = groups[one], groups[other]
        if np.array_equal(mine, theirs):
            return groups
        smaller = np.minimum(mine, theirs)
        np.minimum.at(groups, mine, smaller)
        np.minimum.at(groups, theirs, smaller)
        while not np.array_equal(named := groups[groups], groups):
            groups = named
