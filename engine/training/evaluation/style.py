"""Style references measured: do pictures take on a reference's palette and style, the more the stronger it acts?

Each case is a prompt that says nothing about style or palette, and a reference: a render of other things in some style
and palette, or a picture from outside the world. The same seeds are made at rising strengths, from none on.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from engine.conditioning.brief import Brief, SizeCrop, StyleReference
from engine.training.evaluation.eyes import Eye, class_of, figures_of
from engine.training.evaluation.layout import CHUNK, Generate, Pictures, Progress, as_tensor, at_canvas, judged
from engine.training.evaluation.outside import outside_pictures
from engine.training.evaluation.palette import palette_distance
from engine.training.evaluation.setting import Setting
from engine.training.evaluation.statistics import Estimate, case_means, estimate, spearman
from engine.training.world import Scene, Tone
from engine.training.world.sampling import NAMED_TONES, sample_tone

CANVAS = 128
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""From no reference to the strength that references had in training."""
RENDERS, OUTSIDE = "renders", "pictures from outside the world"


@dataclass(frozen=True, eq=False)
class Case:
    """A plain prompt (the caption of `scene`) and a reference picture uint8 [128, 128, 3].

    `shown`: what the reference shows, other things than the prompt; None for a picture from outside the world.
    """

    scene: Scene
    shown: Scene | None
    reference: Pictures

    def brief(self, strength: float) -> Brief:
        """What a model is asked for."""
        styles = (StyleReference(((self.reference, 1.0),), strength=strength),) if strength > 0.0 else ()
        return Brief(self.scene.caption, styles=styles, size=SizeCrop((CANVAS, CANVAS), (CANVAS, CANVAS)))


@dataclass(frozen=True)
class Reading:
    """A picture held against its reference: palette distance (Lab), style distance (0..1), and what it shows (0..1).

    Style distance and leakage are NaN where the reference is from outside the world.
    """

    case: int
    palette: float
    style: float
    presence: float
    leakage: float


class Figure(msgspec.Struct, frozen=True):
    """A figure without and with the reference at full strength, and the paired change."""

    name: str
    without: Estimate
    wired: Estimate
    change: Estimate


class StrengthFigure(msgspec.Struct, frozen=True):
    """One strength; `style` None where the references are from outside the world."""

    strength: float
    palette: Estimate
    style: Estimate | None
    presence: Estimate


class Sweep(msgspec.Struct, frozen=True):
    """All strengths with one kind of references. Falls: Spearman's correlation of strength with nearness, 1 where more
    strength is always nearer; of the means over prompts, and of each prompt alone.
    """

    references: str
    prompts: int
    figures: tuple[StrengthFigure, ...]
    palette_falls: float
    palette_falls_alone: Estimate
    style_falls: float | None
    style_falls_alone: Estimate | None


class StyleReport(msgspec.Struct, frozen=True):
    prompts: int
    seeds: int
    pictures: int
    seconds: float
    judge: dict[str, float]
    figures: tuple[Figure, ...]
    sweeps: tuple[Sweep, ...] = ()


@dataclass(frozen=True, eq=False)
class StyleEvaluation:
    """`made`, `made_outside`: for each strength the first picture of every case."""

    report: StyleReport
    cases: tuple[Case, ...]
    outside: tuple[Case, ...]
    made: tuple[tuple[Pictures, ...], ...]
    made_outside: tuple[tuple[Pictures, ...], ...]


