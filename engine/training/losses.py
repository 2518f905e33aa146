"""The denoising loss of eDiff-I section 3 (EDM)."""

from __future__ import annotations

from torch import Tensor

from engine.diffusion.denoiser import loss_weight
from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.ediff.embeddings import Embeddings
from engine.models.ediff.layers import Painted


def denoising_loss(
    denoiser: UNetDenoiser,
    pictures: Tensor,
    noise: Tensor,
    sigma: Tensor,
    embeddings: Embeddings,
    painted: Painted | None = None,
) -> Tensor:
    """lambda(sigma) |D(x + sigma n; sigma, e) - x|^2 per picture (eDiff-I section 3).

    Args:
        denoiser: the preconditioned network.
        pictures: clean pictures x, [B, 3, H, W] in -1..1.
        noise: standard normal n of the same shape.
        sigma: noise levels, [B].
        embeddings: conditioning of the batch.
        painted: paint-with-words attention at `sigma`.

    Returns:
        The weighted mean squared error of each picture, [B].
    """
    noisy = pictures + sigma[:, None, None, None] * noise
    clean = denoiser(noisy, sigma, embeddings, painted)
    weight = loss_weight(sigma, denoiser.sigma_data)
    return weight * (clean.float() - pictures).square().mean(dim=(1, 2, 3))
