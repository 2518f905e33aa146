"""What JPEG does to pictures, batched in torch: each picture with its own quality, on any device."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# ITU-T T.81, annex K: the tables that encoders scale by quality.
LUMINANCE = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip
CHROMINANCE = (
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
) + (99,) * 32  # fmt: skip


def as_jpeg(pictures: Tensor, quality: Tensor) -> Tensor:
    """The pictures as they look after saving as JPEG with 4:2:0 chroma and opening again.

    Args:
        pictures: [B, 3, H, W] float32 in 0..1.
        quality: [B], 1..100 in the Independent JPEG Group's scale, as Pillow's `quality`.

    Returns:
        [B, 3, H, W] in 0..1.
    """
    height, width = pictures.shape[-2:]
    padded = F.pad(pictures, (0, -width % 16, 0, -height % 16), mode="replicate")
    luma, chroma = _to_ycc((padded * 255.0).round().clamp(0.0, 255.0))
    small = F.avg_pool2d(chroma, 2).round()
    luma = _quantised(luma, _table(LUMINANCE, quality))
    small = _quantised(small, _table(CHROMINANCE, quality))
    chroma = F.interpolate(small, scale_factor=2, mode="bilinear")
    out = (_to_rgb(luma, chroma).round() / 255.0).clamp(0.0, 1.0)
    return out[..., :height, :width]


def _table(base: tuple[int, ...], quality: Tensor) -> Tensor:
    """The quantisation table [B, 8, 8] of each quality."""
    quality = quality.round().clamp(1.0, 100.0)
    scale = torch.where(quality < 50.0, torch.floor(5000.0 / quality), 200.0 - 2.0 * quality)
    table = torch.tensor(base, dtype=torch.float32, device=quality.device).view(1, 8, 8)
    return torch.floor((table * scale[:, None, None] + 50.0) / 100.0).clamp(1.0, 255.0)


def _quantised(planes: Tensor, table: Tensor) -> Tensor:
    """The planes [B, C, H, W] (H and W multiples of 8) with their cosine coefficients rounded to the table's steps."""
    count, channels, height, width = planes.shape
    blocks = planes.view(count, channels, height // 8, 8, width // 8, 8).transpose(3, 4)
    cosines = _cosines(planes.device)
    steps = table[:, None, None, None]
    coefficients = torch.round((cosines @ (blocks - 128.0) @ cosines.T) / steps) * steps
    restored = cosines.T @ coefficients @ cosines + 128.0
    return restored.transpose(3, 4).reshape(planes.shape).round().clamp(0.0, 255.0)


def _cosines(device: torch.device) -> Tensor:
    """The orthonormal DCT-II matrix [8, 8]."""
    k = torch.arange(8, dtype=torch.float32, device=device)
    matrix = torch.cos((2.0 * k[None, :] + 1.0) * k[:, None] * math.pi / 16.0) * 0.5
    matrix[0] = math.sqrt(0.125)
    return matrix


def _to_ycc(rgb: Tensor) -> tuple[Tensor, Tensor]:
    """Luma [B, 1, H, W] and chroma [B, 2, H, W], 0..255 (JFIF)."""
    red, green, blue = rgb.split(1, dim=1)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    chroma = torch.cat([(blue - luma) / 1.772, (red - luma) / 1.402], 1) + 128.0
    return luma.round(), chroma.round()


def _to_rgb(luma: Tensor, chroma: Tensor) -> Tensor:
    blue, red = (chroma - 128.0).split(1, dim=1)
    return torch.cat([luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue], 1)
