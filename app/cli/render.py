"""`sinopia render`: a project to pictures, through an engine process of its own."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.cli.addresses import find_node
from app.cli.errors import CommandError, EngineFailureError, Exit
from app.cli.json_text import json_text
from app.cli.overrides import parse_seeds, with_seed, with_settings
from app.cli.projects import open_with_warnings, problem_line
from app.cli.terminal import ProgressLine, say
from app.cli.watch import RenderReport, RenderWatch
from app.client.client import EngineClient, JobOptions
from app.client.errors import ClientError
from app.client.settings import EngineSettings
from app.files.archive import ArchiveError
from app.files.cache import unpack_assets
from app.files.embedded import picture_facts
from app.files.errors import ProjectFileError
from app.files.project import Project
from app.model.home import find_home
from engine.api.errors import Problem, ProblemCode
from engine.api.plan import Plan
from engine.api.report import JobOutcome
from nodes.graph.compile import compile_plan
from nodes.graph.errors import GraphError, ProblemsError
from nodes.registry import Registry, installed

OF_THE_PROJECT = (ProblemCode.NODE, ProblemCode.NOT_FINITE, ProblemCode.FILE)
"""Problems that a change of the project mends; all others are the engine's."""


@dataclass(frozen=True)
class Run:
    """One plan to carry out, with the texts that go into its pictures."""

    seed: int | None
    plan: Plan
    facts: dict[str, str]


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `render`."""
    add = parser.add_argument
    add("file", metavar="FILE", type=Path, help="a project, a graph.json, or a picture made with one")
    add("-o", "--output", metavar="DIR", type=Path, default=Path("outputs"), help="where pictures go (./outputs)")
    add("--seed", metavar="N|A..B", help="set every seed that is not wired; a range renders once for each")
    add("--set", metavar="NODE.PARAM=VALUE", action="append", default=[], help="change a value; node by title or id")
    add("--target", metavar="NODE", action="append", help="run up to this node instead of up to every output")
    add("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to compute (auto)")
    add("--json", action="store_true", help="print, last, one JSON object about the run")


def run(arguments: argparse.Namespace) -> int:
    """Render, and say where the pictures are."""
    registry = installed()
    project = with_settings(open_with_warnings(arguments.file, registry), registry, arguments.set)
    seeds = () if arguments.seed is None else tuple(parse_seeds(arguments.seed))
    runs = prepared(project, registry, arguments.target, seeds)
    folder = writable_folder(arguments.output)
    watch = RenderWatch(ProgressLine(sys.stderr))
    _render(runs, folder, arguments.device, watch)
    report = watch.report(str(arguments.file), seeds)
    _print(report, as_json=arguments.json)
    _require_success(watch, arguments.file, debug=arguments.debug)
    return Exit.DONE


def prepared(
    project: Project, registry: Registry, targets: Sequence[str] | None, seeds: Sequence[int]
) -> tuple[Run, ...]:
    """Compile the project, once for each seed (once as it is where there are none).

    Raises:
        CommandError: something stands in the way; all of it is told, one problem a line.
    """
    wanted = None if targets is None else [find_node(project.graph, registry, name).id for name in targets]
    try:
        assets = unpack_assets(project, find_home().root / "assets")
        variants: dict[int | None, Project] = {
            seed: replace(project, graph=with_seed(project.graph, registry, seed)) for seed in seeds
        }
        return tuple(
            Run(seed, compile_plan(variant.graph, registry, wanted, assets), picture_facts(variant, registry))
            for seed, variant in (variants or {None: project}).items()
        )
    except ProblemsError as error:
        raise CommandError("\n".join(map(problem_line, error.problems))) from error
    except (GraphError, ProjectFileError, ArchiveError) as error:
        raise CommandError(str(error)) from error


def writable_folder(folder: Path) -> Path:
    """`folder`, made where it was not there.

    Raises:
        CommandError: nothing can be written into it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise CommandError(
            f"{folder}: Pictures cannot be written there ({error.strerror}).", "Name another folder with -o."
        ) from error


def _render(runs: Sequence[Run], folder: Path, device: str, watch: RenderWatch) -> None:
    """Carry the runs out one after the other until one does not go well."""
    try:
        with EngineClient(EngineSettings()) as client:
            for each in runs:
                watch.begin(each.plan, each.seed)
                options = JobOptions(each.facts, device)
                if client.run(each.plan, folder, watch.hear, options).outcome is not JobOutcome.DONE:
                    return
    except ClientError as error:
        raise EngineFailureError(str(error)) from error
    finally:
        watch.line.wipe()


def _print(report: RenderReport, *, as_json: bool) -> None:
    if as_json:
        say(json_text(report))
        return
    for node in report.nodes:
        for note in node.notes:
            say(f"{node.title}: {note}", sys.stderr)
    for path in report.outputs:
        say(path)


def _require_success(watch: RenderWatch, file: Path, *, debug: bool) -> None:
    """Raise what went wrong in the last run, if anything did."""
    if watch.outcome is JobOutcome.DONE:
        return
    if watch.outcome in (JobOutcome.CANCELLED, JobOutcome.REMOVED):
        raise KeyboardInterrupt
    problems = [*watch.problems, *(("engine", end.problem) for end in watch.ends[-1:] if end.problem is not None)]
    if debug:
        for _, problem in problems:
            say(problem.details, sys.stderr)
    told = "\n".join(f"{file}: {owner}: {problem}" for owner, problem in problems)
    raise _failure([problem for _, problem in problems], told)


def _failure(problems: Sequence[Problem], told: str) -> CommandError:
    if problems and all(problem.code in OF_THE_PROJECT for problem in problems):
        return CommandError(told)
    return EngineFailureError(told or "The engine could not do its work.")
