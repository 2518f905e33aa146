"""Where every place of a picture lies on the canvas that the picture was cut out of."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from engine.models.ediff.config import UNetConfig
from engine.models.ediff.embeddings import WHOLE
from engine.models.ediff.layers import zeroed

POSITIONS = "positions"
"""Where a U-Net keeps what reads them. New ones change nothing: a network trained without may get them."""

OCTAVES = 4

MAPS = 4 * OCTAVES

SMALLEST = 1e-3
"""Least side of a canvas that is believed, in sides of the picture."""


def position_maps(micro: Tensor, height: int, width: int) -> Tensor:
    """Return Fourier features of every place's position on the canvas.

    The six numbers of SDXL's size and crop conditioning (section 2.2, Algorithm 1) tell which part of its canvas a
    picture shows. A large network finds out from them alone what that means for each place; to a small one it is said:
    sin and cos of pi 2^k u and pi 2^k v for the position (u, v) on the canvas, 0 and 1 at its edges, k < `OCTAVES`.

    Args:
        micro: original height and width, crop top and left, target height and width, [B, 6] float, as fractions of the
            picture's side.
        height: places down.
        width: places across.

    Returns:
        [B, MAPS, height, width], -1 to 1.
    """
    canvas_height, canvas_width, top, left, seen_height, seen_width = micro[:, :, None].unbind(dim=1)
    across = (left + seen_width * _middles(width, micro)) / canvas_width.clamp(min=SMALLEST)
    down = (top + seen_height * _middles(height, micro)) / canvas_height.clamp(min=SMALLEST)
    columns = _waves(across)[:, :, None, :].expand(-1, -1, height, -1)
    rows = _waves(down)[:, :, :, None].expand(-1, -1, -1, width)
    return torch.cat([columns, rows], dim=1)


def _middles(count: int, like: Tensor) -> Tensor:
    """Middles of `count` equal parts of 0..1, [1, count]."""
    return ((torch.arange(count, device=like.device, dtype=like.dtype) + 0.5) / count)[None]


def _waves(positions: Tensor) -> Tensor:
    """Sine and cosine of positions [B, n] at every octave, [B, 2 * OCTAVES, n]."""
    octaves = 2.0 ** torch.arange(OCTAVES, device=positions.device)
    angles = math.pi * octaves[:, None] * positions[:, None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class CanvasPositions(nn.Module):
    """Adds to the feature maps of each level what their places' positions mean."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        widths = [config.channels * multiplier for multiplier in config.channel_multipliers]
        self.levels = nn.ModuleList(zeroed(nn.Conv2d(MAPS, width, 1)) for width in [widths[0], *widths[:-1]])

    def forward(self, x: Tensor, level: int, micro: Tensor | None) -> Tensor:
        """Map `x` [B, C, h, w] as it enters a level, with size and crop [B, 6] (None: whole canvases), to its shape."""
        told = x.new_tensor(WHOLE).expand(len(x), -1) if micro is None else micro
        out: Tensor = x + self.levels[level](position_maps(told.float(), x.shape[2], x.shape[3]).to(x.dtype))
        return out
