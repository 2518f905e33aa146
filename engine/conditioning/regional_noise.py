"""A noise seed per painted phrase: several noise fields blended by masks into one of unit variance."""

from __future__ import annotations

import torch
from torch import Tensor


def blend_noise(base: Tensor, regions: Tensor, masks: Tensor) -> Tensor:
    """Return n = sum_i m_i n_i / sqrt(sum_i m_i^2), unit-variance Gaussian noise with a field of its own per region.

    Adding the fields as they are would raise the variance where regions overlap, and the denoiser would see more
    noise than sigma says.

    Args:
        base: noise outside the regions, float [C, H, W], unit variance.
        regions: noise of each region, float [P, C, H, W], independent of `base` and of each other.
        masks: where each region lies, float [P, H, W] in 0..1. The base fills what they leave, prod_i (1 - m_i).

    Returns:
        float [C, H, W], unit variance at every pixel.
    """
    fields = torch.cat([base[None], regions])
    weights = torch.cat([(1.0 - masks).prod(0, keepdim=True), masks])[:, None]
    return (weights * fields).sum(0) / weights.square().sum(0).sqrt()
