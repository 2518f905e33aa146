"""Small pictures drawn again by the base model, so that an upscaler learns to mend what that model gets wrong.

An upscaler meets shrunk renders while it learns and the base model's drafts when it is used. Noise, and the base
model's own way down from it (SDEdit), give a draft of a picture whose large version is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from engine.conditioning.brief import PromptText, Sample, SizeCrop
from engine.conditioning.picture import Picture
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import Frame, SolveSettings, solve
from engine.models.ediff.build import build_network
from engine.models.ediff.encoders import Encoders
from engine.models.storybook import StorybookDenoiser
from engine.models.weights import load_weights
from engine.training.checkpoint import AVERAGE
from engine.training.degradations import LOWEST, Redraw
from engine.training.errors import TrainingError
from engine.training.world import Scene


def drawing_run(redraw: Redraw, runs: Path, encoders: Encoders) -> Denoiser:
    """The averaged network of the run that draws again; raises TrainingError where it is not trained yet."""
    weights = runs / redraw.run / AVERAGE
    if not weights.is_file():
        raise TrainingError(f"{weights}: run {redraw.run!r} draws small pictures again; train it first.")
    network = build_network(redraw.network)
    load_weights(network, weights)
    network.to(encoders.device)
    return StorybookDenoiser(network, encoders, sigma_min=LOWEST, sigma_max=redraw.noise[1], default_weight=0.0)


def drawn_again(
    pictures: Tensor, scenes: Sequence[Scene], denoiser: Denoiser, redraw: Redraw, rng: np.random.Generator
) -> Tensor:
    """Draw a share of small pictures again, from one noise level that all of the batch begin at.

    Args:
        pictures: small pictures, [B, 3, s, s] float32 in -1..1.
        scenes: what they show.
        denoiser: the base model.
        redraw: how many, and how much.
        rng: which ones, the noise and its level.

    Returns:
        Pictures of the same shape, those that were not chosen unchanged.
    """
    chosen = np.flatnonzero(rng.random(len(scenes)) < redraw.share).tolist()
    top = float(np.exp(rng.uniform(*np.log(redraw.noise))))
    if len(chosen) == 0:
        return pictures
    told = [_picture(pictures[row], scenes[row], int(rng.integers(2**62))) for row in chosen]
    settings = SolveSettings(
        make_sigmas("edm", redraw.steps, top, LOWEST), "dpmpp_2m", redraw.guidance, sigma_start=top
    )
    frame = Frame((3, *pictures.shape[-2:]), device=str(pictures.device))
    with torch.autocast(pictures.device.type, torch.bfloat16):  # what is spoilt anyway need not be exact
        samples = solve(denoiser, told, settings, frame, lambda facts: None)
    out = pictures.clone()
    out[torch.tensor(chosen, device=out.device)] = torch.stack([sample.data.clamp(-1.0, 1.0) for sample in samples])
    return out


def _picture(small: Tensor, scene: Scene, seed: int) -> Picture:
    side = small.shape[-1]
    size = SizeCrop((side, side), scene.view.original(side), scene.view.crop(side))
    return Picture(PromptText(scene.caption), seed, size=size, start=Sample(small, "pixel", 0.0))
