"""Grids of noise levels, and boundaries snapped onto them."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diffusion.errors import ScheduleError
from engine.diffusion.schedules import Schedule, cut, make_sigmas, require_sigmas, snap

schedules = st.sampled_from(get_args(Schedule))


@settings(max_examples=50, deadline=None)
@given(schedule=schedules, steps=st.integers(1, 200), top=st.floats(1.0, 1000.0), bottom=st.floats(1e-4, 0.5))
def test_a_grid_falls_from_its_top_to_its_bottom_and_then_to_zero(
    schedule: Schedule, steps: int, top: float, bottom: float
) -> None:
    grid = make_sigmas(schedule, steps, top, bottom)
    require_sigmas(grid)
    assert len(grid) == steps + 1
    assert grid[0] == top
    assert grid[-1] == 0.0
    assert steps == 1 or grid[-2] == bottom


@pytest.mark.parametrize(("schedule", "power"), [("edm", 7.0), ("order6", 6.0)])
def test_power_grids_take_equal_steps_in_the_root(schedule: Schedule, power: float) -> None:
    roots = [sigma ** (1 / power) for sigma in make_sigmas(schedule, 25)[:-1]]
    assert [a - b for a, b in pairwise(roots)] == pytest.approx([(roots[0] - roots[-1]) / 24] * 24)


def test_the_cosine_grid_takes_equal_steps_in_time() -> None:
    """Simple diffusion section 2: sigma / alpha = tan(pi t / 2)."""
    times = [math.atan(sigma) * 2 / math.pi for sigma in make_sigmas("cosine", 25)[:-1]]
    assert [a - b for a, b in pairwise(times)] == pytest.approx([(times[0] - times[-1]) / 24] * 24)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("edm", 0), "0 steps"),
        (("edm", 10, 1.0, 2.0), "sigma_min < sigma_max"),
        (("edm", 10, 80.0, 0.0), "sigma_min < sigma_max"),
        (("edm", 10, 80.0, 0.002, -1.0), "rho is -1"),
        (("karras", 10), "unknown schedule 'karras'; choose one of edm"),
    ],
)
def test_impossible_grids_are_named(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(ScheduleError, match=message):
        make_sigmas(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("grid", [(1.0,), (1.0, 2.0), (1.0, 1.0), (1.0, -1.0), (math.inf, 1.0), (1.0, math.nan)])
def test_a_grid_that_cannot_be_followed_is_refused(grid: tuple[float, ...]) -> None:
    with pytest.raises(ScheduleError):
        require_sigmas(grid)


@settings(max_examples=50, deadline=None)
@given(steps=st.integers(2, 40), boundaries=st.lists(st.floats(0.01, 70.0), max_size=4, unique=True))
def test_snapping_puts_every_boundary_on_a_node_and_keeps_the_ends(steps: int, boundaries: list[float]) -> None:
    grid = make_sigmas("edm", steps)
    snapped = snap(grid, boundaries)
    require_sigmas(snapped)
    assert set(boundaries) <= set(snapped)
    assert (snapped[0], snapped[-2:]) == (grid[0], grid[-2:])
    assert snap(snapped, boundaries) == snapped


def test_snapping_moves_the_nearest_node_and_no_other() -> None:
    assert snap((16.0, 8.0, 4.0, 2.0, 0.0), [7.0]) == (16.0, 7.0, 4.0, 2.0, 0.0)
    assert snap((16.0, 8.0, 4.0, 2.0, 0.0), [5.0]) == (16.0, 8.0, 5.0, 2.0, 0.0)


def test_a_boundary_beside_taken_nodes_gets_a_node_of_its_own() -> None:
    assert snap((16.0, 8.0, 4.0, 0.0), [8.0, 7.0]) == (16.0, 8.0, 7.0, 4.0, 0.0)
    assert snap((16.0, 0.0), [8.0]) == (16.0, 0.0)
    assert snap((16.0, 4.0, 0.0), [8.0]) == (16.0, 8.0, 4.0, 0.0)


def test_boundaries_outside_the_grid_change_nothing() -> None:
    grid = (16.0, 8.0, 4.0, 0.0)
    assert snap(grid, [20.0, 16.0, 4.0, 1.0, 0.0]) == grid


def test_a_cut_keeps_both_ends() -> None:
    assert cut((16.0, 8.0, 4.0, 2.0, 0.0), 8.0, 2.0) == (8.0, 4.0, 2.0)
