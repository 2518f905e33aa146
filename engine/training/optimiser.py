"""The optimisers of the trainer: AdamW, or Muon on the kernels and matrices of the blocks.

Muon makes every step change a matrix equally in all directions. What few pictures of a batch ask for, such as the shape
of one thing among a hundred and forty-nine, is then learnt as readily as what all of them ask for.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

import torch
from torch import Tensor, nn

from engine.training.config import Optimisation
from engine.training.processes import ALONE, Processes

MOMENTUM = 0.95
RMS = 0.2
"""Root mean square of one step at rate 1: about AdamW's, so that both take one rate."""
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients that bring singular values from 0..1 near 1 soonest (0.7 to 1.2 after five rounds)."""
ROUNDS = 5


def optimiser_of(network: nn.Module, settings: Optimisation, processes: Processes = ALONE) -> torch.optim.Optimizer:
    """The optimiser that `settings` ask for, over all parameters of `network`, of which every process has a copy."""
    if settings.method == "muon":
        return Muon(network, settings, processes)
    return torch.optim.AdamW(
        network.parameters(), lr=settings.rate, betas=settings.betas, weight_decay=settings.weight_decay, fused=True
    )


class Muon(torch.optim.Optimizer):
    """Muon (Jordan et al. 2024) on the matrices of a network's blocks, AdamW on everything else.

    A kernel [out, in, h, w] counts as a matrix [out, in * h * w]. With the gradient G, the momentum M and the rate r:
    M <- 0.95 M + 0.05 G;  U = orthogonal(0.95 M + 0.05 G);  W <- (1 - r decay) W - r 0.2 sqrt(max(rows, columns)) U.
    The first parameter group holds the matrices, the second the rest; the rate of each group may be changed any time.
    Several processes, all with the same gradients, make the matrices orthogonal between them.
    """

    def __init__(self, network: nn.Module, settings: Optimisation, processes: Processes = ALONE) -> None:
        self._processes = processes
        matrices = matrices_of_blocks(network)
        known = set(matrices)
        rest = [parameter for parameter in network.parameters() if parameter not in known]
        groups: list[dict[str, Any]] = [{"params": matrices}, {"params": rest}]
        super().__init__(groups, {"lr": settings.rate, "weight_decay": settings.weight_decay})
        self._rest = torch.optim.AdamW(rest, lr=settings.rate, betas=settings.betas, weight_decay=settings.weight_decay)
        self._share()

    def _share(self) -> None:
        """Let AdamW keep its state and its settings here, where a checkpoint finds them."""
        self._rest.state = self.state
        settings = self._rest.param_groups[0]
        self.param_groups[1] = {**settings, **self.param_groups[1]}
        self._rest.param_groups = [self.param_groups[1]]

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a state that `state_dict` gave."""
        super().load_state_dict(state_dict)
        self._share()

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Change every parameter that has a gradient."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        group = self.param_groups[0]
        alike = by_shape(group["params"])
        momenta = [
            torch.stack([self._momentum(parameter, gradient).reshape(shape) for parameter, gradient in pairs])
            for shape, pairs in alike.items()
        ]
        for (shape, pairs), moves in zip(alike.items(), self._orthogonal_together(momenta), strict=True):
            step = group["lr"] * RMS * math.sqrt(max(shape))
            for (parameter, _), move in zip(pairs, moves.unbind(), strict=True):
                parameter.mul_(1.0 - group["lr"] * group["weight_decay"])
                parameter.add_(move.reshape(parameter.shape), alpha=-step)
        self._rest.step()
        return loss

    def _orthogonal_together(self, stacks: Sequence[Tensor]) -> list[Tensor]:
        """Each stack [count, rows, columns] made orthogonal, in bfloat16; every process does some matrices of each.

        Who begins changes from stack to stack, so that no process has all matrices that are alone of their shape.
        """
        made = []
        for number, stack in enumerate(stacks):
            own = slice((self._processes.rank + number) % self._processes.count, None, self._processes.count)
            made.append(torch.zeros_like(stack, dtype=torch.bfloat16))
            if len(stack[own]):
                made[-1][own] = orthogonal(stack[own])
        together = self._processes.total(torch.cat([moves.flatten() for moves in made]))
        return [
            moves.reshape(stack.shape)
            for moves, stack in zip(together.split([stack.numel() for stack in stacks]), stacks, strict=True)
        ]

    def _momentum(self, parameter: nn.Parameter, gradient: Tensor) -> Tensor:
        """Nesterov's: the momentum after this gradient, and the gradient once more."""
        state = self.state[parameter]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(gradient)
        momentum: Tensor = state["momentum"].lerp_(gradient, 1.0 - MOMENTUM)
        return gradient.lerp(momentum, MOMENTUM)


def matrices_of_blocks(network: nn.Module) -> list[nn.Parameter]:
    """Kernels and matrices of the network's lists of blocks: neither what reads conditions nor what reads or makes
    pixels, whose rows mean single numbers.
    """
    blocks = [layers for layers in network.children() if isinstance(layers, nn.ModuleList)]
    return [parameter for layers in blocks for parameter in layers.parameters() if parameter.ndim > 1]


def by_shape(parameters: Sequence[nn.Parameter]) -> Mapping[tuple[int, int], list[tuple[nn.Parameter, Tensor]]]:
    """Those with a gradient, and it, by the shape of their matrix: one shape is made orthogonal in one go."""
    groups: defaultdict[tuple[int, int], list[tuple[nn.Parameter, Tensor]]] = defaultdict(list)
    for parameter in parameters:
        if parameter.grad is not None:
            groups[parameter.shape[0], parameter[0].numel()].append((parameter, parameter.grad))
    return groups


def orthogonal(matrices: Tensor) -> Tensor:
    """About U V^T of each matrix U S V^T, by five rounds of Newton and Schulz's X <- a X + (b A + c A^2) X, A = X X^T.

    Args:
        matrices: [count, rows, columns] float.

    Returns:
        bfloat16 of the same shape; singular values 0.7 to 1.2 but for those that were nearly 0.
    """
    a, b, c = NEWTON_SCHULZ
    wide = matrices if matrices.shape[1] <= matrices.shape[2] else matrices.mT
    X = wide.bfloat16()
    X = X / (X.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(ROUNDS):
        A = X @ X.mT
        X = a * X + (b * A + c * (A @ A)) @ X
    made: Tensor = X if wide is matrices else X.mT
    return made
