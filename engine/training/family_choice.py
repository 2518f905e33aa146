"""Chooses where the high-noise expert begins: the candidate with the least loss on held-out scenes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import torch
from torch import Tensor

from engine.models.ediff.build import build_network
from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.weights import load_weights
from engine.training.batches import TrainingBatch
from engine.training.checkpoint import AVERAGE
from engine.training.config import TrainingConfig
from engine.training.family_plan import Choice, Grown
from engine.training.losses import denoising_loss
from engine.training.sources import Source

HELD_OUT_SEED = 77_003
CHOSEN = "chosen.json"


class Chosen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The chosen experts, and the mean loss with each candidate: the candidate where it owns the noise, else the
    shared model; `shared` is the shared model's alone.
    """

    high: str
    middle: str
    losses: dict[str, float]
    shared: float


def choose(choice: Choice, tree: Grown, runs: Path, source: Source, device: torch.device) -> Chosen:
    """Measure every candidate on the same scenes, noise and noise levels, drawn from the widest candidate's interval.

    `runs` is the folder of the tree's runs.
    """
    configs = {run.name: run for run in tree.runs}
    experts = [configs[candidate.high] for candidate in choice.candidates]
    shared = _denoiser(configs[choice.shared], runs, device)
    denoisers = {config.name: _denoiser(config, runs, device) for config in experts}
    widest = max(experts, key=lambda config: _span(config)[1] - _span(config)[0])
    held_out = msgspec.structs.replace(configs[choice.shared], seed=HELD_OUT_SEED, data=widest.data)
    stream = source.stream(held_out, choice.batch)
    totals = dict.fromkeys(denoisers, 0.0)
    alone = 0.0
    for index in range(choice.batches):
        batch = stream.batch(index).to(device)
        sigma, noise = _noise(widest, batch, index, device)
        base = _losses(shared, batch, sigma, noise)
        alone += float(base.mean()) / choice.batches
        for config in experts:
            own = _losses(denoisers[config.name], batch, sigma, noise)
            low, high = _span(config)
            totals[config.name] += float(torch.where((sigma >= low) & (sigma <= high), own, base).mean())
    losses = {name: total / choice.batches for name, total in totals.items()}
    best = min(choice.candidates, key=lambda candidate: losses[candidate.high])
    return Chosen(best.high, best.middle, losses, alone)


def _denoiser(config: TrainingConfig, runs: Path, device: torch.device) -> UNetDenoiser:
    network = build_network(config.network)
    load_weights(network, runs / config.name / AVERAGE)
    return UNetDenoiser(network.to(device).eval().requires_grad_(False))


def _span(config: TrainingConfig) -> tuple[float, float]:
    intervals = config.noise.distribution().intervals()
    return intervals[0][0], intervals[-1][1]


def _noise(config: TrainingConfig, batch: TrainingBatch, index: int, device: torch.device) -> tuple[Tensor, Tensor]:
    generator = torch.Generator(device).manual_seed(2**32 * HELD_OUT_SEED + index)
    sigma = config.noise.distribution().sample(len(batch.pictures), generator)
    return sigma, torch.randn(batch.pictures.shape, generator=generator, device=device)


@torch.no_grad()
def _losses(denoiser: UNetDenoiser, batch: TrainingBatch, sigma: Tensor, noise: Tensor) -> Tensor:
    return denoising_loss(denoiser, batch.pictures, noise, sigma, batch.embeddings)
