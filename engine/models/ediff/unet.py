"""The eDiff-I U-Net (appendix A): a picture, its noise level and three embeddings in, the raw network output F out."""

from __future__ import annotations

import dataclasses
import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.ediff.config import ContextShape, UNetConfig
from engine.models.ediff.layers import (
    CrossAttention,
    Downsample,
    Painted,
    ResidualBlock,
    SelfAttention,
    Upsample,
    group_norm,
    zeroed,
)

MICRO_VALUES = 6
"""Original height and width, crop top and left, target height and width (SDXL 2.2, order of its appendix)."""


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

    def __init__(self, config: UNetConfig, width: int) -> None:
        super().__init__()
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


class Stage(nn.Module):
    """A residual block and the attention its side asks for: self-attention, then cross-attention (appendix A)."""

    def __init__(self, config: UNetConfig, inputs: int, outputs: int, side: int, embedding: int, context: int) -> None:
        super().__init__()
        self.residual = ResidualBlock(inputs, outputs, embedding, config.dropout)
        attends_self, attends_text = side in config.self_attention_sides, side in config.cross_attention_sides
        self.self_attention = SelfAttention(outputs, config.head_channels) if attends_self else None
        self.cross_attention = CrossAttention(outputs, config.head_channels, context) if attends_text else None

    def forward(self, x: Tensor, embedding: Tensor, context: Tensor, painted: Painted | None) -> Tensor:
        """Map [B, inputs, h, w] to [B, outputs, h, w]."""
        x = self.residual(x, embedding)
        if self.self_attention is not None:
            x = self.self_attention(x)
        if self.cross_attention is not None:
            x = self.cross_attention(x, context, painted)
        return x


class PixelLayers(nn.Module):
    """Corrects the network's output at full resolution from the noisy picture, its condition and the noise level."""

    def __init__(self, config: UNetConfig, embedding: int) -> None:
        super().__init__()
        width = config.pixel_channels
        self.conv_in = nn.Conv2d(config.input_channels // config.patch**2 + 3, width, 3, padding=1)
        self.conv_middle = nn.Conv2d(width, width, 3, padding=1)
        self.modulation = nn.Linear(embedding, 4 * width)
        self.conv_out = zeroed(nn.Conv2d(width, 3, 3, padding=1))

    def forward(self, x: Tensor, coarse: Tensor, embedding: Tensor) -> Tensor:
        """Return `coarse` [B, 3, H, W] corrected; `x` [B, 3 or 6, H, W] is what the network was given."""
        scale, shift, scale_2, shift_2 = self.modulation(F.silu(embedding))[:, :, None, None].chunk(4, dim=1)
        h = F.silu(torch.addcmul(shift, self.conv_in(torch.cat([x, coarse], dim=1)), 1 + scale))
        h = F.silu(torch.addcmul(shift_2, self.conv_middle(h), 1 + scale_2))
        out: Tensor = coarse + self.conv_out(h)
        return out


class UNet(nn.Module):
    """Raw network F of the EDM preconditioning (eDiff-I eq. 1); `engine.diffusion` wraps it into a denoiser."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        self.config = config
        embedding, context = 4 * config.channels, max(128, 2 * config.channels)
        self.global_embedding = GlobalEmbedding(config, embedding)
        self.token_context = TokenContext(config.context, context)
        widths = [config.channels * m for m in config.channel_multipliers]
        self.stem = nn.Conv2d(config.input_channels, widths[0], 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        skips, current = [widths[0]], widths[0]

        def stage(inputs: int, outputs: int, side: int) -> Stage:
            return Stage(config, inputs, outputs, side, embedding, context)

        for level, (side, width) in enumerate(zip(config.sides, widths, strict=True)):
            for _ in range(config.residual_blocks):
                self.down.append(stage(current, width, side))
                current = width
                skips.append(current)
            if level < len(widths) - 1:
                self.down.append(Downsample(current))
                skips.append(current)
        self.middle = nn.ModuleList([stage(current, current, config.sides[-1]), stage(current, current, 0)])
        for level, (side, width) in reversed(list(enumerate(zip(config.sides, widths, strict=True)))):
            for _ in range(config.residual_blocks + 1):
                self.up.append(stage(current + skips.pop(), width, side))
                current = width
            if level:
                self.up.append(Upsample(current))
        self.norm = group_norm(current)
        self.head = zeroed(nn.Conv2d(current, 3 * config.patch**2, 3, padding=1))
        self.pixels = PixelLayers(config, embedding) if config.pixel_channels else None

    def forward(self, x: Tensor, c_noise: Tensor, embeddings: Embeddings, painted: Painted | None = None) -> Tensor:
        """Return F(x; sigma, embeddings) with the shape of `x`.

        Args:
            x: scaled noisy pictures c_in * x, [B, 3, H, W] float; H and W multiples of `patch * 2**(levels-1)`.
            c_noise: ln(sigma) / 4, [B] float.
            embeddings: the encoders' embeddings of the batch.
            painted: paint-with-words attention for this call, None for plain attention.
        """
        embedding = self.global_embedding(c_noise, embeddings)
        context = self.token_context(embeddings)
        given = self._with_low_resolution(x, embeddings)
        h = self.stem(F.pixel_unshuffle(given, self.config.patch))
        skips = [h]
        for layer in self.down:
            h = layer(h, embedding, context, painted) if isinstance(layer, Stage) else layer(h)
            skips.append(h)
        for layer in self.middle:
            h = layer(h, embedding, context, painted)
        for layer in self.up:
            if isinstance(layer, Stage):
                h = layer(torch.cat([h, skips.pop()], dim=1), embedding, context, painted)
            else:
                h = layer(h)
        out = F.pixel_shuffle(self.head(F.silu(self.norm(h))), self.config.patch)
        return out if self.pixels is None else self.pixels(given, out, embedding)

    def _with_low_resolution(self, x: Tensor, embeddings: Embeddings) -> Tensor:
        if not self.config.low_resolution:
            return x
        if embeddings.low_resolution is None:
            raise ValueError("this denoiser enlarges a picture: give it a low-resolution picture to start from")
        return torch.cat([x, embeddings.low_resolution.to(x.dtype)], dim=1)


MICRO_FREQUENCIES = 6


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
