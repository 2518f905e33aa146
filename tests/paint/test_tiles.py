"""A mask made of tiles is worth the same as the array it stands for, and shares what an edit left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.paint.errors import PaintError
from app.paint.rect import NOTHING, Rect
from app.paint.tiles import TILE, TileMask
from tests.paint.masks import arrays, boxed, masks, rects, speckled


@given(arrays())
def test_an_array_comes_back_as_it_went_in(values: NDArray[np.uint8]) -> None:
    mask = TileMask.from_array(values)
    assert np.array_equal(mask.to_array(), values)
    assert mask.is_blank == (not values.any())


@given(masks(), rects(), st.integers(0, 9))
def test_setting_a_region_changes_it_and_nothing_else(mask: TileMask, rect: Rect, seed: int) -> None:
    values = speckled(rect.width, rect.height, seed, density=0.5)
    after = mask.with_region(rect, values)
    inside = rect.intersected(mask.rect)
    expected = mask.to_array()
    expected[inside.slices] = values[inside.moved(-rect.left, -rect.top).slices]
    assert np.array_equal(after.to_array(), expected)
    assert after == TileMask.from_array(expected)


@given(masks(), rects())
def test_a_region_beyond_the_edge_is_unpainted(mask: TileMask, rect: Rect) -> None:
    wide = np.zeros((mask.height + 1200, mask.width + 1200), np.uint8)
    wide[600 : 600 + mask.height, 600 : 600 + mask.width] = mask.to_array()
    assert np.array_equal(mask.region(rect), wide[rect.moved(600, 600).slices])


@given(masks())
def test_bounds_are_the_smallest_rectangle_around_paint(mask: TileMask) -> None:
    bounds = mask.bounds()
    if mask.is_blank:
        assert bounds == NOTHING
        return
    rows, columns = np.nonzero(mask.to_array())
    assert bounds == Rect.between(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_an_edit_shares_every_tile_it_did_not_touch() -> None:
    before = boxed(5 * TILE, 5 * TILE, Rect(0, 0, 5 * TILE, 5 * TILE))
    after = before.with_region(Rect(TILE + 3, TILE + 3, 4, 4), np.zeros((4, 4), np.uint8))
    assert after.cost_beside(before) == TILE * TILE
    assert after.changes_from(before) == (Rect(TILE, TILE, TILE, TILE),)
    assert after.cost_beside(None) == after.cost == 25 * TILE * TILE


def test_an_edit_that_changes_nothing_costs_nothing() -> None:
    before = boxed(300, 300, Rect(0, 0, 300, 300), value=7)
    after = before.with_region(Rect(0, 0, 300, 300), before.to_array())
    assert after == before
    assert after.cost_beside(before) == 0
    assert after.changes_from(before) == ()


def test_wiping_a_tile_frees_it() -> None:
    mask = boxed(300, 300, Rect(10, 10, 20, 20))
    wiped = mask.with_region(mask.rect, np.zeros((300, 300), np.uint8))
    assert wiped == TileMask.blank(300, 300)
    assert wiped.cost == 0


def test_a_mask_cannot_be_written_to() -> None:
    values = np.full((10, 10), 9, np.uint8)
    mask = TileMask.from_array(values)
    values[:] = 0  # the mask has its own copy
    assert mask.to_array().min() == 9
    with pytest.raises(ValueError, match="read-only"):
        next(iter(mask.tiles.values()))[0, 0] = 1
    with pytest.raises(TypeError):
        mask.tiles[0, 0] = values  # type: ignore[index]


def test_masks_of_other_sizes_differ() -> None:
    assert TileMask.blank(10, 10) != TileMask.blank(10, 11)
    with pytest.raises(PaintError, match="10 x 10 cannot be compared"):
        TileMask.blank(10, 10).changes_from(TileMask.blank(10, 11))


@pytest.mark.parametrize("values", [np.zeros((4, 4)), np.zeros((4, 4, 3), np.uint8), np.zeros((0, 4), np.uint8)])
def test_only_sound_arrays_become_masks(values: NDArray[np.uint8]) -> None:
    with pytest.raises(PaintError, match="mask"):
        TileMask.from_array(values)


def test_values_must_fill_their_region() -> None:
    with pytest.raises(PaintError, match="cannot fill 2 rows of 3"):
        TileMask.blank(10, 10).with_region(Rect(0, 0, 3, 2), np.zeros((3, 2), np.uint8))
