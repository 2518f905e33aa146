"""Storybook as the evaluations drive it: the same experts, solver and upscaler as an ordinary graph, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from engine.conditioning.brief import Brief, PromptText
from engine.conditioning.picture import Picture
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import Frame, SolveSettings, solve
from engine.models.catalogue import Catalogue
from engine.training.evaluation.parts import Parts

Precision = Literal["float32", "bfloat16"]


def computing(device: str, precision: Precision) -> AbstractContextManager[object]:
    """Let networks compute in `precision` inside the block; what solvers add up stays float32."""
    return torch.autocast(torch.device(device).type, torch.bfloat16, enabled=precision == "bfloat16")


@dataclass(frozen=True)
class Recipe:
    """How pictures are made: sampler, steps and guidance of the base solve and of the enlarging one, which begins at
    noise `upscale_from` where what enlarges knows more. `guidance` None is the model's own.
    """

    sampler: str = "dpmpp_2m"
    steps: int = 16
    guidance: float | None = None
    upscale_sampler: str = "euler"
    upscale_steps: int = 6
    upscale_guidance: float = 1.0
    upscale_from: float = 80.0
    device: str = "cpu"
    precision: Precision = "float32"


@dataclass(frozen=True, eq=False)
class Storybook:
    """Both ensembles, loaded; `generate` is what the evaluations call.

    `sizes`: the sides of a draft and of a finished picture. `guidance` of drafts, away from `weaker` if there is one.
    """

    base: Denoiser
    upscaler: Denoiser
    sizes: tuple[int, int]
    guidance: float
    weaker: Denoiser | None
    recipe: Recipe

    @staticmethod
    def load(folder: Path, parts: Parts, recipe: Recipe) -> Storybook:
        """Load the model in `folder`: its experts (without any, its shared model) and what enlarges their pictures.

        Raises ModelError naming a missing or damaged file.
        """
        catalogue = Catalogue(folder.parent)
        base, upscaler = (
            [catalogue.load_part(folder.name, part, recipe.device) for part in names]
            for names in (parts.drawing, parts.upscalers)
        )
        return Storybook(
            handing_down(base),
            handing_down(upscaler),
            (base[0].native_size, upscaler[0].native_size),
            catalogue.card(folder.name).default_guidance if recipe.guidance is None else recipe.guidance,
            None if parts.weaker is None else catalogue.load_part(folder.name, parts.weaker, recipe.device),
            recipe,
        )

    def generate(self, briefs: Sequence[Brief], seeds: Sequence[int]) -> list[NDArray[np.uint8]]:
        """One finished picture, uint8 [S, S, 3], for each brief and seed."""
        small = self._solved(self.base, briefs, seeds, [None] * len(briefs), upscale=False)
        large = self._solved(self.upscaler, briefs, seeds, small, upscale=True)
        return [as_bytes(picture) for picture in large]

    def _solved(
        self,
        denoiser: Denoiser,
        briefs: Sequence[Brief],
        seeds: Sequence[int],
        enlarged: Sequence[torch.Tensor | None],
        upscale: bool,
    ) -> list[torch.Tensor]:
        recipe, size = self.recipe, self.sizes[upscale]
        pictures = [as_picture(*facts) for facts in zip(briefs, seeds, enlarged, strict=True)]
        steps = recipe.upscale_steps if upscale else recipe.steps
        guidance = recipe.upscale_guidance if upscale else self.guidance
        highest = min(denoiser.sigma_max, recipe.upscale_from) if upscale else denoiser.sigma_max
        grid = make_sigmas("edm", steps, highest, max(denoiser.sigma_min, 0.002))
        sampler = recipe.upscale_sampler if upscale else recipe.sampler
        settings = SolveSettings(grid, sampler, guidance, weaker=None if upscale else self.weaker)
        frame = Frame((3, size, size), device=recipe.device)
        with computing(recipe.device, recipe.precision):
            samples = solve(denoiser, pictures, settings, frame, lambda facts: None)
        return [sample.data.clamp(-1.0, 1.0) for sample in samples]


def handing_down(parts: Sequence[Denoiser]) -> Ensemble:
    """An ensemble in which every part takes over at its own highest noise level."""
    ends = [*(part.sigma_max for part in parts[1:]), parts[-1].sigma_min]
    return Ensemble([Stage(part, part.sigma_max, end) for part, end in zip(parts, ends, strict=True)])


def as_picture(brief: Brief, seed: int, low_resolution: torch.Tensor | None) -> Picture:
    """What a solve is asked for: a brief, its seed, and the picture [3, h, w] in -1..1 to enlarge, if any."""
    return Picture(
        PromptText(brief.prompt) if brief.prompt is not None else None,
        seed,
        phrases=brief.phrases,
        styles=brief.styles,
        size=brief.size,
        low_resolution=low_resolution,
        encoders=brief.encoders,
    )


def as_bytes(picture: torch.Tensor) -> NDArray[np.uint8]:
    """float [3, H, W] in -1..1 as uint8 [H, W, 3]."""
    pixels: NDArray[np.uint8] = ((picture.cpu() + 1.0) * 127.5).round().to(torch.uint8).permute(1, 2, 0).numpy()
    return pixels
