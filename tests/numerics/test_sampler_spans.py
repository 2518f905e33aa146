"""A sampler and a guidance for each span of a solve: what is said of one acts from where it begins, and not before."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from engine.conditioning.brief import PromptText
from engine.conditioning.picture import Picture
from engine.diffusion.denoiser import Denoiser, condition
from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.errors import EnsembleError, SolveError
from engine.diffusion.sampler_spans import sampler_spans
from engine.diffusion.samplers import SAMPLERS
from engine.diffusion.schedules import make_sigmas, snap
from engine.diffusion.seeds import picture_noise
from engine.diffusion.solve import Frame, SolveSettings, solve
from engine.diffusion.stepping import StepFacts
from tests.numerics.toys import Reader, TwoModes, ignore

BOUNDARY = 1.5
GRID = snap(make_sigmas("edm", 12), (BOUNDARY,))
NODE = GRID.index(BOUNDARY)
FRAME = Frame((3, 8, 8))
CAT = Picture(PromptText("cat"), seed=3)
MULTISTEP = ["dpmpp_2m", "deis_ab3", "deis_log_ab4"]


def two(upper: Denoiser, lower: Denoiser, above: dict[str, Any] | None = None, **below: Any) -> Ensemble:
    """Two experts, each with what is its own."""
    return Ensemble([Stage(upper, 80.0, BOUNDARY, **(above or {})), Stage(lower, BOUNDARY, 0.0, **below)])


def walk(denoiser: Denoiser, sampler: str = "euler", guidance: float = 2.0) -> list[Tensor]:
    """What stands after every step."""
    steps: list[StepFacts] = []
    solve(denoiser, [CAT], SolveSettings(GRID, sampler, guidance), FRAME, steps.append)
    assert [(facts.index, facts.total) for facts in steps] == [(at, 12) for at in range(1, 13)]
    return [facts.x for facts in steps]


@pytest.mark.parametrize("changed", [{"guidance": 5.0}, {"sampler": "heun"}, {"sampler": "deis_ab3"}])
@pytest.mark.parametrize("sampler", ["euler", "dpmpp_2m"])
def test_a_change_of_the_lower_span_acts_only_from_its_noise_on(sampler: str, changed: dict[str, Any]) -> None:
    reader = Reader()
    plain, other = walk(two(reader, reader), sampler), walk(two(reader, reader, **changed), sampler)
    same = [torch.equal(one, two_) for one, two_ in zip(plain, other, strict=True)]
    # Every step above the boundary, the one that reaches it too, is untouched to the last bit.
    assert same[:NODE] == [True] * NODE
    assert not any(same[NODE:])


@pytest.mark.parametrize("changed", [{"guidance": 5.0}, {"sampler": "heun"}])
def test_a_change_of_the_upper_span_acts_from_the_first_step(changed: dict[str, Any]) -> None:
    reader = Reader()
    plain, other = walk(two(reader, reader)), walk(two(reader, reader, above=changed))
    assert not any(torch.equal(one, two_) for one, two_ in zip(plain, other, strict=True))


@pytest.mark.parametrize("lower", [*MULTISTEP, "heun"])
@pytest.mark.parametrize("upper", [*MULTISTEP, "deis_3kutta"])
def test_a_solve_with_two_samplers_is_the_two_solves_on_either_side(upper: str, lower: str) -> None:
    """No history crosses: below the boundary a multistep sampler starts as it would by itself, with one Heun step."""
    high, low = TwoModes(), TwoModes(shift=0.5)
    solved = walk(two(high, low, above={"sampler": upper}, sampler=lower), guidance=1.0)[-1]
    x = 80.0 * picture_noise([3], FRAME.shape)
    half = SAMPLERS[upper](condition(high, [None]), x, GRID[: NODE + 1], ignore)
    assert torch.equal(solved, SAMPLERS[lower](condition(low, [None]), half, GRID[NODE:], ignore))


@pytest.mark.parametrize("sampler", MULTISTEP)
def test_naming_the_sampler_of_the_solve_changes_nothing(sampler: str) -> None:
    """One denoiser on both sides: its history goes on over the boundary, also where both spans name the sampler."""
    same = TwoModes()
    plain, named = walk(same, sampler, 1.0), walk(two(same, same, {"sampler": sampler}, sampler=sampler), "heun", 1.0)
    assert torch.equal(plain[-1], named[-1])


def test_a_grid_is_cut_only_where_another_sampler_takes_over() -> None:
    same = TwoModes()
    assert [span.sigmas for span in sampler_spans(same, "heun", GRID)] == [GRID]
    assert [span.sigmas for span in sampler_spans(two(same, same, sampler="heun"), "heun", GRID)] == [GRID]
    upper, lower = sampler_spans(two(same, same, sampler="euler"), "heun", GRID)
    assert (upper.sampler, upper.sigmas) == ("heun", GRID[: NODE + 1])
    assert (lower.sampler, lower.sigmas) == ("euler", GRID[NODE:])


def test_a_sampler_or_an_owner_that_is_not_there_is_named() -> None:
    same = TwoModes()
    with pytest.raises(SolveError, match="unknown sampler 'leap'; choose one of euler"):
        sampler_spans(two(same, same, sampler="leap"), "heun", GRID)
    with pytest.raises(EnsembleError, match="no expert owns the step"):
        sampler_spans(two(same, same), "heun", (80.0, 1.0, 0.0))
