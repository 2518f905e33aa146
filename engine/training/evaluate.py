"""Evaluate a model: ``python -m engine.training.evaluate NAME --output FOLDER --model FOLDER``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import get_args

# Idle threads of a loaded machine must sleep, not spin; OpenMP reads this when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch

from engine.models.catalogue import RESOURCES, read_network
from engine.models.ediff.encoders import Encoders
from engine.training.evaluation.ablations import evaluate_ablations, write_ablations
from engine.training.evaluation.arms import shipped_arms, trained_arms
from engine.training.evaluation.attention import evaluate_attention, write_attention
from engine.training.evaluation.capacity import evaluate_capacity, write_capacity
from engine.training.evaluation.crop import evaluate_crop
from engine.training.evaluation.crop_report import write_crop
from engine.training.evaluation.design import draw_layouts
from engine.training.evaluation.encoders import evaluate_encoders, write_encoders
from engine.training.evaluation.ensemble import evaluate_ensemble, write_ensemble
from engine.training.evaluation.layout import WEIGHTS, Bench, evaluate_layout
from engine.training.evaluation.layout_report import write_layout
from engine.training.evaluation.prompt_switch import evaluate_switch, write_switch
from engine.training.evaluation.samplers import evaluate_samplers, write_samplers
from engine.training.evaluation.storybook import Precision
from engine.training.evaluation.study import RECIPE, SHIPPED_FOLDER, Study
from engine.training.evaluation.style import draw_cases, draw_outside, evaluate_style
from engine.training.evaluation.style_report import write_style
from engine.training.progress import Tally

RESULTS = RESOURCES / "docs" / "results"
IN_BFLOAT16 = """The networks that made these pictures computed in bfloat16, to save time. Judge and features computed
in float32, as the program does."""
ENCODERS = "encoders"
"""Folder below that of runs which holds their encoders."""


@dataclass(frozen=True)
class Task:
    """What is measured, how often, and where the report goes. `runs`: folder of trained runs, for the ensemble."""

    study: Study
    output: Path
    count: int
    seeds: int
    runs: Path | None = None


def bench_of(study: Study) -> Bench:
    """What layouts are measured with. Raises SpritesMissingError without the emoji font, ModelError without a part."""
    return Bench(study.storybook.generate, study.judge, study.encoders, study.setting.world, study.progress)


def run_layout(task: Task) -> None:
    """Measure layout control, and what it costs in fidelity, over the weight w'."""
    layouts = draw_layouts(task.study.setting, task.count)
    write_layout(evaluate_layout(bench_of(task.study), layouts, range(task.seeds), WEIGHTS), task.output)


def run_ablations(task: Task) -> None:
    """Measure what each choice of paint-with-words does, at the model's default weight."""
    layouts, weight = draw_layouts(task.study.setting, task.count), task.study.card.default_weight
    write_ablations(evaluate_ablations(bench_of(task.study), layouts, range(task.seeds), weight), task.output)


def run_style(task: Task) -> None:
    """Measure what style references do, from the world and from outside it."""
    study = task.study
    cases, outside = (draw(study.setting, task.count) for draw in (draw_cases, draw_outside))
    evaluation = evaluate_style(
        study.storybook.generate, study.judge, cases, outside, range(task.seeds), progress=study.progress
    )
    write_style(evaluation, task.output)


def run_samplers(task: Task) -> None:
    """Measure the samplers."""
    study = task.study
    write_samplers(
        evaluate_samplers(study.base, study.encoders, study.setting, task.count, study.drafting), task.output
    )


def run_switch(task: Task) -> None:
    """Measure prompt switching."""
    study = task.study
    write_switch(evaluate_switch(study.base, study.judge, study.setting, task.count, study.drafting), task.output)


def run_encoders(task: Task) -> None:
    """Measure what each text encoder brings."""
    study = task.study
    evaluation = evaluate_encoders(study.base, study.encoders, study.judge, study.setting, task.count, study.drafting)
    write_encoders(evaluation, task.output)


def run_crop(task: Task) -> None:
    """Measure the size and crop conditioning."""
    study = task.study
    write_crop(evaluate_crop(study.storybook.base, study.judge, study.setting, task.count, study.drafting), task.output)


