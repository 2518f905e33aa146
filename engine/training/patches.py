"""Cuts of pictures: patches for an upscaler, and the crop of a whole picture with what it is told of it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def cut_patches(
    pictures: Tensor, low: Tensor | None, side: int, generator: torch.Generator, each: int = 1
) -> tuple[Tensor, Tensor | None]:
    """Cut random squares from each picture and the same from its low-resolution condition (eDiff-I appendix A).

    Args:
        pictures: [B, 3, H, W], at least `side` high and wide.
        low: the condition of each, enlarged to the same shape; None where there is none.
        side: side of the patches in pixels.
        generator: source of the corners, on the CPU.
        each: how many squares of each picture.

    Returns:
        Patches [B * each, 3, side, side] of both; those of a picture follow one another.
    """
    count = len(pictures) * each
    tops = torch.randint(0, pictures.shape[-2] - side + 1, (count,), generator=generator).tolist()
    lefts = torch.randint(0, pictures.shape[-1] - side + 1, (count,), generator=generator).tolist()

    def cut(whole: Tensor) -> Tensor:
        corners = enumerate(zip(tops, lefts, strict=True))
        return torch.stack([whole[n // each, :, top : top + side, left : left + side] for n, (top, left) in corners])

    return cut(pictures), None if low is None else cut(low)


def size_and_crop(picture: Tensor, side: int, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
    """Fit a picture to a square and tell its size and crop: SDXL's Algorithm 1, eDiff-I's data preparation.

    The shorter side is resized to `side`; along the longer one a square is cut, at random with a `generator`, else in
    the centre.

    Args:
        picture: [3, H, W] float in -1..1.
        side: target side in pixels.
        generator: source of the crop's place.

    Returns:
        The square [3, side, side], and its micro-conditioning [6]: original height and width, crop top and left (in the
        resized picture), target height and width, all divided by `side`.
    """
    height, width = picture.shape[-2:]
    short = min(height, width)
    resized = max(side, round(height * side / short)), max(side, round(width * side / short))
    fitted = F.interpolate(picture[None], size=resized, mode="bicubic", antialias=True)[0].clamp(-1.0, 1.0)
    top, left = (_corner(length - side, generator) for length in resized)
    told = torch.tensor([height, width, top, left, side, side], dtype=torch.float32) / side
    return fitted[:, top : top + side, left : left + side], told


def _corner(room: int, generator: torch.Generator | None) -> int:
    if generator is None or room == 0:
        return room // 2
    return int(torch.randint(0, room + 1, (), generator=generator))
