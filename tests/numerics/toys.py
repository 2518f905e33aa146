"""Denoisers small enough to know exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from engine.conditioning.brief import Brief
from engine.diffusion.stepping import StepFacts


def ignore(_: StepFacts) -> None:
    """Let every step pass."""


def per_picture(sigma: Tensor, x: Tensor) -> Tensor:
    """Shape [B] noise levels to multiply [B, ...] pictures."""
    return sigma.view(-1, *[1] * (x.ndim - 1))


@dataclass(eq=False)
class Gaussian:
    """The exact denoiser of data ~ N(mean, std^2), whose ODE `exact` solves. Conditioning numbers shift the mean."""

    mean: float = 0.3
    std: float = 0.5
    sigma_min: float = 0.002
    sigma_max: float = 80.0

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[float]) -> Tensor:
        variance = per_picture(sigma, x) ** 2
        mean = self.mean + per_picture(torch.tensor(conditioning, dtype=x.dtype), x)
        return (self.std**2 * x + variance * mean) / (self.std**2 + variance)

    def exact(self, x: Tensor, sigma_from: float, sigma_to: float) -> Tensor:
        """The ODE's solution for conditioning 0."""
        scale = math.sqrt((sigma_to**2 + self.std**2) / (sigma_from**2 + self.std**2))
        return self.mean + (x - self.mean) * scale


@dataclass(eq=False)
class TwoModes:
    """The exact denoiser of an even mixture of N(shift - 1, std^2) and N(shift + 1, std^2)."""

    shift: float = 0.0
    std: float = 0.3
    sigma_min: float = 0.002
    sigma_max: float = 80.0

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
        variance = self.std**2 + per_picture(sigma, x) ** 2
        mode = self.shift + torch.tanh((x - self.shift) / variance)
        return (self.std**2 * x + per_picture(sigma, x) ** 2 * mode) / variance


@dataclass(eq=False)
class Counted:
    """A denoiser that writes down the noise level of each call."""

    inner: Any
    calls: list[float] = field(default_factory=list)

    @property
    def sigma_min(self) -> float:
        return float(self.inner.sigma_min)

    @property
    def sigma_max(self) -> float:
        return float(self.inner.sigma_max)

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
        self.calls.append(sigma[0].item())
        out: Tensor = self.inner(x, sigma, conditioning)
        return out


@dataclass(eq=False)
class Reader:
    """A Gaussian whose mean is told by a brief, and which writes down the briefs of each call."""

    calls: list[tuple[float, tuple[Brief, ...]]] = field(default_factory=list)
    sigma_min: float = 0.002
    sigma_max: float = 80.0

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Brief]) -> Tensor:
        self.calls.append((sigma[0].item(), tuple(conditioning)))
        return Gaussian()(x, sigma, [self.meaning(brief) for brief in conditioning])

    @staticmethod
    def meaning(brief: Brief) -> float:
        """A number for everything a brief says."""
        layers = len(brief.phrases.layers) if brief.phrases else 0
        return len(brief.prompt or "") / 10 + layers / 3 + len(brief.styles) / 7


class TinyNetwork(nn.Module):
    """A raw network F(x, c_noise) with fixed random weights, smooth enough for any solver."""

    def __init__(self, channels: int = 3) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, 8, 3, padding=1)
        self.noise = nn.Linear(1, 8)
        self.last = nn.Conv2d(8, channels, 3, padding=1)
        generator = torch.Generator().manual_seed(1)
        for parameter in self.parameters():
            nn.init.normal_(parameter, std=0.3, generator=generator)

    def forward(self, x: Tensor, c_noise: Tensor) -> Tensor:
        shift = self.noise(c_noise[:, None])[:, :, None, None]
        out: Tensor = self.last(torch.tanh(self.first(x) + shift))
        return out


def noise(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    """Standard normal numbers from a seed."""
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)
