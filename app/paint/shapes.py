"""Shapes an artist fills: what is inside a line, a rectangle, an ellipse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.paint.blend import NO_COVERAGE, Coverage
from app.paint.rect import Rect
from app.paint.tiles import Pixels

Point: TypeAlias = tuple[float, float]
Numbers: TypeAlias = NDArray[np.float64]

_FINE = 8
"""Lines into which a row of pixels is cut to find its coverage; along each line coverage is exact."""

_BAND = 64  # rows that are worked on at once: they fit into the processor's cache
_LEVEL = 16
_SHARES = np.int16(255 * _LEVEL // _FINE)  # into which a pixel's length of a fine line is counted


def polygon(points: Sequence[Point], within: Rect) -> Coverage:
    """What lies inside the closed line through the points; where it crosses itself, inside is what is met oddly."""
    if len(points) < 3:
        return NO_COVERAGE
    area = Rect.around(points).intersected(within)
    lines, crossings = _crossings(np.asarray(points, np.float64), area)
    order = np.lexsort((crossings, lines))
    # A closed line meets every level an even number of times, so sorted crossings pair up as begin and end.
    return _filled(lines[order][::2], crossings[order][::2], crossings[order][1::2], area)


def ellipse(corner: Point, opposite: Point, within: Rect) -> Coverage:
    """The ellipse that fills the rectangle between two corners."""
    area = Rect.around((corner, opposite)).intersected(within)
    middle_x, middle_y = (corner[0] + opposite[0]) / 2.0, (corner[1] + opposite[1]) / 2.0
    radius_x, radius_y = abs(opposite[0] - corner[0]) / 2.0, abs(opposite[1] - corner[1]) / 2.0
    if area.empty or radius_x * radius_y == 0.0:
        return NO_COVERAGE
    lines = np.arange(area.top * _FINE, area.bottom * _FINE)
    heights = ((lines + 0.5) / _FINE - middle_y) / radius_y
    half = radius_x * np.sqrt(np.clip(1.0 - heights * heights, 0.0, None))
    return _filled(lines, middle_x - half, middle_x + half, area)


def rectangle(corner: Point, opposite: Point, within: Rect) -> Coverage:
    """The rectangle between two corners; pixels it meets in part are covered in part."""
    area = Rect.around((corner, opposite)).intersected(within)
    columns = _overlap(np.arange(area.left, area.right), corner[0], opposite[0])
    rows = _overlap(np.arange(area.top, area.bottom), corner[1], opposite[1])
    values = np.empty((max(area.height, 0), max(area.width, 0)), np.uint8)
    for share in set(rows.tolist()):  # whole, or that of the first or the last row
        values[rows == share] = np.rint(255.0 * share * columns)
    return Coverage(area, values)


def _overlap(pixels: NDArray[np.int_], one: float, other: float) -> Numbers:
    """How much of each pixel [p, p + 1) lies between two numbers."""
    covered = np.minimum(pixels + 1, max(one, other)) - np.maximum(pixels, min(one, other))
    return covered.clip(0.0, 1.0).astype(np.float64)


def _crossings(points: Numbers, area: Rect) -> tuple[NDArray[np.int_], Numbers]:
    """Where the closed line crosses the fine lines of `area`: their numbers, and x of each crossing."""
    ends = np.roll(points, -1, axis=0)
    upper = np.where((points[:, 1] <= ends[:, 1])[:, None], points, ends)
    lower = np.where((points[:, 1] <= ends[:, 1])[:, None], ends, points)
    # Line n lies at height (n + 0.5) / _FINE; an edge owns those in [top, bottom), so none is counted twice.
    first = np.ceil(upper[:, 1] * _FINE - 0.5).astype(np.int_).clip(area.top * _FINE, area.bottom * _FINE)
    after = np.ceil(lower[:, 1] * _FINE - 0.5).astype(np.int_).clip(area.top * _FINE, area.bottom * _FINE)
    counts = after - first
    edges = np.repeat(np.arange(len(points)), counts)
    lines = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edges]
    share = ((lines + 0.5) / _FINE - upper[edges, 1]) / (lower[edges, 1] - upper[edges, 1])
    return lines, upper[edges, 0] + share * (lower[edges, 0] - upper[edges, 0])


def _filled(lines: NDArray[np.int_], begins: Numbers, ends: Numbers, area: Rect) -> Coverage:
    """The coverage of spans on fine lines, in their order, that do not overlap."""
    values = np.empty((area.height, area.width), np.uint8)
    rows = lines // _FINE - area.top
    for top in range(0, area.height, _BAND):
        first, after = np.searchsorted(rows, (top, top + _BAND))
        band = values[top : top + _BAND]
        inside = (np.clip(places[first:after] - area.left, 0.0, area.width) for places in (begins, ends))
        _fill_rows(band, rows[first:after] - top, *inside)
    return Coverage(area, values)


def _fill_rows(values: Pixels, rows: NDArray[np.int_], begins: Numbers, ends: Numbers) -> None:
    """Write the coverage of spans: each raises the running sum along its row where it begins, and lowers it at its end.

    A span that begins at x raises it by what x leaves of its own pixel, and by the rest in the next.
    """
    height, width = values.shape
    steps = np.zeros((height, width + 2), np.int16)
    for places, sign in ((begins, 1), (ends, -1)):
        pixels = places.astype(np.int_)
        rest = np.rint((places - pixels) * _SHARES).astype(np.int16)
        np.add.at(steps, (rows, pixels), sign * (_SHARES - rest))
        np.add.at(steps, (rows, pixels + 1), sign * rest)
    covered = np.cumsum(steps, axis=1, dtype=np.int16, out=steps)[:, :width]
    covered += _LEVEL // 2
    values[:] = covered // _LEVEL
