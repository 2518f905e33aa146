"""The greatest value around each pixel: what growing and shrinking a mask and closing the gaps of a line come down to.

A mask is mostly even: all paint, or none. Only blocks in whose neighbourhood values differ are worked on, and each fits
into the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from app.paint.rect import Rect
from app.paint.tiles import Pixels

_BLOCK = 128
_CELL = 16
"""Sides in pixels: of what is worked on at once, and of what the lookout for differing values takes together."""


def dilate(values: Pixels, radius: int) -> Pixels:
    """The greatest value within `radius` pixels of each pixel of uint8 [height, width]; outside counts as 0."""
    if radius == 0 or values.size == 0:
        return values.copy()
    result = values.copy()
    frame = np.pad(values, radius)
    for rect in _uneven(values, radius):
        result[rect.slices] = _dilated(frame, rect, radius)
    return result


def _dilated(frame: Pixels, rect: Rect, radius: int) -> Pixels:
    """The dilation of a part; `frame` is the picture with `radius` pixels of 0 around it.

    A disc is a stack of rows: row dy of it reaches w(dy) = sqrt(radius² - dy²) to each side. From the middle to the rim
    rows grow shorter, and widening by w(0) is widening by w(0) - w(1), and then, with the rows beside it, by w(1): so a
    row costs one step of widening, however long it is.

    Rows are worked on as one long line, which is several times as quick as row by row. What runs over from one row into
    the next stays within the `radius` pixels around the part.
    """
    stride = rect.width + 2 * radius
    line = frame[rect.top : rect.bottom + 2 * radius, rect.left : rect.right + 2 * radius].ravel()
    begin, end = radius * stride, (radius + rect.height) * stride
    reach, widest = _reach(radius, 0), line[begin:end].copy()
    for dy in range(1, radius + 1):
        shorter = _reach(radius, dy)
        by, reach = reach - shorter, shorter
        begin, end, widest = begin + by, end - by, _widened(widest, by)
        for shift in (-dy * stride, dy * stride):
            np.maximum(widest, line[begin + shift : end + shift], out=widest)
    rows = np.empty((rect.height, stride), np.uint8)
    rows.ravel()[begin + reach - radius * stride : end - reach - radius * stride] = _widened(widest, reach)
    return rows[:, radius : radius + rect.width]


def _reach(radius: int, dy: int) -> int:
    """How far row dy of a disc reaches; `+ radius` makes small discs rounder."""
    return min(int((radius * radius - dy * dy + radius) ** 0.5), radius)


def _widened(values: Pixels, by: int) -> Pixels:
    """Maxima over windows of 2 * by + 1 values of a line: those that fit into it."""
    window = 1
    while 2 * window <= 2 * by + 1:
        values = np.maximum(values[:-window], values[window:])
        window *= 2
    rest = 2 * by + 1 - window
    return np.maximum(values[:-rest], values[rest:]) if rest else values


def _uneven(values: Pixels, radius: int) -> Iterator[Rect]:
    """Where something may grow: blocks that are not as great as all around them; those beside each other are joined."""
    height, width = values.shape
    least, most = _reduced(values, np.minimum, 255), _reduced(values, np.maximum, 0)
    around = -(-radius // _CELL)
    step = _BLOCK // _CELL
    for row in range(0, least.shape[0], step):
        begin = None
        for column in range(0, least.shape[1] + step, step):
            near = most[max(row - around, 0) : row + step + around, max(column - around, 0) : column + step + around]
            block = least[row : row + step, column : column + step]
            if block.size and near.max() > block.min():
                begin = column if begin is None else begin
            elif begin is not None:
                left, top = begin * _CELL, row * _CELL
                yield Rect.between(left, top, min(column * _CELL, width), min(top + _BLOCK, height))
                begin = None


def _reduced(values: Pixels, reduce: np.ufunc, beyond: int) -> NDArray[np.uint8]:
    """One value for each cell; what lies `beyond` the picture in its last cells does not count."""
    height, width = (-side % _CELL for side in values.shape)
    reduced = np.pad(values, ((0, height), (0, width)), constant_values=beyond) if height or width else values
    for _ in range(_CELL.bit_length() - 1):
        reduced = reduce(reduced[::2], reduced[1::2])
    for _ in range(_CELL.bit_length() - 1):
        reduced = reduce(reduced[:, ::2], reduced[:, 1::2])
    return reduced
