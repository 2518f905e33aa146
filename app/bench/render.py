"""`sinopia bench render`: one project from a cold start and warm, by stages, and the memory that it takes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from app.bench.results import BenchReport, Row, report, seconds
from app.client.client import EngineClient, JobOptions
from app.client.events import ClientEvent
from app.client.settings import ROOT, EngineSettings
from app.files.cache import unpack_assets
from app.files.opening import open_project
from engine.api.messages import JobEnded, NodeDone, NodeFailed
from engine.api.plan import Plan
from engine.api.report import JobOutcome, StepOutcome
from nodes.graph.compile import compile_plan
from nodes.registry import Registry, installed

REPEATS = 3


class RenderFailedError(Exception):
    """The project did not render, so there is nothing to measure; the message says why."""


@dataclass
class _Stages:
    """Listens to one job: seconds by node."""

    titles: dict[str, str]
    seconds: dict[str, float] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def hear(self, event: ClientEvent) -> None:
        """Take the seconds of what ran."""
        if isinstance(event, NodeDone) and event.outcome is StepOutcome.RAN:
            title = self.titles[event.node]
            self.seconds[title] = self.seconds.get(title, 0.0) + event.seconds
        elif isinstance(event, NodeFailed):
            self.faults.append(str(event.problem))


def bench_render(
    project: Path, repeats: int = REPEATS, device: str = "auto", registry: Registry | None = None
) -> BenchReport:
    """Measure `project`. Raises RenderFailedError, and what opening and compiling it raise."""
    with tempfile.TemporaryDirectory() as folder:
        known = registry or installed()
        rows = chain(
            _command_row(project, device, Path(folder)),
            engine_rows(project, repeats, device, known, Path(folder), EngineSettings()),
        )
        return report("render", rows)


def _command_row(project: Path, device: str, folder: Path) -> Iterator[Row]:
    command = [sys.executable, "-m", "app", "render", str(project.resolve()), "-o", str(folder), "--device", device]
    yield Row("command line, from nothing to the picture", "s", (seconds(lambda: _command(command)),))


def engine_rows(
    project: Path, repeats: int, device: str, registry: Registry, folder: Path, settings: EngineSettings
) -> Iterator[Row]:
    """Measure `project` in an engine of its own, cold and warm; pictures go into `folder`."""
    begun = time.perf_counter()
    with EngineClient(settings) as client:
        client.start()
        plan = _plan(project, registry, folder)
        end, stages = _render(client, plan, folder, JobOptions(device=device))
        yield Row("new engine to the picture", "s", (time.perf_counter() - begun,))
        yield from _stage_rows("cold", [stages])
        warm = [_render(client, plan, folder, JobOptions(device=device, fresh=True)) for _ in range(repeats)]
        yield Row("warm, everything run again", "s", tuple(end.seconds for end, _ in warm))
        yield from _stage_rows("warm", [stages for _, stages in warm])
        kept = [_render(client, plan, folder, JobOptions(device=device)) for _ in range(repeats)]
        yield Row("warm, nothing changed", "s", tuple(end.seconds for end, _ in kept))
        yield Row("peak memory of the engine", "bytes", (float(max(end.peak_memory, kept[-1][0].peak_memory)),))


def _command(command: list[str]) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RenderFailedError(done.stderr.strip() or f"the command line ended with {done.returncode}")


def _plan(project: Path, registry: Registry, folder: Path) -> Plan:
    opened = open_project(project, registry)
    assets = unpack_assets(opened.project, folder / "unpacked")
    return compile_plan(opened.project.graph, registry, assets=assets)


def _render(client: EngineClient, plan: Plan, folder: Path, options: JobOptions) -> tuple[JobEnded, dict[str, float]]:
    stages = _Stages({step.node: step.title for step in plan.steps})
    end = client.run(plan, folder / "pictures", stages.hear, options)
    if end.outcome is not JobOutcome.DONE:
        raise RenderFailedError("; ".join(stages.faults) or str(end.problem))
    return end, stages.seconds


def _stage_rows(case: str, runs: list[dict[str, float]]) -> Iterator[Row]:
    for title in runs[0]:
        yield Row(f"  {case}: {title}", "s", tuple(run[title] for run in runs))
