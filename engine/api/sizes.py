"""The sizes of picture that a model draws: as many pixels as the square it was trained at, in whole cells."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import TypeAlias

WIDEST = 3.0
"""Longest allowed ratio of the sides of a picture."""

CELLS = 8
"""Cells along a network's side on its coarsest grid: sides of pictures are whole numbers of them."""

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""


def drawn_size(native: int, width: int, height: int) -> Size:
    """Width and height in which a network trained at `native` x `native` pixels draws a picture of other proportions.

    The number of pixels stays that of the square as nearly as whole cells allow.
    """
    cell = max(1, native // CELLS)
    scale = native / sqrt(height * width)
    across, down = (max(1, round(side * scale / cell)) * cell for side in (width, height))
    return across, down


@lru_cache(maxsize=16)
def buckets(native: int) -> tuple[Size, ...]:
    """Every size (width, height) that such a network draws just as it is asked for, from the tallest to the widest."""
    cell = max(1, native // CELLS)
    sides = range(cell, 3 * native, cell)
    wanted = ((width, height) for width in sides for height in sides)
    held = {each for each in wanted if max(each) <= WIDEST * min(each) and drawn_size(native, *each) == each}
    return tuple(sorted(held, key=lambda size: size[0] / size[1]))
