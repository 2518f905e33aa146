"""Prompt switching measured (eDiff-I, figure 4): which prompt wins as the switch moves through the steps?

Two sentences differ in one noun. The first speaks for a share of the steps, then the second takes over; the judge says
which of the two things the picture shows.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from engine.conditioning.brief import SizeCrop, SwitchedPrompt
from engine.conditioning.picture import Picture
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import SolveSettings
from engine.training.evaluation.drafts import EXAMPLES, Drafting, draft_sheet
from engine.training.evaluation.eyes import Eye
from engine.training.evaluation.pages import table, write_json
from engine.training.evaluation.plot import Axis, Series, plot
from engine.training.evaluation.seen import Seen, look
from engine.training.evaluation.setting import Setting, kinds_told
from engine.training.evaluation.statistics import Estimate, estimate
from engine.training.world import Placed, Scene, Tone, View

FRACTIONS = tuple(n / 10 for n in range(11))
STEPS, GUIDANCE = 20, 3.0


@dataclass(frozen=True)
class Pair:
    """Two things and the sentences that name the one or the other, alike in everything else."""

    first: str
    second: str
    sentences: tuple[str, str]

    def picture(self, at: float, seed: int, side: int) -> Picture:
        """The first sentence up to the fraction `at` of the steps, then the second."""
        return Picture(SwitchedPrompt(*self.sentences, at), seed, size=SizeCrop((side, side), (side, side)))


class SwitchFigure(msgspec.Struct, frozen=True):
    """At one fraction: how often the first, the second, and neither thing owns the picture."""

    fraction: float
    first: Estimate
    second: Estimate
    neither: Estimate


class SwitchReport(msgspec.Struct, frozen=True):
    pairs: int
    pictures: int
    seconds: float
    figures: tuple[SwitchFigure, ...]


@dataclass(frozen=True, eq=False)
class SwitchEvaluation:
    """`shown` [fractions, examples, 3, S, S] are the drafts of the first pairs."""

    report: SwitchReport
    pairs: tuple[Pair, ...]
    shown: Tensor


def draw_pairs(setting: Setting, count: int) -> tuple[Pair, ...]:
    """Random pairs of things over random grounds and skies; a longer list begins with the same ones."""
    return tuple(_pair(setting, np.random.default_rng((4, number))) for number in range(count))


def _pair(setting: Setting, rng: np.random.Generator) -> Pair:
    names = setting.vocabulary.names
    first, second = (str(name) for name in rng.choice(names("object"), 2, replace=False))
    sky, ground = (str(rng.choice(names(kind))) for kind in ("sky", "ground"))
    alone = Placed("", 0.5, 0.6, 0.5, flip=False, angle=0.0)
    bare = Scene("", (), (), sky, ground, 0.55, setting.plain_style, Tone("neutral"), View(), 0)
    while True:
        alike = int(rng.integers(2**31))
        told = [
            setting.write(replace(bare, objects=(replace(alone, name=name),)), np.random.default_rng(alike))
            for name in (first, second)
        ]
        if around(told[0]) == around(told[1]) and kinds_told(told[0]) == {"object", "sky", "ground"}:
            return Pair(first, second, (told[0].caption, told[1].caption))


def around(scene: Scene) -> str:
    """The caption without its one thing and that thing's article."""
    thing = next(phrase for phrase in scene.phrases if phrase.kind == "object")
    lead = scene.caption[: thing.start].removesuffix("an ").removesuffix("a ")
    return f"{lead}...{scene.caption[thing.end :]}"


def winners(seen: Seen, pairs: Sequence[Pair]) -> NDArray[np.int64]:
    """For each picture 0 if the first thing owns more of it, 1 for the second, 2 if neither is present."""
    first, second = (
        np.array([seen.area("object", getattr(pair, which))[row] for row, pair in enumerate(pairs)])
        for which in ("first", "second")
    )
    won: NDArray[np.int64] = np.where(first >= second, 0, 1)
    won[np.maximum(first, second) < seen.least] = 2
    return won


