"""Layers behind a network that works on patches: they see every pixel."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.ediff.config import UNetConfig
from engine.models.ediff.layers import zeroed

PIXELS = "pixels"
"""Where a network has its full-resolution layers. New ones change nothing: a network trained without may get them."""


class PixelLayers(nn.Module):
    """Corrects the network's output at full resolution from the noisy picture, its condition and the noise level."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        width = config.pixel_channels
        self.conv_in = nn.Conv2d(config.input_channels // config.patch**2 + 3, width, 3, padding=1)
        self.conv_middle = nn.Conv2d(width, width, 3, padding=1)
        self.modulation = nn.Linear(config.embedding_width, 4 * width)
        self.conv_out = zeroed(nn.Conv2d(width, 3, 3, padding=1))

    def forward(self, x: Tensor, coarse: Tensor, embedding: Tensor) -> Tensor:
        """Return `coarse` [B, 3, H, W] corrected; `x` [B, 3 or 6, H, W] is what the network was given."""
        scale, shift, scale_2, shift_2 = self.modulation(F.silu(embedding))[:, :, None, None].chunk(4, dim=1)
        h = F.silu(torch.addcmul(shift, self.conv_in(torch.cat([x, coarse], dim=1)), 1 + scale))
        h = F.silu(torch.addcmul(shift_2, self.conv_middle(h), 1 + scale_2))
        out: Tensor = coarse + self.conv_out(h)
        return out
