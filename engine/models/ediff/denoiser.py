"""The denoiser that a U-Net makes, as it is trained and as it is sampled from."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from engine.diffusion.denoiser import EdmPreconditioned
from engine.models.ediff.embeddings import Embeddings
from engine.models.ediff.layers import Painted
from engine.models.ediff.network import DenoisingNetwork

SIGMA_DATA = 0.5
"""Standard deviation of pictures in -1..1 (EDM, table 1)."""


@dataclass(frozen=True, eq=False)
class UNetDenoiser:
    """D(x; e, sigma) of eDiff-I eq. 1 around a raw network F.

    A network with `residual_std` is preconditioned around its low-resolution condition y: with r = x - y and
    sigma_data = residual_std, D(x) = y + c_skip r + c_out F(c_in r; e, y).
    """

    network: DenoisingNetwork

    @property
    def sigma_data(self) -> float:
        """Standard deviation of what the network predicts: pictures, or their difference from the condition."""
        return self.network.config.residual_std or SIGMA_DATA

    def __call__(self, x: Tensor, sigma: Tensor, embeddings: Embeddings, painted: Painted | None = None) -> Tensor:
        """Return the clean estimate of `x`.

        Args:
            x: noisy pictures, [B, 3, H, W] float32.
            sigma: noise level of each, [B] float32, positive.
            embeddings: the encoders' embeddings of the batch.
            painted: paint-with-words attention for this call.

        Returns:
            Clean pictures, [B, 3, H, W] float32.

        Raises:
            ValueError: the network enlarges a picture and there is none in `embeddings`.
        """
        plain = EdmPreconditioned(self.network, self.sigma_data)
        centre = embeddings.low_resolution if self.network.config.residual_std else None
        if centre is None:
            return plain(x, sigma, embeddings=embeddings, painted=painted)
        return centre + plain(x - centre, sigma, embeddings=embeddings, painted=painted)
