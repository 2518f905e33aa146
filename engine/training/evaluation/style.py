"""Style references measured: do pictures take on a reference's palette and style when it is wired?

Each case is a prompt that says nothing about style or palette, and a render of other things in some style and palette
as reference. The same seeds are made without and with it. Distances to the reference are compared in pairs.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from engine.conditioning.brief import Brief, SizeCrop, StyleReference
from engine.training.evaluation.layout import CHUNK, PRESENT, Generate, Pictures, Progress, at_canvas, judged
from engine.training.evaluation.palette import palette_distance
from engine.training.evaluation.report import judge_text, table, write_json
from engine.training.evaluation.sheets import sheet
from engine.training.evaluation.statistics import Estimate, case_means, estimate
from engine.training.judge_network import STYLES, Judge, JudgeCard, class_index
from engine.training.world import Scene, Tone, View, World
from engine.training.world.sampling import NAMED_TONES, sample_content, sample_tone, write_caption

CANVAS = 128


@dataclass(frozen=True, eq=False)
class Case:
    """A plain prompt (the caption of `scene`) and a reference picture uint8 [128, 128, 3] of `shown`, other things."""

    scene: Scene
    shown: Scene
    reference: Pictures

    def brief(self, wired: bool) -> Brief:
        styles = (StyleReference(((self.reference, 1.0),)),) if wired else ()
        return Brief(self.scene.caption, styles=styles, size=SizeCrop((CANVAS, CANVAS), (CANVAS, CANVAS)))


@dataclass(frozen=True)
class Reading:
    """A picture held against its reference: palette distance (Lab), style distance (0..1), and what it shows (0..1)."""

    case: int
    palette: float
    style: float
    presence: float
    leakage: float


class Figure(msgspec.Struct, frozen=True):
    """A figure without and with the reference, and the paired change."""

    name: str
    without: Estimate
    wired: Estimate
    change: Estimate


class StyleReport(msgspec.Struct, frozen=True):
    prompts: int
    seeds: int
    pictures: int
    seconds: float
    judge: JudgeCard
    figures: tuple[Figure, ...]


@dataclass(frozen=True, eq=False)
class StyleEvaluation:
    report: StyleReport
    cases: tuple[Case, ...]
    without: tuple[Pictures, ...]
    wired: tuple[Pictures, ...]


def draw_case(number: int, rng: np.random.Generator) -> tuple[Scene, Scene]:
    """A prompt's scene without style words, and a reference scene of other things whose look is not the usual one."""
    prompt = without_style_words(uncropped(rng, "plain", Tone("neutral")), rng)
    names = {item.name for item in prompt.objects}
    while True:
        style = STYLES[1 + number % (len(STYLES) - 1)] if number % 4 else "plain"
        tone = NAMED_TONES[list(NAMED_TONES)[number // 4 % 4]] if number % 2 == 0 else sample_tone(rng)
        shown = uncropped(rng, style, tone)
        if names.isdisjoint(item.name for item in shown.objects):
            return prompt, shown


def uncropped(rng: np.random.Generator, style: str, tone: Tone) -> Scene:
    """A random scene that shows its whole canvas."""
    while (scene := sample_content(style, tone, rng)).view != View():
        pass
    return scene


def without_style_words(scene: Scene, rng: np.random.Generator) -> Scene:
    while any(phrase.kind in ("style", "tone") for phrase in scene.phrases):
        scene = write_caption(scene, rng)
    return scene


def draw_cases(world: World, count: int, seed: int = 2) -> tuple[Case, ...]:
    """`count` cases with their references rendered."""
    pairs = [draw_case(number, np.random.default_rng((seed, number))) for number in range(count)]
    images = world.render([shown for _, shown in pairs], CANVAS).images
    pictures = ((images + 1.0) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    return tuple(Case(prompt, shown, picture) for (prompt, shown), picture in zip(pairs, pictures, strict=True))


def styles_of(judge: Judge, pictures: Sequence[Pictures]) -> NDArray[np.float32]:
    """Style probabilities [N, 4] of uint8 pictures."""
    images = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1.0
    found: NDArray[np.float32] = judge.manner(images).styles.numpy()
    return found


def present(labels: NDArray[np.int64], scene: Scene) -> float:
    """Share of the scene's objects that the labels show."""
    return float(np.mean([(labels == class_index("object", item.name)).mean() >= PRESENT for item in scene.objects]))


def read(judge: Judge, number: int, case: Case, pictures: Sequence[Pictures]) -> list[Reading]:
    """Each picture of one case held against its reference; style distance is total variation of the probabilities."""
    target = styles_of(judge, [case.reference])[0]
    found, labels = styles_of(judge, pictures), judged(judge, pictures)
    return [
        Reading(
            number,
            palette_distance(picture, case.reference),
            float(0.5 * np.abs(found[i] - target).sum()),
            present(labels[i], case.scene),
            present(labels[i], case.shown),
        )
        for i, picture in enumerate(pictures)
    ]


def figure(title: str, name: str, bare: Sequence[Reading], wired: Sequence[Reading], cases: int) -> Figure:
    a, b = (case_means(((r.case, getattr(r, name)) for r in group), cases) for group in (bare, wired))
    return Figure(title, estimate(a), estimate(b), estimate(b - a))


def pictures_of(
    generate: Generate, cases: Sequence[Case], seeds: Sequence[int], wired: bool, progress: Progress
) -> list[Pictures]:
    """All pictures of one arm, ordered by case and seed."""
    todo = [(case.brief(wired), seed) for case in cases for seed in seeds]
    out: list[Pictures] = []
    for start in range(0, len(todo), CHUNK):
        progress(start + (len(todo) if wired else 0), 2 * len(todo), "with reference" if wired else "without reference")
        chunk = todo[start : start + CHUNK]
        out += map(at_canvas, generate([brief for brief, _ in chunk], [seed for _, seed in chunk]))
    return out


def evaluate_style(
    generate: Generate,
    judge: Judge,
    cases: Sequence[Case],
    seeds: Sequence[int],
    *,
    progress: Progress = lambda done, total, text: None,
) -> StyleEvaluation:
    """Make every case without and with its reference and compare. Intervals are bootstrapped over cases."""
    begin, each = time.monotonic(), len(seeds)
    arms = [pictures_of(generate, cases, seeds, wired, progress) for wired in (False, True)]
    bare, wired = (
        [r for n, case in enumerate(cases) for r in read(judge, n, case, arm[n * each : (n + 1) * each])]
        for arm in arms
    )
    titles = {
        "palette": "palette distance (Lab)",
        "style": "style distance (0..1)",
        "presence": "prompted objects present",
        "leakage": "reference's objects present",
    }
    figures = tuple(figure(title, name, bare, wired, len(cases)) for name, title in titles.items())
    seconds = time.monotonic() - begin
    report = StyleReport(len(cases), each, 2 * len(arms[0]), seconds, judge.card, figures)
    return StyleEvaluation(report, tuple(cases), tuple(arms[0][::each]), tuple(arms[1][::each]))


def style_text(report: StyleReport) -> str:
    """The Markdown page."""
    lines = [[f.name, str(f.without), str(f.wired), str(f.change)] for f in report.figures]
    return f"""# Style references

{report.prompts} prompts x {report.seeds} seeds, {report.pictures} pictures in {report.seconds / 60:.1f} minutes. The
prompts say nothing about style or palette; each reference is a render of *other* things in a style and palette of its
own. The same prompts and seeds are made without and with the reference; means with 95 % bootstrap intervals over
prompts, the change paired by prompt.

{table(["distance to the reference", "without", "with", "change"], lines)}

* Palette: sliced Wasserstein distance between the pictures' colours in CIE Lab (0 is the same palette).
* Style: total variation between the judge's style probabilities of the picture and of the reference (0 is the same).
* The last two rows tell what it costs: prompted objects should stay, the reference's own objects should not appear.

## The judge

{judge_text(report.judge)}

## Pictures

Not chosen: the first prompts, first seed.

![Style references](style-1.png)
"""


def write_style(evaluation: StyleEvaluation, output: Path) -> Path:
    """Write style.md, style.json and the sheet into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    rows = [
        [case.reference, bare, wired]
        for case, bare, wired in zip(evaluation.cases, evaluation.without, evaluation.wired, strict=True)
    ][:8]
    captions = [case.scene.caption for case in evaluation.cases][:8]
    sheet(rows, ["reference", "without", "with"], captions).save(output / "style-1.png", optimize=True)
    write_json(evaluation.report, output / "style.json")
    page = output / "style.md"
    page.write_text(style_text(evaluation.report), encoding="utf-8")
    return page
