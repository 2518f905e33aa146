"""Ensembles of experts measured (eDiff-I, figures 7 and 9, Table 1): fidelity against agreement with the sentence.

Every arm makes the same captions from the same seeds at several guidance weights; then the finished pictures of the
paper's configurations are compared: A a shared model at both sizes, B two experts enlarge, C two experts draw as well,
D three experts draw.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from engine.conditioning.brief import Brief, SizeCrop
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import SolveSettings
from engine.training.evaluation.arms import Arm, Arms
from engine.training.evaluation.drafts import EXAMPLES, Drafting, asked, draft_sheet, renders
from engine.training.evaluation.encoders import objects_found
from engine.training.evaluation.features import clip_scores, frechet_distance, picture_features
from engine.training.evaluation.layout import CHUNK, as_tensor
from engine.training.evaluation.pages import table, write_json
from engine.training.evaluation.plot import Axis, Series, plot
from engine.training.evaluation.seen import look
from engine.training.evaluation.statistics import Estimate, estimate
from engine.training.evaluation.storybook import Storybook
from engine.training.evaluation.study import Study
from engine.training.world import Scene

STEPS = 16
GUIDANCES = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 11.0)
"""1 is none, which others count as 0: the sweep of figure 7, from 0 to 10."""
SHOWN_GUIDANCE = 3.0
CONFIGURATIONS = {"A": (1, 1), "B": (1, 2), "C": (2, 2), "D": (3, 2)}
"""eDiff-I-Config-A to D, section 5.1: how many networks draw, and how many enlarge."""


class EnsembleFigure(msgspec.Struct, frozen=True):
    """One arm at one guidance weight."""

    arm: str
    guidance: float
    fd: float
    clip_score: Estimate
    objects: Estimate


class ConfigurationFigure(msgspec.Struct, frozen=True):
    """Finished pictures of one of the paper's configurations; `splits`: where the drawing experts part the noise."""

    configuration: str
    drawing: str
    enlarging: str
    splits: tuple[float, ...]
    fd: float
    clip_score: Estimate
    objects: Estimate


class EnsembleReport(msgspec.Struct, frozen=True):
    captions: int
    pictures: int
    seconds: float
    parts: dict[str, str]
    figures: tuple[EnsembleFigure, ...]
    configurations: tuple[ConfigurationFigure, ...]
    missing: tuple[str, ...]
    seen: tuple[int, int] | None
    """Least and most pictures that a network was trained on by itself, where that is known."""


@dataclass(frozen=True, eq=False)
class EnsembleEvaluation:
    """`shown` [arms, examples, 3, S, S] are drafts at the shown guidance weight."""

    report: EnsembleReport
    captions: tuple[str, ...]
    shown: Tensor


def evaluate_ensemble(study: Study, arms: Arms, count: int) -> EnsembleEvaluation:
    """Make `count` captions by every arm at every guidance weight, and by every configuration that the arms make."""
    begin = time.monotonic()
    scenes = study.setting.scenes(7, count)
    figures, shown = drafted(study, arms.drawing, scenes)
    configurations = finished(study, arms, scenes)
    everything = (*arms.drawing, *arms.enlarging)
    seen = [pictures for arm in everything for pictures in arm.pictures]
    report = EnsembleReport(
        captions=count,
        pictures=count * (len(figures) + len(configurations)),
        seconds=time.monotonic() - begin,
        parts={arm.name: arm.told for arm in everything},
        figures=figures,
        configurations=configurations,
        missing=missing(arms),
        seen=(min(seen), max(seen)) if seen else None,
    )
    return EnsembleEvaluation(report, tuple(scene.caption for scene in scenes[:EXAMPLES]), shown)


def drafted(study: Study, arms: Sequence[Arm], scenes: Sequence[Scene]) -> tuple[tuple[EnsembleFigure, ...], Tensor]:
    """Drafts by every arm at every guidance weight, and the first of each at the shown one."""
    captions, side = [scene.caption for scene in scenes], arms[0].side
    drafting = Drafting(side, study.recipe.device, study.progress, study.recipe.precision)
    pictures = [asked(scene, number, side) for number, scene in enumerate(scenes)]
    real = picture_features(study.encoders, renders(study.setting.world, scenes, side))
    figures, shown = [], []
    for arm in arms:
        denoiser = arm.load()
        grid = make_sigmas("order6", STEPS, denoiser.sigma_max, max(denoiser.sigma_min, 0.002))
        for guidance in GUIDANCES:
            settings = SolveSettings(grid, "dpmpp_2m", guidance)
            made = drafting(denoiser, pictures, settings, f"{arm.name}, guidance {guidance:g}")
            features = picture_features(study.encoders, made)
            score = estimate(clip_scores(study.encoders, features, captions))
            found = estimate(objects_found(look(study.judge, made), scenes))
            figures.append(EnsembleFigure(arm.name, guidance, frechet_distance(features, real), score, found))
            if guidance == SHOWN_GUIDANCE:
                shown.append(made[:EXAMPLES])
    return tuple(figures), torch.stack(shown)


def pairs(arms: Arms) -> list[tuple[str, Arm, Arm]]:
    """The paper's configurations that the arms make; several ensembles of one number of experts make several."""
    return [
        (name, drawing, enlarging)
        for name, (few, large) in CONFIGURATIONS.items()
        for drawing in arms.drawing
        for enlarging in arms.enlarging
        if (drawing.experts, enlarging.experts) == (few, large)
    ]


