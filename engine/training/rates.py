"""How far a training of fixed length is, by steps or by minutes, and its learning rate from that."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

from torch.optim import Optimizer


def shares(steps: int, minutes: float | None) -> Iterator[float]:
    """The share 0..1 of the training that is done before each step: of `minutes` where they are given, else `steps`."""
    begun, step = time.monotonic(), 0
    while (share := step / steps if minutes is None else (time.monotonic() - begun) / (60.0 * minutes)) < 1.0:
        yield share
        step += 1


def one_cycle(share: float, rise: float) -> float:
    """Factor on the full learning rate: a cosine up from 1/25 during the share `rise`, then a cosine down to zero."""
    if share < rise:
        return 0.04 + 0.96 * (1.0 - math.cos(math.pi * share / rise)) / 2.0
    return (1.0 + math.cos(math.pi * (share - rise) / (1.0 - rise))) / 2.0


def set_rate(optimiser: Optimizer, rate: float) -> None:
    """Let the next step take `rate`."""
    for group in optimiser.param_groups:
        group["lr"] = rate
