"""The denoiser seam: `D(x, sigma, conditioning) -> x0`, and the EDM preconditioning that makes one of a raw network.

Guidance, ensembles and paint-with-words compose on this side of the seam; samplers see only a `Bound`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import torch
from torch import Tensor


class Denoiser(Protocol):
    """The denoising model D(x; e, sigma) of eDiff-I section 3, in EDM convention."""

    @property
    def sigma_min(self) -> float:
        """The lowest noise level it was made for."""
        ...

    @property
    def sigma_max(self) -> float:
        """The highest noise level it was made for."""
        ...

    # Any: the conditioning is the denoiser's own affair (a Brief for models, anything for a toy).
    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
        """Return the estimate of the clean pictures, [B, C, H, W].

        Args:
            x: pictures with noise of standard deviation `sigma`, [B, C, H, W] float32.
            sigma: noise level of each picture, [B] float32, positive.
            conditioning: what each picture shows, of length B.
        """
        ...


class Bound(Protocol):
    """A denoiser with its conditioning: all a sampler needs to know."""

    def __call__(self, x: Tensor, sigma: float) -> Tensor:
        """Return the clean estimate of `x` [B, C, H, W], every picture at noise level `sigma`."""
        ...

    def for_step(self, sigma_from: float, sigma_to: float) -> Bound:
        """Return the one denoiser that owns the solver step from `sigma_from` down to `sigma_to`.

        The same object comes back as long as nothing changes; another object means a jump of the ODE's right side.
        """
        ...


@runtime_checkable
class Binding(Protocol):
    """A denoiser made of others, which binds its members itself."""

    def bind(self, conditioning: Sequence[Any]) -> Bound:
        """Return itself with its conditioning."""
        ...


@dataclass(frozen=True, eq=False)
class _Conditioned:
    denoiser: Denoiser
    conditioning: Sequence[Any]

    def __call__(self, x: Tensor, sigma: float) -> Tensor:
        return self.denoiser(x, torch.full((len(x),), sigma, dtype=x.dtype, device=x.device), self.conditioning)

    def for_step(self, sigma_from: float, sigma_to: float) -> Bound:
        return self


def condition(denoiser: Denoiser, conditioning: Sequence[Any]) -> Bound:
    """Join a denoiser and what each picture of the batch shows."""
    return denoiser.bind(conditioning) if isinstance(denoiser, Binding) else _Conditioned(denoiser, conditioning)


class Preconditioning(NamedTuple):
    """The four factors of eDiff-I eq. 1 (EDM, table 1), each with the shape of `sigma`."""

    c_skip: Tensor
    c_out: Tensor
    c_in: Tensor
    c_noise: Tensor


def preconditioning(sigma: Tensor, sigma_data: float = 0.5) -> Preconditioning:
    """Return c_skip, c_out, c_in and c_noise of eDiff-I eq. 1 for positive `sigma` of any shape."""
    total = sigma_star(sigma, sigma_data)
    return Preconditioning(
        c_skip=(sigma_data / total) ** 2,
        c_out=sigma * sigma_data / total,
        c_in=1.0 / total,
        c_noise=sigma.log() / 4.0,
    )


def loss_weight(sigma: Tensor, sigma_data: float = 0.5) -> Tensor:
    """Return lambda(sigma) = (sigma* / (sigma sigma_data))^2, which cancels c_out^2 (eDiff-I section 3)."""
    return (sigma_star(sigma, sigma_data) / (sigma * sigma_data)) ** 2


def sigma_star(sigma: Tensor, sigma_data: float) -> Tensor:
    """Return sigma* = sqrt(sigma^2 + sigma_data^2), the standard deviation of a noisy picture (eDiff-I eq. 1)."""
    return (sigma**2 + sigma_data**2).sqrt()


@dataclass(frozen=True, eq=False)
class EdmPreconditioned:
    """D(x; e, sigma) = c_skip x + c_out F(c_in x; e, c_noise): eDiff-I eq. 1.

    `network(c_in * x, c_noise, **conditioning)` is the raw F; `sigma_data` is the standard deviation of the data. The
    factors and the sum are computed in the dtype of `x` (float32 in a solve), so that a half-precision network loses
    nothing around its own output.
    """

    network: Callable[..., Tensor]
    sigma_data: float = 0.5

    def __call__(self, x: Tensor, sigma: Tensor, **conditioning: Any) -> Tensor:
        """Return the clean estimate of `x` [B, C, H, W] at `sigma` [B]; keywords go to the network unchanged."""
        factors = preconditioning(sigma, self.sigma_data)
        c_skip, c_out, c_in = (c.view(-1, *[1] * (x.ndim - 1)) for c in factors[:3])
        F_x = self.network(c_in * x, factors.c_noise, **conditioning)
        return c_skip * x + c_out * F_x
