"""Evaluate Storybook: ``python -m engine.training.evaluate NAME --output FOLDER``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

# Idle threads of a loaded machine must sleep, not spin; OpenMP reads this when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import msgspec

from engine.diffusion.denoiser import Denoiser
from engine.models.catalogue import RESOURCES, Catalogue
from engine.models.ediff.config import UNetConfig
from engine.models.ediff.encoders import Encoders
from engine.models.storybook import StorybookDenoiser
from engine.training.evaluation.attention import evaluate_attention, write_attention
from engine.training.evaluation.capacity import evaluate_capacity, write_capacity
from engine.training.evaluation.design import draw_layouts
from engine.training.evaluation.drafts import Drafting
from engine.training.evaluation.encoders import evaluate_encoders, write_encoders
from engine.training.evaluation.ensemble import evaluate_ensemble, write_ensemble
from engine.training.evaluation.layout import WEIGHTS, LayoutReport, Progress, evaluate_layout
from engine.training.evaluation.prompt_switch import evaluate_switch, write_switch
from engine.training.evaluation.report import write_layout
from engine.training.evaluation.samplers import evaluate_samplers, write_samplers
from engine.training.evaluation.storybook import MODEL, Recipe, Storybook, handing_down
from engine.training.evaluation.style import StyleReport, draw_cases, evaluate_style, write_style
from engine.training.judge_network import Judge
from engine.training.world import World

RESULTS = RESOURCES / "docs" / "results"
RECIPE = Recipe()


def quiet(done: int, total: int, text: str) -> None:
    """Progress that nobody watches."""


def run_layout(
    output: Path = RESULTS,
    *,
    layouts: int = 100,
    seeds: int = 2,
    progress: Progress = quiet,
    root: Path = RESOURCES,
    recipe: Recipe = RECIPE,
) -> LayoutReport:
    """Measure layout control of the model below `root`; writes layout.md, layout.json and sheets into `output`.

    Raises SpritesMissingError without the emoji font, ModelError without the model or the judge.
    """
    world, judge, storybook = World.load(), Judge.load(), Storybook.load(root, recipe)
    evaluation = evaluate_layout(
        storybook.generate, judge, draw_layouts(world, layouts), range(seeds), WEIGHTS, world=world, progress=progress
    )
    write_layout(evaluation, output)
    return evaluation.report


def run_style(
    output: Path = RESULTS,
    *,
    prompts: int = 48,
    seeds: int = 2,
    progress: Progress = quiet,
    root: Path = RESOURCES,
    recipe: Recipe = RECIPE,
) -> StyleReport:
    """Measure what style references do; writes style.md, style.json and a sheet into `output`. Raises as run_layout."""
    world, judge, storybook = World.load(), Judge.load(), Storybook.load(root, recipe)
    evaluation = evaluate_style(storybook.generate, judge, draw_cases(world, prompts), range(seeds), progress=progress)
    write_style(evaluation, output)
    return evaluation.report


@dataclass(frozen=True)
class Study:
    """What the evaluations of drafts work with: the model's parts below `root`, loaded when they are asked for."""

    root: Path
    recipe: Recipe
    progress: Progress

    @cached_property
    def catalogue(self) -> Catalogue:
        return Catalogue(self.root)

    @cached_property
    def base(self) -> StorybookDenoiser:
        return self.catalogue.load_part(MODEL, "base", self.recipe.device)

    @cached_property
    def encoders(self) -> Encoders:
        return Encoders.load(self.root / MODEL)

    @cached_property
    def drafting(self) -> Drafting:
        return Drafting(self.base.native_size, self.recipe.device, self.progress)

    def joined(self, parts: Sequence[str]) -> Denoiser:
        """The named parts, each from its own highest noise level down to that of the next."""
        return handing_down([self.catalogue.load_part(MODEL, part, self.recipe.device) for part in parts])


def run_samplers(output: Path, count: int, study: Study) -> None:
    """Measure the samplers."""
    report = evaluate_samplers(study.base, study.encoders, World.load(), count, study.drafting)
    write_samplers(report, output)


def run_switch(output: Path, count: int, study: Study) -> None:
    """Measure prompt switching."""
    write_switch(evaluate_switch(study.base, Judge.load(), count, study.drafting), output)


def run_encoders(output: Path, count: int, study: Study) -> None:
    """Measure what each text encoder brings."""
    write_encoders(evaluate_encoders(study.base, study.encoders, Judge.load(), count, study.drafting), output)


def run_ensemble(output: Path, count: int, study: Study) -> None:
    """Measure the ensemble against the shared model."""
    card = study.catalogue.card(MODEL)
    evaluation = evaluate_ensemble(
        study.joined, study.encoders, Judge.load(), World.load(), card, count, study.drafting
    )
    write_ensemble(evaluation, output)


def run_attention(output: Path, count: int, study: Study) -> None:
    """Measure what is looked at by noise level, of the shared model and of the experts."""
    experts = [study.catalogue.load_part(MODEL, part, study.recipe.device) for part in study.recipe.experts]
    arms = (("shared model", [study.base]), ("experts", experts))
    write_attention(evaluate_attention(arms, count, study.drafting), output)


def run_capacity(output: Path, count: int, study: Study) -> None:
    """Measure the time of an evaluation; `count` are the rounds."""
    file = study.root / MODEL / "parts" / "base.json"
    config = msgspec.json.decode(file.read_bytes(), type=UNetConfig)
    write_capacity(evaluate_capacity(config, count, study.progress), output)


DRAFTED: dict[str, Callable[[Path, int, Study], None]] = {
    "ensemble": run_ensemble,
    "encoders": run_encoders,
    "prompt-switch": run_switch,
    "attention": run_attention,
    "capacity": run_capacity,
    "samplers": run_samplers,
}
"""Evaluations of the base model's drafts, by name."""


def show(done: int, total: int, text: str) -> None:
    print(f"\r{done}/{total}, {text}   ", end="", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Storybook.")
    parser.add_argument("what", choices=("layout", "style", *DRAFTED))
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--count", type=int, default=100, help="layouts, prompts, captions or rounds")
    parser.add_argument("--seeds", type=int, default=2, help="pictures of each layout or prompt")
    parser.add_argument("--root", type=Path, default=RESOURCES, help="folder that holds the model's folder")
    parser.add_argument("--experts", nargs="+", default=list(RECIPE.experts))
    parser.add_argument("--sampler", default=RECIPE.sampler)
    parser.add_argument("--steps", type=int, default=RECIPE.steps)
    parser.add_argument("--guidance", type=float, default=RECIPE.guidance)
    parser.add_argument("--device", default=RECIPE.device)
    return parser.parse_args()


def main() -> None:
    told = arguments()
    recipe = replace(
        RECIPE,
        experts=tuple(told.experts),
        sampler=told.sampler,
        steps=told.steps,
        guidance=told.guidance,
        device=told.device,
    )
    if told.what == "layout":
        run_layout(told.output, layouts=told.count, seeds=told.seeds, progress=show, root=told.root, recipe=recipe)
    elif told.what == "style":
        run_style(told.output, prompts=told.count, seeds=told.seeds, progress=show, root=told.root, recipe=recipe)
    else:
        DRAFTED[told.what](told.output, told.count, Study(told.root, recipe, show))
    print(f"\n{told.output / told.what}.md")


if __name__ == "__main__":
    main()
