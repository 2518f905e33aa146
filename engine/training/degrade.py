"""Degradation of the low-resolution condition when an upscaler is trained (eDiff-I 4.2, after Real-ESRGAN)."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.training.degradations import Degradation, LightDegradation
from engine.training.real_esrgan import degrade_twice

TREMBLE = 4
"""Pixels between the places of a picture that are moved independently where its contours are bent."""

Redrawing = Callable[[Tensor], Tensor]
"""Draws small pictures [B, 3, s, s] in -1..1 again, or some of them; the shape stays."""


def spoilt(
    pictures: Tensor, degradation: Degradation, generator: torch.Generator, redrawing: Redrawing | None = None
) -> Tensor:
    """The low-resolution condition of an upscaler: shrunk, spoilt and enlarged back to the size of `pictures`.

    Args:
        pictures: [B, 3, S, S] float32 in -1..1.
        degradation: how; `size` is the side of the small picture.
        generator: source of all randomness, on the device of `pictures`.
        redrawing: for the light degradation: draws the small pictures again before they are spoilt.

    Returns:
        [B, 3, S, S]; bicubic enlarging may overshoot -1..1 a little.
    """
    if isinstance(degradation, LightDegradation):
        small = F.interpolate(pictures, size=degradation.size, mode="area")
        small = degrade(small if redrawing is None else redrawing(small), degradation, generator)
    else:
        small = degrade_twice(pictures, degradation, generator)
    return F.interpolate(small, size=pictures.shape[-2:], mode="bicubic")


def degrade(pictures: Tensor, limits: LightDegradation, generator: torch.Generator) -> Tensor:
    """Bend contours, blur, resize down and up, and add noise, each by a random amount per picture.

    Args:
        pictures: [B, 3, h, w] float32 in -1..1.
        limits: the strongest bending and blur (standard deviations in pixels), noise (standard deviation) and share of
            detail lost.
        generator: source of the random amounts, on the device of `pictures`.

    Returns:
        Pictures of the same shape, clamped to -1..1.
    """
    count = len(pictures)
    blur, noise, lost = torch.rand(3, count, generator=generator, device=generator.device)
    out = blurred(_bent_by_chance(pictures, limits.bend, generator), blur * limits.blur)
    out = torch.lerp(out, resampled(out, limits.resize), lost[:, None, None, None])
    grain = (
        torch.randn(out.shape, generator=generator, device=generator.device)
        * (noise * limits.noise)[:, None, None, None]
    )
    spoilt: Tensor = (out + grain).clamp(-1.0, 1.0)
    return spoilt


def bent(pictures: Tensor, deviation: Tensor, generator: torch.Generator) -> Tensor:
    """Contours moved about smoothly, as a hand that trembles draws them.

    Args:
        pictures: [B, 3, h, w].
        deviation: standard deviation of the movement of each picture [B], in pixels.
        generator: source of the movements, which are drawn for every fourth pixel; on the device of `pictures`.

    Returns:
        Pictures of the same shape, mirrored where they would show what lies outside.
    """
    count, _, height, width = pictures.shape
    coarse = (count, 2, -(-height // TREMBLE), -(-width // TREMBLE))
    moved = torch.randn(coarse, generator=generator, device=generator.device) * deviation[:, None, None, None]
    moved = F.interpolate(moved, size=(height, width), mode="bicubic").movedim(1, -1)
    still = F.affine_grid(
        torch.eye(2, 3, device=pictures.device).repeat(count, 1, 1), [*pictures.shape], align_corners=False
    )
    grid = still + moved * (2.0 / torch.tensor([width, height], device=pictures.device))
    return F.grid_sample(pictures, grid, mode="bicubic", padding_mode="reflection", align_corners=False)


def _bent_by_chance(pictures: Tensor, limit: float, generator: torch.Generator) -> Tensor:
    """Pictures bent by up to `limit` pixels each; with a limit of 0 nothing is drawn from `generator`."""
    if limit == 0.0:
        return pictures
    return bent(pictures, limit * torch.rand(len(pictures), generator=generator, device=generator.device), generator)


def blurred(pictures: Tensor, deviation: Tensor) -> Tensor:
    """Gaussian blur of each picture [B, 3, h, w] by its own standard deviation [B], in pixels."""
    reach = torch.arange(-3, 4, dtype=torch.float32, device=pictures.device)
    kernel = torch.exp(-(reach**2) / (2.0 * deviation.clamp(min=1e-3)[:, None] ** 2))
    kernel = (kernel / kernel.sum(dim=1, keepdim=True)).repeat_interleave(3, dim=0)
    flat = F.pad(pictures.flatten(0, 1)[None], (3, 3, 3, 3), mode="replicate")
    groups = kernel.shape[0]
    flat = F.conv2d(flat, kernel[:, None, :, None], groups=groups)
    flat = F.conv2d(flat, kernel[:, None, None, :], groups=groups)
    return flat.view(pictures.shape)


def resampled(pictures: Tensor, share: float) -> Tensor:
    """Pictures scaled down to `share` of their side and back, which loses their fine detail."""
    small = F.interpolate(pictures, scale_factor=share, mode="area")
    return F.interpolate(small, size=pictures.shape[-2:], mode="bicubic")
