"""Checkpoints: safetensors for every tensor, JSON for the numbers, replaced as a whole; never pickle."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from engine.api.decoding import decode_json
from engine.models.ediff.network import DenoisingNetwork
from engine.models.weights import load_weights, save_weights
from engine.training.ema import MovingAverage
from engine.training.errors import CheckpointError
from engine.training.sharding import divided_like, whole_tensors

STATE, NETWORK, AVERAGE, OPTIMISER = "state.json", "network.safetensors", "average.safetensors", "optimiser.safetensors"


class TrainingState(msgspec.Struct, frozen=True):
    """How far a run has come."""

    step: int = 0
    pictures: int = 0
    seconds: float = 0.0
    loss: float | None = None
    device: str = "CPU"


@dataclass(frozen=True)
class Snapshot:
    """Every tensor of a run, whole and by file name."""

    files: dict[str, dict[str, Tensor]]


def take_snapshot(network: DenoisingNetwork, average: MovingAverage, optimiser: torch.optim.Optimizer) -> Snapshot:
    """Bring all tensors together; of several processes, all must call it."""
    moments = {
        f"{index}.{name}": value
        for index, entry in optimiser.state_dict()["state"].items()
        for name, value in entry.items()
    }
    tensors = {NETWORK: network.state_dict(), AVERAGE: average.network.state_dict(), OPTIMISER: moments}
    return Snapshot({name: whole_tensors(group) for name, group in tensors.items()})


def write_checkpoint(folder: Path, state: TrainingState, snapshot: Snapshot) -> None:
    """Write a checkpoint beside the present one, then swap: a kill leaves one of the two whole."""
    fresh, old = _beside(folder, "new"), _beside(folder, "old")
    if not _holds_checkpoint(folder) and _holds_checkpoint(old):
        old.rename(folder)  # a kill came between the two renames below
    for left_over in (fresh, old):
        shutil.rmtree(left_over, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, tensors in snapshot.files.items():
        save_weights(tensors, fresh / name, dtype=torch.float32)
    (fresh / STATE).write_bytes(msgspec.json.encode(state))
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def find_checkpoint(folder: Path) -> Path | None:
    """The run's folder, or the copy that a kill left beside it; None where there is neither."""
    return next((place for place in (folder, _beside(folder, "old")) if _holds_checkpoint(place)), None)


def read_state(folder: Path) -> TrainingState:
    """How far the run in `folder` has come; a fresh state where it has not begun.

    Raises:
        CheckpointError: the checkpoint is damaged.
    """
    found = find_checkpoint(folder)
    if found is None:
        return TrainingState()
    try:
        return decode_json((found / STATE).read_bytes(), TrainingState)
    except (OSError, msgspec.DecodeError) as error:
        raise CheckpointError(found, f"the checkpoint is damaged ({error})") from error


def load_networks(found: Path, network: DenoisingNetwork, average: MovingAverage) -> None:
    """Restore both networks, which must not be divided yet. Raises ModelFileError where they do not fit."""
    load_weights(network, found / NETWORK)
    load_weights(average.network, found / AVERAGE)


def load_optimiser(found: Path, optimiser: torch.optim.Optimizer) -> None:
    """Restore the moments, divided among processes as the parameters are.

    Raises:
        CheckpointError: they are damaged or those of other parameters.
    """
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    entries: dict[int, dict[str, Tensor]] = {}
    try:
        for key, value in load_file(found / OPTIMISER).items():
            index, _, name = key.partition(".")
            entries.setdefault(int(index), {})[name] = divided_like(value, parameters[int(index)])
        optimiser.load_state_dict({"state": entries, "param_groups": optimiser.state_dict()["param_groups"]})
    except (OSError, SafetensorError, ValueError, IndexError) as error:
        raise CheckpointError(found, f"the optimiser's state is damaged ({error})") from error


def _beside(folder: Path, ending: str) -> Path:
    return folder.with_name(f"{folder.name}.{ending}")


def _holds_checkpoint(folder: Path) -> bool:
    return (folder / STATE).is_file()
