"""One solve from noise (or from a sample) to a sample: grid, experts, guidance and jumps brought together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from engine.conditioning.brief import Sample
from engine.conditioning.paint_with_words import overlap_masks, resize_masks
from engine.conditioning.picture import Picture, enlarged
from engine.conditioning.regional_noise import blend_noise
from engine.diffusion.denoiser import Bound, Denoiser, condition
from engine.diffusion.ensemble import Ensemble
from engine.diffusion.errors import SolveError
from engine.diffusion.guidance import guide
from engine.diffusion.sampler_spans import require_sampler, sample_spans, sampler_spans
from engine.diffusion.schedules import Sigmas, cut, require_sigmas, snap
from engine.diffusion.seeds import picture_noise
from engine.diffusion.stepping import OnStep


@dataclass(frozen=True)
class SolveSettings:
    """How a solve runs.

    `sigmas`: the whole grid, falling, usually ending at 0. `sampler`, `guidance` (1 is none): for all experts that have
    none of their own. `sigma_start`, `sigma_end`: the part of the grid to run; None starts where the samples stand (or
    at the top) and ends at the bottom. `weaker`: what guidance leads away from in place of the model's own
    unconditional estimate; it must know every noise level of that part.
    """

    sigmas: Sequence[float]
    sampler: str = "deis_3kutta"
    guidance: float = 1.0
    sigma_start: float | None = None
    sigma_end: float | None = None
    weaker: Denoiser | None = None

    def __post_init__(self) -> None:
        require_sigmas(self.sigmas)
        require_sampler(self.sampler)
        if not math.isfinite(self.guidance):
            raise SolveError(f"guidance is {self.guidance:g}; choose a number, 1 for none")


@dataclass(frozen=True)
class Frame:
    """What the pictures of a solve are: (channels, height, width) in the values of `space`, computed on `device`."""

    shape: tuple[int, int, int]
    space: str = "pixel"
    device: str = "cpu"


def solve(
    denoiser: Denoiser, pictures: Sequence[Picture], settings: SolveSettings, frame: Frame, on_step: OnStep
) -> tuple[Sample, ...]:
    """Solve the generative ODE (eDiff-I eq. 2) for a batch of pictures.

    A picture does not depend on the others in its batch. All pictures must start at the same noise level and change
    their conditioning at the same steps, because a change restarts the sampler.

    Args:
        denoiser: the model, or an `Ensemble` of experts.
        pictures: at least one.
        settings: grid, sampler, guidance and the part of the grid to run.
        frame: shape, space and device. The state is float32.
        on_step: called after every step with the whole batch; raising from it cancels the solve.

    Returns:
        One sample per picture on `frame.device`, at the noise level where the solve ended.

    Raises:
        DiffusionError: contradictory pictures, an impossible start or end, a step no expert owns, or a result that
            is not a number.
    """
    if not pictures:
        raise SolveError("a solve needs at least one picture")
    sigmas, sigma_start, sigma_end = _grid(denoiser, pictures, settings)
    spans = sampler_spans(denoiser, settings.sampler, cut(sigmas, sigma_start, sigma_end))
    timeline = _timeline(denoiser, pictures, settings, sigmas)
    with torch.no_grad():
        x = sample_spans(spans, timeline, _start(pictures, sigma_start, frame), on_step)
    _require_finite(x, pictures)
    return tuple(Sample(picture, frame.space, sigma_end) for picture in x)


def _grid(denoiser: Denoiser, pictures: Sequence[Picture], settings: SolveSettings) -> tuple[Sigmas, float, float]:
    """Return the whole grid with a node on every boundary, and the noise levels to start and end at."""
    sigma_start = _sigma_start(pictures, settings)
    sigma_end = settings.sigmas[-1] if settings.sigma_end is None else settings.sigma_end
    if not settings.sigmas[0] >= sigma_start > sigma_end >= settings.sigmas[-1]:
        raise SolveError(
            f"a solve from noise {sigma_start:g} to {sigma_end:g} does not fit a grid from {settings.sigmas[0]:g} to "
            f"{settings.sigmas[-1]:g}; the start must lie above the end, both inside the grid"
        )
    boundaries = denoiser.boundaries() if isinstance(denoiser, Ensemble) else ()
    sigmas = snap(settings.sigmas, (*boundaries, sigma_start, sigma_end))
    for sigma in (sigma_start, sigma_end):
        if sigma not in sigmas:
            raise SolveError(f"noise level {sigma:g} lies below the grid's last level, {sorted(sigmas)[1]:g}")
    return sigmas, sigma_start, sigma_end


def _sigma_start(pictures: Sequence[Picture], settings: SolveSettings) -> float:
    standing = {picture.start.sigma if picture.start else None for picture in pictures}
    if len(standing) > 1:
        raise SolveError(f"pictures start at different noise levels {standing}; solve them apart")
    at = standing.pop()
    sigma_start = settings.sigma_start if settings.sigma_start is not None else at or settings.sigmas[0]
    if at is not None and sigma_start < at:
        raise SolveError(
            f"the sample stands at noise {at:g}, above the start of the solve at {sigma_start:g}; start at {at:g}"
        )
    return sigma_start


def _start(pictures: Sequence[Picture], sigma_start: float, frame: Frame) -> Tensor:
    """Return x at `sigma_start`: noise, or the samples with the noise they lack (SDEdit: x0 + sigma n).

    Noise lies around zero, or around the picture that is to be enlarged, the best guess there is before a denoiser
    looks: an upscaler, which adds but detail, needs no noise so strong that the picture drowns in it.
    """
    noise = torch.stack([_noise(picture, frame.shape) for picture in pictures]).to(frame.device)
    return torch.stack([_started(picture, n, sigma_start, frame) for picture, n in zip(pictures, noise, strict=True)])


def _noise(picture: Picture, shape: tuple[int, int, int]) -> Tensor:
    """The picture's own noise, with a field of its own inside every painted phrase that asks for one."""
    layers = [layer for layer in picture.phrases.layers if layer.noise_seed is not None] if picture.phrases else []
    fields = picture_noise([picture.seed, *(layer.noise_seed or 0 for layer in layers)], shape)
    if picture.phrases is None or not layers:
        return fields[0]
    masks = torch.stack([torch.tensor(layer.mask) for layer in layers])
    masks = overlap_masks(resize_masks(masks, shape[1:], picture.phrases.resize), picture.phrases.overlap)
    return blend_noise(fields[0], fields[1:], masks)


