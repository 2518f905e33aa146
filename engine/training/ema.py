"""Exponential moving average of weights."""

from __future__ import annotations

import copy

import torch
from torch import nn

from engine.training.sharding import own_share


class MovingAverage:
    """Averaged copy of a network, updated after each step.

    Early on the decay is lowered to (1 + n) / (10 + n), so that the random start is forgotten at once.
    """

    def __init__(self, network: nn.Module, decay: float) -> None:
        self.network = copy.deepcopy(network).eval().requires_grad_(False)
        self.decay = decay

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        """Move the average towards `network` after step number `step`."""
        keep = min(self.decay, (1 + step) / (10 + step))
        averages = [own_share(p.detach()) for p in self.network.parameters()]
        current = [own_share(p.detach()) for p in network.parameters()]
        torch._foreach_lerp_(averages, current, 1.0 - keep)
