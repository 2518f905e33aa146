"""What each text encoder brings (eDiff-I, figures 8 and 18): T5 alone, CLIP alone, both, on short and long captions."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.conditioning.brief import Encoder
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import SolveSettings
from engine.models.ediff.encoders import Encoders
from engine.training.evaluation.drafts import EXAMPLES, Drafting, asked, draft_sheet, renders
from engine.training.evaluation.eyes import Eye, figures_of, judge_text
from engine.training.evaluation.features import clip_scores, picture_features
from engine.training.evaluation.pages import table, write_json
from engine.training.evaluation.seen import Seen, colour_right, look, number_right, relation_right
from engine.training.evaluation.setting import Setting, groups_of, kinds_told, relation_told
from engine.training.evaluation.statistics import Estimate, case_means, estimate, estimate_of_any
from engine.training.world import Scene
from engine.training.world.sampling import NAMED_TONES

STEPS, GUIDANCE = 16, 3.0
ARMS: dict[str, frozenset[Encoder]] = {
    "T5 alone": frozenset({"t5"}),
    "CLIP alone": frozenset({"clip_text"}),
    "both": frozenset({"clip_text", "t5"}),
}
RENDERS = "renders"
"""The last arm: the scenes as the world draws them, so that the judge's own mistakes are seen."""
LENGTHS = ("short", "long")


class EncoderFigure(msgspec.Struct, frozen=True):
    """One arm on captions of one length. What a caption does not say has no figure."""

    arm: str
    length: str
    objects: Estimate
    sky: Estimate | None
    ground: Estimate | None
    style: Estimate | None
    colour: Estimate | None
    number: Estimate | None
    relation: Estimate | None
    clip_score: Estimate


class EncoderReport(msgspec.Struct, frozen=True):
    captions: int
    pictures: int
    seconds: float
    judge: dict[str, float]
    figures: tuple[EncoderFigure, ...]


@dataclass(frozen=True, eq=False)
class EncoderEvaluation:
    """`shown` [arms, examples, 3, S, S] are the drafts of the first long captions."""

    report: EncoderReport
    captions: tuple[str, ...]
    shown: Tensor


def told(setting: Setting, scene: Scene, length: str, seed: int) -> Scene:
    """The scene with a caption of its things alone, or of its sky, ground, style and named palette too."""
    wanted = {"object"}
    if length == "long":
        wanted |= {"sky", "ground", "style"} | ({"tone"} if scene.tone.name in NAMED_TONES else set())
    rng = np.random.default_rng((5, seed))
    return setting.retold(scene, lambda made: kinds_told(made) == wanted, rng)


def objects_found(seen: Seen, scenes: Sequence[Scene]) -> NDArray[np.float64]:
    """Share of each caption's objects that the picture shows, [N]."""
    return np.array(
        [
            np.mean([seen.present(name)[row] for name in dict.fromkeys(item.name for item in scene.objects)])
            for row, scene in enumerate(scenes)
        ]
    )


def right(found: Sequence[str], wanted: Sequence[str]) -> Estimate:
    """How often what was found is what was wanted."""
    return estimate([float(one == other) for one, other in zip(found, wanted, strict=True)])


def bound(seen: Seen, scenes: Sequence[Scene]) -> dict[str, Estimate | None]:
    """Colours, numbers of two and three, and relations that are as told; a thing that is missing is wrong.

    None: the judge cannot tell, or no caption says it.
    """
    marks: dict[str, list[tuple[int, float]]] = {"colour": [], "number": [], "relation": []}
    for case, (things, scene) in enumerate(zip(seen.things or (), scenes, strict=False)):
        groups, related = groups_of(scene), relation_told(scene)
        marks["colour"] += [(case, colour_right(things, group)) for group in groups if group.colour is not None]
        marks["number"] += [(case, number_right(things, group)) for group in groups if group.count > 1]
        marks["relation"] += [] if related is None else [(case, relation_right(things, related))]
    return {name: estimate_of_any(case_means(pairs, len(scenes))) for name, pairs in marks.items()}


def figure(arm: str, length: str, scenes: Sequence[Scene], seen: Seen, scores: NDArray[np.float64]) -> EncoderFigure:
    """The figures of one arm on captions of one length."""
    long = length == "long"
    return EncoderFigure(
        arm,
        length,
        objects=estimate(objects_found(seen, scenes)),
        sky=right(seen.largest("sky"), [scene.sky for scene in scenes]) if long else None,
        ground=right(seen.largest("ground"), [scene.ground for scene in scenes]) if long else None,
        style=right(seen.style(), [scene.style for scene in scenes]) if long else None,
        clip_score=estimate(scores),
        **bound(seen, scenes),
    )