def _started(picture: Picture, noise: Tensor, sigma_start: float, frame: Frame) -> Tensor:
    sample = picture.start
    if sample is None:
        return _guess(picture, frame) + sigma_start * noise
    if tuple(sample.data.shape) != frame.shape or sample.space != frame.space:
        raise SolveError(
            f"the sample is {tuple(sample.data.shape)} in {sample.space} space, but this denoiser works on "
            f"{frame.shape} in {frame.space} space"
        )
    missing = math.sqrt(sigma_start**2 - sample.sigma**2)
    return sample.data.to(frame.device, torch.float32) + missing * noise


def _guess(picture: Picture, frame: Frame) -> Tensor:
    if picture.low_resolution is None or frame.space != "pixel":
        return torch.zeros(frame.shape, device=frame.device)
    _, height, width = frame.shape
    return enlarged(picture.low_resolution.to(frame.device, torch.float32), (height, width))


@dataclass(frozen=True, eq=False)
class _Piece:
    """A stretch of the grid, from `sigma_from` down to `sigma_to`, over which the conditioning stays the same."""

    sigma_from: float
    sigma_to: float
    bound: Bound


@dataclass(frozen=True, eq=False)
class _Timeline:
    """A `Bound` whose conditioning jumps at nodes of the grid."""

    pieces: tuple[_Piece, ...]

    def _at(self, sigma_from: float, sigma_to: float) -> Bound:
        return next(
            piece.bound for piece in self.pieces if sigma_from <= piece.sigma_from and sigma_to >= piece.sigma_to
        )

    def __call__(self, x: Tensor, sigma: float) -> Tensor:
        return self._at(sigma, sigma)(x, sigma)

    def for_step(self, sigma_from: float, sigma_to: float) -> Bound:
        return self._at(sigma_from, sigma_to).for_step(sigma_from, sigma_to)


def _timeline(denoiser: Denoiser, pictures: Sequence[Picture], settings: SolveSettings, sigmas: Sigmas) -> _Timeline:
    steps = len(sigmas) - 1
    jumps = {picture.jumps(steps) for picture in pictures}
    if len(jumps) > 1:
        raise SolveError(
            f"pictures change prompts, phrases or styles at different steps {sorted(map(sorted, jumps))}; "
            "solve them apart"
        )
    pieces = []
    for begin, end in pairwise([0, *sorted(jumps.pop()), steps]):
        briefs = tuple(picture.brief(begin, steps) for picture in pictures)
        opposite = tuple(picture.unconditional(begin, steps) for picture in pictures)
        bound = condition(guide(denoiser, settings.guidance, opposite, settings.weaker), briefs)
        pieces.append(_Piece(sigmas[begin], sigmas[end], bound))
    return _Timeline(tuple(pieces))


def _require_finite(x: Tensor, pictures: Sequence[Picture]) -> None:
    for picture, finite in zip(pictures, x.isfinite().flatten(1).all(1).tolist(), strict=True):
        if not finite:
            raise SolveError(
                f"the picture of seed {picture.seed} left the numbers (NaN or infinity); lower the guidance or the "
                "phrase weight, or take more steps"
            )
