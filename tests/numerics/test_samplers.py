"""Samplers on a Gaussian, whose denoiser and whose trajectories are known in closed form."""

from __future__ import annotations

import math
from concurrent.futures import CancelledError

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.diffusion.denoiser import condition
from engine.diffusion.multistep import Coordinate, adams_bashforth_weights
from engine.diffusion.samplers import SAMPLERS
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.stepping import StepFacts
from tests.numerics.toys import Counted, Gaussian, ignore, noise

ORDERS = {
    "euler": 1,
    "heun": 2,
    "dpmpp_2m": 2,
    "deis_3kutta": 3,
    **{f"deis_{kind}ab{order}": order for kind in ("", "log_") for order in (1, 2, 3, 4)},
}


def error(name: str, steps: int) -> float:
    """Greatest distance from the exact trajectory, from noise 80 down to 0.02 in `steps` steps."""
    x, grid = 80.0 * noise(4, 1, 4, 4), make_sigmas("edm", steps + 1, 80.0, 0.02)[:-1]
    out = SAMPLERS[name](condition(Gaussian(), [0.0] * 4), x, grid, ignore)
    return float((out - Gaussian().exact(x, 80.0, 0.02)).abs().max())


def test_every_sampler_has_its_order_written_here() -> None:
    assert set(ORDERS) == set(SAMPLERS)


@pytest.mark.parametrize(("name", "order"), ORDERS.items())
def test_halving_the_steps_shows_the_order(name: str, order: int) -> None:
    slope = math.log2(error(name, 80) / error(name, 160))
    # Order 4 is measured past its Heun start: that happens where the trajectory is straight and costs nothing.
    assert order - 0.25 < slope < order + 0.35


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_grid_that_ends_at_zero_ends_with_the_denoisers_own_estimate(name: str) -> None:
    seen: list[StepFacts] = []
    grid = make_sigmas("edm", 8)
    bound = condition(Gaussian(), [0.0] * 2)
    out = SAMPLERS[name](bound, 80.0 * noise(2, 1, 4, 4), grid, seen.append)
    assert torch.equal(out, bound(seen[-2].x, grid[-2]))
    assert torch.equal(out, seen[-1].x0)


@pytest.mark.parametrize("name", SAMPLERS)
def test_steps_are_told_in_order_with_their_noise_levels(name: str) -> None:
    seen: list[StepFacts] = []
    grid = make_sigmas("edm", 8)
    SAMPLERS[name](condition(Gaussian(), [0.0]), 80.0 * noise(1, 1, 4, 4), grid, seen.append)
    assert [facts.index for facts in seen] == list(range(1, 9))
    assert {facts.total for facts in seen} == {8}
    assert [facts.sigma for facts in seen] == list(grid[1:])


@pytest.mark.parametrize("name", SAMPLERS)
def test_state_and_estimates_stay_in_float32(name: str) -> None:
    seen: list[StepFacts] = []
    x = 80.0 * noise(1, 1, 4, 4, dtype=torch.float32)
    SAMPLERS[name](condition(Gaussian(), [0.0]), x, make_sigmas("edm", 6), seen.append)
    assert {facts.x.dtype for facts in seen} | {facts.x0.dtype for facts in seen} == {torch.float32}


@pytest.mark.parametrize("name", SAMPLERS)
def test_raising_from_a_step_cancels_there(name: str) -> None:
    counted = Counted(Gaussian())

    def cancel(facts: StepFacts) -> None:
        if facts.index == 3:
            raise CancelledError

    with pytest.raises(CancelledError):
        SAMPLERS[name](condition(counted, [0.0]), 80.0 * noise(1, 1, 4, 4), make_sigmas("edm", 8), cancel)
    assert min(counted.calls) >= make_sigmas("edm", 8)[3] * 0.999


def test_a_multistep_sampler_asks_once_a_step_after_its_heun_start() -> None:
    counted = Counted(Gaussian())
    SAMPLERS["deis_ab3"](condition(counted, [0.0]), 80.0 * noise(1, 1, 4, 4), make_sigmas("edm", 10), ignore)
    assert len(counted.calls) == 11


@st.composite
def uneven_nodes(draw: st.DrawFn) -> list[float]:
    """Noise levels, newest first and the level to step to last, with ratios between 1.05 and 3."""
    ratios = draw(st.lists(st.floats(1.05, 3.0), min_size=2, max_size=4))
    levels = [draw(st.floats(0.01, 5.0))]
    for ratio in ratios:
        levels.append(levels[-1] * ratio)
    return [*levels[1:], levels[0]]


@settings(max_examples=50, deadline=None)
@given(levels=uneven_nodes(), coordinate=st.sampled_from(["sigma", "log"]))
def test_adams_bashforth_weights_are_exact_for_polynomials_on_any_spacing(
    levels: list[float], coordinate: Coordinate
) -> None:
    *nodes, sigma = levels
    weights = adams_bashforth_weights(nodes, sigma, coordinate)
    fine = np.linspace(nodes[0], sigma, 20_001)
    u, fine_u = (np.log(s) if coordinate == "log" else s for s in (np.array(nodes), fine))
    for degree in range(len(nodes)):
        truth = np.trapezoid(fine_u**degree, fine)
        assert weights @ u**degree == pytest.approx(truth, rel=1e-5, abs=1e-7)


def test_adams_bashforth_weights_on_an_even_grid_are_the_textbooks() -> None:
    textbook = [55 / 24, -59 / 24, 37 / 24, -9 / 24]
    weights = adams_bashforth_weights([4.0, 5.0, 6.0, 7.0], 3.0, "sigma")
    assert weights == pytest.approx([-w for w in textbook])
