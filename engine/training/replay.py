"""Drawn batches trained on several times: what is thought up once is learnt from at steps far from one another."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import torch

from engine.training.batches import TrainingBatch, dropped, kept
from engine.training.config import TrainingConfig
from engine.training.data import SceneStream

SPACING = 16
"""Fresh batches between two uses of one."""


class ReplayedStream:
    """Micro-batches of a `SceneStream`, each used `reuse` times with its own dropout; see `BatchStream`.

    Which batch a number uses depends on the number alone; those in use are kept on the device, and one that is
    missing after a stop is drawn again.
    """

    def __init__(self, config: TrainingConfig, scenes: SceneStream, reuse: int) -> None:
        self._config, self._scenes, self._reuse = config, scenes, reuse
        self._kept: OrderedDict[int, TrainingBatch] = OrderedDict()

    def batch(self, index: int) -> TrainingBatch:
        """Micro-batch number `index`."""
        found = self._drawn(block_of(index, self._reuse))
        generator = torch.Generator().manual_seed(2**61 + 2**32 * self._config.seed + index)  # not the noise's
        keep = kept(self._config.dropout, len(found.pictures), generator)
        return replace(found, embeddings=dropped(found.embeddings, keep))

    def _drawn(self, block: int) -> TrainingBatch:
        found = self._kept.pop(block, None) or self._scenes.whole(block)
        self._kept[block] = found
        while len(self._kept) > SPACING * self._reuse:
            self._kept.popitem(last=False)
        return found


def block_of(index: int, reuse: int) -> int:
    """The fresh batch that use number `index` learns from: every `reuse`-th is new, those between are older ones.

    At the very start, where there are no older ones, later ones are drawn early.
    """
    fresh, use = divmod(index, reuse)
    return abs(fresh - use * SPACING)
