"""Evaluate Storybook: ``python -m engine.training.evaluate layout|style --output FOLDER``."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from engine.models.catalogue import RESOURCES
from engine.training.evaluation.design import draw_layouts
from engine.training.evaluation.layout import WEIGHTS, LayoutReport, Progress, evaluate_layout
from engine.training.evaluation.report import write_layout
from engine.training.evaluation.storybook import Recipe, Storybook
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


def show(done: int, total: int, text: str) -> None:
    print(f"\r{done}/{total} pictures, {text}   ", end="", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure layout control or style references of Storybook.")
    parser.add_argument("what", choices=("layout", "style"))
    parser.add_argument("--output", type=Path, default=RESULTS)
    parser.add_argument("--count", type=int, default=100, help="layouts or prompts")
    parser.add_argument("--seeds", type=int, default=2)
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
    else:
        run_style(told.output, prompts=told.count, seeds=told.seeds, progress=show, root=told.root, recipe=recipe)
    print(f"\n{told.output / told.what}.md")


if __name__ == "__main__":
    main()