def draw_case(setting: Setting, number: int, rng: np.random.Generator) -> tuple[Scene, Scene]:
    """A prompt's scene without style words, and a reference scene of other things whose look is not the usual one."""
    prompt = without_style_words(setting, rng)
    names = {item.name for item in prompt.objects}
    plain, *others = setting.vocabulary.names("style")
    while True:
        style = others[number % len(others)] if number % 4 else plain
        tone = NAMED_TONES[list(NAMED_TONES)[number // 4 % 4]] if number % 2 == 0 else sample_tone(rng)
        shown = setting.in_look(style, tone, rng)
        if names.isdisjoint(item.name for item in shown.objects):
            return prompt, shown


def without_style_words(setting: Setting, rng: np.random.Generator) -> Scene:
    """A random plain scene whose caption says nothing of its look."""
    scene = setting.in_look(setting.plain_style, Tone("neutral"), rng)
    return setting.retold(scene, lambda made: all(p.kind not in ("style", "tone") for p in made.phrases), rng)


def draw_cases(setting: Setting, count: int, seed: int = 2) -> tuple[Case, ...]:
    """`count` cases with their references rendered."""
    pairs = [draw_case(setting, number, np.random.default_rng((seed, number))) for number in range(count)]
    images = setting.world.render([shown for _, shown in pairs], CANVAS).images
    pictures = ((images + 1.0) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return tuple(Case(prompt, shown, picture) for (prompt, shown), picture in zip(pairs, pictures, strict=True))


def draw_outside(setting: Setting, count: int, seed: int = 3) -> tuple[Case, ...]:
    """`count` cases with references from outside the world."""
    prompts = (without_style_words(setting, np.random.default_rng((seed, number))) for number in range(count))
    return tuple(Case(prompt, None, told) for prompt, told in zip(prompts, outside_pictures(count), strict=True))


def present(judge: Eye, labels: NDArray[np.int64], scene: Scene) -> float:
    """Share of the scene's objects that the labels show."""
    owned = [(labels == class_of(judge.vocabulary, "object", item.name)).mean() for item in scene.objects]
    return float(np.mean([share >= judge.present for share in owned]))


def read(judge: Eye, number: int, case: Case, pictures: Sequence[Pictures]) -> list[Reading]:
    """Each picture of one case held against its reference; style distance is total variation of the probabilities."""
    styles, labels = judge.styles(as_tensor([case.reference, *pictures])).numpy(), judged(judge, pictures)
    apart = 0.5 * np.abs(styles[1:] - styles[:1]).sum(1)
    missing = float("nan")
    return [
        Reading(
            number,
            palette_distance(picture, case.reference),
            missing if case.shown is None else float(apart[i]),
            present(judge, labels[i], case.scene),
            missing if case.shown is None else present(judge, labels[i], case.shown),
        )
        for i, picture in enumerate(pictures)
    ]


def of_cases(found: Sequence[Reading], name: str, cases: int) -> NDArray[np.float64]:
    """One figure by case."""
    return case_means(((reading.case, getattr(reading, name)) for reading in found), cases)


def figure(title: str, name: str, bare: Sequence[Reading], wired: Sequence[Reading], cases: int) -> Figure:
    """Without and with the reference, and what it changes."""
    a, b = of_cases(bare, name, cases), of_cases(wired, name, cases)
    return Figure(title, estimate(a), estimate(b), estimate(b - a))


def sweep_of(references: str, found: Sequence[Sequence[Reading]], cases: int) -> Sweep:
    """All strengths, and how surely the distances fall; only renders have a style that the judge knows."""
    palette, presence = ([of_cases(each, name, cases) for each in found] for name in ("palette", "presence"))
    style = [of_cases(each, "style", cases) for each in found] if references == RENDERS else None
    figures = tuple(
        StrengthFigure(
            strength, estimate(palette[at]), None if style is None else estimate(style[at]), estimate(presence[at])
        )
        for at, strength in enumerate(STRENGTHS)
    )
    told = None if style is None else falls(style)
    return Sweep(references, cases, figures, *falls(palette), *(told or (None, None)))


def falls(curves: Sequence[NDArray[np.float64]]) -> tuple[float, Estimate]:
    """Spearman's correlation of strength with nearness: of the means over cases, and of each case. [strengths][N]."""
    alone = [-spearman(STRENGTHS, own) for own in np.stack(curves, axis=1)]
    return -spearman(STRENGTHS, [curve.mean() for curve in curves]), estimate(np.nan_to_num(alone))


@dataclass(frozen=True, eq=False)
class Painter:
    """Makes all pictures of some cases at one strength, ordered by case and seed."""

    generate: Generate
    seeds: Sequence[int]
    progress: Progress

    def __call__(self, cases: Sequence[Case], strength: float) -> list[Pictures]:
        """See the class."""
        todo = [(case.brief(strength), seed) for case in cases for seed in self.seeds]
        out: list[Pictures] = []
        for start in range(0, len(todo), CHUNK):
            self.progress(start, len(todo), f"strength {strength:g}")
            chunk = todo[start : start + CHUNK]
            out += map(at_canvas, self.generate([brief for brief, _ in chunk], [seed for _, seed in chunk]))
        return out


def measured(
    painter: Painter, judge: Eye, cases: Sequence[Case]
) -> tuple[list[list[Reading]], tuple[tuple[Pictures, ...], ...]]:
    """Readings by strength, and the first picture of every case by strength."""
    each = len(painter.seeds)
    found, shown = [], []
    for strength in STRENGTHS:
        made = painter(cases, strength)
        found.append([r for n, case in enumerate(cases) for r in read(judge, n, case, made[n * each : (n + 1) * each])])
        shown.append(tuple(made[::each]))
    return found, tuple(shown)


TITLES = {
    "palette": "palette distance (Lab)",
    "style": "style distance (0..1)",
    "presence": "prompted objects present",
    "leakage": "reference's objects present",
}


def evaluate_style(
    generate: Generate,
    judge: Eye,
    cases: Sequence[Case],
    outside: Sequence[Case],
    seeds: Sequence[int],
    *,
    progress: Progress = lambda done, total, text: None,
) -> StyleEvaluation:
    """Make every case at every strength and compare. Intervals are bootstrapped over cases."""
    begin, painter = time.monotonic(), Painter(generate, seeds, progress)
    found, made = measured(painter, judge, cases)
    found_outside, made_outside = measured(painter, judge, outside)
    report = StyleReport(
        prompts=len(cases),
        seeds=len(seeds),
        pictures=len(STRENGTHS) * len(seeds) * (len(cases) + len(outside)),
        seconds=time.monotonic() - begin,
        judge=figures_of(judge),
        figures=tuple(figure(title, name, found[0], found[-1], len(cases)) for name, title in TITLES.items()),
        sweeps=(sweep_of(RENDERS, found, len(cases)), sweep_of(OUTSIDE, found_outside, len(outside))),
    )
    return StyleEvaluation(report, tuple(cases), tuple(outside), made, made_outside)
