"""Whole solves: experts, guidance, jumps, starts and ends brought together, on denoisers that read their briefs."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import CancelledError
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.conditioning.brief import PhraseLayer, PhraseMasks, PromptText, Sample, StyleReference, SwitchedPrompt
from engine.conditioning.picture import Picture, enlarged
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.errors import DiffusionError, SolveError
from engine.diffusion.samplers import SAMPLERS
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.seeds import picture_noise
from engine.diffusion.solve import Frame, SolveSettings, solve
from engine.diffusion.stepping import StepFacts
from tests.numerics.toys import Gaussian, Reader, ignore

FRAME = Frame((3, 8, 8))
GRID = make_sigmas("edm", 12)
MASK = np.ones((8, 8), np.float32)
CAT = Picture(PromptText("cat"), seed=3)
SINGLE_STEP = ["euler", "heun", "deis_3kutta"]


def run(denoiser: Denoiser, *pictures: Picture, **settings: Any) -> tuple[Sample, ...]:
    return solve(denoiser, pictures, SolveSettings(**{"sigmas": GRID, **settings}), FRAME, ignore)


def painted(begin: float = 0.0, finish: float = 1.0) -> PhraseMasks:
    return PhraseMasks("cat", (PhraseLayer("x", 0, 3, MASK, begin=begin, finish=finish),))


def test_a_picture_starts_from_the_noise_of_its_seed_and_ends_finished() -> None:
    steps: list[StepFacts] = []
    (out,) = solve(Reader(), [CAT], SolveSettings(GRID), FRAME, steps.append)
    assert (out.sigma, out.space, out.data.dtype) == (0.0, "pixel", torch.float32)
    exact = Gaussian(mean=0.6).exact(80.0 * picture_noise([3], FRAME.shape)[0], 80.0, 0.002)
    assert float((out.data - exact).abs().max()) < 0.02
    assert len(steps) == 12


@pytest.mark.parametrize("name", SAMPLERS)
def test_a_picture_does_not_depend_on_its_batch(name: str) -> None:
    other = Picture(PromptText("a long prompt"), seed=4)
    together = run(Reader(), other, CAT, guidance=3.0, sampler=name)
    (alone,) = run(Reader(), CAT, guidance=3.0, sampler=name)
    assert torch.equal(together[1].data, alone.data)


def test_the_prompt_switches_between_two_exact_steps() -> None:
    reader = Reader()
    run(reader, Picture(SwitchedPrompt("cat", "dog", 0.5), seed=3), sampler="heun")
    node = GRID[6]
    assert {briefs[0].prompt for sigma, briefs in reader.calls if sigma > node * 1.0001} == {"cat"}
    assert {briefs[0].prompt for sigma, briefs in reader.calls if sigma < node * 0.9999} == {"dog"}
    # Heun's second stage at the node belongs to the step above, its first stage to the step below.
    assert [b[0].prompt for sigma, b in reader.calls if sigma == pytest.approx(node)] == ["cat", "dog"]


def test_a_switch_at_either_end_is_no_switch() -> None:
    for at, prompt in ((0.0, "dog"), (1.0, "cat")):
        (switched,) = run(Reader(), Picture(SwitchedPrompt("cat", "dog", at), seed=3))
        (plain,) = run(Reader(), Picture(PromptText(prompt), seed=3))
        assert torch.equal(switched.data, plain.data)


def test_phrases_and_styles_act_only_in_their_windows_and_only_in_the_conditional_half() -> None:
    reader, style = Reader(), StyleReference(((np.zeros((8, 8, 3), np.uint8), 1.0),), begin=0.5)
    picture = Picture(PromptText("cat"), 3, phrases=painted(finish=0.25), styles=(style,))
    run(reader, picture, guidance=2.0, sampler="euler")
    conditional = [(briefs[0].phrases is not None, len(briefs[0].styles)) for _, briefs in reader.calls]
    assert conditional == [(True, 0)] * 3 + [(False, 0)] * 3 + [(False, 1)] * 6
    assert all(briefs[1].phrases is None and briefs[1].styles == () for _, briefs in reader.calls)


def test_multistep_samplers_restart_where_the_conditioning_jumps() -> None:
    reader = Reader()
    run(reader, Picture(PromptText("cat"), 3, phrases=painted(finish=0.5)), sampler="deis_ab3")
    assert len(reader.calls) == 12 + 2


def test_a_negative_prompt_fills_the_unconditional_half() -> None:
    reader = Reader()
    run(reader, Picture(PromptText("cat"), 3, negative=PromptText("dog")), guidance=2.0, sampler="euler")
    assert {(a.prompt, b.prompt) for _, (a, b) in reader.calls} == {("cat", "dog")}


def experts(upper: Denoiser, lower: Denoiser, boundary: float) -> Ensemble:
    return Ensemble([Stage(upper, 80.0, boundary), Stage(lower, boundary, 0.0)])


@pytest.mark.parametrize("name", SAMPLERS)
def test_handing_a_sample_over_equals_one_solve_of_two_experts(name: str) -> None:
    """Base then refiner, each in a solve of its own, against both in one."""
    (half,) = run(Reader(), CAT, sampler=name, sigma_end=1.5)
    assert half.sigma == 1.5
    (apart,) = run(Reader(), Picture(CAT.prompt, 3, start=half), sampler=name)
    (together,) = run(experts(Reader(), Reader(), 1.5), CAT, sampler=name)
    assert torch.equal(apart.data, together.data)


@pytest.mark.parametrize("name", SINGLE_STEP)
def test_handing_a_sample_over_between_equal_nets_equals_one_run(name: str) -> None:
    node = GRID[5]
    (half,) = run(Reader(), CAT, sampler=name, sigma_end=node)
    (apart,) = run(Reader(), Picture(CAT.prompt, 3, start=half), sampler=name)
    assert torch.equal(apart.data, run(Reader(), CAT, sampler=name)[0].data)


def test_fractions_count_the_whole_grid_also_in_a_cut_solve() -> None:
    switched = SwitchedPrompt("cat", "dog", 0.5)
    (half,) = run(Reader(), Picture(switched, 3), sampler="heun", sigma_end=GRID[4])
    (apart,) = run(Reader(), Picture(switched, 3, start=half), sampler="heun")
    assert torch.equal(apart.data, run(Reader(), Picture(switched, 3), sampler="heun")[0].data)


def test_sdedit_adds_the_noise_of_the_seed_to_a_finished_picture() -> None:
    """x = x0 + sigma n (Meng et al. 2021), then the ODE from there."""
    picture = Sample(torch.full(FRAME.shape, 0.8), "pixel", 0.0)
    seen: list[tuple[float, Tensor]] = []

    class Watching(Reader):
        def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
            seen.append((sigma[0].item(), x))
            return super().__call__(x, sigma, conditioning)

    run(Watching(), Picture(CAT.prompt, 3, start=picture), sigma_start=0.7)
    sigma, x = seen[0]
    assert sigma == pytest.approx(0.7)
    assert torch.equal(x[0], picture.data + 0.7 * picture_noise([3], FRAME.shape)[0])


def test_an_enlargement_starts_from_the_picture_it_enlarges() -> None:
    """x = y + sigma n: where y is all there is to know, any start leads to it, and zero is no part of the way."""
    seen: list[Tensor] = []

    class Watching(Reader):
        def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
            seen.append(x)
            return super().__call__(x, sigma, conditioning)

    small = torch.linspace(-1.0, 1.0, 48).view(3, 4, 4)
    run(Watching(), Picture(CAT.prompt, 3, low_resolution=small), sigma_start=0.7)
    guess = seen[0][0] - 0.7 * picture_noise([3], FRAME.shape)[0]
    torch.testing.assert_close(guess, enlarged(small, (8, 8)))
    torch.testing.assert_close(torch.nn.functional.avg_pool2d(guess, 2), small, atol=0.1, rtol=0.0)
    assert guess.abs().max() <= 1.0


def test_sdedit_stays_closer_to_the_picture_the_lower_it_starts() -> None:
    picture = Sample(torch.full(FRAME.shape, 0.8), "pixel", 0.0)
    moved = []
    for sigma in (0.01, 0.2, 2.0):
        (out,) = run(Reader(), Picture(CAT.prompt, 3, start=picture), sigma_start=sigma)
        moved.append(float((out.data - picture.data).abs().mean()))
    assert moved == sorted(moved)
    assert moved[0] < 0.02


def test_a_half_noisy_sample_started_higher_receives_only_the_noise_it_lacks() -> None:
    sample = Sample(torch.zeros(FRAME.shape), "pixel", 3.0)
    steps: list[StepFacts] = []
    settings = SolveSettings(GRID, "euler", sigma_start=5.0)
    still = Reader()
    solve(still, [Picture(None, 3, start=sample)], settings, FRAME, steps.append)
    # The first Euler step is linear in x, so x at the start can be recovered from what it leads to.
    x0, x, sigma = steps[0].x0, steps[0].x, steps[0].sigma
    start = (x - (1 - sigma / 5.0) * x0) / (sigma / 5.0)
    torch.testing.assert_close(start[0], 4.0 * picture_noise([3], FRAME.shape)[0], rtol=1e-4, atol=1e-4)


def test_experts_route_the_solve_without_a_grid_made_for_them() -> None:
    upper, lower = Reader(), Reader()
    run(experts(upper, lower, 1.234), CAT, sampler="euler")
    assert min(sigma for sigma, _ in upper.calls) > 1.234
    assert lower.calls[0][0] == pytest.approx(1.234)


def test_raising_from_a_step_cancels_the_solve_there() -> None:
    reader = Reader()

    def cancel(facts: StepFacts) -> None:
        if facts.index == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        solve(reader, [CAT], SolveSettings(GRID, "euler"), FRAME, cancel)
    assert len(reader.calls) == 2


def test_previews_are_clean_estimates() -> None:
    steps: list[StepFacts] = []
    solve(Reader(), [CAT], SolveSettings(GRID, "heun"), FRAME, steps.append)
    assert all(float(facts.x0.abs().max()) < 5.0 for facts in steps)
    assert float(steps[0].x.abs().max()) > 50.0


@pytest.mark.parametrize(
    ("pictures", "settings", "message"),
    [
        ((), {}, "at least one picture"),
        ((CAT,), {"sampler": "ddim"}, "unknown sampler 'ddim'; choose one of euler"),
        ((CAT,), {"guidance": float("inf")}, "guidance is inf"),
        ((CAT,), {"sigmas": (1.0, 2.0)}, "noise must fall"),
        ((CAT,), {"sigma_start": 100.0}, "does not fit a grid from 80 to 0"),
        ((CAT,), {"sigma_start": 1.0, "sigma_end": 2.0}, "the start must lie above the end"),
        ((CAT,), {"sigma_end": 0.001}, "below the grid's last level, 0.002"),
        (
            (Picture(None, 0, start=Sample(torch.zeros(3, 8, 8), "pixel", 5.0)),),
            {"sigma_start": 1.0},
            "stands at noise 5, above the start",
        ),
        ((Picture(None, 0, start=Sample(torch.zeros(3, 4, 4), "pixel", 0.0)),), {}, r"sample is \(3, 4, 4\) in pixel"),
        ((Picture(None, 0, start=Sample(torch.zeros(3, 8, 8), "latent", 0.0)),), {}, "in latent space"),
        ((CAT, Picture(None, 0, start=Sample(torch.zeros(3, 8, 8), "pixel", 5.0))), {}, "different noise levels"),
        ((CAT, Picture(SwitchedPrompt("a", "b", 0.5), 0)), {}, "at different steps"),
    ],
)
def test_impossible_solves_are_named(pictures: tuple[Picture, ...], settings: dict[str, Any], message: str) -> None:
    with pytest.raises(DiffusionError, match=message):
        run(Reader(), *pictures, **settings)


def test_a_picture_that_leaves_the_numbers_is_named_by_its_seed() -> None:
    class Broken(Reader):
        def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
            out = super().__call__(x, sigma, conditioning)
            out[1] = torch.nan
            return out

    with pytest.raises(SolveError, match="seed 9 left the numbers"):
        run(Broken(), CAT, Picture(PromptText("cat"), 9))


def test_solving_records_no_gradients() -> None:
    class Trained(Reader):
        weight = torch.ones((), requires_grad=True)

        def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
            return self.weight * super().__call__(x, sigma, conditioning)

    assert not run(Trained(), CAT)[0].data.requires_grad


def test_a_phrase_with_a_noise_seed_is_drawn_anew_alone() -> None:
    mask = np.zeros((8, 8), dtype=np.float32)
    mask[:, :4] = 1.0

    def left_half(noise_seed: int | None) -> Tensor:
        phrases = PhraseMasks("a fox", (PhraseLayer("1", 2, 5, mask, noise_seed=noise_seed),))
        picture = Picture(PromptText("a fox"), seed=3, phrases=phrases)
        return run(Reader(), picture)[0].data

    plain, again, other = left_half(None), left_half(11), left_half(12)
    assert torch.equal(plain[..., 4:], again[..., 4:])
    assert torch.equal(again[..., 4:], other[..., 4:])
    assert (plain[..., :4] - again[..., :4]).abs().min() > 0.0
    assert (again[..., :4] - other[..., :4]).abs().min() > 0.0
