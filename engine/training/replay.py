"""Drawn batches trained on several times: what is thought up once is learnt from at steps far from one another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

import torch

from engine.training.batches import TrainingBatch, dropped, kept
from engine.training.config import TrainingConfig
from engine.training.data import SceneStream

SPACING = 16
"""Fresh batches between two uses of one."""
LANES = 8
"""All uses of a batch have the same remainder: processes whose count divides this each draw batches of their own."""

Drawn = TypeVar("Drawn")


class Replay(Generic[Drawn]):
    """What `draw` makes of numbers, each used `reuse` times.

    Which one a number uses depends on the number alone; those in use are kept, and one that is missing after a stop is
    drawn again.
    """

    def __init__(self, draw: Callable[[int], Drawn], reuse: int) -> None:
        self._draw, self._reuse = draw, reuse
        self._kept: OrderedDict[int, Drawn] = OrderedDict()

    def use(self, index: int) -> Drawn:
        """What use number `index` is of."""
        block = block_of(index, self._reuse)
        found = self._kept.pop(block, None) or self._draw(block)
        self._kept[block] = found
        while len(self._kept) > SPACING * self._reuse + LANES:  # as many as lie between two uses of one
            self._kept.popitem(last=False)
        return found


class ReplayedStream:
    """Micro-batches of a `SceneStream`, each used `reuse` times with its own dropout; see `BatchStream`."""

    def __init__(self, config: TrainingConfig, scenes: SceneStream, reuse: int) -> None:
        self._config = config
        self._replay: Replay[TrainingBatch] = Replay(scenes.whole, reuse)

    def batch(self, index: int) -> TrainingBatch:
        """Micro-batch number `index`."""
        found = self._replay.use(index)
        generator = torch.Generator().manual_seed(2**61 + 2**32 * self._config.seed + index)  # not the noise's
        keep = kept(self._config.dropout, len(found.pictures), generator)
        return replace(found, embeddings=dropped(found.embeddings, keep))


def block_of(index: int, reuse: int) -> int:
    """The fresh batch that use number `index` learns from: every `reuse`-th is new, those between are older ones.

    At the very start, where there are no older ones, later ones are drawn early.
    """
    place, lane = divmod(index, LANES)
    fresh, use = divmod(place, reuse)
    return abs(fresh - use * (SPACING // LANES)) * LANES + lane
