"""Several processes training one network: who is who, and what they must agree on.

`torchrun` and `accelerate launch` tell each process its place in the environment variables RANK, LOCAL_RANK and
WORLD_SIZE; without them a process is alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor

from engine.training.errors import TrainingError

BACKENDS = "cpu:gloo,cuda:nccl"


@dataclass(frozen=True)
class Processes:
    """This process's place among `count`; `local` is its place on its own machine."""

    rank: int = 0
    local: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this process writes checkpoints and speaks."""
        return self.rank == 0

    def highest(self, *values: float) -> list[float]:
        """The highest of each value over all processes: what clocks and signals must agree on."""
        if self.count == 1:
            return list(values)
        shared = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(shared, dist.ReduceOp.MAX)
        return shared.tolist()

    def wait(self) -> None:
        """Go on when every process has come here."""
        self.highest(0.0)

    def mean(self, value: Tensor) -> Tensor:
        """The mean of a tensor over all processes."""
        return value if self.count == 1 else self.total(value) / self.count

    def total(self, value: Tensor) -> Tensor:
        """The sum of a tensor over all processes."""
        if self.count == 1:
            return value
        shared = value.detach().clone()
        dist.all_reduce(shared, dist.ReduceOp.SUM)
        return shared


ALONE = Processes()


@contextmanager
def joined(device: str) -> Iterator[Processes]:
    """Join the other processes of this run, if any, for as long as the block lasts.

    Raises:
        TrainingError: the environment names no valid place.
    """
    count = _number("WORLD_SIZE", 1)
    if count == 1:
        yield ALONE
        return
    processes = Processes(_number("RANK", 0), _number("LOCAL_RANK", 0), count)
    if not 0 <= processes.rank < count:
        raise TrainingError(f"RANK={processes.rank} is no place among WORLD_SIZE={count}; start with torchrun.")
    dist.init_process_group(BACKENDS if device == "cuda" else "gloo")
    try:
        yield processes
    finally:
        dist.destroy_process_group()


def _number(name: str, default: int) -> int:
    text = os.environ.get(name, str(default))
    try:
        return int(text)
    except ValueError as error:
        raise TrainingError(
            f"the environment variable {name} is {text!r}, not a number; start with torchrun."
        ) from error
