"""Samplers that reuse earlier evaluations: DEIS Adams-Bashforth and DPM-Solver++(2M).

History belongs to one denoiser. Where another takes over, or its conditioning jumps, the history is dropped and one
Heun step is taken. On a toy of two disagreeing experts that beats both keeping the history and restarting with Euler.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.denoiser import Bound
from engine.diffusion.stepping import Evaluation, OnStep, Sampler, StepFacts, evaluate, heun_step

Coordinate = Literal["sigma", "log"]

MultiStep = Callable[[Tensor, Sequence[Evaluation], float], Tensor]
"""Take `x` to another positive noise level from at least two evaluations, newest first, the newest at `x` itself."""


def multistep_sampler(advance: MultiStep, depth: int) -> Sampler:
    """Make a sampler of a rule over up to `depth` evaluations; steps without a history are Heun's."""

    def sample(bound: Bound, x: Tensor, sigmas: Sequence[float], on_step: OnStep) -> Tensor:
        """Solve down `sigmas` with a history that ends wherever another denoiser takes over; see `Sampler`."""
        total, history, owner = len(sigmas) - 1, list[Evaluation](), None
        for index, (sigma_from, sigma_to) in enumerate(pairwise(sigmas), start=1):
            if (next_owner := bound.for_step(sigma_from, sigma_to)) is not owner:
                owner, history = next_owner, []
            now = evaluate(owner, x, sigma_from)
            history = [now, *history][:depth]
            if sigma_to == 0.0:
                x = now.x0
            elif len(history) == 1:
                x = heun_step(owner, x, now, sigma_to)
            else:
                x = advance(x, history, sigma_to)
            on_step(StepFacts(index, total, sigma_to, x, now.x0))
        return x

    return sample


def adams_bashforth_weights(nodes: Sequence[float], sigma: float, coordinate: Coordinate) -> NDArray[np.float64]:
    """Return b_j = integral of L_j(u(s)) ds from nodes[0] to `sigma`, so that x moves by sum_j b_j slope_j.

    L_j are the Lagrange polynomials on u of the `nodes` (positive noise levels, newest first, any spacing). u = s is
    the rho-AB form of DEIS; u = log s extrapolates in log sigma, as its t-AB form does. Slopes that are polynomials in
    u of degree below len(nodes) are integrated exactly.
    """
    # 16 Gauss-Legendre points integrate e^w w^3 over any step of a real grid to the last digits of float64.
    points, weights = np.polynomial.legendre.leggauss(16)
    start = nodes[0]
    span = sigma - start if coordinate == "sigma" else math.log(sigma / start)
    u = span * (points + 1.0) / 2.0
    density = np.ones_like(u) if coordinate == "sigma" else start * np.exp(u)
    at = [node - start if coordinate == "sigma" else math.log(node / start) for node in nodes]
    return np.array([span / 2.0 * (weights * density * _lagrange(at, j, u)).sum() for j in range(len(nodes))])


def _lagrange(nodes: Sequence[float], j: int, u: NDArray[np.float64]) -> NDArray[np.float64]:
    others = [node for index, node in enumerate(nodes) if index != j]
    factors = np.array([(u - node) / (nodes[j] - node) for node in others])
    product: NDArray[np.float64] = factors.prod(axis=0)
    return product


def adams_bashforth(order: int, coordinate: Coordinate) -> Sampler:
    """DEIS Adams-Bashforth of `order` 2 to 4 (Zhang & Chen 2022) on the grid's own, uneven spacing.

    After a (re)start the order grows by one each step until the history is full.
    """

    def advance(x: Tensor, history: Sequence[Evaluation], sigma: float) -> Tensor:
        weights = adams_bashforth_weights([past.sigma for past in history], sigma, coordinate)
        for weight, past in zip(weights.tolist(), history, strict=True):
            x = x + weight * past.slope
        return x

    return multistep_sampler(advance, depth=order)


def _dpmpp_2m_step(x: Tensor, history: Sequence[Evaluation], sigma: float) -> Tensor:
    """DPM-Solver++(2M), Lu et al. 2022 algorithm 2, with lambda = -log sigma (EDM has alpha = 1)."""
    now, before = history
    h, h_before = math.log(now.sigma / sigma), math.log(before.sigma / now.sigma)
    r = h_before / h
    D = now.x0 + (now.x0 - before.x0) / (2.0 * r)
    return sigma / now.sigma * x - math.expm1(-h) * D


dpmpp_2m = multistep_sampler(_dpmpp_2m_step, depth=2)
"""DPM-Solver++(2M): second order, one evaluation a step."""
