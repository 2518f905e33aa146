"""What an eDiff-I network is told beside the picture: noise level, size and crop, and three encoders' embeddings."""

from __future__ import annotations

import dataclasses
import math

import torch
from torch import Tensor, nn

from engine.models.ediff.config import ContextShape, UNetConfig
from engine.models.ediff.layers import zeroed

MICRO_VALUES = 6
"""Original height and width, crop top and left, target height and width (SDXL 2.2, order of its appendix)."""

WHOLE = (1.0, 1.0, 0.0, 0.0, 1.0, 1.0)
"""Those of a picture that is its whole canvas, as fractions of its side."""

MICRO_FREQUENCIES = 6


@dataclasses.dataclass(frozen=True)
class Embeddings:
    """What the encoders say of each picture of a batch; a dropped embedding is all zeros (eDiff-I 4.2).

    Shapes: `clip_text` [B, clip_tokens, clip_width], `clip_pooled` [B, clip_width], `t5` [B, t5_tokens, t5_width],
    `clip_image` [B, image_width], `micro` [B, 6] as fractions of the network's size, `low_resolution`
    [B, 3, size, size] in -1..1, already resized to the size of the noisy picture.
    """

    clip_text: Tensor
    clip_pooled: Tensor
    t5: Tensor
    clip_image: Tensor
    micro: Tensor | None = None
    low_resolution: Tensor | None = None


class GlobalEmbedding(nn.Module):
    """Noise level plus pooled CLIP text and picture (appendix A), and size and crop when configured (SDXL 2.2)."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        width = config.embedding_width
        self.frequencies = config.channels
        self.noise = nn.Sequential(nn.Linear(config.channels, width), nn.SiLU(), nn.Linear(width, width))
        self.pooled = nn.Linear(config.context.clip_width, width)
        self.image = nn.Linear(config.context.image_width, width)
        micro = 2 * MICRO_FREQUENCIES * MICRO_VALUES
        self.micro = nn.Sequential(nn.Linear(micro, width), nn.SiLU(), zeroed(nn.Linear(width, width)))
        if not config.micro_conditioning:
            self.micro = nn.Sequential()

    def forward(self, c_noise: Tensor, embeddings: Embeddings) -> Tensor:
        """Return [B, width]. `c_noise` is [B], ln(sigma) / 4."""
        # c_noise spans about -1.6 .. 1.1; the sinusoids of a step counter expect 0 .. 1000.
        out: Tensor = self.noise(sinusoids(c_noise * 250.0, self.frequencies))
        out = out + self.pooled(embeddings.clip_pooled) + self.image(embeddings.clip_image)
        if len(self.micro) and embeddings.micro is not None:
            out = out + self.micro(fourier(embeddings.micro))
        return out


class TokenContext(nn.Module):
    """Cross-attention keys `[CLIP text | T5 | CLIP image | null]`, projected to one width (appendix A)."""

    def __init__(self, shape: ContextShape, width: int) -> None:
        super().__init__()
        self.clip_text = nn.Linear(shape.clip_width, width)
        self.t5 = nn.Linear(shape.t5_width, width)
        self.clip_image = nn.Linear(shape.image_width, width)
        self.null = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.norm = nn.LayerNorm(width)

    def forward(self, embeddings: Embeddings) -> Tensor:
        """Return [B, clip_tokens + t5_tokens + 2, width]."""
        image = self.clip_image(embeddings.clip_image)[:, None]
        null = self.null.to(image.dtype).expand(len(image), -1, -1)
        tokens = (self.clip_text(embeddings.clip_text), self.t5(embeddings.t5), image, null)
        out: Tensor = self.norm(torch.cat(tokens, dim=1))
        return out


def fourier(values: Tensor) -> Tensor:
    """Fourier features of fractions: [B, n] to [B, n * 2 * MICRO_FREQUENCIES] (SDXL 2.2 embeds each number so)."""
    angles = values[:, :, None] * math.pi * 2.0 ** torch.arange(-2, MICRO_FREQUENCIES - 2, device=values.device)
    return torch.cat([angles.sin(), angles.cos()], dim=-1).flatten(1)


def sinusoids(values: Tensor, width: int) -> Tensor:
    """Sinusoidal embedding of [B] into [B, width], frequencies from 1 down to 1/10000."""
    half = width // 2
    frequencies = torch.exp(-math.log(10000.0) * torch.arange(half, device=values.device) / half)
    angles = values[:, None].float() * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=1)
