"""Checkpoints: safetensors for every tensor, JSON for the numbers, replaced as a whole; never pickle."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import nn

from engine.models.weights import load_weights, save_weights
from engine.training.ema import MovingAverage
from engine.training.errors import CheckpointError

STATE, NETWORK, AVERAGE, OPTIMISER = "state.json", "network.safetensors", "average.safetensors", "optimiser.safetensors"


class TrainingState(msgspec.Struct, frozen=True):
    """How far a run has come."""

    step: int = 0
    pictures: int = 0
    seconds: float = 0.0
    loss: float | None = None


def save_checkpoint(
    folder: Path,
    state: TrainingState,
    network: nn.Module,
    average: MovingAverage,
    optimiser: torch.optim.Optimizer,
) -> None:
    """Write a checkpoint beside the present one, then swap: a kill leaves one of the two whole."""
    fresh, old = folder.with_name(folder.name + ".new"), folder.with_name(folder.name + ".old")
    for left_over in (fresh, old):
        shutil.rmtree(left_over, ignore_errors=True)
    fresh.mkdir(parents=True)
    save_weights(network.state_dict(), fresh / NETWORK, dtype=torch.float32)
    save_weights(average.network.state_dict(), fresh / AVERAGE, dtype=torch.float32)
    moments = {
        f"{index}.{name}": value
        for index, entry in optimiser.state_dict()["state"].items()
        for name, value in entry.items()
    }
    save_weights(moments, fresh / OPTIMISER, dtype=torch.float32)
    (fresh / STATE).write_bytes(msgspec.json.encode(state))
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(
    folder: Path, network: nn.Module, average: MovingAverage, optimiser: torch.optim.Optimizer
) -> TrainingState:
    """Restore a run from `folder`, or from the copy a kill left beside it; a fresh state if there is neither."""
    found = next((c for c in (folder, folder.with_name(folder.name + ".old")) if (c / STATE).is_file()), None)
    if found is None:
        return TrainingState()
    try:
        state = msgspec.json.decode((found / STATE).read_bytes(), type=TrainingState)
        moments = load_file(found / OPTIMISER)
    except (OSError, msgspec.DecodeError, SafetensorError) as error:
        raise CheckpointError(found, f"the checkpoint is damaged ({error})") from error
    load_weights(network, found / NETWORK)
    load_weights(average.network, found / AVERAGE)
    entries: dict[int, dict[str, torch.Tensor]] = {}
    for key, value in moments.items():
        index, _, name = key.partition(".")
        entries.setdefault(int(index), {})[name] = value
    optimiser.load_state_dict({"state": entries, "param_groups": optimiser.state_dict()["param_groups"]})
    return state
