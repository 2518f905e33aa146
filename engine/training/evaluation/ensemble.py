"""Ensembles of experts measured (eDiff-I, figures 7 and 9): fidelity against agreement with the sentence.

The shared model and its experts were all trained on from the same root for about the same number of pictures each.
Every arm makes the same captions from the same seeds at several guidance weights.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from engine.api.cards import ModelCard
from engine.diffusion.denoiser import Denoiser
from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import SolveSettings
from engine.models.ediff.encoders import Encoders
from engine.training.evaluation.drafts import EXAMPLES, Drafting, asked, draft_sheet, renders, whole_scenes
from engine.training.evaluation.encoders import objects_found
from engine.training.evaluation.features import clip_scores, frechet_distance, picture_features
from engine.training.evaluation.plot import Axis, Series, plot
from engine.training.evaluation.report import table, write_json
from engine.training.evaluation.seen import look
from engine.training.evaluation.statistics import Estimate, estimate
from engine.training.judge_network import Judge
from engine.training.world import World

STEPS = 16
GUIDANCES = (1.0, 1.5, 2.0, 3.0, 5.0, 8.0)
SHOWN_GUIDANCE = 3.0
ARMS: dict[str, tuple[str, ...]] = {
    "shared model": ("base",),
    "two experts": ("high", "low"),
}


class EnsembleFigure(msgspec.Struct, frozen=True):
    """One arm at one guidance weight."""

    arm: str
    guidance: float
    fd: float
    clip_score: Estimate
    objects: Estimate


class EnsembleReport(msgspec.Struct, frozen=True):
    captions: int
    pictures: int
    seconds: float
    parts: dict[str, str]
    figures: tuple[EnsembleFigure, ...]


@dataclass(frozen=True, eq=False)
class EnsembleEvaluation:
    """`shown` [arms, examples, 3, S, S] are drafts at the shown guidance weight."""

    report: EnsembleReport
    captions: tuple[str, ...]
    shown: Tensor


def evaluate_ensemble(
    arm_of: Callable[[Sequence[str]], Denoiser],
    encoders: Encoders,
    judge: Judge,
    world: World,
    card: ModelCard,
    count: int,
    drafting: Drafting,
) -> EnsembleEvaluation:
    """Make `count` captions by every arm at every guidance weight; `arm_of(parts)` joins the named parts."""
    begin = time.monotonic()
    scenes = whole_scenes(7, count)
    captions = [scene.caption for scene in scenes]
    pictures = [asked(scene, number, drafting.side) for number, scene in enumerate(scenes)]
    real = picture_features(encoders, renders(world, scenes, drafting.side))
    figures, shown = [], []
    for arm, parts in ARMS.items():
        denoiser = arm_of(parts)
        grid = make_sigmas("order6", STEPS, denoiser.sigma_max, max(denoiser.sigma_min, 0.002))
        for guidance in GUIDANCES:
            settings = SolveSettings(grid, "dpmpp_2m", guidance)
            made = drafting(denoiser, pictures, settings, f"{arm}, guidance {guidance:g}")
            features = picture_features(encoders, made)
            score = estimate(clip_scores(encoders, features, captions))
            found = estimate(objects_found(look(judge, made), scenes))
            figures.append(EnsembleFigure(arm, guidance, frechet_distance(features, real), score, found))
            if guidance == SHOWN_GUIDANCE:
                shown.append(made[:EXAMPLES])
    told = {part.name: part.about for part in card.parts if any(part.name in parts for parts in ARMS.values())}
    seconds, total = time.monotonic() - begin, count * len(ARMS) * len(GUIDANCES)
    report = EnsembleReport(count, total, seconds, told, tuple(figures))
    return EnsembleEvaluation(report, tuple(captions[:EXAMPLES]), torch.stack(shown))


def ensemble_text(report: EnsembleReport) -> str:
    """The Markdown page."""
    lines = [[f.arm, f"{f.guidance:g}", f"{f.fd:.4f}", str(f.clip_score), str(f.objects)] for f in report.figures]
    parts = "\n".join(f"* {name}: {about}" for name, about in report.parts.items())
    best = {arm: min(f.fd for f in report.figures if f.arm == arm) for arm in ARMS}
    compared = ", ".join(f"{arm} **{fd:.4f}**" for arm, fd in best.items())
    return f"""# Ensemble of experts

{report.captions} captions, {report.pictures} pictures of the base stage in {report.seconds / 60:.1f} minutes ({STEPS}
steps, the same seeds in every row). FD: Fréchet distance on Storybook's CLIP features to renders of the same captions
(not FID; biased upwards by the small number of pictures, alike in every row). Guidance 1 is none.

Best FD of each arm: {compared}.

{table(["arm", "guidance", "FD", "CLIP score", "objects there"], lines)}

![FD against CLIP score](ensemble.png)

## The networks

{parts}

Ensembles of three experts and the paper's configurations with the interval E^9_511 need experts that this model does
not have yet; they are not measured.

## Pictures

Not chosen: the first captions at guidance {SHOWN_GUIDANCE:g}.

![Pictures](ensemble-1.png)
"""


def write_ensemble(evaluation: EnsembleEvaluation, output: Path) -> Path:
    """Write ensemble.md, ensemble.json, the plot and a sheet into the folder `output`; returns the page."""
    output.mkdir(parents=True, exist_ok=True)
    report = evaluation.report
    lines = [Series(arm, tuple((f.clip_score.mean, f.fd) for f in report.figures if f.arm == arm)) for arm in ARMS]
    plot("Fidelity against agreement", Axis("CLIP score"), Axis("FD"), lines).save(
        output / "ensemble.png", optimize=True
    )
    draft_sheet(evaluation.shown, list(ARMS), evaluation.captions).save(output / "ensemble-1.png", optimize=True)
    write_json(report, output / "ensemble.json")
    page = output / "ensemble.md"
    page.write_text(ensemble_text(report), encoding="utf-8")
    return page
