"""The noise levels that a trained network is used for."""

from __future__ import annotations

from engine.training.config import Noise

SIGMA_MIN, SIGMA_MAX = 0.002, 80.0
"""Ends of the noise a solve passes through (EDM, table 1); p(sigma) reaches further with next to no weight."""


def clipped(noise: Noise) -> tuple[tuple[float, float], ...]:
    """The (low, high) sigmas trained on, ascending, cut at the ends of a solve."""
    pieces = ((max(low, SIGMA_MIN), min(high, SIGMA_MAX)) for low, high in noise.distribution().intervals())
    return tuple((low, high) for low, high in pieces if high > low)
