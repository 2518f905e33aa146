"""What all eDiff-I networks share: the conditions they are given, and how they are called."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from engine.models.ediff.config import UNetConfig
from engine.models.ediff.embeddings import Embeddings, GlobalEmbedding, TokenContext
from engine.models.ediff.layers import Painted, zeroed
from engine.models.ediff.pixel_layers import PixelLayers


class DenoisingNetwork(nn.Module):
    """Raw network F of the EDM preconditioning (eDiff-I eq. 1); `UNetDenoiser` makes a denoiser of it.

    `gradient_checkpointing`: whether the inner maps of each block are computed again in the backward pass instead of
    being kept (Table 7).
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        self.gradient_checkpointing = False
        self.global_embedding = GlobalEmbedding(config)
        self.token_context = TokenContext(config.context, config.context_width)
        self.noise_gain = zeroed(nn.Linear(config.embedding_width, 3)) if config.noise_gain else None
        self.pixels = PixelLayers(config) if config.pixel_channels else None

    def forward(self, x: Tensor, c_noise: Tensor, embeddings: Embeddings, painted: Painted | None = None) -> Tensor:
        """Return F(x; sigma, embeddings) with the shape of `x`.

        Args:
            x: scaled noisy pictures c_in * x, [B, 3, H, W] float; H and W multiples of `patch * 2**(levels-1)`.
            c_noise: ln(sigma) / 4, [B] float.
            embeddings: the encoders' embeddings of the batch.
            painted: paint-with-words attention for this call, None for plain attention.

        Raises:
            ValueError: the network enlarges a picture and there is none in `embeddings`.
        """
        embedding = self.global_embedding(c_noise, embeddings)
        context = self.token_context(embeddings)
        given = self._with_low_resolution(x, embeddings)
        return self.body(given, embedding, context, painted, embeddings.micro)

    def body(
        self, given: Tensor, embedding: Tensor, context: Tensor, painted: Painted | None, micro: Tensor | None
    ) -> Tensor:
        """Return F from the noisy picture and its low-resolution condition [B, 3 or 6, H, W], the global embedding
        [B, `embedding_width`], the cross-attention keys [B, columns, `context_width`], and size and crop [B, 6].
        """
        raise NotImplementedError

    def unpatched(self, patches: Tensor, given: Tensor, embedding: Tensor) -> Tensor:
        """Return F [B, 3, H, W] from its patches, with what the configuration adds to it at full resolution."""
        out = F.pixel_shuffle(patches, self.config.patch)
        if self.noise_gain is not None:
            out = out + self.noise_gain(F.silu(embedding))[:, :, None, None] * given[:, :3]
        return out if self.pixels is None else self.pixels(given, out, embedding)

    def through(self, layer: nn.Module, x: Tensor, *conditions: object) -> Tensor:
        """Apply one block, by gradient checkpointing where that is asked for."""
        if self.gradient_checkpointing and torch.is_grad_enabled():
            kept: Tensor = checkpoint(layer, x, *conditions, use_reentrant=False)
            return kept
        out: Tensor = layer(x, *conditions)
        return out

    def _with_low_resolution(self, x: Tensor, embeddings: Embeddings) -> Tensor:
        if not self.config.low_resolution:
            return x
        if embeddings.low_resolution is None:
            raise ValueError("this denoiser enlarges a picture: give it a low-resolution picture to start from")
        return torch.cat([x, embeddings.low_resolution.to(x.dtype)], dim=1)
