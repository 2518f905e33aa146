"""What the studio shows of overlaps and coarse grids is what the engine computes."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from app.paint.errors import PaintError
from app.paint.overlap import Overlap, Resize, effective, grid_for, on_grid, seen
from app.paint.rect import Rect
from app.paint.tiles import TileMask
from engine.conditioning.paint_with_words import overlap_masks, resize_masks
from tests.paint.masks import boxed, speckled

SIDES = st.integers(8, 70)
GRIDS = (32, 16, 8)
"""Sides of the grids at which eDiff-I's base model attends to words."""


@given(st.integers(1, 4), SIDES, SIDES, st.integers(0, 99), st.sampled_from(get_args(Overlap)))
def test_overlaps_are_resolved_as_in_the_engine(
    count: int, width: int, height: int, seed: int, overlap: Overlap
) -> None:
    values = np.random.default_rng(seed).random((count, height, width), np.float32)
    expected = overlap_masks(torch.from_numpy(values), overlap).numpy()
    kept = np.stack(list(effective(values[::-1], overlap))[::-1])
    assert np.allclose(kept, expected, atol=1e-6)


@given(SIDES, SIDES, st.sampled_from([*GRIDS, 5]), st.integers(0, 99), st.sampled_from(get_args(Resize)))
def test_grids_are_reached_as_in_the_engine(width: int, height: int, cells: int, seed: int, resize: Resize) -> None:
    values = np.random.default_rng(seed).random((2, height, width), np.float32)
    grid = grid_for(height, width, cells)
    assume(min(grid) > 1)  # torch's antialiasing answers equal rows for a grid of one column
    expected = resize_masks(torch.from_numpy(values), grid, resize).numpy()
    assert np.allclose(np.stack([on_grid(each, grid, resize) for each in values]), expected, atol=2e-5)


def test_an_upper_layer_hides_the_lower_only_when_stacked() -> None:
    lower, upper = boxed(64, 64, Rect(0, 0, 64, 64)), boxed(64, 64, Rect(32, 0, 32, 64))
    stacked, mixed = (seen([lower, upper], overlap, "antialias", 8) for overlap in get_args(Overlap))
    assert stacked[0, :, 6:].max() == 0.0
    assert stacked[0, :, :3].min() == 1.0
    assert mixed[0].min() == 1.0
    assert np.array_equal(stacked[1], mixed[1])


def test_only_keeping_saves_a_thin_stroke() -> None:
    thin = boxed(512, 512, Rect(100, 0, 3, 512))
    lost, faint, kept = (seen([thin], "mix", resize, 8) for resize in ("paper", "antialias", "keep"))
    assert lost.max() == 0.0
    assert 0.0 < faint.max() < 0.1
    assert kept.max() == 1.0


def test_the_longer_side_has_the_cells() -> None:
    assert grid_for(100, 200, 32) == (16, 32)
    assert grid_for(3000, 10, 8) == (8, 1)


def test_layers_share_one_size() -> None:
    with pytest.raises(PaintError, match="one size"):
        seen([TileMask.blank(10, 10), TileMask.blank(12, 10)], "mix", "keep", 8)
    with pytest.raises(PaintError, match="none"):
        seen([], "mix", "keep", 8)


def test_unknown_rules_are_named() -> None:
    values = speckled(8, 8).astype(np.float32)
    with pytest.raises(PaintError, match="'pile'; choose one of stack, mix"):
        list(effective([values], "pile"))  # type: ignore[arg-type]
    with pytest.raises(PaintError, match="'nearest'; choose one of antialias"):
        on_grid(values, (2, 2), "nearest")  # type: ignore[arg-type]
