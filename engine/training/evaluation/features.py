"""Pictures as the model's own CLIP sees them: Fréchet distance (FD) between sets, and agreement with sentences.

The features are the model's own, so FD is comparable within one model alone; it is not FID.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.models.ediff.encoders import Encoders

CHUNK = 64


def picture_features(encoders: Encoders, pictures: Tensor) -> NDArray[np.float64]:
    """Unit CLIP embeddings [N, D] of pictures [N, 3, H, W] in -1..1, resized to what the picture tower looks at."""
    side = encoders.picture_size
    parts = [
        F.normalize(encoders.encode_pictures(resized(chunk, side)), dim=1) for chunk in torch.split(pictures, CHUNK)
    ]
    return np.asarray(torch.cat(parts).cpu(), np.float64)


def resized(pictures: Tensor, side: int) -> Tensor:
    """Square pictures [N, 3, H, H] at another side, antialiased."""
    if pictures.shape[-1] == side:
        return pictures
    return F.interpolate(pictures, size=side, mode="bicubic", antialias=True).clamp(-1.0, 1.0)


def clip_scores(encoders: Encoders, features: NDArray[np.float64], captions: Sequence[str]) -> NDArray[np.float64]:
    """Cosine between each picture's features (as `picture_features`) and its caption's CLIP embedding, [N]."""
    text = F.normalize(encoders.encode_text(captions).clip_pooled, dim=1)
    agreement: NDArray[np.float64] = (features * np.asarray(text.cpu(), np.float64)).sum(axis=1)
    return agreement


def frechet_distance(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two sets of features [N, D] (Heusel et al. 2017, eq. 6).

    The trace of the root is the sum of the roots of the eigenvalues of C1^(1/2) C2 C1^(1/2), which is symmetric and
    so needs no complex arithmetic. With few pictures the figure is biased upwards: compare sets of one size only.

    Raises:
        ValueError: a set has fewer than two rows, or the sets differ in width.
    """
    if min(len(first), len(second)) < 2 or first.shape[1] != second.shape[1]:
        raise ValueError(f"a Fréchet distance needs two rows of one width, not {first.shape} and {second.shape}")
    covariances = [np.cov(features, rowvar=False) for features in (first, second)]
    half = root(covariances[0])
    crossed = np.linalg.eigvalsh(half @ covariances[1] @ half).clip(min=0.0)
    apart = first.mean(axis=0) - second.mean(axis=0)
    return float(apart @ apart + np.trace(covariances[0]) + np.trace(covariances[1]) - 2.0 * np.sqrt(crossed).sum())


def root(symmetric: NDArray[np.float64]) -> NDArray[np.float64]:
    """Symmetric square root of a positive semi-definite matrix [D, D]."""
    values, vectors = np.linalg.eigh(symmetric)
    out: NDArray[np.float64] = (vectors * np.sqrt(values.clip(min=0.0))) @ vectors.T
    return out
