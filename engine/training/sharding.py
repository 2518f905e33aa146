"""Tensors that are divided among processes (FSDP), and how to have them whole again."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor


def divide(network: nn.Module) -> None:
    """Divide every parameter of `network` among the processes, gathered block by block while it computes."""
    for layers in network.children():
        for layer in layers if isinstance(layers, nn.ModuleList) else ():
            if any(True for _ in layer.parameters()):
                fully_shard(layer)
    fully_shard(network)


def whole(tensor: Tensor) -> Tensor:
    """The full tensor on every process; all of them must ask."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def whole_tensors(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Every tensor whole, on the CPU; all processes must ask."""
    return {name: whole(tensor.detach()).cpu() for name, tensor in tensors.items()}


def own_share(tensor: Tensor) -> Tensor:
    """The part of a tensor that lies in this process."""
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def divided_like(value: Tensor, reference: Tensor) -> Tensor:
    """A whole `value` divided as `reference` is, on its device; scalars stay whole."""
    moved = value.to(reference.device)
    if not isinstance(reference, DTensor) or value.ndim == 0:
        return moved
    return distribute_tensor(moved, reference.device_mesh, reference.placements)
