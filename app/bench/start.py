"""`sinopia bench start`: how long until the program answers, and what its libraries cost."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from app.bench.results import BenchReport, Row, report, seconds
from app.client.client import EngineClient
from app.client.events import ClientEvent, EngineStarted
from app.client.settings import HEAVY, ROOT, EngineSettings
from app.model.home import HOME_VARIABLE
from engine.api.messages import Ready
from nodes.graph.compile import compile_plan
from nodes.graph.synthetic import chain, synthetic_registry

# What someone waits for at a start: the command line, the engine without and with its libraries.
IMPORTS = ("app.cli.main", "nodes.registry", "app.qt.application", "engine.runtime.host", *HEAVY[:2])
REPEATS = 5


def bench_start(imports: Sequence[str] = IMPORTS, repeats: int = REPEATS, warm: Sequence[str] = HEAVY) -> BenchReport:
    """Measure the start of an engine, its idle memory, and imports, each from a new process with warm disk caches."""
    return report("start", _rows(imports, repeats, tuple(warm)))


def _rows(imports: Sequence[str], repeats: int, warm: tuple[str, ...]) -> Iterator[Row]:
    starts = [_start(warm) for _ in range(repeats)]
    yield Row("engine: process start to first answer", "s", tuple(start.answer for start in starts))
    yield Row("engine: process start to libraries loaded", "s", tuple(start.ready for start in starts))
    yield Row("engine: first job after the libraries", "s", tuple(start.job for start in starts))
    yield Row("engine: peak memory when idle", "bytes", tuple(start.memory for start in starts))
    yield from _first_paints(repeats)
    bare = _import_seconds("sys", repeats)
    yield Row("python alone", "s", bare)
    for module in imports:
        yield Row(f"python and import {module}", "s", _import_seconds(module, repeats))


class _Start:
    """One start of an engine, watched from outside."""

    def __init__(self) -> None:
        self.answer = self.ready = self.job = self.memory = 0.0
        self.begun = time.perf_counter()
        self.is_ready = threading.Event()

    def hear(self, event: ClientEvent) -> None:
        """Take the times of what is told."""
        if isinstance(event, EngineStarted):
            self.answer = event.seconds
        elif isinstance(event, Ready):
            self.ready = time.perf_counter() - self.begun
            self.is_ready.set()


def _start(warm: tuple[str, ...]) -> _Start:
    plan = compile_plan(chain(2), synthetic_registry(), ["n1"])
    start = _Start()
    with tempfile.TemporaryDirectory() as folder, EngineClient(EngineSettings(warm=warm), start.hear) as client:
        client.start()
        if not start.is_ready.wait(EngineSettings().start_patience):
            raise RuntimeError("the engine did not get ready; run `sinopia doctor`")
        begun = time.perf_counter()
        start.memory = float(client.run(plan, Path(folder)).peak_memory)
        start.job = time.perf_counter() - begun
    return start


def _first_paint(compiled: str) -> tuple[float, float]:
    """The window of a new home, with the demo, without a display, until it is painted: seconds, and the processor's.

    `compiled`: a folder for Python's compiled files, so that every start but the first finds them.
    """
    with tempfile.TemporaryDirectory() as home:
        settings = {HOME_VARIABLE: home, "QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": compiled}
        environment = {**os.environ, **settings, "PYTHONDONTWRITEBYTECODE": ""}
        command = [sys.executable, "-c", "from app.qt.start import paint_once; paint_once()"]
        begun = time.perf_counter()
        told = subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True).stdout
        return time.perf_counter() - begun, float(told)


def _first_paints(repeats: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as compiled:
        _first_paint(compiled)
        elapsed, worked = zip(*(_first_paint(compiled) for _ in range(repeats)), strict=True)
    yield Row("studio: process start to first paint", "s", elapsed)
    yield Row("studio: the processor's time in it", "s", worked)


def _import_seconds(module: str, repeats: int) -> tuple[float, ...]:
    command = [sys.executable, "-c", f"import {module}"]
    return tuple(seconds(lambda: subprocess.run(command, check=True, cwd=ROOT)) for _ in range(repeats))
