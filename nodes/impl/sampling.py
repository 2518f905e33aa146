"""Nodes that solve: grids of noise levels, denoising from noise or from a sample, refining a finished picture."""

from __future__ import annotations

import math
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.api.errors import NodeError
from engine.conditioning.brief import (
    ENCODERS,
    DenoiserRef,
    Encoder,
    EnsembleRef,
    PhraseMasks,
    Sample,
    SizeCrop,
    StyleReference,
)
from engine.conditioning.picture import Picture, Prompt, node_of
from engine.diffusion.schedules import Schedule, Sigmas, make_sigmas
from engine.diffusion.solve import Frame, SolveSettings, solve
from engine.runtime.context import Context
from engine.runtime.items import Items
from nodes.impl.solving import (
    CLOSE,
    Joined,
    Part,
    Watch,
    borrow_weaker,
    frame_of,
    join,
    note_phrases,
    note_size,
    require_knows,
    require_low_resolution,
    spoken,
    to_pixels,
    to_tensor,
)

Image = NDArray[np.uint8]

SIGMA_MAX, SIGMA_MIN = 80.0, 0.002
"""Ends of the grid when no Sigmas node is wired (EDM); an upscaler's begins where its own noise does."""

ENLARGEMENT = 4
"""Every stage of eDiff-I's cascade makes a side four times as long (64, 256, 1024)."""


def seed(context: Context, *, seed: int) -> int:
    """One seed."""
    return seed


def seed_range(context: Context, *, first: int, count: int) -> Items:
    """`count` seeds from `first` on, as a list."""
    return Items(tuple(range(first, first + count)))


def sigmas(
    context: Context, *, schedule: Schedule, steps: int, sigma_max: float, sigma_min: float, rho: float
) -> Sigmas:
    """A falling grid of noise levels."""
    return make_sigmas(schedule, steps, sigma_max, sigma_min, rho)


def denoise(
    context: Context,
    *,
    denoiser: DenoiserRef | EnsembleRef,
    prompt: Prompt,
    negative: Prompt | None,
    phrases: PhraseMasks | None,
    style: tuple[StyleReference, ...],
    size: SizeCrop | None,
    sigmas: Sigmas | None,
    seed: int,
    start: Sample | None,
    low_resolution: Image | None,
    weaker: DenoiserRef | EnsembleRef | None,
    sampler: str,
    steps: int,
    guidance: float,
    sigma_start: float | None,
    sigma_end: float | None,
    encoders: list[Encoder],
) -> tuple[Sample, Image]:
    """One solve of the generative ODE, from noise or from `start`."""
    with ExitStack() as stack:
        joined = join(context, denoiser, stack, phrases)
        enlarged = None if low_resolution is None else to_tensor(low_resolution)
        require_low_resolution(joined.part, enlarged)
        picture = Picture(
            spoken(prompt), seed, spoken(negative), phrases, style, size, enlarged, frozenset(encoders), start
        )
        frame = _frame(context, joined.part, picture)
        note_size(context, size, frame)
        note_phrases(context, joined.part, phrases)
        grid = make_sigmas("order6", steps, _highest(joined), SIGMA_MIN) if sigmas is None else sigmas
        settings = SolveSettings(grid, sampler, guidance, *_ends(joined, grid, start, sigma_start, sigma_end))
        settings = _guided_away(context, weaker, joined, picture, settings, stack)
        return _solved(context, joined, picture, settings, frame)


def refine(
    context: Context,
    *,
    denoiser: DenoiserRef | EnsembleRef,
    image: Image,
    prompt: Prompt,
    negative: Prompt | None,
    phrases: PhraseMasks | None,
    style: tuple[StyleReference, ...],
    size: SizeCrop | None,
    weaker: DenoiserRef | EnsembleRef | None,
    strength: float,
    sampler: str,
    steps: int,
    guidance: float,
    seed: int,
) -> tuple[Sample, Image]:
    """Noise a finished picture as far as `strength` says and denoise it again (SDEdit)."""
    with ExitStack() as stack:
        joined = join(context, denoiser, stack, phrases)
        frame = frame_of(joined.part, (image.shape[0], image.shape[1]), context.device)
        finished = Sample(_fitted(to_tensor(image), frame), frame.space, 0.0)
        if strength == 0.0:
            return finished, to_pixels(finished.data)
        grid = make_sigmas("order6", steps, SIGMA_MAX, SIGMA_MIN)
        top = strength_sigma(grid, strength, joined.sigma_from)
        if top < strength_sigma(grid, strength, math.inf):
            context.note(f"The strength is held at noise {top:.3g}: this denoiser was not trained on more.")
        enlarged = _reduced(finished.data) if joined.part.needs_low_resolution else None
        picture = Picture(spoken(prompt), seed, spoken(negative), phrases, style, size, enlarged, ENCODERS, finished)
        note_phrases(context, joined.part, phrases)
        settings = SolveSettings(grid, sampler, guidance, *_ends(joined, grid, finished, top, None))
        settings = _guided_away(context, weaker, joined, picture, settings, stack)
        return _solved(context, joined, picture, settings, frame)


