"""Noise from seeds: one generator per picture, on the CPU."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def picture_noise(seeds: Sequence[int], shape: tuple[int, int, int]) -> Tensor:
    """Return standard normal noise, float32 [len(seeds), C, H, W] on the CPU.

    A seed gives the same noise in any batch and for any device, because device generators differ from each other.
    """
    return torch.stack([torch.randn(shape, generator=torch.Generator("cpu").manual_seed(seed)) for seed in seeds])
