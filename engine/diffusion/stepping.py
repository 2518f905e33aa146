"""What every sampler is made of: the slope of the ODE, single steps, and the walk over a grid of noise levels.

A sampler is a function `(bound, x, sigmas, on_step) -> x` without hidden state. It solves dx/dsigma = (x - D) / sigma
(eDiff-I eq. 2); a grid that ends at 0 ends with one denoise step, because the slope is not defined there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from engine.diffusion.denoiser import Bound


@dataclass(frozen=True, eq=False)
class StepFacts:
    """A finished solver step.

    `index`: 1 to `total`. `sigma`: the noise level `x` [B, C, H, W] now stands at. `x0`: the clean estimate the step
    set out with, of the shape of `x`; the picture to preview.
    """

    index: int
    total: int
    sigma: float
    x: Tensor
    x0: Tensor


OnStep = Callable[[StepFacts], None]
"""Called after every step; raising from it cancels the solve."""

Sampler = Callable[[Bound, Tensor, Sequence[float], OnStep], Tensor]
"""Take `x` at sigmas[0] to sigmas[-1]; `sigmas` strictly falling, all positive but perhaps the last."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """One call of the denoiser at (`x`, `sigma`): its estimate `x0` and the slope dx/dsigma (eDiff-I eq. 2)."""

    sigma: float
    x0: Tensor
    slope: Tensor


def evaluate(bound: Bound, x: Tensor, sigma: float) -> Evaluation:
    """Ask the denoiser at `x` [B, C, H, W] and positive `sigma`."""
    x0 = bound(x, sigma)
    return Evaluation(sigma, x0, (x - x0) / sigma)


SingleStep = Callable[[Bound, Tensor, Evaluation, float], Tensor]
"""Take `x`, already evaluated at its noise level, down to another positive level."""


def euler_step(bound: Bound, x: Tensor, now: Evaluation, sigma: float) -> Tensor:
    """Euler's rule: first order, no further evaluation."""
    return x + (sigma - now.sigma) * now.slope


def heun_step(bound: Bound, x: Tensor, now: Evaluation, sigma: float) -> Tensor:
    """Heun's rule (EDM algorithm 1): second order, one further evaluation at the end of the step."""
    h = sigma - now.sigma
    k_2 = evaluate(bound, x + h * now.slope, sigma).slope
    return x + h * (now.slope + k_2) / 2.0


def kutta_step(bound: Bound, x: Tensor, now: Evaluation, sigma: float) -> Tensor:
    """Kutta's third-order rule in sigma, two further evaluations: the "3kutta" rho-RK of DEIS (eDiff-I table 7).

    Stages at 0, 1/2 and 1, weights 1/6, 4/6, 1/6. In EDM variables the rho of DEIS is sigma itself.
    """
    h = sigma - now.sigma
    k_1 = now.slope
    k_2 = evaluate(bound, x + h / 2.0 * k_1, now.sigma + h / 2.0).slope
    k_3 = evaluate(bound, x + h * (2.0 * k_2 - k_1), sigma).slope
    return x + h * (k_1 + 4.0 * k_2 + k_3) / 6.0


def single_step_sampler(step: SingleStep) -> Sampler:
    """Make a sampler of a rule that needs nothing from the steps before."""

    def sample(bound: Bound, x: Tensor, sigmas: Sequence[float], on_step: OnStep) -> Tensor:
        """Solve down `sigmas`, each step by itself; see `Sampler`."""
        total = len(sigmas) - 1
        for index, (sigma_from, sigma_to) in enumerate(pairwise(sigmas), start=1):
            owner = bound.for_step(sigma_from, sigma_to)
            now = evaluate(owner, x, sigma_from)
            x = step(owner, x, now, sigma_to) if sigma_to > 0.0 else now.x0
            on_step(StepFacts(index, total, sigma_to, x, now.x0))
        return x

    return sample
