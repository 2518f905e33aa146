"""The training distribution of noise levels, and the parts of it that experts train on (eDiff-I sections 3, 4.1, B)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import torch
from torch import Tensor

from engine.diffusion.errors import ScheduleError


@dataclass(frozen=True)
class NoiseDistribution:
    """ln(sigma) ~ N(mean, std), restricted to `pieces`, intervals of probability (low, high) in ascending order.

    The whole distribution is one piece (0, 1). Index 0 of a level is the lowest noise.
    """

    mean: float = -1.2
    std: float = 1.2
    pieces: tuple[tuple[float, float], ...] = ((0.0, 1.0),)

    def quantile(self, probability: float) -> float:
        """Return the sigma below which a share `probability` (0..1) of the unrestricted p(sigma) lies."""
        if not 0.0 <= probability <= 1.0:
            raise ScheduleError(f"quantile {probability:g} of the noise distribution: choose 0 to 1")
        if probability in {0.0, 1.0}:
            return 0.0 if probability == 0.0 else math.inf
        return math.exp(NormalDist(self.mean, self.std).inv_cdf(probability))

    def intervals(self) -> tuple[tuple[float, float], ...]:
        """Return the (low, high) sigma of each piece; the outermost reach 0 and infinity."""
        return tuple((self.quantile(low), self.quantile(high)) for low, high in self.pieces)

    def expert(self, level: int, index: int) -> NoiseDistribution:
        """Return p_index^level: the `index`-th of 2^level intervals of equal probability (eDiff-I 4.1)."""
        return NoiseDistribution(self.mean, self.std, (_share(level, index),))

    def complement(self, excluded: Sequence[tuple[int, int]]) -> NoiseDistribution:
        """Return p(sigma) without the intervals `excluded` (level, index): the M^C models of eDiff-I table 5."""
        pieces, low = [], 0.0
        for begin, end in sorted(_share(level, index) for level, index in excluded):
            if begin > low:
                pieces.append((low, begin))
            low = max(low, end)
        if low < 1.0:
            pieces.append((low, 1.0))
        if not pieces:
            raise ScheduleError(f"the intervals {list(excluded)} leave no noise levels to train on")
        return NoiseDistribution(self.mean, self.std, tuple(pieces))

    def sample(self, count: int, generator: torch.Generator) -> Tensor:
        """Draw `count` noise levels, float32 [count] on the generator's device."""
        # float64: the 512th interval of level 9 keeps only a few float32 steps below probability 1.
        u = torch.rand(count, generator=generator, device=generator.device, dtype=torch.float64)
        probability = self._spread(u).clamp(1e-12, 1.0 - 1e-12)
        return torch.exp(self.mean + self.std * torch.special.ndtri(probability)).float()

    def _spread(self, u: Tensor) -> Tensor:
        """Map uniform numbers over 0..1 to uniform numbers over the pieces."""
        widths = torch.tensor([high - low for low, high in self.pieces], dtype=u.dtype, device=u.device)
        lows = torch.tensor([low for low, _ in self.pieces], dtype=u.dtype, device=u.device)
        ends = widths.cumsum(0)
        position = u * ends[-1]
        piece = torch.searchsorted(ends, position, right=True).clamp(max=len(widths) - 1)
        return lows[piece] + position - (ends - widths)[piece]


def _share(level: int, index: int) -> tuple[float, float]:
    if level < 0 or not 0 <= index < 2**level:
        raise ScheduleError(f"expert ({level}, {index}): index must be 0 to {2 ** max(level, 0) - 1} at this level")
    return index / 2**level, (index + 1) / 2**level