def missing(arms: Arms) -> tuple[str, ...]:
    """Which of the paper's configurations cannot be measured, and what they lack."""
    made = {name for name, _, _ in pairs(arms)}
    return tuple(
        f"{name} needs {_networks(few)} for drafts and {_networks(large)} to enlarge them"
        for name, (few, large) in CONFIGURATIONS.items()
        if name not in made
    )


def _networks(count: int) -> str:
    return "one shared network" if count == 1 else f"{count} experts"


def finished(study: Study, arms: Arms, scenes: Sequence[Scene]) -> tuple[ConfigurationFigure, ...]:
    """Finished pictures by every configuration, enlarged from the noise that the model's own upscaler begins at."""
    captions, made = [scene.caption for scene in scenes], pairs(arms)
    top = max(part.sigma_max for part in study.card.parts if part.name in study.parts.upscalers)
    recipe = replace(study.recipe, upscale_from=top)
    out = []
    for name, drawing, enlarging in made:
        base, side = drawing.load(), enlarging.side
        storybook = Storybook(base, enlarging.load(), (drawing.side, side), SHOWN_GUIDANCE, None, recipe)
        pictures = painted(storybook, captions, study, f"configuration {name}")
        features = picture_features(study.encoders, pictures)
        real = picture_features(study.encoders, renders(study.setting.world, scenes, side))
        out.append(
            ConfigurationFigure(
                name,
                drawing.name,
                enlarging.name,
                base.boundaries(),
                frechet_distance(features, real),
                estimate(clip_scores(study.encoders, features, captions)),
                estimate(objects_found(look(study.judge, pictures), scenes)),
            )
        )
    return tuple(out)


def painted(storybook: Storybook, captions: Sequence[str], study: Study, text: str) -> Tensor:
    """One finished picture for each caption, [N, 3, S, S] in -1..1."""
    side = storybook.sizes[1]
    briefs = [Brief(caption, size=SizeCrop((side, side), (side, side))) for caption in captions]
    parts = []
    for start in range(0, len(briefs), CHUNK):
        study.progress(start, len(briefs), text)
        seeds = range(start, min(start + CHUNK, len(briefs)))
        parts.append(as_tensor(storybook.generate(briefs[start : start + CHUNK], seeds)))
    return torch.cat(parts)


def configuration_text(report: EnsembleReport) -> str:
    """The part of the page on Table 1."""
    heads = ["configuration", "drafts by", "parted at noise", "enlarged by", "FD", "CLIP score", "objects there"]
    lines = [
        [
            c.configuration, c.drawing, ", ".join(f"{split:.3g}" for split in c.splits) or "-", c.enlarging,
            f"{c.fd:.4f}", str(c.clip_score), str(c.objects),
        ]
        for c in report.configurations
    ]  # fmt: skip
    lacking = f"Not measured: {'; '.join(report.missing)}.\n" if report.missing else ""
    measured = table(heads, lines) if lines else "None of them can be made of these networks."
    return f"""Finished pictures, guidance {SHOWN_GUIDANCE:g}, FD to renders at the same size. In the paper the
high-noise expert of C and D begins at noise 9.6 (E^9_511), and each step from A to D lowers FID (7.35, 7.26, 7.11,
6.95).

{measured}

{lacking}"""


def ensemble_text(report: EnsembleReport) -> str:
    """The Markdown page."""
    lines = [[f.arm, f"{f.guidance:g}", f"{f.fd:.4f}", str(f.clip_score), str(f.objects)] for f in report.figures]
    parts = "\n".join(f"* {name}: {about}" for name, about in report.parts.items())
    names = dict.fromkeys(figure.arm for figure in report.figures)
    best = {name: min(f.fd for f in report.figures if f.arm == name) for name in names}
    compared = ", ".join(f"{arm} **{fd:.4f}**" for arm, fd in best.items())
    seen = "" if report.seen is None else (
        f"By itself, after its root, each network saw between {report.seen[0]:,} and {report.seen[1]:,} pictures.\n"
    )  # fmt: skip
    return f"""# Ensemble of experts

{report.captions} captions, {report.pictures} pictures in {report.seconds / 60:.1f} minutes ({STEPS} steps, the same
seeds in every row). FD: Fréchet distance on the model's own CLIP features to renders of the same captions (not FID;
biased upwards by the small number of pictures, alike in every row). Guidance 1 is none
(0 where it is counted as what is added).

Best FD of each arm, drafts of the base stage: {compared}.

{table(["arm", "guidance", "FD", "CLIP score", "objects there"], lines)}

![FD against CLIP score](ensemble.png)

## The paper's configurations

{configuration_text(report)}
## The networks

{seen}
{parts}

## Pictures

Not chosen: the first captions at guidance {SHOWN_GUIDANCE:g}.

![Pictures](ensemble-1.png)
"""


def write_ensemble(evaluation: EnsembleEvaluation, output: Path) -> Path:
    """Write ensemble.md, ensemble.json, the plot and a sheet into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    report = evaluation.report
    names = list(dict.fromkeys(figure.arm for figure in report.figures))
    lines = [Series(arm, tuple((f.clip_score.mean, f.fd) for f in report.figures if f.arm == arm)) for arm in names]
    plot("Fidelity against agreement", Axis("CLIP score"), Axis("FD"), lines).save(
        output / "ensemble.png", optimize=True
    )
    draft_sheet(evaluation.shown, names, evaluation.captions).save(output / "ensemble-1.png", optimize=True)
    write_json(report, output / "ensemble.json")
    page = output / "ensemble.md"
    page.write_text(ensemble_text(report), encoding="utf-8")
    return page