def evaluate_encoders(
    denoiser: Denoiser, encoders: Encoders, judge: Eye, setting: Setting, count: int, drafting: Drafting
) -> EncoderEvaluation:
    """Make `count` scenes from short and from long captions, with the embeddings of one encoder or of both."""
    begin = time.monotonic()
    drawn = setting.scenes(6, count)
    truths = renders(setting.world, drawn, drafting.side)
    grid = make_sigmas("order6", STEPS, denoiser.sigma_max, max(denoiser.sigma_min, 0.002))
    settings = SolveSettings(grid, "dpmpp_2m", GUIDANCE)
    figures, shown = [], []
    captions: tuple[str, ...] = ()
    for length in LENGTHS:
        scenes = [told(setting, scene, length, number) for number, scene in enumerate(drawn)]
        captions = tuple(scene.caption for scene in scenes)
        arms = {RENDERS: truths}
        for arm, speaking in ARMS.items():
            pictures = [replace(asked(s, n, drafting.side), encoders=speaking) for n, s in enumerate(scenes)]
            arms[arm] = drafting(denoiser, pictures, settings, f"{arm}, {length} captions")
        for arm in (*ARMS, RENDERS):
            scores = clip_scores(encoders, picture_features(encoders, arms[arm]), captions)
            figures.append(figure(arm, length, scenes, look(judge, arms[arm]), scores))
        shown = [arms[arm][:EXAMPLES] for arm in (*ARMS, RENDERS)]
    seconds, made = time.monotonic() - begin, count * len(ARMS) * len(LENGTHS)
    report = EncoderReport(count, made, seconds, figures_of(judge), tuple(figures))
    return EncoderEvaluation(report, captions[:EXAMPLES], torch.stack(shown))


COLUMNS = {
    "objects": "objects there",
    "sky": "sky right",
    "ground": "ground right",
    "style": "style right",
    "colour": "colour on its thing",
    "number": "two or three right",
    "relation": "relation right",
    "clip_score": "CLIP score",
}


def figure_table(figures: Sequence[EncoderFigure]) -> str:
    """All figures; what nowhere is told has no column."""
    names = [name for name in COLUMNS if any(getattr(row, name) is not None for row in figures)]
    lines = [[row.length, row.arm, *(said(getattr(row, name)) for name in names)] for row in figures]
    return table(["captions", "encoders", *(COLUMNS[name] for name in names)], lines)


def said(value: Estimate | None) -> str:
    return "" if value is None else str(value)


def unmeasured(figures: Sequence[EncoderFigure]) -> str:
    """What the table lacks, in a sentence; empty where it lacks nothing."""
    missing = [name for name in ("colour", "number", "relation") if all(getattr(row, name) is None for row in figures)]
    if not missing:
        return "A thing that is missing counts as wrong in its colour, its number and its relation."
    return f"Not measured, because these captions or this judge do not tell it: {', '.join(missing)}."


def encoder_text(report: EncoderReport) -> str:
    """The Markdown page."""
    return f"""# Text encoders

{report.captions} scenes, each by a short caption (its objects) and a long one (objects, sky, ground, style,
palette): {report.pictures} pictures of the base model in {report.seconds / 60:.1f} minutes ({STEPS} steps, guidance
{GUIDANCE:g}). An encoder that does not speak is dropped as it was at training: its embeddings are zero. Means with 95 %
bootstrap intervals over scenes. The CLIP score is judged by the very CLIP that conditions two of the three arms, so it
favours them; the judge's figures do not.

{figure_table(report.figures)}

{unmeasured(report.figures)} The rows of the renders tell the judge's own mistakes: no arm can be judged better.

## The judge

{judge_text(report.judge)}

## Pictures

Not chosen: the first long captions.

![Encoders](encoders-1.png)
"""


def write_encoders(evaluation: EncoderEvaluation, output: Path) -> Path:
    """Write encoders.md, encoders.json and a sheet into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    draft_sheet(evaluation.shown, [*ARMS, RENDERS], evaluation.captions).save(output / "encoders-1.png", optimize=True)
    write_json(evaluation.report, output / "encoders.json")
    page = output / "encoders.md"
    page.write_text(encoder_text(evaluation.report), encoding="utf-8")
    return page
