"""Experts: who owns which step, and that a hand-over is a clean restart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
import torch
from torch import Tensor

from engine.diffusion.denoiser import Denoiser, condition
from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.errors import EnsembleError
from engine.diffusion.samplers import SAMPLERS
from engine.diffusion.schedules import make_sigmas, snap
from tests.numerics.toys import Counted, Gaussian, TwoModes, ignore, noise

BOUNDARIES = (9.6, 0.5)
GRID = snap(make_sigmas("edm", 12), BOUNDARIES)
X = 80.0 * noise(3, 1, 4, 4)
SINGLE_STEP = ["euler", "heun", "deis_3kutta", "deis_ab1"]


def three(high: Denoiser, middle: Denoiser, low: Denoiser) -> Ensemble:
    return Ensemble([Stage(low, 0.5, 0.0), Stage(high, 80.0, 9.6), Stage(middle, 9.6, 0.5)])


def run(name: str, denoiser: Denoiser, grid: Sequence[float] = GRID) -> Tensor:
    return SAMPLERS[name](condition(denoiser, [0.0] * 3), X, grid, ignore)


@pytest.mark.parametrize("name", SAMPLERS)
def test_one_denoiser_in_every_stage_equals_it_alone_bit_for_bit(name: str) -> None:
    same = TwoModes()
    assert torch.equal(run(name, three(same, same, same)), run(name, same))


@pytest.mark.parametrize("name", SINGLE_STEP)
def test_equal_experts_equal_one_model_bit_for_bit(name: str) -> None:
    assert torch.equal(run(name, three(TwoModes(), TwoModes(), TwoModes())), run(name, TwoModes()))


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_step_is_computed_by_exactly_one_expert(name: str) -> None:
    experts = [Counted(Gaussian()) for _ in range(3)]
    calls = []
    bound = condition(three(*experts), [0.0] * 3)

    def on_step(_: object) -> None:
        calls.append([len(expert.calls) for expert in experts])
        for expert in experts:
            expert.calls.clear()

    SAMPLERS[name](bound, X, GRID, on_step)
    for (sigma_from, sigma_to), counts in zip(pairwise(GRID), calls, strict=True):
        owner = 0 if sigma_to >= 9.6 else 1 if sigma_to >= 0.5 else 2
        assert [index for index, count in enumerate(counts) if count] == [owner], (sigma_from, sigma_to)


def test_multistep_history_ends_at_a_hand_over_with_one_heun_step() -> None:
    experts = [Counted(Gaussian()) for _ in range(3)]
    run("deis_ab3", three(*experts))
    steps = [sum(sigma_to >= 9.6 for sigma_to in GRID[1:]), sum(9.6 > s >= 0.5 for s in GRID[1:])]
    steps.append(len(GRID) - 1 - sum(steps))
    assert [len(expert.calls) for expert in experts] == [count + 1 for count in steps]


@pytest.mark.parametrize("name", ["dpmpp_2m", "deis_ab3", "deis_log_ab3"])
def test_after_a_hand_over_nothing_of_the_old_expert_remains(name: str) -> None:
    """A solve across a boundary is the two solves on either side of it."""
    upper, lower = TwoModes(), TwoModes(shift=0.5)
    node = GRID.index(9.6)
    both = run(name, Ensemble([Stage(upper, 80.0, 9.6), Stage(lower, 9.6, 0.0)]))
    half = run(name, upper, GRID[: node + 1])
    assert torch.equal(both, SAMPLERS[name](condition(lower, [0.0] * 3), half, GRID[node:], ignore))


def test_called_by_itself_it_sends_each_picture_to_its_own_expert() -> None:
    ensemble = three(TwoModes(shift=1.0), TwoModes(shift=2.0), TwoModes(shift=3.0))
    sigma = torch.tensor([9.6, 80.0, 0.5], dtype=torch.float64)
    out = ensemble(X, sigma, [0.0] * 3)
    for row, shift in enumerate((2.0, 1.0, 3.0)):
        assert torch.equal(out[row], TwoModes(shift=shift)(X[row : row + 1], sigma[row : row + 1], [0.0])[0])


def test_bounds_and_boundaries_come_from_the_stages() -> None:
    ensemble = three(Gaussian(), Gaussian(), Gaussian())
    assert (ensemble.sigma_max, ensemble.boundaries(), ensemble.sigma_min) == (80.0, BOUNDARIES, 0.0)


def test_bounds_that_differ_in_the_last_digits_adjoin() -> None:
    ensemble = Ensemble([Stage(Gaussian(), 80.0, 9.6000001), Stage(Gaussian(), 9.6, 0.0)])
    assert ensemble.boundaries() == (9.6,)
    run("heun", ensemble)


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([], "at least one expert"),
        ([(80.0, 9.6), (5.0, 0.0)], "no expert owns the noise between 9.6 and 5"),
        ([(80.0, 5.0), (9.6, 0.0)], "two experts own the noise between 9.6 and 5"),
        ([(80.0, 0.0), (80.0, 0.0)], "two experts"),
        ([(5.0, 9.6)], "sigma_from must be the greater"),
    ],
)
def test_gaps_and_overlaps_are_named(stages: list[tuple[float, float]], message: str) -> None:
    with pytest.raises(EnsembleError, match=message):
        Ensemble([Stage(Gaussian(), high, low) for high, low in stages])


def test_a_step_nobody_owns_is_named() -> None:
    with pytest.raises(EnsembleError, match=r"no expert owns the step from noise 80 to .* from 40 to 0"):
        run("euler", Ensemble([Stage(Gaussian(), 40.0, 0.0)]))


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_grid_without_a_node_on_the_boundary_is_refused(boundary: float) -> None:
    ensemble = Ensemble([Stage(Gaussian(), 80.0, boundary), Stage(Gaussian(), boundary, 0.0)])
    with pytest.raises(EnsembleError, match="no expert owns the step"):
        run("euler", ensemble, make_sigmas("edm", 12))


def test_the_last_denoise_step_belongs_to_the_expert_where_it_starts() -> None:
    low = Counted(Gaussian())
    run("euler", Ensemble([Stage(Gaussian(), 80.0, 9.6), Stage(low, 9.6, 0.002)]))
    assert min(low.calls) == 0.002
