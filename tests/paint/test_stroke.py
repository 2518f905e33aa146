"""A stroke depends on the line the hand drew, not on how often the pen reported it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.paint.blend import Symmetry
from app.paint.brush import Brush, DabCache, Touch, draw_dab, shape_at
from app.paint.errors import PaintError
from app.paint.operations import mirror
from app.paint.rect import Rect, united
from app.paint.stroke import Stroke
from app.paint.tiles import TileMask
from tests.paint.masks import boxed

SIDE = 144
BLANK = TileMask.blank(SIDE, SIDE)

SHARES = st.floats(0.0, 1.0)
BRUSHES = st.builds(
    Brush,
    size=st.floats(1.0, 60.0),
    hardness=SHARES,
    flow=SHARES,
    spacing=st.floats(0.05, 0.5),
    pressure_size=SHARES,
    pressure_flow=SHARES,
    tilt=SHARES,
)
PLACES = st.floats(-20.0, SIDE + 20.0)
FEW = settings(max_examples=20)
TOUCHES = st.builds(
    Touch, PLACES, PLACES, pressure=SHARES, tilt_x=st.floats(-60.0, 60.0), tilt_y=st.floats(-60.0, 60.0)
)
LINES = st.lists(TOUCHES, min_size=1, max_size=5)


def drawn(touches: Sequence[Touch], brush: Brush, below: TileMask = BLANK, *, erasing: bool = False) -> TileMask:
    stroke = Stroke(below, brush, erasing=erasing)
    for touch in touches:
        stroke.add(touch)
    return stroke.finish()


def reported_oftener(touches: Sequence[Touch], times: int) -> list[Touch]:
    """The same line with points in between."""
    points = [touches[0]]
    for one, other in itertools.pairwise(touches):
        points.extend(one.towards(other, step / times) for step in range(1, times + 1))
    return points


@given(LINES, BRUSHES, st.integers(2, 9))
def test_points_in_between_change_nothing(touches: list[Touch], brush: Brush, times: int) -> None:
    # Dabs that fall on the border of two quarter pixels, or on the very end of the line, may round either way; a
    # steady size keeps that to a dab's own rim.
    brush = replace(brush, tilt=0.0)
    once = drawn(touches, brush).to_array().astype(int)
    often = drawn(reported_oftener(touches, times), brush).to_array().astype(int)
    assert np.abs(once - often).mean() < 0.5


@given(st.lists(SHARES, max_size=9))
def test_dabs_stand_at_equal_distances(shares: list[float]) -> None:
    one, other = Touch(10.1, 70.0), Touch(133.0, 70.0)
    points = [one, *(one.towards(other, share) for share in sorted(shares)), other]
    row = drawn(points, Brush(size=6.0, hardness=1.0, spacing=2.0)).to_array().sum(0, dtype=float)
    dabs = [dab for dab in np.split(np.arange(SIDE), np.flatnonzero(row == 0.0)) if row[dab].any()]
    middles = [np.average(dab + 0.5, weights=row[dab]) for dab in dabs]
    assert middles == pytest.approx([10.1 + 12.0 * number for number in range(11)], abs=0.13)


@FEW
@given(LINES, BRUSHES)
def test_the_changed_rectangle_holds_every_change(touches: list[Touch], brush: Brush) -> None:
    stroke = Stroke(BLANK, brush)
    changed = united(rect for touch in touches for rect in stroke.add(touch))
    after = stroke.finish()
    assert changed.contains(after.bounds())
    assert BLANK.rect.contains(changed)


@FEW
@given(LINES, BRUSHES, st.booleans())
def test_what_is_previewed_is_what_is_kept(touches: list[Touch], brush: Brush, erasing: bool) -> None:
    below = boxed(SIDE, SIDE, Rect(20, 20, 100, 90), value=140)
    stroke = Stroke(below, brush, erasing=erasing)
    for touch in touches:
        stroke.add(touch)
    assert np.array_equal(stroke.preview(below.rect), stroke.finish().to_array())


@FEW
@given(LINES, BRUSHES, st.booleans())
def test_painting_only_adds_and_erasing_only_takes(touches: list[Touch], brush: Brush, erasing: bool) -> None:
    below = boxed(SIDE, SIDE, Rect(20, 20, 100, 90), value=140)
    after, before = drawn(touches, brush, below, erasing=erasing).to_array(), below.to_array()
    assert (after <= before if erasing else after >= before).all()


@FEW
@given(LINES, BRUSHES)
def test_going_over_again_in_one_stroke_adds_nothing(touches: list[Touch], brush: Brush) -> None:
    brush = replace(brush, spacing=0.05)
    stroke = Stroke(BLANK, brush)
    for touch in touches:
        stroke.add(touch)
    once = stroke.finish()
    assert once.to_array().max() <= math.ceil(255 * brush.flow)


@FEW
@given(LINES, BRUSHES)
def test_mirrored_strokes_are_mirror_images(touches: list[Touch], brush: Brush) -> None:
    stroke = Stroke(BLANK, brush, symmetry=Symmetry.centred(SIDE, SIDE, across=True, down=True))
    for touch in touches:
        stroke.add(touch)
    after = stroke.finish()
    assert after == mirror(after, across=True) == mirror(after, down=True)


def test_a_click_leaves_one_dab() -> None:
    after = drawn([Touch(40.0, 50.0)], Brush(size=20.0, hardness=1.0))
    area = after.to_array().sum() / 255.0
    assert area == pytest.approx(math.pi * 100.0, rel=0.02)
    assert after.bounds().padded(1).contains(Rect(30, 40, 20, 20))


def test_a_hard_line_is_as_wide_as_the_brush() -> None:
    values = drawn([Touch(20.0, 72.0), Touch(124.0, 72.0)], Brush(size=30.0, hardness=1.0)).to_array()
    assert values[:, 72].sum() / 255.0 == pytest.approx(30.0, abs=0.6)


def test_a_light_touch_is_thinner_and_fainter() -> None:
    brush = Brush(size=40.0, pressure_size=1.0, pressure_flow=1.0)
    light, firm = (drawn([Touch(80.0, 80.0, pressure=each)], brush) for each in (0.3, 1.0))
    assert light.bounds().width < 0.5 * firm.bounds().width
    assert light.to_array().max() == pytest.approx(0.3 * 255, abs=2)
    assert firm.to_array().max() == 255


def test_a_slanted_pen_leaves_a_long_dab_along_its_lean() -> None:
    brush = Brush(size=60.0, tilt=1.0)
    bounds = drawn([Touch(80.0, 80.0, tilt_x=60.0)], brush).bounds()
    assert bounds.width > 2 * bounds.height
    bounds = drawn([Touch(80.0, 80.0, tilt_y=-60.0)], brush).bounds()
    assert bounds.height > 2 * bounds.width


@pytest.mark.parametrize("size", [30.0, 160.0])
def test_the_edge_of_a_stroke_is_smooth_while_pressure_and_tilt_change(size: float) -> None:
    width, height, turns = 1200, int(3 * size), np.linspace(0.0, np.pi, 120)
    stroke = Stroke(TileMask.blank(width, height), Brush(size=size, hardness=0.8, tilt=1.0))
    for share, turn in enumerate(turns):
        x = size + share * (width - 3 * size) / len(turns)
        lean = 45.0 * np.cos(turn), 45.0 * np.sin(turn)
        stroke.add(Touch(x, height / 2, 0.7 + 0.2 * np.sin(4.0 * turn), *lean))
    edge = stroke.finish().to_array()[: height // 2, int(2 * size) : int(width - 3 * size)].sum(0, dtype=float) / 255.0
    assert np.abs(edge[:-16] - 2.0 * edge[8:-8] + edge[16:]).max() < 1.0


def test_far_apart_places_are_changed_apart() -> None:
    blank = TileMask.blank(2048, 2048)
    stroke = Stroke(blank, Brush(size=50.0), symmetry=Symmetry.centred(2048, 2048, across=True, down=True))
    changed = [*stroke.add(Touch(100.0, 100.0)), *stroke.add(Touch(900.0, 900.0))]
    after = stroke.finish()
    assert sum(rect.width * rect.height for rect in changed) < 2048 * 2048 / 4
    outside = after.to_array()
    for rect in changed:
        outside[rect.slices] = 0
    assert not outside.any()
    stroke.forget()
    assert stroke.finish() == blank
    assert not stroke.preview(blank.rect).any()


def test_a_second_stroke_adds_to_the_first() -> None:
    brush, line = Brush(size=30.0, flow=0.5), [Touch(20.0, 72.0), Touch(124.0, 72.0)]
    once = drawn(line, brush)
    twice = drawn(line, brush, once)
    assert once.to_array()[72, 72] == pytest.approx(127, abs=1)
    assert twice.to_array()[72, 72] == pytest.approx(191, abs=2)


def test_a_stroke_keeps_untouched_tiles() -> None:
    below = boxed(600, 600, Rect(0, 0, 600, 600), value=90)
    after = drawn([Touch(30.0, 30.0)], Brush(size=20.0), below)
    assert after.cost_beside(below) == 128 * 128


def test_a_still_pen_sets_no_further_dab() -> None:
    stroke = Stroke(BLANK, Brush())
    stroke.add(Touch(50.0, 50.0))
    assert stroke.add(Touch(50.0, 50.0)) == []


@given(TOUCHES, BRUSHES)
def test_dabs_lie_around_their_touch(touch: Touch, brush: Brush) -> None:
    assume(brush.diameter_at(touch.pressure) >= 4.0)
    column, row, shape = shape_at(brush, touch)
    values = draw_dab(shape).astype(np.float64)
    reach = values.shape[0] // 2
    places = np.arange(-reach, reach + 1) + 0.5
    total = values.sum()
    assert column + (values.sum(0) * places).sum() / total == pytest.approx(touch.x, abs=0.55)
    assert row + (values.sum(1) * places).sum() / total == pytest.approx(touch.y, abs=0.55)
    assert values[0].max() == values[-1].max() == values[:, 0].max() == values[:, -1].max() == 0.0


def test_softer_dabs_reach_as_far_and_hold_less() -> None:
    amounts = [
        draw_dab(shape_at(Brush(size=50.0, hardness=each), Touch(0.5, 0.5))[2]).sum() for each in (0.0, 0.5, 1.0)
    ]
    assert amounts[0] < amounts[1] < amounts[2]


def test_the_cache_answers_the_same_dab_within_its_budget() -> None:
    cache = DabCache(budget=100_000)
    shapes = [shape_at(Brush(size=float(size)), Touch(0.0, 0.0))[2] for size in range(40, 200)]
    assert cache.dab(shapes[0]) is cache.dab(shapes[0])
    for shape in shapes:
        assert np.array_equal(cache.dab(shape), draw_dab(shape))
    assert cache.held <= 100_000


@pytest.mark.parametrize(
    ("name", "value"), [("size", 0.0), ("hardness", 1.1), ("flow", -0.1), ("spacing", 0.0), ("tilt", math.nan)]
)
def test_settings_out_of_range_are_named(name: str, value: float) -> None:
    with pytest.raises(PaintError, match=f"brush {name} is"):
        Brush(**{name: value})


@given(BRUSHES)
def test_steps_change_the_brush_and_stay_in_range(brush: Brush) -> None:
    assert brush.larger().size > brush.size
    assert brush.smaller().size < brush.size or brush.size <= 2.0
    assert brush.harder().hardness >= brush.hardness >= brush.softer().hardness