def run_ensemble(task: Task) -> None:
    """Measure ensembles against the shared model: the model's own parts, or what a folder of runs holds."""
    study = task.study
    if task.runs is None:
        arms = shipped_arms(study)
    else:
        folder = task.runs / ENCODERS
        encoders = Encoders.load(folder) if folder.is_dir() else study.encoders
        arms = trained_arms(task.runs, encoders.to(torch.device(study.recipe.device)), study.recipe.device)
    write_ensemble(evaluate_ensemble(study, arms, task.count), task.output)


def run_attention(task: Task) -> None:
    """Measure what is looked at by noise level, of the shared model and of the experts where there are any."""
    study = task.study
    experts = [("experts", study.loaded(study.parts.experts))] if study.parts.experts else []
    arms = [("shared model", [study.base]), *experts]
    write_attention(evaluate_attention(arms, study.setting, task.count, study.drafting, task.seeds), task.output)


def run_capacity(task: Task) -> None:
    """Measure the time of an evaluation; the count is that of rounds."""
    study = task.study
    file = next(part.file for part in study.card.parts if part.name == study.parts.shared)
    report = evaluate_capacity(read_network(study.folder / file), task.count, study.progress)
    write_capacity(report, task.output)


@dataclass(frozen=True)
class Evaluation:
    """An evaluation with the count and the seeds it takes where none are told."""

    run: Callable[[Task], None]
    count: int
    seeds: int = 1


EVALUATIONS: Mapping[str, Evaluation] = MappingProxyType(
    {
        "layout": Evaluation(run_layout, 200, 4),
        "layout-ablations": Evaluation(run_ablations, 200, 4),
        "style": Evaluation(run_style, 48, 2),
        "ensemble": Evaluation(run_ensemble, 80),
        "encoders": Evaluation(run_encoders, 64),
        "prompt-switch": Evaluation(run_switch, 48),
        "attention": Evaluation(run_attention, 16, 2),
        "capacity": Evaluation(run_capacity, 31),
        "samplers": Evaluation(run_samplers, 48),
        "crop": Evaluation(run_crop, 48),
    }
)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure a model.")
    parser.add_argument("what", choices=tuple(EVALUATIONS))
    parser.add_argument("--model", type=Path, default=SHIPPED_FOLDER, help="the model's folder")
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--count", type=int, help="layouts, prompts, captions or rounds")
    parser.add_argument("--seeds", type=int, help="pictures of each layout or prompt")
    parser.add_argument("--runs", type=Path, help="folder of runs whose ensembles are measured (ensemble)")
    parser.add_argument("--experts", nargs="+", default=[], help="parts that draw (the card's experts)")
    parser.add_argument("--sampler", default=RECIPE.sampler)
    parser.add_argument("--steps", type=int, default=RECIPE.steps)
    parser.add_argument("--guidance", type=float, help="of drafts (the card's)")
    parser.add_argument("--device", default=RECIPE.device)
    parser.add_argument("--precision", choices=get_args(Precision), default=RECIPE.precision)
    told = parser.parse_args()
    if told.what == "capacity" and told.precision != RECIPE.precision:
        parser.error("capacity measures the times of float32: leave out --precision")
    return told


def say_precision(page: Path) -> None:
    """Add to a report that its pictures were not made as the program makes them."""
    text = page.read_text(encoding="utf-8")
    page.write_text(f"{text.rstrip()}\n\n{IN_BFLOAT16}\n", encoding="utf-8")


def main() -> None:
    told = arguments()
    chosen = EVALUATIONS[told.what]
    recipe = replace(
        RECIPE,
        sampler=told.sampler,
        steps=told.steps,
        guidance=told.guidance,
        device=told.device,
        precision=told.precision,
    )
    tally = Tally()
    study = Study(told.model.resolve(), recipe, tally.show, tuple(told.experts))
    count, seeds = told.count or chosen.count, told.seeds or chosen.seeds
    chosen.run(Task(study, told.output, count, seeds, told.runs))
    tally.finish()
    page = told.output / f"{told.what}.md"
    if recipe.precision != RECIPE.precision:
        say_precision(page)
    print(page)


if __name__ == "__main__":
    main()
