"""The denoiser that a U-Net makes: plain, and around its low-resolution condition."""

import dataclasses

import msgspec
import pytest
import torch
from torch import Tensor

from engine.diffusion.denoiser import EdmPreconditioned
from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.ediff.embeddings import Embeddings
from engine.models.ediff.unet import UNet
from tests.models.small import UPSCALER, random_network
from tests.models.test_unet import embeddings

AROUND = msgspec.structs.replace(UPSCALER, residual_std=0.2)
SIGMA = torch.tensor([0.05, 3.0])


def told(picture: Tensor) -> Embeddings:
    return dataclasses.replace(embeddings(2), low_resolution=picture)


def drawn(seed: int) -> Tensor:
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def test_without_a_residual_it_is_the_plain_preconditioning() -> None:
    network, x, condition = random_network(UPSCALER), drawn(1), told(drawn(2))
    plain = EdmPreconditioned(network)(x, SIGMA, embeddings=condition)
    assert torch.equal(UNetDenoiser(network)(x, SIGMA, condition), plain)


def test_a_fresh_network_shrinks_the_difference_from_its_condition() -> None:
    """F = 0 leaves y + c_skip (x - y), the best guess when the difference is Gaussian with the configured deviation."""
    x, y = drawn(1), drawn(2)
    out = UNetDenoiser(UNet(AROUND))(x, SIGMA, told(y))
    share = (0.2**2 / (SIGMA**2 + 0.2**2))[:, None, None, None]
    torch.testing.assert_close(out, y + share * (x - y))


def test_the_condition_still_reaches_the_network() -> None:
    """Moving picture and condition together moves the answer by more than the same step: F sees the condition."""
    denoiser, x, y = UNetDenoiser(random_network(AROUND)), drawn(1), drawn(2)
    moved = denoiser(x + 0.5, SIGMA, told(y + 0.5)) - 0.5
    assert not torch.allclose(moved, denoiser(x, SIGMA, told(y)), atol=1e-3)


def test_a_missing_condition_is_refused() -> None:
    with pytest.raises(ValueError, match="low-resolution"):
        UNetDenoiser(random_network(AROUND))(drawn(1), SIGMA, embeddings(2))
