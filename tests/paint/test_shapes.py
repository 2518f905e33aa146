"""Filled shapes: areas, edges, and what floods."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.paint.blend import Coverage, Symmetry, apply, erase, paint_over
from app.paint.errors import PaintError
from app.paint.fill import connected, flood
from app.paint.rect import Rect
from app.paint.shapes import ellipse, polygon, rectangle
from app.paint.tiles import TileMask
from tests.paint.masks import rects, speckled

CANVAS = Rect(0, 0, 100, 80)
COORDINATES = st.tuples(st.floats(-30.0, 130.0), st.floats(-30.0, 110.0))


def area(coverage: Coverage) -> float:
    return float(coverage.values.sum()) / 255.0


@given(COORDINATES, COORDINATES)
def test_a_rectangle_covers_its_area_inside_the_canvas(one: tuple[float, float], other: tuple[float, float]) -> None:
    sides = [
        max(min(max(a, b), limit) - max(min(a, b), 0.0), 0.0)
        for a, b, limit in zip(one, other, (CANVAS.width, CANVAS.height), strict=True)
    ]
    covered = rectangle(one, other, CANVAS)
    assert area(covered) == pytest.approx(math.prod(sides), abs=1.0)
    assert CANVAS.contains(covered.rect)


@given(COORDINATES, COORDINATES)
def test_a_polygon_of_four_corners_is_the_rectangle(one: tuple[float, float], other: tuple[float, float]) -> None:
    corners = [one, (other[0], one[1]), other, (one[0], other[1])]
    filled = np.zeros((CANVAS.height, CANVAS.width), int)
    exact = filled.copy()
    for values, coverage in ((filled, polygon(corners, CANVAS)), (exact, rectangle(one, other, CANVAS))):
        values[coverage.rect.slices] = coverage.values
    assert np.abs(filled - exact).max() <= 255 / 8 + 2  # rows are cut into eight lines


@given(st.lists(COORDINATES, min_size=3, max_size=12), st.integers(0, 11))
def test_a_polygon_does_not_care_where_its_line_begins(points: list[tuple[float, float]], start: int) -> None:
    start %= len(points)
    one, other = polygon(points, CANVAS), polygon((points[start:] + points[:start])[::-1], CANVAS)
    assert one.rect == other.rect
    assert np.abs(one.values.astype(int) - other.values).max(initial=0) <= 1


def test_a_triangle_covers_half_its_box() -> None:
    assert area(polygon([(10.0, 10.0), (70.0, 10.0), (10.0, 50.0)], CANVAS)) == pytest.approx(1200.0, rel=0.002)


def test_a_loop_inside_a_loop_is_left_open() -> None:
    outer = [(10.0, 10.0), (70.0, 10.0), (70.0, 70.0), (10.0, 70.0), (10.0, 10.0)]
    inner = [(30.0, 30.0), (50.0, 30.0), (50.0, 50.0), (30.0, 50.0), (30.0, 30.0)]
    covered = polygon(outer + inner, CANVAS)
    assert area(covered) == pytest.approx(3600.0 - 400.0, rel=0.002)


def test_an_ellipse_covers_its_area() -> None:
    covered = ellipse((10.3, 70.2), (80.9, 12.4), CANVAS)
    assert area(covered) == pytest.approx(math.pi * 70.6 * 57.8 / 4.0, rel=0.002)
    assert covered.values[0, 0] == 0


@pytest.mark.parametrize("draw", [rectangle, ellipse])
def test_shapes_without_area_cover_nothing(draw: object) -> None:
    assert callable(draw)
    for other in ((40.0, 20.0), (200.0, 20.0), (40.0, 20.0)):
        assert area(draw((40.0, 20.0), other, CANVAS)) == 0.0
    assert area(draw((-50.0, -50.0), (-10.0, -10.0), CANVAS)) == 0.0
    assert area(polygon([(1.0, 1.0), (5.0, 5.0)], CANVAS)) == 0.0


@given(rects(60), st.integers(0, 9))
def test_mirrored_coverage_is_symmetric(rect: Rect, seed: int) -> None:
    coverage = Coverage(rect, speckled(rect.width, rect.height, seed, density=0.5))
    both = Symmetry.centred(CANVAS.width, CANVAS.height, across=True, down=True).applied(coverage, CANVAS)
    values = np.zeros((CANVAS.height, CANVAS.width), np.uint8)
    values[both.rect.slices] = both.values
    assert np.array_equal(values, values[:, ::-1])
    assert np.array_equal(values, values[::-1])
    inside = coverage.cut(CANVAS)
    assert (values[inside.rect.slices] >= inside.values).all()


def test_a_mirror_line_lies_on_pixels() -> None:
    with pytest.raises(PaintError, match=r"10\.3 is not on a half or whole pixel"):
        Symmetry(across=10.3)


def test_blending_is_exact_for_every_pair_of_values() -> None:
    below, cover = (grid.astype(np.uint8) for grid in np.meshgrid(np.arange(256), np.arange(256)))
    share = cover / 255.0
    assert np.array_equal(erase(below, cover), np.rint(below * (1.0 - share)))
    assert np.array_equal(paint_over(below, cover), 255 - np.rint((255.0 - below) * (1.0 - share)))


def test_applying_covers_only_its_rectangle() -> None:
    mask = TileMask.from_array(speckled(100, 80, 3, density=0.5))
    disc = ellipse((20.0, 20.0), (60.0, 60.0), CANVAS)
    painted = apply(mask, disc).to_array()
    assert (painted[disc.rect.slices][disc.values == 255] == 255).all()
    painted[disc.rect.slices] = mask.region(disc.rect)
    assert np.array_equal(painted, mask.to_array())
    assert apply(apply(mask, disc), disc, erasing=True).to_array()[disc.rect.slices][disc.values == 255].max() == 0


def reached_by_steps(inside: NDArray[np.bool_], x: int, y: int) -> NDArray[np.bool_]:
    """The same by the book: pixel after pixel."""
    reached = np.zeros_like(inside)
    stack = [(x, y)]
    while stack:
        x, y = stack.pop()
        if 0 <= y < inside.shape[0] and 0 <= x < inside.shape[1] and inside[y, x] and not reached[y, x]:
            reached[y, x] = True
            stack += [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)]
    return reached


@settings(max_examples=100)
@given(st.integers(1, 25), st.integers(1, 25), st.integers(0, 10_000), st.floats(0.2, 0.9))
def test_connected_pixels_are_those_a_walk_reaches(width: int, height: int, seed: int, density: float) -> None:
    random = np.random.default_rng(seed)
    inside = random.random((height, width)) < density
    x, y = int(random.integers(width)), int(random.integers(height))
    assert np.array_equal(connected(inside, x, y), reached_by_steps(inside, x, y))


def ring(opening: int = 0) -> NDArray[np.uint8]:
    """A soft ring around (50, 40), perhaps open on its right."""
    y, x = np.mgrid[:80, :100]
    values: NDArray[np.uint8] = np.clip(255 - 60 * np.abs(np.hypot(x - 50, y - 40) - 25), 0, 255).astype(np.uint8)
    values[40 - opening // 2 : 40 - opening // 2 + opening, 60:] = 0
    return values


def test_a_closed_line_holds_the_paint_and_leaves_no_rim() -> None:
    mask = TileMask.from_array(ring())
    filled = apply(mask, flood(mask.to_array(), 50, 40)).to_array()
    assert filled[40, 26:75].min() == 255
    assert np.array_equal(filled[:, 80:], mask.to_array()[:, 80:])


def test_an_opening_lets_the_paint_out_unless_it_counts_as_closed() -> None:
    open_ring = ring(opening=3)
    assert flood(open_ring, 50, 40).values[0, 0] == 255
    held = flood(open_ring, 50, 40, gap=4).values
    assert held[0, 0] == 0
    assert held[40, 30:70].min() == 255


def test_flooding_a_painted_part_finds_that_part() -> None:
    values = np.zeros((80, 100), np.uint8)
    values[10:30, 10:30] = values[50:70, 50:90] = 255
    found = flood(values, 60, 60)
    assert found.values[60, 60] == 255
    assert found.values[20, 20] == 0


def test_a_click_outside_or_into_a_closed_gap_fills_nothing() -> None:
    assert area(flood(ring(), -1, 5)) == 0.0
    assert area(flood(ring(), 50, 40, gap=80)) == 0.0
