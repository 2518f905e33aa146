"""The seam between data and trainer: what a batch is, where it comes from, and who computes which.

A data source is anything with `batch(index) -> TrainingBatch`. Indices count the micro-batches of the whole run; each
is asked for by one process only. A source that draws at random takes all its randomness from its seed and the index,
so that a run goes on after a stop as if it had never stopped, in any number of processes.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from engine.conditioning.paint_with_words import PhraseMaps
from engine.models.ediff.embeddings import Embeddings
from engine.training.config import Dropout, TrainingConfig
from engine.training.errors import TrainingError
from engine.training.processes import ALONE, Processes


@dataclass(frozen=True)
class TrainingBatch:
    """Clean pictures [B, 3, S, S] in -1..1, their embeddings after dropout, and the phrases painted on some of them."""

    pictures: Tensor
    embeddings: Embeddings
    phrases: PhraseMaps | None = None

    def to(self, device: torch.device) -> TrainingBatch:
        """The same on `device`."""
        moved = {
            field.name: value.to(device, non_blocking=True)
            for field in dataclasses.fields(self.embeddings)
            if (value := getattr(self.embeddings, field.name)) is not None
        }
        pictures = self.pictures.to(device, non_blocking=True)
        embeddings = dataclasses.replace(self.embeddings, **moved)
        return dataclasses.replace(self, pictures=pictures, embeddings=embeddings)


class BatchStream(Protocol):
    """An endless source of micro-batches of a size it was made with."""

    def batch(self, index: int) -> TrainingBatch:
        """Return micro-batch number `index`, on any device."""
        ...


@dataclass(frozen=True)
class Passes:
    """How a batch is computed: `count` micro-batches of `pictures` each, dealt out to the processes in turn."""

    count: int
    pictures: int
    processes: Processes = ALONE

    @classmethod
    def of(cls, config: TrainingConfig, processes: Processes) -> Passes:
        """The passes of a run.

        Raises:
            TrainingError: the batch cannot be divided among micro-batches and processes.
        """
        batch, micro = config.optimisation.batch, config.execution.micro_batch
        pictures = max(1, batch // processes.count) if micro is None else micro
        if pictures < 1 or batch % pictures or (batch // pictures) % processes.count:
            raise TrainingError(
                f"run {config.name!r}: a batch of {batch} cannot be dealt out as micro-batches of {pictures} to "
                f"{processes.count} process(es); choose micro_batch so that batch / (micro_batch x processes) is whole."
            )
        return cls(batch // pictures, pictures, processes)

    def own(self, step: int) -> range:
        """Numbers of the micro-batches that this process computes in `step`."""
        return range(step * self.count + self.processes.rank, (step + 1) * self.count, self.processes.count)


def kept(dropout: Dropout, count: int, generator: torch.Generator) -> Tensor:
    """Independent 0/1 draws [3, count]: which of CLIP text, T5 and CLIP picture each picture keeps (eDiff-I 4.2)."""
    rates = torch.tensor([dropout.clip_text, dropout.t5, dropout.clip_image])
    return (torch.rand(3, count, generator=generator) >= rates[:, None]).float()


def dropped(embeddings: Embeddings, keep: Tensor) -> Embeddings:
    """Zero every number of the embeddings that are not kept; `keep` [3, B] as `kept` draws it.

    CLIP text is one embedding, its tokens and their pooled vector: both go together. Size, crop and the low-resolution
    picture are never dropped.
    """
    keep = keep.to(embeddings.t5)
    return dataclasses.replace(
        embeddings,
        clip_text=embeddings.clip_text * keep[0][:, None, None],
        clip_pooled=embeddings.clip_pooled * keep[0][:, None],
        t5=embeddings.t5 * keep[1][:, None, None],
        clip_image=embeddings.clip_image * keep[2][:, None],
    )
