"""Classifier-free guidance."""

from __future__ import annotations

import torch

from engine.diffusion.denoiser import condition
from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.guidance import Guided, guide
from engine.diffusion.samplers import SAMPLERS
from engine.diffusion.schedules import make_sigmas, snap
from tests.numerics.toys import Counted, Gaussian, TwoModes, ignore, noise

X, SIGMA = noise(2, 1, 4, 4), torch.tensor([3.0, 0.5], dtype=torch.float64)
SHOWN, OPPOSITE = [1.0, 2.0], [0.0, -1.0]


def test_guidance_extrapolates_from_the_unconditional_estimate() -> None:
    D_c, D_u = Gaussian()(X, SIGMA, SHOWN), Gaussian()(X, SIGMA, OPPOSITE)
    torch.testing.assert_close(Guided(Gaussian(), 4.0, OPPOSITE)(X, SIGMA, SHOWN), D_u + 4.0 * (D_c - D_u))


def test_a_weaker_model_makes_the_unconditional_estimate() -> None:
    strong, weaker = Counted(Gaussian()), Counted(Gaussian(mean=-0.4, std=2.0))
    D_c, D_u = Gaussian()(X, SIGMA, SHOWN), Gaussian(mean=-0.4, std=2.0)(X, SIGMA, OPPOSITE)
    guided = Guided(strong, 2.5, OPPOSITE, weaker)
    torch.testing.assert_close(guided(X, SIGMA, SHOWN), D_u + 2.5 * (D_c - D_u))
    assert (len(strong.calls), len(weaker.calls)) == (1, 1)


def test_every_expert_is_led_away_from_the_weaker_model() -> None:
    weaker = Gaussian(std=2.0)
    ensemble = Ensemble([Stage(Gaussian(), 80.0, 1.0, guidance=1.0), Stage(Gaussian(), 1.0, 0.0)])
    out = guide(ensemble, 5.0, OPPOSITE, weaker)
    assert isinstance(out, Ensemble)
    assert out.stages[0].denoiser is ensemble.stages[0].denoiser  # unguided
    expected = Guided(Gaussian(), 5.0, OPPOSITE, weaker)(X, SIGMA, SHOWN)
    torch.testing.assert_close(out.stages[1].denoiser(X, SIGMA, SHOWN), expected)


def test_both_halves_are_one_call() -> None:
    counted = Counted(Gaussian())
    Guided(counted, 4.0, OPPOSITE)(X, SIGMA, SHOWN)
    assert len(counted.calls) == 1


def test_scale_one_is_the_denoiser_itself() -> None:
    gaussian = Gaussian()
    assert guide(gaussian, 1.0, OPPOSITE) is gaussian


def test_scale_zero_shows_the_unconditional_estimate() -> None:
    torch.testing.assert_close(Guided(Gaussian(), 0.0, OPPOSITE)(X, SIGMA, SHOWN), Gaussian()(X, SIGMA, OPPOSITE))


def test_each_expert_is_guided_by_its_own_scale() -> None:
    ensemble = Ensemble([Stage(Gaussian(), 80.0, 1.0, guidance=2.0), Stage(Gaussian(), 1.0, 0.0)])
    out = guide(ensemble, 5.0, OPPOSITE)
    assert isinstance(out, Ensemble)
    x, y = (out.stages[i].denoiser(X, SIGMA, SHOWN) for i in (0, 1))
    torch.testing.assert_close(x, Guided(Gaussian(), 2.0, OPPOSITE)(X, SIGMA, SHOWN))
    torch.testing.assert_close(y, Guided(Gaussian(), 5.0, OPPOSITE)(X, SIGMA, SHOWN))


def test_one_expert_at_one_scale_sees_no_jump_but_at_two_scales_it_does() -> None:
    same = TwoModes()
    grid = snap(make_sigmas("edm", 12), [1.0])

    def evaluations(lower_scale: float | None) -> int:
        counted = Counted(same)
        stages = [Stage(counted, 80.0, 1.0), Stage(counted, 1.0, 0.0, guidance=lower_scale)]
        bound = condition(guide(Ensemble(stages), 3.0, [None]), [None])
        SAMPLERS["deis_ab3"](bound, 80.0 * noise(1, 1, 1, 1), grid, ignore)
        return len(counted.calls)

    assert evaluations(None) == 12 + 1
    assert evaluations(2.0) == 12 + 2
