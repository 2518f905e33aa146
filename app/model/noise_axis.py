"""Noise along a line: by its logarithm, the highest at the left."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from app.model.noise_levels import SIGMA_MAX, SIGMA_MIN


@dataclass(frozen=True)
class NoiseAxis:
    """From noise `high` (place 0) to `low` (place 1); no noise at all has no logarithm and lies at 1 too."""

    high: float = SIGMA_MAX
    low: float = SIGMA_MIN

    def place(self, sigma: float) -> float:
        """Where a noise level lies, 0..1."""
        held = min(max(sigma, self.low), self.high)
        return math.log(self.high / held) / math.log(self.high / self.low)

    def sigma(self, place: float) -> float:
        """The noise level at a place, 0..1."""
        return self.high * math.pow(self.low / self.high, min(max(place, 0.0), 1.0))

    def decades(self) -> tuple[float, ...]:
        """The round noise levels on it, highest first: 10, 1, 0.1 and so on."""
        first, last = math.floor(math.log10(self.high)), math.ceil(math.log10(self.low))
        return tuple(10.0**power for power in range(first, last - 1, -1))


def axis_over(sigmas: Iterable[float]) -> NoiseAxis:
    """The usual axis, made longer where some of these noise levels lie beyond it."""
    positive = [sigma for sigma in sigmas if sigma > 0.0]
    return NoiseAxis(max(SIGMA_MAX, *positive, 0.0), min(SIGMA_MIN, *positive, math.inf))