def strength_sigma(grid: Sigmas, strength: float, most: float) -> float:
    """The node of the grid that leaves a fraction `strength` of its steps, at least one, and lies not above `most`."""
    steps = len(grid) - 1
    first = steps - max(1, node_of(strength, steps))
    return next((sigma for sigma in grid[first:-1] if sigma <= most), grid[-2])


def _fitted(data: Tensor, frame: Frame) -> Tensor:
    if data.shape == frame.shape:
        return data
    fitted = F.interpolate(data[None], size=frame.shape[1:], mode="bicubic", antialias=True)
    return fitted[0].clamp(-1.0, 1.0)


def _reduced(data: Tensor) -> Tensor:
    """The low-resolution picture that an upscaler would have made `data` from."""
    return F.interpolate(data[None], scale_factor=1 / ENLARGEMENT, mode="area")[0]


def _frame(context: Context, part: Part, picture: Picture) -> Frame:
    """The frame follows what is already drawn; only a picture from nothing takes the wired size."""
    if picture.start is not None:
        return frame_of(part, (picture.start.data.shape[1], picture.start.data.shape[2]), context.device)
    if picture.low_resolution is not None:
        return frame_of(part, (picture.low_resolution.shape[1], picture.low_resolution.shape[2]), context.device)
    return frame_of(part, picture.size.target if picture.size else None, context.device)


def _highest(joined: Joined) -> float:
    """Where a grid that no node gives begins: an upscaler starts from the picture that it enlarges, at its own top."""
    return joined.sigma_from if joined.part.needs_low_resolution else SIGMA_MAX


def _ends(
    joined: Joined, grid: Sigmas, start: Sample | None, sigma_start: float | None, sigma_end: float | None
) -> tuple[float | None, float | None]:
    """Where the solve starts and ends: where it was told to, else as far as the denoiser's own noise levels reach."""
    if start is not None and start.sigma == 0.0 and sigma_start is None:
        raise NodeError(
            "The sample that the solve should start from is finished.",
            "Set the start sigma to the noise to add to it, or use a Refine node.",
        )
    if start is None and sigma_start is None and joined.part.needs_low_resolution:
        sigma_start = min(grid[0], joined.sigma_from)
    first = sigma_start if sigma_start is not None else start.sigma if start is not None else grid[0]
    if first > joined.sigma_from * (1.0 + CLOSE):
        raise NodeError(
            f"The solve starts at noise {first:g}, but this denoiser knows noise only up to {joined.sigma_from:g}.",
            "Wire an ensemble that reaches higher, or a sample that another denoiser brought down to this level.",
        )
    lowest = min(sigma for sigma in grid if sigma > 0.0)
    if sigma_end is None and joined.sigma_to > lowest:
        sigma_end = joined.sigma_to
    return sigma_start, sigma_end


def _guided_away(
    context: Context,
    wired: DenoiserRef | EnsembleRef | None,
    joined: Joined,
    picture: Picture,
    settings: SolveSettings,
    stack: ExitStack,
) -> SolveSettings:
    """The settings with the weaker model that is wired, which must know all noise of the solve."""
    weaker = borrow_weaker(context, wired, joined, stack)
    if weaker is None:
        return settings
    start = picture.start.sigma if picture.start is not None else settings.sigmas[0]
    lowest = min(sigma for sigma in settings.sigmas if sigma > 0.0)
    require_knows(weaker, settings.sigma_start or start, max(settings.sigma_end or 0.0, lowest))
    return replace(settings, weaker=weaker)


def _solved(
    context: Context, joined: Joined, picture: Picture, settings: SolveSettings, frame: Frame
) -> tuple[Sample, Image]:
    watch = Watch(context)
    context.check_cancelled()
    sample = solve(joined.denoiser, [picture], settings, frame, watch)[0]
    on_cpu = Sample(sample.data.detach().to("cpu", torch.float32), sample.space, sample.sigma)
    shown = on_cpu.data if sample.sigma == 0.0 or watch.estimate is None else watch.estimate
    return on_cpu, to_pixels(shown)
