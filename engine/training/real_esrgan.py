"""The second-order degradation of Real-ESRGAN (Wang et al. 2021), batched, on any device."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.training.blur_kernels import draw_kernels, filtered, happens, identity, sinc_kernels, uniform
from engine.training.degradations import Order, RealEsrganDegradation
from engine.training.jpeg import as_jpeg

MODES = ("area", "bilinear", "bicubic")


def degrade_twice(pictures: Tensor, settings: RealEsrganDegradation, generator: torch.Generator) -> Tensor:
    """Blur, resize, noise and JPEG twice over, and a sinc filter at the end (Real-ESRGAN, figure 2).

    Blur, noise and quality are drawn for each picture; the size between the steps is drawn for the batch, which keeps
    it one tensor (as the authors' code does).

    Args:
        pictures: [B, 3, S, S] float32 in -1..1.
        settings: the strengths.
        generator: source of all randomness, on the device of `pictures`.

    Returns:
        [B, 3, size, size] in -1..1, in steps of 8 bits.
    """
    out = (pictures + 1.0) / 2.0
    out = _half(out, settings.first, settings, out.shape[-1], generator)
    out = _compressed(out, settings.first, generator)
    out = _half(out, settings.second, settings, settings.size, generator)
    out = _finished(out, settings, generator)
    return (out * 255.0).round().clamp(0.0, 255.0) / 127.5 - 1.0


def _half(
    pictures: Tensor, order: Order, settings: RealEsrganDegradation, side: int, generator: torch.Generator
) -> Tensor:
    """Blur, resize to about `side`, and noise."""
    out = filtered(pictures, draw_kernels(len(pictures), order, settings, generator))
    out = _resized(out, max(1, round(side * _draw_scale(order, generator))), generator)
    return _noisy(out.clamp(0.0, 1.0), order, generator)


def _finished(pictures: Tensor, settings: RealEsrganDegradation, generator: torch.Generator) -> Tensor:
    """The small picture with its last JPEG and sinc filter, either of them first."""
    jpeg_first = bool(happens(0.5, 1, generator))
    out = _compressed(pictures, settings.second, generator) if jpeg_first else pictures
    out = _resized(out, settings.size, generator)
    rings = sinc_kernels(len(out), generator)
    ringing = happens(settings.final_sinc, len(out), generator)[:, None, None]
    out = filtered(out, torch.where(ringing, rings, identity(rings))).clamp(0.0, 1.0)
    return out if jpeg_first else _compressed(out, settings.second, generator)


def _draw_scale(order: Order, generator: torch.Generator) -> float:
    draw, amount = torch.rand(2, generator=generator, device=generator.device).tolist()
    up, down, _ = order.resize
    if draw < up:
        return float(1.0 + (order.scale[1] - 1.0) * amount)
    return float(1.0 - (1.0 - order.scale[0]) * amount) if draw < up + down else 1.0


def _resized(pictures: Tensor, side: int, generator: torch.Generator) -> Tensor:
    """The pictures at `side`, by a random one of three filters; untouched where they have it."""
    mode = MODES[int(torch.randint(len(MODES), (1,), generator=generator, device=generator.device))]
    if pictures.shape[-1] == side:
        return pictures
    return F.interpolate(pictures, (side, side), mode=mode).clamp(0.0, 1.0)


def _noisy(pictures: Tensor, order: Order, generator: torch.Generator) -> Tensor:
    count = len(pictures)
    grey = happens(order.grey, count, generator)[:, None, None, None]
    gaussian = _gaussian(pictures, uniform(order.noise, count, generator) / 255.0, grey, generator)
    poisson = _poisson(pictures, uniform(order.poisson, count, generator), grey, generator)
    chosen = torch.where(happens(order.gaussian, count, generator)[:, None, None, None], gaussian, poisson)
    return (pictures + chosen).clamp(0.0, 1.0)


def _gaussian(pictures: Tensor, deviation: Tensor, grey: Tensor, generator: torch.Generator) -> Tensor:
    grain = torch.randn(pictures.shape, generator=generator, device=generator.device)
    return torch.where(grey, grain[:, :1], grain) * deviation[:, None, None, None]


def _poisson(pictures: Tensor, scale: Tensor, grey: Tensor, generator: torch.Generator) -> Tensor:
    """Shot noise: photons are counted in as many steps as the picture has values, rounded up to a power of 2."""
    weights = torch.tensor([0.2989, 0.587, 0.114], device=pictures.device).view(1, 3, 1, 1)
    bright = (pictures * weights).sum(1, keepdim=True).expand_as(pictures)
    light = (torch.where(grey, bright, pictures) * 255.0).round() / 255.0
    ordered = light.flatten(1).sort(dim=1).values
    values = (ordered.diff(dim=1) != 0).sum(1) + 1
    steps = (2.0 ** torch.ceil(torch.log2(values.float())))[:, None, None, None]
    noise = torch.poisson(light * steps, generator=generator) / steps - light
    return torch.where(grey, noise[:, :1], noise) * scale[:, None, None, None]


def _compressed(pictures: Tensor, order: Order, generator: torch.Generator) -> Tensor:
    if order.jpeg is None:
        return pictures
    return as_jpeg(pictures, uniform(order.jpeg, len(pictures), generator))
