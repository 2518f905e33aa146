"""Drafts: pictures of the base model alone, in batches.

Most findings of the paper concern the base model; its pictures are enlarged by plain interpolation where a judge looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from engine.conditioning.brief import PromptText, SizeCrop
from engine.conditioning.picture import Picture
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.solve import Frame, SolveSettings, solve
from engine.training.evaluation.layout import Progress
from engine.training.evaluation.sheets import sheet
from engine.training.evaluation.storybook import Precision, as_bytes, computing
from engine.training.world import Scene, World

CHUNK = 32

EXAMPLES, ENLARGED = 6, 4
"""Drafts shown in a report, and how many times their own side."""


@dataclass(frozen=True, eq=False)
class Drafting:
    """Makes drafts of `side` pixels, telling `progress` as it goes."""

    side: int
    device: str
    progress: Progress
    precision: Precision = "float32"

    def __call__(self, denoiser: Denoiser, pictures: Sequence[Picture], settings: SolveSettings, text: str) -> Tensor:
        """Pictures [N, 3, side, side] in -1..1, on the CPU."""
        frame = Frame((3, self.side, self.side), device=self.device)
        parts = []
        for start in range(0, len(pictures), CHUNK):
            self.progress(start, len(pictures), text)
            with computing(self.device, self.precision):
                samples = solve(denoiser, pictures[start : start + CHUNK], settings, frame, lambda facts: None)
            parts += [sample.data.clamp(-1.0, 1.0).cpu() for sample in samples]
        return torch.stack(parts)


def asked(scene: Scene, seed: int, side: int) -> Picture:
    """The picture that a scene's caption asks for, uncropped."""
    return Picture(PromptText(scene.caption), seed, size=SizeCrop((side, side), (side, side)))


def renders(world: World, scenes: Sequence[Scene], side: int) -> Tensor:
    """The scenes as the world draws them, [N, 3, side, side] in -1..1."""
    return torch.cat([world.render(scenes[n : n + CHUNK], side).images for n in range(0, len(scenes), CHUNK)])


def draft_sheet(shown: Tensor, heads: Sequence[str], captions: Sequence[str]) -> Image.Image:
    """A contact sheet of drafts [columns, rows, 3, S, S], enlarged in whole pixels."""
    rows = [
        [as_bytes(picture).repeat(ENLARGED, 0).repeat(ENLARGED, 1) for picture in shown[:, number]]
        for number in range(len(captions))
    ]
    return sheet(rows, heads, captions)
