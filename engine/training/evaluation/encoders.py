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
from engine.training.evaluation.drafts import EXAMPLES, Drafting, asked, draft_sheet, whole_scenes
from engine.training.evaluation.features import clip_scores, picture_features
from engine.training.evaluation.report import judge_text, table, write_json
from engine.training.evaluation.seen import Seen, look
from engine.training.evaluation.statistics import Estimate, estimate
from engine.training.judge_network import Judge, JudgeCard
from engine.training.world import Scene
from engine.training.world.captions import Said, caption, phrases

STEPS, GUIDANCE = 16, 3.0
ARMS: dict[str, frozenset[Encoder]] = {
    "T5 alone": frozenset({"t5"}),
    "CLIP alone": frozenset({"clip_text"}),
    "both": frozenset({"clip_text", "t5"}),
}
LENGTHS: dict[str, Said] = {
    "short": Said(sky=False, ground=False, style=False, tone=False),
    "long": Said(sky=True, ground=True, style=True, tone=True),
}


class EncoderFigure(msgspec.Struct, frozen=True):
    """One arm on captions of one length. What a caption does not say has no figure."""

    arm: str
    length: str
    objects: Estimate
    sky: Estimate | None
    ground: Estimate | None
    style: Estimate | None
    clip_score: Estimate


class EncoderReport(msgspec.Struct, frozen=True):
    captions: int
    pictures: int
    seconds: float
    judge: JudgeCard
    figures: tuple[EncoderFigure, ...]


@dataclass(frozen=True, eq=False)
class EncoderEvaluation:
    """`shown` [arms, examples, 3, S, S] are the drafts of the first long captions."""

    report: EncoderReport
    captions: tuple[str, ...]
    shown: Tensor


def told(scene: Scene, said: Said, seed: int) -> Scene:
    """The scene with a caption that says exactly `said`; tones without a name stay unsaid."""
    rng = np.random.default_rng((5, seed))
    named = replace(said, tone=said.tone and scene.tone.name not in ("neutral", "free"))
    names = [item.name for item in scene.objects]
    text = caption(names, scene.sky, scene.ground, scene.style, scene.tone.name, named, rng)
    return replace(scene, caption=text.text, phrases=phrases(text))


def objects_found(seen: Seen, scenes: Sequence[Scene]) -> NDArray[np.float64]:
    """Share of each caption's objects that the picture shows, [N]."""
    return np.array(
        [np.mean([seen.present(item.name)[row] for item in scene.objects]) for row, scene in enumerate(scenes)]
    )


def right(found: Sequence[str], wanted: Sequence[str]) -> Estimate:
    """How often what was found is what was wanted."""
    return estimate([float(one == other) for one, other in zip(found, wanted, strict=True)])


def figure(arm: str, length: str, scenes: Sequence[Scene], seen: Seen, scores: NDArray[np.float64]) -> EncoderFigure:
    """The figures of one arm on captions of one length."""
    said = LENGTHS[length]
    return EncoderFigure(
        arm,
        length,
        objects=estimate(objects_found(seen, scenes)),
        sky=right(seen.largest("sky"), [scene.sky for scene in scenes]) if said.sky else None,
        ground=right(seen.largest("ground"), [scene.ground for scene in scenes]) if said.ground else None,
        style=right(seen.style(), [scene.style for scene in scenes]) if said.style else None,
        clip_score=estimate(scores),
    )


def evaluate_encoders(
    denoiser: Denoiser, encoders: Encoders, judge: Judge, count: int, drafting: Drafting
) -> EncoderEvaluation:
    """Make `count` scenes from short and from long captions, with the embeddings of one encoder or of both."""
    begin = time.monotonic()
    drawn = whole_scenes(6, count)
    grid = make_sigmas("order6", STEPS, denoiser.sigma_max, max(denoiser.sigma_min, 0.002))
    settings = SolveSettings(grid, "dpmpp_2m", GUIDANCE)
    figures, shown = [], []
    captions: tuple[str, ...] = ()
    for length, said in LENGTHS.items():
        scenes = [told(scene, said, number) for number, scene in enumerate(drawn)]
        captions = tuple(scene.caption for scene in scenes)
        for arm, speaking in ARMS.items():
            pictures = [replace(asked(s, n, drafting.side), encoders=speaking) for n, s in enumerate(scenes)]
            made = drafting(denoiser, pictures, settings, f"{arm}, {length} captions")
            scores = clip_scores(encoders, picture_features(encoders, made), captions)
            figures.append(figure(arm, length, scenes, look(judge, made), scores))
            shown.append(made[:EXAMPLES])
    seconds, pictures_made = time.monotonic() - begin, count * len(ARMS) * len(LENGTHS)
    report = EncoderReport(count, pictures_made, seconds, judge.card, tuple(figures))
    return EncoderEvaluation(report, captions[:EXAMPLES], torch.stack(shown[-len(ARMS) :]))


def cells(row: EncoderFigure) -> list[str]:
    """A line of the table."""
    values = (row.objects, row.sky, row.ground, row.style, row.clip_score)
    return [row.length, row.arm, *("" if value is None else str(value) for value in values)]


def encoder_text(report: EncoderReport) -> str:
    """The Markdown page."""
    heads = ["captions", "encoders", "objects there", "sky right", "ground right", "style right", "CLIP score"]
    return f"""# Text encoders

{report.captions} scenes, each by a short caption (its objects) and a long one (objects, sky, ground, style,
palette): {report.pictures} pictures of the base model in {report.seconds / 60:.1f} minutes ({STEPS} steps, guidance
{GUIDANCE:g}). An encoder that does not speak is dropped as it was at training: its embeddings are zero. Means with 95 %
bootstrap intervals over scenes. The CLIP score is judged by the very CLIP that conditions two of the three arms, so it
favours them; the judge's figures do not.

{table(heads, [cells(row) for row in report.figures])}

The model's world has no colours as adjectives, no counts and no relations yet, so none are measured.

## The judge

{judge_text(report.judge)}

## Pictures

Not chosen: the first long captions.

![Encoders](encoders-1.png)
"""


def write_encoders(evaluation: EncoderEvaluation, output: Path) -> Path:
    """Write encoders.md, encoders.json and a sheet into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    draft_sheet(evaluation.shown, list(ARMS), evaluation.captions).save(output / "encoders-1.png", optimize=True)
    write_json(evaluation.report, output / "encoders.json")
    page = output / "encoders.md"
    page.write_text(encoder_text(evaluation.report), encoding="utf-8")
    return page
