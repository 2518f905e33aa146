"""Means with bootstrap intervals, resampled over independent cases (layouts or prompts), never over pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
LEVEL = 0.95


class Estimate(msgspec.Struct, frozen=True):
    """A mean over `cases` independent cases with its 95 % percentile bootstrap interval."""

    mean: float
    low: float
    high: float
    cases: int

    def __str__(self) -> str:
        mean, low, high = (round(value, 3) + 0.0 for value in (self.mean, self.low, self.high))  # + 0.0: never "-0.000"
        return f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def estimate(values: Sequence[float] | NDArray[np.float64], seed: int = 0) -> Estimate:
    """Mean of `values` (one per case; NaN cases are left out) with its interval. Raises ValueError if none is left."""
    kept = np.asarray(values, dtype=np.float64)
    kept = kept[~np.isnan(kept)]
    if len(kept) == 0:
        raise ValueError("there is no case to average: evaluate at least one layout or prompt")
    picks = np.random.default_rng(seed).integers(len(kept), size=(RESAMPLES, len(kept)))
    means = kept[picks].mean(1)
    low, high = np.quantile(means, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(float(kept.mean()), float(low), float(high), len(kept))


def estimate_of_any(values: NDArray[np.float64]) -> Estimate | None:
    """As `estimate`, but None where every case is NaN."""
    return None if bool(np.isnan(values).all()) else estimate(values)


def case_means(pairs: Iterable[tuple[int, float]], cases: int) -> NDArray[np.float64]:
    """Mean value of each case 0..cases-1 from (case, value) pairs; NaN values are skipped, empty cases are NaN."""
    total, count = np.zeros(cases), np.zeros(cases)
    for case, value in pairs:
        if not np.isnan(value):
            total[case] += value
            count[case] += 1
    means: NDArray[np.float64] = np.divide(total, count, out=np.full(cases, np.nan), where=count > 0)
    return means


def ranks(values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 1; equal values share the mean of their ranks."""
    array = np.asarray(values, np.float64)
    below = (array[:, None] > array[None, :]).sum(1)
    alike = (array[:, None] == array[None, :]).sum(1)
    out: NDArray[np.float64] = below + (alike + 1) / 2
    return out


def spearman(first: Sequence[float] | NDArray[np.float64], second: Sequence[float] | NDArray[np.float64]) -> float:
    """Spearman's rank correlation of two equally long lists, -1..1; NaN where one is constant."""
    a, b = ranks(first), ranks(second)
    if a.std() == 0.0 or b.std() == 0.0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])
