"""The blur kernels of Real-ESRGAN (section 3.1 and 3.2), one for each picture of a batch."""

from __future__ import annotations

from math import pi

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.training.degradations import Order, Range, RealEsrganDegradation

REACH = 10  # kernels are 21 x 21
SMALLEST = 3  # the smallest is 7 x 7
SHARPEST = 1e-3  # a standard deviation of 0 is the identity


def uniform(limits: Range, count: int, generator: torch.Generator) -> Tensor:
    """Random numbers [count] between the limits, on the generator's device."""
    low, high = limits
    return low + (high - low) * torch.rand(count, generator=generator, device=generator.device)


def happens(probability: float, count: int, generator: torch.Generator) -> Tensor:
    """Booleans [count], each true with `probability`."""
    return torch.rand(count, generator=generator, device=generator.device) < probability


def coordinates(device: torch.device) -> tuple[Tensor, Tensor]:
    """Offsets across [1, 1, 21] and down [1, 21, 1] from a kernel's centre, pixels."""
    line = torch.arange(-REACH, REACH + 1, dtype=torch.float32, device=device)
    return line[None, None, :], line[None, :, None]


def draw_kernels(count: int, order: Order, settings: RealEsrganDegradation, generator: torch.Generator) -> Tensor:
    """Blur kernels [count, 21, 21] that sum to 1: of a random shape, or sinc; the identity where there is no blur."""
    blurs = bell_kernels(count, order.deviation, settings, generator)
    kernels = torch.where(happens(order.sinc, count, generator)[:, None, None], sinc_kernels(count, generator), blurs)
    return torch.where(happens(order.blur, count, generator)[:, None, None], kernels, identity(kernels))


def bell_kernels(count: int, deviation: Range, settings: RealEsrganDegradation, generator: torch.Generator) -> Tensor:
    """Gaussian, generalised Gaussian and plateau kernels, isotropic or not, [count, 21, 21]."""
    shares = torch.tensor(settings.shapes, device=generator.device)
    shape = torch.multinomial(shares, count, replacement=True, generator=generator)
    first, other = (uniform(deviation, count, generator).clamp(min=SHARPEST) for _ in range(2))
    angle = uniform((-pi, pi), count, generator)
    distance = ellipse(first, torch.where(shape % 2 == 1, other, first), angle)
    family = (shape // 2)[:, None, None]
    general = distance ** draw_shape(settings.generalised_shape, count, generator)[:, None, None]
    plateau = distance ** draw_shape(settings.plateau_shape, count, generator)[:, None, None]
    kernels = torch.where(
        family == 0,
        torch.exp(-0.5 * distance),
        torch.where(family == 1, torch.exp(-0.5 * general), 1.0 / (1.0 + plateau)),
    )
    return normalised(kernels, draw_reach(count, generator))


def draw_shape(limits: Range, count: int, generator: torch.Generator) -> Tensor:
    """The exponent beta [count]: below 1 as often as above."""
    low, high = uniform((limits[0], 1.0), count, generator), uniform((1.0, limits[1]), count, generator)
    return torch.where(happens(0.5, count, generator), low, high)


def draw_reach(count: int, generator: torch.Generator) -> Tensor:
    """Half the side [count] of each kernel: 3 to 10 pixels."""
    return torch.randint(SMALLEST, REACH + 1, (count,), generator=generator, device=generator.device)


def ellipse(across: Tensor, down: Tensor, angle: Tensor) -> Tensor:
    """Squared distance from the centre in standard deviations along turned axes, [count, 21, 21]."""
    x, y = coordinates(angle.device)
    cos, sin = torch.cos(angle)[:, None, None], torch.sin(angle)[:, None, None]
    u, v = (cos * x + sin * y) / across[:, None, None], (cos * y - sin * x) / down[:, None, None]
    return u**2 + v**2


def sinc_kernels(count: int, generator: torch.Generator) -> Tensor:
    """Circular low-pass kernels with ringing, [count, 21, 21] (equation 6); cut-off from pi/3, or pi/5 where large."""
    reach = draw_reach(count, generator)
    lowest = torch.where(reach < 6, pi / 3, pi / 5)
    cutoff = (lowest + (pi - lowest) * uniform((0.0, 1.0), count, generator))[:, None, None]
    x, y = coordinates(reach.device)
    radius = torch.sqrt(x**2 + y**2)
    rings = cutoff * torch.special.bessel_j1(cutoff * radius) / (2.0 * pi * radius.clamp(min=1.0))
    kernels = torch.where(radius == 0.0, cutoff**2 / (4.0 * pi), rings)
    return normalised(kernels, reach)


def normalised(kernels: Tensor, reach: Tensor) -> Tensor:
    """The kernels cut to their own side and scaled to the sum 1."""
    x, y = coordinates(kernels.device)
    inside = torch.maximum(x.abs(), y.abs()) <= reach[:, None, None]
    kernels = kernels * inside
    return kernels / kernels.sum(dim=(1, 2), keepdim=True)


def identity(kernels: Tensor) -> Tensor:
    """Kernels of the same shape that change nothing."""
    out = torch.zeros_like(kernels)
    out[:, REACH, REACH] = 1.0
    return out


def filtered(pictures: Tensor, kernels: Tensor) -> Tensor:
    """Each picture [B, 3, H, W] under its own kernel [B, 21, 21]; edges are repeated."""
    flat = F.pad(pictures, (REACH,) * 4, mode="replicate").flatten(0, 1)[None]
    weights = kernels.repeat_interleave(pictures.shape[1], dim=0)[:, None]
    return F.conv2d(flat, weights, groups=len(weights)).view(pictures.shape)
