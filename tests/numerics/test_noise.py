"""The distribution of training noise and its split among experts (eDiff-I 4.1, appendix B)."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diffusion.errors import ScheduleError
from engine.diffusion.noise import NoiseDistribution

P = NoiseDistribution()


def draw(distribution: NoiseDistribution, count: int = 20_000) -> torch.Tensor:
    return distribution.sample(count, torch.Generator().manual_seed(0))


def test_the_whole_distribution_is_log_normal() -> None:
    logs = draw(P).log()
    assert abs(float(logs.mean()) - -1.2) < 0.03
    assert abs(float(logs.std()) - 1.2) < 0.03


def test_the_median_splits_the_first_level() -> None:
    (low, split), (same, high) = P.expert(1, 0).intervals()[0], P.expert(1, 1).intervals()[0]
    assert split == same == pytest.approx(math.exp(-1.2))
    assert (low, high) == (0.0, math.inf)


def test_the_papers_high_noise_expert_begins_near_nine_point_six() -> None:
    """E^9_511 of eDiff-I table 5."""
    assert P.expert(9, 511).intervals()[0][0] == pytest.approx(9.61, abs=0.01)
    assert draw(P.expert(9, 511)).min() >= 9.6


def test_the_papers_middle_expert_lies_between_its_neighbours() -> None:
    """M_2^C of eDiff-I table 5 is configured -(9, 511) -(4, 0)."""
    middle = P.complement([(9, 511), (4, 0)])
    assert middle.intervals() == ((P.quantile(1 / 16), P.quantile(511 / 512)),)
    levels = draw(middle)
    assert P.quantile(1 / 16) * 0.9999 <= levels.min()
    assert levels.max() <= P.quantile(511 / 512) * 1.0001


def test_a_hole_in_the_middle_leaves_two_pieces_drawn_by_their_size() -> None:
    holed = P.complement([(2, 1)])
    assert len(holed.intervals()) == 2
    levels = draw(holed)
    assert not ((levels > P.quantile(0.25) * 1.0001) & (levels < P.quantile(0.5) * 0.9999)).any()
    for probability, share in ((0.25, 1 / 3), (0.75, 2 / 3)):
        assert float((levels < P.quantile(probability) * 1.0001).float().mean()) == pytest.approx(share, abs=0.02)


def test_the_topmost_interval_of_a_deep_tree_is_still_drawn_finely() -> None:
    """float32 knows sixteen numbers in the last millionth below probability 1, and one of them is 1."""
    levels = draw(P.expert(20, 2**20 - 1), 1000)
    assert levels.isfinite().all()
    assert len(levels.unique()) > 990


@settings(max_examples=20, deadline=None)
@given(level=st.integers(0, 8), data=st.data())
def test_an_expert_and_its_complement_make_the_whole(level: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, 2**level - 1))
    low, high = P.expert(level, index).pieces[0]
    if level == 0:
        with pytest.raises(ScheduleError, match="leave no noise levels"):
            P.complement([(level, index)])
        return
    rest = P.complement([(level, index)]).pieces
    assert sum(b - a for a, b in rest) + (high - low) == pytest.approx(1.0)
    assert all(b <= low or a >= high for a, b in rest)


def test_a_seed_draws_the_same_levels_again() -> None:
    assert torch.equal(draw(P, 8), draw(P, 8))


@pytest.mark.parametrize(("level", "index"), [(1, 2), (0, 1), (3, -1), (-1, 0)])
def test_an_index_outside_its_level_is_named(level: int, index: int) -> None:
    with pytest.raises(ScheduleError, match=rf"expert \({level}, {index}\)"):
        P.expert(level, index)
