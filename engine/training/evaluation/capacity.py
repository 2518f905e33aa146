"""Capacity measured (eDiff-I, figure 13): experts add parameters and no time; depth adds both.

The arms are timed in turns, and each is held against the first in the same round: how fast a shared machine is changes
from minute to minute by more than the experts could cost.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median

import msgspec
import torch
from torch import Tensor

from engine.diffusion.denoiser import condition
from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.noise import NoiseDistribution
from engine.diffusion.schedules import make_sigmas, snap
from engine.models.ediff.config import UNetConfig
from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.ediff.embeddings import MICRO_VALUES, Embeddings
from engine.models.ediff.unet import UNet
from engine.training.evaluation.layout import Progress
from engine.training.evaluation.pages import table, write_json
from engine.training.evaluation.plot import Axis, Series, plot

SIGMA_MIN, SIGMA_MAX = 0.002, 80.0
EXPERTS = (1, 2, 4, 8)
DEPTHS = (1, 2, 3, 4)
STEPS = 16
"""Evaluations of a round, one at each level of a grid: every expert has its share of them."""

PICTURES = 2
"""One picture, with its sentence and without."""


class CapacityFigure(msgspec.Struct, frozen=True):
    """One arm: its size, milliseconds per evaluation, and those over the first arm's of the same round (medians)."""

    number: int
    parameters: int
    milliseconds: float
    ratio: float


class CapacityReport(msgspec.Struct, frozen=True):
    rounds: int
    experts: tuple[CapacityFigure, ...]
    depths: tuple[CapacityFigure, ...]


@dataclass(frozen=True, eq=False)
class _Told:
    """A network as a denoiser of pictures that all show the same."""

    network: UNet
    embeddings: Embeddings
    sigma_min: float = SIGMA_MIN
    sigma_max: float = SIGMA_MAX

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[None]) -> Tensor:
        return UNetDenoiser(self.network)(x, sigma, self.embeddings)


@dataclass(frozen=True, eq=False)
class Arm:
    """Networks that share the noise levels; `step` runs one evaluation at every level of a grid."""

    number: int
    networks: tuple[UNet, ...]

    @property
    def parameters(self) -> int:
        """Of all networks together."""
        return sum(parameter.numel() for network in self.networks for parameter in network.parameters())

    def ensemble(self, embeddings: Embeddings) -> Ensemble:
        """The networks joined; their boundaries part p(sigma) into equal areas."""
        levels, count = NoiseDistribution(), len(self.networks)
        ends = [SIGMA_MAX, *(levels.quantile(1 - n / count) for n in range(1, count)), SIGMA_MIN]
        stages = [
            Stage(_Told(network, embeddings), high, low)
            for network, (high, low) in zip(self.networks, pairwise(ends), strict=True)
        ]
        return Ensemble(stages)


def experts_arm(config: UNetConfig, number: int) -> Arm:
    """An ensemble of `number` networks with random weights."""
    return Arm(number, tuple(UNet(config).eval().requires_grad_(False) for _ in range(number)))


def depth_arm(config: UNetConfig, number: int) -> Arm:
    """One network with `number` residual blocks on every level."""
    return Arm(number, (UNet(msgspec.structs.replace(config, residual_blocks=number)).eval().requires_grad_(False),))


def timed(arm: Arm, x: Tensor, embeddings: Embeddings) -> float:
    """Seconds per evaluation over one grid."""
    ensemble = arm.ensemble(embeddings)
    grid = snap(make_sigmas("order6", STEPS, SIGMA_MAX, SIGMA_MIN), ensemble.boundaries())
    bound = condition(ensemble, [None] * len(x))
    begin = time.perf_counter()
    with torch.inference_mode():
        for high, low in pairwise(grid):
            bound.for_step(high, low)(x, high)
    return (time.perf_counter() - begin) / STEPS


def measured(
    arms: Sequence[Arm], config: UNetConfig, rounds: int, progress: Progress, text: str
) -> list[CapacityFigure]:
    """Time the arms in turns; the first is what the others are held against."""
    x, embeddings = silent_batch(config)
    for arm in arms:
        timed(arm, x, embeddings)  # the first time finds nothing in the caches
    taken = []
    for number in range(rounds):
        progress(number, rounds, text)
        taken.append([timed(arm, x, embeddings) for arm in arms])
    return [
        CapacityFigure(
            arm.number, arm.parameters, 1000.0 * median(row[place] for row in taken),
            median(row[place] / row[0] for row in taken),
        )
        for place, arm in enumerate(arms)
    ]  # fmt: skip


def silent_batch(config: UNetConfig) -> tuple[Tensor, Embeddings]:
    """Noisy pictures, and embeddings of nothing."""
    shape = config.context
    embeddings = Embeddings(
        torch.zeros(PICTURES, shape.clip_tokens, shape.clip_width), torch.zeros(PICTURES, shape.clip_width),
        torch.zeros(PICTURES, shape.t5_tokens, shape.t5_width), torch.zeros(PICTURES, shape.image_width),
        torch.ones(PICTURES, MICRO_VALUES),
    )  # fmt: skip
    generator = torch.Generator().manual_seed(0)
    return torch.randn(PICTURES, 3, config.size, config.size, generator=generator), embeddings


def evaluate_capacity(config: UNetConfig, rounds: int, progress: Progress) -> CapacityReport:
    """Time ensembles of 1 to 8 experts of `config`, and single networks of 1 to 4 blocks a level."""
    experts = [experts_arm(config, number) for number in EXPERTS]
    depths = [depth_arm(config, number) for number in DEPTHS]
    return CapacityReport(
        rounds,
        tuple(measured(experts, config, rounds, progress, "experts")),
        tuple(measured(depths, config, rounds, progress, "depth")),
    )


def lines_of(figures: Sequence[CapacityFigure]) -> list[list[str]]:
    """Lines of a table."""
    return [[str(f.number), f"{f.parameters:,}", f"{f.milliseconds:.1f} ms", f"{f.ratio:.3f}"] for f in figures]


def capacity_text(report: CapacityReport) -> str:
    """The Markdown page."""
    spread = max(abs(figure.ratio - 1.0) for figure in report.experts)
    return f"""# Capacity

Time of one evaluation of the base network for {PICTURES} pictures over {STEPS} steps, and its ratio to that of
the first row in the same round (medians of {report.rounds} rounds in turns), against the number of experts and against
depth. With experts the time stays within {100 * spread:.1f} % of one network's.

{table(["experts", "parameters", "time", "ratio"], lines_of(report.experts))}

{table(["blocks a level", "parameters", "time", "ratio"], lines_of(report.depths))}

![Capacity](capacity.png)
"""


def write_capacity(report: CapacityReport, output: Path) -> Path:
    """Write capacity.md, capacity.json and the plot into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    lines = [
        Series(name, tuple((figure.parameters / 1e6, figure.ratio) for figure in figures))
        for name, figures in (("more experts", report.experts), ("more depth", report.depths))
    ]
    across, up = Axis("parameters, millions"), Axis("time of an evaluation, ratio")
    plot("Capacity", across, up, lines).save(output / "capacity.png", optimize=True)
    write_json(report, output / "capacity.json")
    page = output / "capacity.md"
    page.write_text(capacity_text(report), encoding="utf-8")
    return page
