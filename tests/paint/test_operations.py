"""Operations on whole masks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.paint import operations
from app.paint.dilation import dilate
from app.paint.errors import PaintError
from app.paint.rect import Rect
from app.paint.tiles import TileMask
from tests.paint.masks import boxed, masks


@given(masks())
def test_inverting_and_mirroring_twice_gives_the_mask_back(mask: TileMask) -> None:
    assert operations.invert(operations.invert(mask)) == mask
    assert operations.mirror(operations.mirror(mask, across=True), across=True) == mask
    assert operations.mirror(operations.mirror(mask, down=True), down=True) == mask


@given(masks())
def test_nothing_is_left_after_clearing(mask: TileMask) -> None:
    assert operations.clear(mask) == TileMask.blank(mask.width, mask.height)


@given(masks(), st.integers(-40, 40), st.integers(-40, 40))
def test_moving_shifts_and_drops_what_leaves(mask: TileMask, dx: int, dy: int) -> None:
    expected = mask.region(mask.rect.moved(-dx, -dy))
    assert np.array_equal(operations.move(mask, dx, dy).to_array(), expected)


def by_the_book(values: NDArray[np.uint8], radius: int) -> NDArray[np.uint8]:
    """The maximum over a disc, one shift after the other."""
    height, width = values.shape
    frame = np.pad(values, radius)
    result = np.zeros_like(values)
    for dy in range(-radius, radius + 1):
        for dx in range(-radius, radius + 1):
            if dx * dx + dy * dy <= radius * radius + radius:
                part = frame[radius + dy : radius + dy + height, radius + dx : radius + dx + width]
                result = np.maximum(result, part)
    return result


@given(masks(), st.integers(0, 6))
def test_growing_takes_the_greatest_value_of_a_disc(mask: TileMask, radius: int) -> None:
    assert np.array_equal(operations.grow(mask, radius).to_array(), by_the_book(mask.to_array(), radius))


@pytest.mark.parametrize("radius", [3, 40])
def test_large_masks_grow_as_small_ones_do(radius: int) -> None:
    """Parts of a mask that are even are left out, and the others are worked on in blocks."""
    rng = np.random.default_rng(radius)
    values = np.zeros((300, 420), np.uint8)
    values[130:300, 100:390] = 255
    values[200, 200] = 90
    rows, columns = rng.integers(0, (300, 420), (12, 2)).T
    values[rows, columns] = rng.integers(1, 256, 12)
    assert np.array_equal(dilate(values, radius), by_the_book(values, radius))


@given(masks(), st.integers(0, 6))
def test_growing_and_shrinking_bracket_the_mask(mask: TileMask, radius: int) -> None:
    values = mask.to_array()
    closed = operations.shrink(operations.grow(mask, radius), radius).to_array()
    opened = operations.grow(operations.shrink(mask, radius), radius).to_array()
    assert (opened <= values).all()
    assert (closed >= values).all()


@given(masks(), st.integers(0, 12))
def test_shrinking_is_growing_of_what_is_not_painted(mask: TileMask, radius: int) -> None:
    unpainted = np.bitwise_not(mask.to_array())
    assert operations.shrink(mask, radius) == TileMask.from_array(np.bitwise_not(dilate(unpainted, radius)))


def test_shrinking_does_not_loosen_paint_from_the_canvas_edge() -> None:
    sky = boxed(60, 60, Rect(0, 0, 60, 30))
    assert operations.shrink(sky, 5) == boxed(60, 60, Rect(0, 0, 60, 25))


def test_feathering_softens_edges_and_keeps_the_amount() -> None:
    mask = boxed(200, 200, Rect(60, 60, 80, 80))
    soft = operations.feather(mask, 10.0).to_array()
    assert soft[100, 100] == 255
    assert 100 < soft[100, 60] < 155
    assert soft.sum() == pytest.approx(mask.to_array().sum(), rel=0.01)
    assert (np.diff(soft[100, :100].astype(int)) >= 0).all()


def test_feathering_does_not_fade_at_the_canvas_edge() -> None:
    sky = boxed(60, 60, Rect(0, 0, 60, 30))
    soft = operations.feather(sky, 8.0).to_array()
    assert soft[0].min() == 255
    assert np.ptp(soft, axis=1).max() <= 1


@pytest.mark.parametrize("radius", [8.0, 16.0, 50.0])
def test_feathering_widely_is_the_gaussian_that_it_says(radius: float) -> None:
    """An edge feathered by r follows the integral of a Gaussian of r / 2 pixels."""
    soft = operations.feather(boxed(601, 33, Rect(0, 0, 300, 33)), radius).to_array()
    expected = [255.0 * 0.5 * math.erfc((x + 0.5 - 300.0) / (radius / 2.0) / math.sqrt(2.0)) for x in range(601)]
    assert np.abs(soft[16] - np.array(expected)).max() < 8.0


def test_feathering_by_nothing_changes_nothing() -> None:
    mask = boxed(60, 60, Rect(10, 10, 20, 20))
    assert operations.feather(mask, 0.0) == mask
    assert operations.feather(TileMask.blank(60, 60), 20.0).is_blank


def test_fitting_stretches_to_the_new_canvas() -> None:
    mask = boxed(100, 50, Rect(50, 0, 50, 50))
    fitted = operations.fitted(mask, 200, 100)
    assert (fitted.width, fitted.height) == (200, 100)
    assert fitted.to_array()[:, 110:].min() == 255
    assert fitted.to_array()[:, :90].max() == 0
    assert operations.fitted(TileMask.blank(10, 10), 20, 5) == TileMask.blank(20, 5)


@pytest.mark.parametrize("operate", [operations.feather, operations.grow, operations.shrink])
def test_widths_out_of_range_are_refused(operate: object) -> None:
    assert callable(operate)
    with pytest.raises(PaintError, match="choose 0 to 500"):
        operate(TileMask.blank(10, 10), 501)
