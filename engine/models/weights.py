"""Weights in safetensors files: written atomically, read with every name and shape checked."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.models.eight_bits import unpacked
from engine.models.errors import ModelFileError


def save_weights(
    tensors: Mapping[str, Tensor],
    file: Path,
    *,
    dtype: torch.dtype = torch.float16,
    metadata: dict[str, str] | None = None,
) -> None:
    """Write `tensors` to `file`, floating ones as `dtype`; a reader never sees half a file."""
    stored = {
        name: tensor.detach().to(dtype if tensor.is_floating_point() else tensor.dtype).contiguous().cpu().clone()
        for name, tensor in tensors.items()
    }
    part = file.with_name(file.name + ".part")
    save_file(stored, part, metadata=metadata)
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    part.chmod(0o644)  # safetensors leaves its files to their owner alone
    part.replace(file)


def load_weights(module: nn.Module, file: Path, *, may_lack: Collection[str] = ()) -> None:
    """Copy the tensors of `file`, in whatever form they are kept, into `module`, keeping its dtype and device.

    `may_lack`: child modules, each of which keeps its own weights where the file has none for it.

    Raises:
        ModelFileError: the file is missing, damaged, or made for another network.
    """
    if not file.is_file():
        raise ModelFileError(file, "the weights are missing")
    try:
        tensors = unpacked(load_file(file))
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelFileError(file, f"the weights are damaged ({error})") from error
    lacking = tuple(f"{child}." for child in may_lack if not any(name.startswith(f"{child}.") for name in tensors))
    tensors |= {name: own for name, own in module.state_dict().items() if name.startswith(lacking)}
    try:
        module.load_state_dict(tensors)
    except RuntimeError as error:
        raise ModelFileError(file, "the weights were made for another network") from error
