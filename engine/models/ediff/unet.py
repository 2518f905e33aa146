"""The base model's U-Net (eDiff-I appendix A)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.ediff.canvas_positions import CanvasPositions
from engine.models.ediff.config import UNetConfig
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
from engine.models.ediff.network import DenoisingNetwork


class Stage(nn.Module):
    """A residual block and the attention its side asks for: self-attention, then cross-attention (appendix A)."""

    def __init__(self, config: UNetConfig, inputs: int, outputs: int, side: int) -> None:
        super().__init__()
        context = config.context_width
        self.residual = ResidualBlock(inputs, outputs, config.embedding_width, config.dropout)
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


class UNet(DenoisingNetwork):
    """The U-Net of Dhariwal and Nichol as eDiff-I changes it (appendix A, Table 2)."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__(config)
        widths = [config.channels * m for m in config.channel_multipliers]
        self.stem = nn.Conv2d(config.input_channels, widths[0], 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        skips, current = [widths[0]], widths[0]

        def stage(inputs: int, outputs: int, side: int) -> Stage:
            return Stage(config, inputs, outputs, side)

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
        self.positions = CanvasPositions(config) if config.canvas_positions else None

    def body(
        self, given: Tensor, embedding: Tensor, context: Tensor, painted: Painted | None, micro: Tensor | None
    ) -> Tensor:
        """Return F; see `DenoisingNetwork.body`."""
        h = self._placed(self.stem(F.pixel_unshuffle(given, self.config.patch)), 0, micro)
        skips, level = [h], 0
        for layer in self.down:
            if isinstance(layer, Stage):
                h = self.through(layer, h, embedding, context, painted)
            else:
                level += 1
                h = self._placed(layer(h), level, micro)
            skips.append(h)
        for layer in self.middle:
            h = self.through(layer, h, embedding, context, painted)
        for layer in self.up:
            if isinstance(layer, Stage):
                h = self.through(layer, torch.cat([h, skips.pop()], dim=1), embedding, context, painted)
            else:
                h = layer(h)
        return self.unpatched(self.head(F.silu(self.norm(h))), given, embedding)

    def _placed(self, h: Tensor, level: int, micro: Tensor | None) -> Tensor:
        return h if self.positions is None else self.positions(h, level, micro)
