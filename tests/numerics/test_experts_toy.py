"""Two disagreeing experts in one solve: the boundary rule against the obvious alternatives, at equal cost.

One-dimensional, two modes, exact denoisers; the low-noise expert models data shifted by half a unit. The error is the
distance to a fine solve split at the boundary, as geometric mean over boundaries and numbers of evaluations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from statistics import geometric_mean

import pytest
import torch
from torch import Tensor

from engine.diffusion.denoiser import Bound, condition
from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.multistep import Coordinate, adams_bashforth_weights
from engine.diffusion.samplers import SAMPLERS
from engine.diffusion.schedules import make_sigmas, snap
from engine.diffusion.stepping import Evaluation, evaluate, heun_step
from tests.numerics.toys import TwoModes, ignore, noise

COUNT = 200
X = 80.0 * noise(COUNT, 1, 1, 1)
BOUNDARIES = (0.4, 0.8, 2.0, 8.0)
EVALUATIONS = (18, 26, 36)


@cache
def experts(boundary: float) -> Ensemble:
    upper, lower = TwoModes(std=0.5), TwoModes(shift=0.5, std=0.5)
    return Ensemble([Stage(upper, 80.0, boundary), Stage(lower, boundary, 0.0)])


@cache
def truth(boundary: float) -> Tensor:
    bound = condition(experts(boundary), [None] * COUNT)
    return SAMPLERS["deis_3kutta"](bound, X, snap(make_sigmas("edm", 400), [boundary]), ignore)


@dataclass(frozen=True, eq=False)
class ByLevel:
    """Experts chosen by the noise level of each call, as a sampler that knows of no experts would see them."""

    ensemble: Ensemble

    def __call__(self, x: Tensor, sigma: float) -> Tensor:
        return self.ensemble(x, torch.full((len(x),), sigma, dtype=x.dtype), [None] * len(x))

    def for_step(self, sigma_from: float, sigma_to: float) -> Bound:
        return self


def naive(boundary: float, sigmas: Sequence[float], coordinate: Coordinate, reset: bool) -> Tensor:
    """Adams-Bashforth 3 that keeps its history at the boundary, or drops it and goes on with Euler's rule."""
    bound, x, history = ByLevel(experts(boundary)), X, list[Evaluation]()
    for index, (sigma_from, sigma_to) in enumerate(pairwise(sigmas)):
        crossed = bool(history) and sigma_from <= boundary < history[0].sigma
        now = evaluate(bound, x, sigma_from)
        history = [now, *([] if reset and crossed else history)][:3]
        if sigma_to == 0.0:
            return now.x0
        if index == 0:
            x = heun_step(bound, x, now, sigma_to)
            continue
        weights = adams_bashforth_weights([past.sigma for past in history], sigma_to, coordinate)
        x = x + sum(weight * past.slope for weight, past in zip(weights.tolist(), history, strict=True))
    return x


def distance(boundary: float, out: Tensor) -> float:
    return math.sqrt(float((out - truth(boundary)).square().mean()))


@pytest.mark.parametrize(
    ("coordinate", "sampler", "against_keep", "against_reset"),
    [("sigma", "deis_ab3", 0.9, 0.85), ("log", "deis_log_ab3", 0.6, 0.7)],
)
def test_a_snapped_boundary_with_a_heun_restart_beats_keeping_and_resetting(
    coordinate: Coordinate, sampler: str, against_keep: float, against_reset: float
) -> None:
    errors: dict[str, list[float]] = {"ours": [], "keep": [], "reset": [], "snap+keep": [], "snap+reset": []}
    for boundary in BOUNDARIES:
        bound = condition(experts(boundary), [None] * COUNT)
        for evaluations in EVALUATIONS:
            # The Heun start costs everyone one evaluation; the Heun restart costs ours one more.
            grid = make_sigmas("edm", evaluations - 1)
            snapped, shorter = snap(grid, [boundary]), snap(make_sigmas("edm", evaluations - 2), [boundary])
            errors["ours"].append(distance(boundary, SAMPLERS[sampler](bound, X, shorter, ignore)))
            for name, sigmas in (("", grid), ("snap+", snapped)):
                for rule, reset in (("keep", False), ("reset", True)):
                    errors[name + rule].append(distance(boundary, naive(boundary, sigmas, coordinate, reset)))
    mean = {rule: geometric_mean(values) for rule, values in errors.items()}
    assert mean["ours"] < against_keep * min(mean["keep"], mean["snap+keep"]), mean
    assert mean["ours"] < against_reset * min(mean["reset"], mean["snap+reset"]), mean
