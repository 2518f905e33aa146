"""Weights in eight bits: half of what float16 takes, for files only; networks compute with what `unpacked` gives back.

Each row of a matrix (each output channel of a convolution) is kept as integers from -127 to 127, in parts of its
largest magnitude, which stands beside them. Rounding moves a weight by at most 1/254 of that, and what float16 takes
off the magnitude itself (1/2048).
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

PEAKS = "#peaks"
"""Ends the name of the largest magnitudes of a packed tensor's rows; no module's name can hold the sign."""
SMALLEST = 4096
"""Tensors of fewer numbers, and vectors, stay as they are: they weigh little and are added to everything."""
MOST = 127.0
"""The largest of the integers."""


def packed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same with every large floating matrix as int8 of its shape, and beside it [rows] float16 peaks."""
    out: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and tensor.ndim > 1 and tensor.numel() >= SMALLEST:
            out[name], out[name + PEAKS] = _rounded(tensor.detach().float())
        else:
            out[name] = tensor
    return out


def unpacked(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What `packed` was given, but for rounding, as float32; tensors that are not packed stay.

    Raises:
        ValueError: peaks without their tensor, or not one for each row.
    """
    peaks = {name.removesuffix(PEAKS): peak for name, peak in tensors.items() if name.endswith(PEAKS)}
    plain = {name: tensor for name, tensor in tensors.items() if not name.endswith(PEAKS)}
    for name, peak in peaks.items():
        if name not in plain or peak.shape != plain[name].shape[:1]:
            raise ValueError(f"{name} has other rows than peaks")
        plain[name] = plain[name].float() * _per_row(peak.float() / MOST, plain[name])
    return plain


def _rounded(tensor: Tensor) -> tuple[Tensor, Tensor]:
    peak = tensor.flatten(1).abs().amax(dim=1).to(torch.float16)
    steps = tensor * _per_row(MOST / peak.float().clamp(min=1e-12), tensor)
    return steps.round().clamp(-MOST, MOST).to(torch.int8), peak


def _per_row(values: Tensor, tensor: Tensor) -> Tensor:
    return values.view(-1, *[1] * (tensor.ndim - 1))
