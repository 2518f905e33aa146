"""The upscalers' Efficient U-Net (eDiff-I appendix A, Tables 3 and 4; after Imagen, appendix B)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.ediff.config import UNetConfig
from engine.models.ediff.layers import CrossAttention, Painted, ResidualBlock, SelfAttention, group_norm, zeroed
from engine.models.ediff.network import DenoisingNetwork

SKIP_SCALE = 2.0**-0.5


class LevelAttention(nn.Module):
    """What a level attends to after its residual blocks: itself, then the words (appendix A)."""

    def __init__(self, config: UNetConfig, width: int, side: int) -> None:
        super().__init__()
        itself, text = side in config.self_attention_sides, side in config.cross_attention_sides
        self.self_attention = SelfAttention(width, config.head_channels) if itself else None
        self.cross_attention = CrossAttention(width, config.head_channels, config.context_width) if text else None

    def forward(self, x: Tensor, context: Tensor, painted: Painted | None) -> Tensor:
        """Map [B, width, h, w] to the same shape."""
        if self.self_attention is not None:
            x = self.self_attention(x)
        if self.cross_attention is not None:
            x = self.cross_attention(x, context, painted)
        return x


class EfficientUNet(DenoisingNetwork):
    """A U-Net with most of its blocks where the picture is small.

    Three things set it apart from `UNet` (Imagen, appendix B): `block_multipliers` move parameters from high to low
    resolutions; the maps that cross from the way down to the way up are scaled by 1/sqrt(2); a level is made smaller
    before its blocks and larger after them. It has no middle. Trained on patches it runs on whole pictures: nothing
    in it depends on the side (appendix A, SR1024).
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__(config)
        widths = [config.channels * multiplier for multiplier in config.channel_multipliers]
        above = [widths[0], *widths[:-1]]
        self.stem = nn.Conv2d(config.input_channels, widths[0], 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for level, (side, width) in enumerate(zip(config.sides, widths, strict=True)):
            if level:
                self.down.append(nn.Conv2d(above[level], width, 3, stride=2, padding=1))
            self.down.extend(self._block(width, width) for _ in range(config.blocks[level]))
            self.down.append(LevelAttention(config, width, side))
        for level, (side, width) in reversed(list(enumerate(zip(config.sides, widths, strict=True)))):
            self.up.extend(self._block(2 * width, width) for _ in range(config.blocks[level]))
            self.up.append(LevelAttention(config, width, side))
            if level:
                self.up.extend([nn.Conv2d(width, above[level], 3, padding=1), nn.Upsample(scale_factor=2.0)])
        self.norm = group_norm(widths[0])
        self.head = zeroed(nn.Conv2d(widths[0], 3 * config.patch**2, 3, padding=1))

    def _block(self, inputs: int, outputs: int) -> ResidualBlock:
        return ResidualBlock(inputs, outputs, self.config.embedding_width, self.config.dropout)

    def body(
        self, given: Tensor, embedding: Tensor, context: Tensor, painted: Painted | None, micro: Tensor | None
    ) -> Tensor:
        """Return F; see `DenoisingNetwork.body`."""
        h = self.stem(F.pixel_unshuffle(given, self.config.patch))
        skips: list[Tensor] = []
        for layer in self.down:
            h = self._apply_layer(layer, h, embedding, context, painted)
            if isinstance(layer, ResidualBlock):
                skips.append(h * SKIP_SCALE)
        for layer in self.up:
            beside = torch.cat([h, skips.pop()], dim=1) if isinstance(layer, ResidualBlock) else h
            h = self._apply_layer(layer, beside, embedding, context, painted)
        return self.unpatched(self.head(F.silu(self.norm(h))), given, embedding)

    def _apply_layer(
        self, layer: nn.Module, x: Tensor, embedding: Tensor, context: Tensor, painted: Painted | None
    ) -> Tensor:
        """Give each kind of layer the conditions it takes."""
        if isinstance(layer, ResidualBlock):
            return self.through(layer, x, embedding)
        if isinstance(layer, LevelAttention):
            return self.through(layer, x, context, painted)
        out: Tensor = layer(x)
        return out
