"""Samplers measured: how near the exact solution of the generative ODE each comes for how many evaluations.

The exact solution is that of a fine Heun grid from the same noise, by the same denoiser. Besides the error to it, the
Fréchet distance of every set of pictures to renders of the same captions tells whether the error matters.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from torch import Tensor

from engine.diffusion.denoiser import Denoiser
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import SolveSettings
from engine.models.ediff.encoders import Encoders
from engine.training.evaluation.drafts import Drafting, asked, renders
from engine.training.evaluation.features import frechet_distance, picture_features
from engine.training.evaluation.pages import table, write_json
from engine.training.evaluation.plot import Axis, Series, plot
from engine.training.evaluation.setting import Setting

REFERENCE_STEPS = 200
PAPER = ("deis_3kutta", 25)
"""The base model's sampler and steps in eDiff-I, Table 7."""
EVALUATIONS = {"heun": 2, "deis_3kutta": 3}
"""Evaluations per step where they are not one."""
BUDGETS = (9, 15, 24, 36, 48)
MEASURED = (
    "euler", "heun", "dpmpp_2m", "deis_3kutta", "deis_ab2", "deis_ab3", "deis_ab4", "deis_log_ab2", "deis_log_ab3",
)  # fmt: skip


@dataclass(eq=False)
class Counted:
    """A denoiser that counts the pictures it is asked for."""

    denoiser: Denoiser
    asked: int = 0

    @property
    def sigma_min(self) -> float:
        return self.denoiser.sigma_min

    @property
    def sigma_max(self) -> float:
        return self.denoiser.sigma_max

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
        self.asked += len(x)
        return self.denoiser(x, sigma, conditioning)


class SamplerFigure(msgspec.Struct, frozen=True):
    """One sampler at one number of steps. `error`: root mean square difference from the reference, pictures -1..1."""

    sampler: str
    steps: int
    evaluations: int
    error: float
    fd: float


class SamplerReport(msgspec.Struct, frozen=True):
    pictures: int
    reference_steps: int
    seconds: float
    reference_fd: float
    reference_evaluations: int
    figures: tuple[SamplerFigure, ...]


def runs(samplers: Sequence[str]) -> list[tuple[str, int]]:
    """Every sampler at the steps that fit each budget of evaluations, and the paper's choice."""
    fitted = [(name, budget // EVALUATIONS.get(name, 1)) for name in samplers for budget in BUDGETS]
    return [*fitted, PAPER]


def evaluate_samplers(
    denoiser: Denoiser,
    encoders: Encoders,
    setting: Setting,
    count: int,
    drafting: Drafting,
    *,
    reference_steps: int = REFERENCE_STEPS,
    samplers: Sequence[str] = MEASURED,
) -> SamplerReport:
    """Solve `count` captions by each sampler, without guidance, from the same noise."""
    begin = time.monotonic()
    scenes = setting.scenes(3, count)
    pictures = [asked(scene, number, drafting.side) for number, scene in enumerate(scenes)]
    real = picture_features(encoders, renders(setting.world, scenes, drafting.side))

    def solved(sampler: str, steps: int) -> tuple[Tensor, int]:
        counted = Counted(denoiser)
        grid = make_sigmas("order6", steps, denoiser.sigma_max, max(denoiser.sigma_min, 0.002))
        made = drafting(counted, pictures, SolveSettings(grid, sampler), f"{sampler}, {steps} steps")
        return made, counted.asked // len(pictures)

    def distance(made: Tensor) -> float:
        return frechet_distance(picture_features(encoders, made), real)

    reference, evaluations = solved("heun", reference_steps)
    figures = []
    for sampler, steps in runs(samplers):
        made, used = solved(sampler, steps)
        error = float((made - reference).square().mean().sqrt())
        figures.append(SamplerFigure(sampler, steps, used, error, distance(made)))
    return SamplerReport(
        count, reference_steps, time.monotonic() - begin, distance(reference), evaluations, tuple(figures)
    )


def sampler_series(report: SamplerReport, value: str) -> list[Series]:
    """A line for each sampler over evaluations."""
    return [
        Series(name, tuple((f.evaluations, getattr(f, value)) for f in report.figures if f.sampler == name))
        for name in dict.fromkeys(f.sampler for f in report.figures)
    ]


def sampler_text(report: SamplerReport) -> str:
    """The Markdown page."""
    lines = [[f.sampler, str(f.steps), str(f.evaluations), f"{f.error:.4f}", f"{f.fd:.4f}"] for f in report.figures]
    paper = next(f for f in report.figures if (f.sampler, f.steps) == PAPER)
    return f"""# Samplers

{report.pictures} captions, base model alone, no guidance, the same noise for every sampler; {report.seconds / 60:.1f}
minutes. Error: root mean square difference from {report.reference_steps} steps of Heun's rule
({report.reference_evaluations} evaluations), pictures in -1..1. FD: Fréchet distance on the model's own CLIP features
to renders of the same captions (not FID; biased upwards by the small number of pictures, alike in every row); the
reference's is **{report.reference_fd:.4f}**.

The paper's choice, {PAPER[1]} steps of DEIS with Kutta's third-order rule, has FD {paper.fd:.4f}:
{100 * (paper.fd / report.reference_fd - 1):+.1f} % from the reference.

{table(["sampler", "steps", "evaluations", "error", "FD"], lines)}

![Error](samplers-error.png)

![FD](samplers-fd.png)
"""


def write_samplers(report: SamplerReport, output: Path) -> Path:
    """Write samplers.md, samplers.json and the plots into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    across = Axis("evaluations of the denoiser", logarithmic=True)
    for value, axis in (("error", Axis("error", logarithmic=True)), ("fd", Axis("FD"))):
        plot(f"Samplers: {axis.label}", across, axis, sampler_series(report, value)).save(
            output / f"samplers-{value}.png", optimize=True
        )
    write_json(report, output / "samplers.json")
    page = output / "samplers.md"
    page.write_text(sampler_text(report), encoding="utf-8")
    return page
