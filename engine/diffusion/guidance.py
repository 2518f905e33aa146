"""Classifier-free guidance (Ho & Salimans 2022), as one call of twice the batch."""

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
    phrase.
    """

    denoiser: Denoiser
    scale: float
    unconditional: Sequence[Any]

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
        both = self.denoiser(torch.cat([x, x]), torch.cat([sigma, sigma]), [*conditioning, *self.unconditional])
        D_c, D_u = both.chunk(2)
        return D_u + self.scale * (D_c - D_u)


def guide(denoiser: Denoiser, scale: float, unconditional: Sequence[Any]) -> Denoiser:
    """Guide a denoiser, or every expert of an ensemble by its own scale where it has one.

    At scale 1 nothing is guided and the unconditional half is never computed.
    """
    if not isinstance(denoiser, Ensemble):
        return denoiser if scale == 1.0 else Guided(denoiser, scale, unconditional)
    # One object per expert and scale: an ensemble tells a hand-over by the identity of its denoisers.
    guided: dict[tuple[int, float], Denoiser] = {}
    stages = []
    for stage in denoiser.stages:
        own = scale if stage.guidance is None else stage.guidance
        expert = guided.setdefault((id(stage.denoiser), own), guide(stage.denoiser, own, unconditional))
        stages.append(replace(stage, denoiser=expert, guidance=None))
    return Ensemble(stages)
