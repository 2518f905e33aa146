"""Ensemble of expert denoisers (eDiff-I section 4): each noise interval has its own denoiser, itself a `Denoiser`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from engine.diffusion.denoiser import Bound, Denoiser, condition
from engine.diffusion.errors import EnsembleError


@dataclass(frozen=True, eq=False)
class Stage:
    """An expert and the noise it owns, from `sigma_from` down to `sigma_to`.

    `guidance` and `sampler` (a name of `samplers.SAMPLERS`) None take the solve's.
    """

    denoiser: Denoiser
    sigma_from: float
    sigma_to: float
    guidance: float | None = None
    sampler: str | None = None

    def __post_init__(self) -> None:
        if not self.sigma_from > self.sigma_to >= 0.0:
            raise EnsembleError(
                f"an expert's noise falls from {self.sigma_from:g} to {self.sigma_to:g}; sigma_from must be the greater"
            )

    def owns(self, sigma_from: float, sigma_to: float) -> bool:
        """Whether the solver step lies inside; the denoise step to 0 belongs to where it starts."""
        lowest = sigma_to if sigma_to > 0.0 else sigma_from
        return self.sigma_to <= lowest and sigma_from <= self.sigma_from


class Ensemble:
    """Experts over adjoining noise intervals.

    A solver step belongs to the one expert whose interval holds all of it, whatever noise levels the step's stages
    visit; put a node of the grid on every boundary (`schedules.snap`) so that there is always one. The same denoiser
    object in several stages counts as one expert: a solve that crosses between them sees no jump.
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        """Sort the stages from high noise to low; raise EnsembleError where they leave a gap or overlap."""
        if not stages:
            raise EnsembleError("an ensemble needs at least one expert")
        falling = sorted(stages, key=lambda stage: -stage.sigma_from)
        self.stages = (*(_adjoined(upper, lower) for upper, lower in pairwise(falling)), falling[-1])

    @property
    def sigma_min(self) -> float:
        """The lowest noise level any expert owns."""
        return self.stages[-1].sigma_to

    @property
    def sigma_max(self) -> float:
        """The highest noise level any expert owns."""
        return self.stages[0].sigma_from

    def boundaries(self) -> tuple[float, ...]:
        """Return the noise levels at which one expert hands over to the next, highest first."""
        return tuple(stage.sigma_from for stage in self.stages[1:])

    def bind(self, conditioning: Sequence[Any]) -> Bound:
        """Join every expert with what the pictures show."""
        bounds: dict[int, Bound] = {}
        for stage in self.stages:
            bounds.setdefault(id(stage.denoiser), condition(stage.denoiser, conditioning))
        return _BoundEnsemble(self, tuple(bounds[id(stage.denoiser)] for stage in self.stages))

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
        """Denoise each picture by the expert for its own noise level; a boundary belongs to the lower expert."""
        out = torch.empty_like(x)
        owners = [self.stage_index(level, level) for level in sigma.tolist()]
        for index in sorted(set(owners)):
            rows = [row for row, owner in enumerate(owners) if owner == index]
            out[rows] = self.stages[index].denoiser(x[rows], sigma[rows], [conditioning[row] for row in rows])
        return out

    def stage_index(self, sigma_from: float, sigma_to: float) -> int:
        """Return which stage owns the solver step from `sigma_from` down to `sigma_to`."""
        owners = [index for index, stage in enumerate(self.stages) if stage.owns(sigma_from, sigma_to)]
        if not owners:
            raise EnsembleError(
                f"no expert owns the step from noise {sigma_from:g} to {sigma_to:g}: the ensemble reaches from "
                f"{self.sigma_max:g} to {self.sigma_min:g} with boundaries at {list(self.boundaries())}; "
                "widen an expert or shorten the grid"
            )
        return owners[-1]


def _adjoined(upper: Stage, lower: Stage) -> Stage:
    """Return `upper` ending exactly where `lower` begins."""
    # Bounds that came through quantiles or text may differ in their last digits.
    if math.isclose(upper.sigma_to, lower.sigma_from, rel_tol=1e-6):
        return replace(upper, sigma_to=lower.sigma_from)
    if lower.sigma_from < upper.sigma_to:
        raise EnsembleError(
            f"no expert owns the noise between {upper.sigma_to:g} and {lower.sigma_from:g}; let the experts adjoin"
        )
    raise EnsembleError(
        f"two experts own the noise between {lower.sigma_from:g} and {upper.sigma_to:g}; let the experts adjoin"
    )


@dataclass(frozen=True, eq=False)
class _BoundEnsemble:
    ensemble: Ensemble
    bounds: tuple[Bound, ...]

    def __call__(self, x: Tensor, sigma: float) -> Tensor:
        return self.bounds[self.ensemble.stage_index(sigma, sigma)](x, sigma)

    def for_step(self, sigma_from: float, sigma_to: float) -> Bound:
        return self.bounds[self.ensemble.stage_index(sigma_from, sigma_to)].for_step(sigma_from, sigma_to)
