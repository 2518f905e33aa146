"""How fast a run is, and how much of what the device can do that is."""

from __future__ import annotations

import time

import torch
from torch.utils.flop_counter import FlopCounterMode

from engine.models.ediff.build import build_network
from engine.models.ediff.config import UNetConfig
from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.ediff.embeddings import MICRO_VALUES, Embeddings
from engine.training.losses import denoising_loss

PEAKS = (("H200", 989e12), ("H100 PCIe", 756e12), ("H100", 989e12), ("A100", 312e12), ("L40S", 362e12),
         ("RTX 4090", 165e12))  # fmt: skip
"""Dense bfloat16 operations a second by a word of the device's name, from the maker's data sheets."""


def flops_per_picture(config: UNetConfig) -> int:
    """Floating-point operations of one forward and backward pass for one picture, counted without computing them.

    Counted on the meta device; a multiplication with its addition is two. What gradient checkpointing computes again
    is not counted: it is no progress.
    """
    with torch.device("meta"):
        network = build_network(config)
        pictures = torch.empty(1, 3, config.size, config.size)
        told = empty_embeddings(config)
        sigma = torch.ones(1)
        with FlopCounterMode(display=False) as counter:
            denoising_loss(UNetDenoiser(network), pictures, torch.empty_like(pictures), sigma, told).sum().backward()
    return int(counter.get_total_flops())


def empty_embeddings(config: UNetConfig) -> Embeddings:
    """Embeddings of one picture for `config` with nothing in them, on the default device."""
    shape = config.context
    return Embeddings(
        clip_text=torch.zeros(1, shape.clip_tokens, shape.clip_width),
        clip_pooled=torch.zeros(1, shape.clip_width),
        t5=torch.zeros(1, shape.t5_tokens, shape.t5_width),
        clip_image=torch.zeros(1, shape.image_width),
        micro=torch.zeros(1, MICRO_VALUES) if config.micro_conditioning else None,
        low_resolution=torch.zeros(1, 3, config.size, config.size) if config.low_resolution else None,
    )


def peak_flops(device: torch.device, dtype: torch.dtype) -> float:
    """Most operations a second `device` can do in `dtype`: the data sheet's number, else what a large product reaches.

    The data sheet is used for bfloat16 on devices in `PEAKS`.
    """
    if device.type == "cuda" and dtype == torch.bfloat16:
        name = torch.cuda.get_device_name(device)
        for word, peak in PEAKS:
            if word in name:
                return peak
    return _measured_peak(device, dtype)


def _measured_peak(device: torch.device, dtype: torch.dtype) -> float:
    """Operations a second of the best of a few products of large square matrices."""
    side = 8192 if device.type == "cuda" else 1024
    a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    best = float("inf")
    for _ in range(5):
        _finish(device)
        begun = time.perf_counter()
        torch.mm(a, b)
        _finish(device)
        best = min(best, time.perf_counter() - begun)
    return 2.0 * side**3 / best


def _finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
