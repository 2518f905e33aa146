"""Shapes an artist fills: what is inside a line, a rectangle, an ellipse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.paint.blend import NO_COVERAGE, Coverage
from app.paint.rect import Rect

Point: TypeAlias = tuple[float, float]
Numbers: TypeAlias = NDArray[np.float64]

_FINE = 8
"""Lines into which a row of pixels is cut to find its coverage; along each line coverage is exact."""


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
    strength = np.multiply.outer((255.0 * rows).astype(np.float32), columns.astype(np.float32))
    return Coverage(area, np.rint(strength, out=strength).astype(np.uint8))


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
    """The coverage of spans on fine lines that do not overlap.

    A span that begins at x raises the running sum along its row by what x leaves of its own pixel, and by the rest in
    the next; its end lowers it again.
    """
    steps = np.zeros((area.height, area.width + 2), np.float32)
    rows = lines // _FINE - area.top
    for places, sign in ((begins, 1.0), (ends, -1.0)):
        inside = np.clip(places - area.left, 0.0, area.width)
        pixels = inside.astype(np.int_)
        rest = inside - pixels
        np.add.at(steps, (rows, pixels), sign * (1.0 - rest))
        np.add.at(steps, (rows, pixels + 1), sign * rest)
    covered = np.cumsum(steps, axis=1, out=steps)[:, : area.width] * np.float32(255.0 / _FINE)
    return Coverage(area, covered.clip(0.0, 255.0).round().astype(np.uint8))
