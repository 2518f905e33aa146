"""How the parts of a model hand a picture on: from noise to a small picture, and from each size to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.api.cards import ModelCard, PartCard


@dataclass(frozen=True)
class CascadeStage:
    """The parts of one size, in pixels of the side.

    `whole` knows every noise level that the stage passes through. `experts` share those levels, from the highest to the
    lowest; there are none where no parts adjoin. `finisher` knows the low levels alone, for a picture that is there.
    `weaker` draws none: guidance leads away from it.
    """

    size: int
    whole: PartCard | None
    experts: tuple[PartCard, ...]
    finisher: PartCard | None
    weaker: PartCard | None

    @property
    def drawing(self) -> tuple[PartCard, ...]:
        """What draws a picture of this size best: the experts where there are any."""
        return self.experts or ((self.whole,) if self.whole is not None else ())


def cascade(card: ModelCard) -> tuple[CascadeStage, ...]:
    """The stages of a model, from the smallest pictures to the largest."""
    sizes = sorted({part.size for part in card.parts if not part.weaker})
    return tuple(_stage(size, [part for part in card.parts if part.size == size]) for size in sizes)


def _stage(size: int, of_size: Sequence[PartCard]) -> CascadeStage:
    parts = [part for part in of_size if not part.weaker]
    weaker = next((part for part in of_size if part.weaker), None)
    low, high = min(part.sigma_min for part in parts), max(part.sigma_max for part in parts)
    whole = next((part for part in parts if part.sigma_min == low and part.sigma_max == high), None)
    shares = sorted((part for part in parts if part is not whole), key=lambda part: -part.sigma_max)
    reached = shares and shares[0].sigma_max == high and shares[-1].sigma_min == low
    adjoin = all(math.isclose(upper.sigma_min, lower.sigma_max, rel_tol=1e-6) for upper, lower in pairwise(shares))
    partial = [part for part in shares if part.sigma_max < high]
    experts, finisher = tuple(shares) if reached and adjoin else (), partial[-1] if partial else None
    return CascadeStage(size, whole, experts, finisher, weaker)
