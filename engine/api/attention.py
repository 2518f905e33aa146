"""Where a denoiser looked for the painted phrases, as it travels to the window: small maps, one set per noise level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol, TypeVar

from msgspec import Struct

MOST_LEVELS = 24
"""Noise levels kept of one picture."""


class PhraseAttention(Struct, frozen=True):
    """The share of cross-attention that the tokens of one phrase got.

    `id`, `text`: the painted layer and its words. `mean`, `peak`: share over all cells and in the strongest one, 0..1.
    `cells`: one byte per cell, row-major, 255 at `peak`.
    """

    id: str
    text: str
    mean: float
    peak: float
    cells: bytes


class AttentionLevel(Struct, frozen=True):
    """The attention of one call of a denoiser at noise level `sigma`, over all its layers and heads.

    `width`, `height`: cells of the maps. `words`, `style`, `null`: the mean share of the sentence, of the style
    embedding and of the learned null token; the rest went to places past the end of the sentence.
    """

    sigma: float
    width: int
    height: int
    phrases: tuple[PhraseAttention, ...]
    words: float
    style: float
    null: float


class AtNoise(Protocol):
    """Something at a noise level."""

    @property
    def sigma(self) -> float: ...


Level = TypeVar("Level", bound=AtNoise)


def with_level(levels: Sequence[Level], level: Level, most: int = MOST_LEVELS) -> tuple[Level, ...]:
    """Put a level among others, highest noise first; it takes the place of one at the same noise.

    Where they become more than `most` (at least 3), the inner one goes whose neighbours lie closest in log noise, so
    that both ends stay and the rest is spread evenly.
    """
    kept = [other for other in levels if other.sigma != level.sigma]
    kept = sorted([*kept, level], key=lambda each: -each.sigma)
    if len(kept) > most:
        logs = [math.log(max(each.sigma, 1e-9)) for each in kept]
        del kept[min(range(1, len(kept) - 1), key=lambda at: logs[at - 1] - logs[at + 1])]
    return tuple(kept)