def evaluate_switch(
    denoiser: Denoiser,
    judge: Eye,
    setting: Setting,
    count: int,
    drafting: Drafting,
    fractions: Sequence[float] = FRACTIONS,
) -> SwitchEvaluation:
    """Make every pair at every fraction, with one seed a pair. Intervals are bootstrapped over pairs."""
    begin, pairs = time.monotonic(), draw_pairs(setting, count)
    grid = make_sigmas("order6", STEPS, denoiser.sigma_max, max(denoiser.sigma_min, 0.002))
    settings = SolveSettings(grid, "dpmpp_2m", GUIDANCE)
    figures, shown = [], []
    for at in fractions:
        pictures = [pair.picture(at, number, drafting.side) for number, pair in enumerate(pairs)]
        made = drafting(denoiser, pictures, settings, f"switch at {at:.0%}")
        won = winners(look(judge, made), pairs)
        figures.append(SwitchFigure(at, *(estimate((won == which).astype(np.float64)) for which in range(3))))
        shown.append(made[:EXAMPLES])
    seconds = time.monotonic() - begin
    report = SwitchReport(count, count * len(fractions), seconds, tuple(figures))
    return SwitchEvaluation(report, pairs[:EXAMPLES], torch.stack(shown))


def crossing(figures: Sequence[SwitchFigure]) -> float:
    """The fraction at which the first thing begins to win more often than the second, between the measured ones."""
    gaps = [(figure.fraction, figure.first.mean - figure.second.mean) for figure in figures]
    for (x0, gap0), (x1, gap1) in pairwise(gaps):
        if gap0 < 0.0 <= gap1:
            return x0 + (x1 - x0) * -gap0 / (gap1 - gap0)
    return float("nan")


def switch_text(report: SwitchReport) -> str:
    """The Markdown page."""
    lines = [[f"{f.fraction:.0%}", str(f.first), str(f.second), str(f.neither)] for f in report.figures]
    return f"""# Prompt switching

{report.pairs} pairs of sentences that differ in one noun, {report.pictures} pictures of the base model in
{report.seconds / 60:.1f} minutes ({STEPS} steps, guidance {GUIDANCE:g}). The first sentence speaks up to the given
share of the steps, then the second. The judge says which of the two things owns more of the picture; means with 95 %
bootstrap intervals over pairs.

{table(["first sentence speaks for", "first wins", "second wins", "neither is there"], lines)}

The two win equally often when the first sentence speaks for **{crossing(report.figures):.0%}** of the steps.

![Which prompt wins](prompt-switch.png)

Not chosen: the first pairs; from left to right the first sentence speaks longer.

![Pictures](prompt-switch-1.png)
"""


def switch_sheet(evaluation: SwitchEvaluation) -> Image.Image:
    """A contact sheet: a row a pair, a column a fraction."""
    heads = [f"{figure.fraction:.0%}" for figure in evaluation.report.figures]
    captions = ["  ->  ".join(pair.sentences) for pair in evaluation.pairs]
    return draft_sheet(evaluation.shown, heads, captions)


def write_switch(evaluation: SwitchEvaluation, output: Path) -> Path:
    """Write prompt-switch.md, .json, the plot and a sheet into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    report = evaluation.report
    lines = [
        Series(name, tuple((100.0 * f.fraction, getattr(f, key).mean) for f in report.figures))
        for key, name in (("first", "first wins"), ("second", "second wins"), ("neither", "neither"))
    ]
    across = Axis("share of the steps with the first sentence, %")
    plot("Prompt switching", across, Axis("share of pictures"), lines).save(output / "prompt-switch.png", optimize=True)
    switch_sheet(evaluation).save(output / "prompt-switch-1.png", optimize=True)
    write_json(report, output / "prompt-switch.json")
    page = output / "prompt-switch.md"
    page.write_text(switch_text(report), encoding="utf-8")
    return page
