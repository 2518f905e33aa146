"""Every phrase can be told from every other, with or without colour."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paint.errors import PaintError
from app.paint.palette import OKABE_ITO, Hatch, hatch_tile, swatch

COUNT = len(OKABE_ITO) * len(Hatch)


def test_the_colours_are_those_of_okabe_and_ito_and_white() -> None:
    assert [swatch(index).hex for index in range(8)] == [
        *("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#FFFFFF")
    ]


def test_looks_repeat_only_after_every_colour_met_every_hatch() -> None:
    looks = {(swatch(index).rgb, swatch(index).hatch) for index in range(COUNT)}
    assert len(looks) == COUNT
    assert len({swatch(index).hatch for index in range(8)}) == 8


def test_colours_count_from_nought() -> None:
    with pytest.raises(PaintError, match="colour -1"):
        swatch(-1)


def test_hatches_differ_from_each_other() -> None:
    tiles = [hatch_tile(hatch, 14, 2.0) for hatch in Hatch]
    for one, other in itertools.combinations(tiles, 2):
        shifts = [np.abs(one - np.roll(other, (dy, dx), (0, 1))).mean() for dy in range(14) for dx in range(14)]
        assert min(shifts) > 0.05


@given(st.sampled_from(Hatch), st.integers(8, 24), st.floats(0.5, 3.5))
def test_hatches_join_without_a_seam(hatch: Hatch, period: int, line: float) -> None:
    """Ink changes no more abruptly from one square to the next than it does inside a square."""
    tile = hatch_tile(hatch, period, line)
    for axis in (0, 1):
        joint = np.abs(np.take(tile, -1, axis) - np.take(tile, 0, axis)).max()
        assert joint <= np.abs(np.diff(tile, axis=axis)).max() + 1e-5
    assert 0.0 < tile.mean() < 0.95
    assert tile.min() >= 0.0
    assert tile.max() <= 1.0


def test_lines_wider_than_their_period_are_refused() -> None:
    with pytest.raises(PaintError, match="do not fit a period of 6"):
        hatch_tile(Hatch.GRID, 6, 6.0)
