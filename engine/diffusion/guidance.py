"""Classifier-free guidance (Ho & Salimans 2022), as one call of twice the batch, or away from a weaker model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from engine.diffusion.denoiser import Denoiser
from engine.diffusion.ensemble import Ensemble


@dataclass(frozen=True, eq=False)
class Guided:
    """D = D_u + scale (D_c - D_u): 1 is no guidance (the paper's sweeps count from 0, so its w is scale - 1).

    `unconditional` stands beside each picture's conditioning: the negative prompt or nothing, and never a painted
    phrase. D_u is the denoiser's own estimate, or that of a `weaker` one where there is one: what a smaller network
    with less training gets wrong, guidance then leads away from as well (autoguidance, Karras et al. 2024, section 4).
    """

    denoiser: Denoiser
    scale: float
    unconditional: Sequence[Any]
    weaker: Denoiser | None = None

    @property
    def sigma_min(self) -> float:
        """The lowest noise level of the guided denoiser."""
        return self.denoiser.sigma_min

    @property
    def sigma_max(self) -> float:
        """The highest noise level of the guided denoiser."""
        return self.denoiser.sigma_max

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
        """Return the guided estimate of `x` [B, C, H, W] at `sigma` [B]."""
        D_c, D_u = self._estimates(x, sigma, conditioning)
        return D_u + self.scale * (D_c - D_u)

    def _estimates(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> tuple[Tensor, Tensor]:
        if self.weaker is not None:
            return self.denoiser(x, sigma, conditioning), self.weaker(x, sigma, self.unconditional)
        both = self.denoiser(torch.cat([x, x]), torch.cat([sigma, sigma]), [*conditioning, *self.unconditional])
        D_c, D_u = both.chunk(2)
        return D_c, D_u


def guide(denoiser: Denoiser, scale: float, unconditional: Sequence[Any], weaker: Denoiser | None = None) -> Denoiser:
    """Guide a denoiser, or every expert of an ensemble by its own scale where it has one.

    At scale 1 nothing is guided and the unconditional half is never computed.
    """
    if not isinstance(denoiser, Ensemble):
        return denoiser if scale == 1.0 else Guided(denoiser, scale, unconditional, weaker)
    # One object per expert and scale: an ensemble tells a hand-over by the identity of its denoisers.
    guided: dict[tuple[int, float], Denoiser] = {}
    stages = []
    for stage in denoiser.stages:
        own = scale if stage.guidance is None else stage.guidance
        expert = guided.setdefault((id(stage.denoiser), own), guide(stage.denoiser, own, unconditional, weaker))
        stages.append(replace(stage, denoiser=expert, guidance=None))
    return Ensemble(stages)
