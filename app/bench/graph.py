"""`sinopia bench graph`: what handling a graph costs, whatever its nodes do.

Every chain is compiled here and run by a real engine process, as a window would do it: from the graph to the end of the
job, every message on the way included. The nodes add numbers, so what is measured is the program around them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from app.bench.results import BenchReport, Row, report, seconds
from app.client.client import EngineClient
from app.client.settings import EngineSettings
from engine.api.messages import JobEnded
from engine.api.report import JobOutcome
from nodes.graph.compile import compile_plan
from nodes.graph.model import Graph
from nodes.graph.synthetic import chain, diamond, synthetic_registry
from nodes.graph.validate import validate

CHAINS = (10, 100, 200, 500, 2_000, 10_000)
COMPILED = 2_000
LAYERS = 40
REPEATS = 3

Run = Callable[[Graph, str], None]


def bench_graph(chains: Sequence[int] = CHAINS, repeats: int = REPEATS) -> BenchReport:
    """Measure validation, compiling, and chains and a diamond from end to end."""
    return report("graph", _rows(chains, repeats))


def _rows(chains: Sequence[int], repeats: int) -> Iterator[Row]:
    registry = synthetic_registry()
    graph = chain(COMPILED)
    last = f"n{COMPILED - 1}"
    times = range(repeats)
    yield Row("validate 2,000 nodes", "s", tuple(seconds(lambda: validate(graph, registry)) for _ in times), COMPILED)
    compiled = tuple(seconds(lambda: compile_plan(graph, registry, [last])) for _ in times)
    yield Row("validate and compile 2,000 nodes", "s", compiled, COMPILED)
    with tempfile.TemporaryDirectory() as folder, EngineClient(EngineSettings(warm=())) as client:
        ends: list[JobEnded] = []

        def run(graph: Graph, target: str) -> None:
            end = client.run(compile_plan(graph, registry, [target]), Path(folder))
            if end.outcome is not JobOutcome.DONE:
                raise RuntimeError(f"the benchmark's own graph did not run: {end}")
            ends.append(end)

        run(chain(2), "n1")  # the engine starts with the first job; that is measured elsewhere
        for length in chains:
            yield from _chain_rows(run, length, repeats)
        yield from _diamond_rows(run, repeats)
        yield Row("peak memory of the engine after all of it", "bytes", (float(ends[-1].peak_memory),))


def _chain_rows(run: Run, length: int, repeats: int) -> Iterator[Row]:
    target = f"n{length - 1}"
    found: dict[str, list[float]] = {}
    for repeat in range(repeats):
        # Numbers that no other chain starts with: nothing that was kept may help a first run.
        graph = chain(length, start=length + repeat / 16)
        cases = {
            "first": graph,
            "identical rerun": graph,
            "only last changed": _with_param(graph, target, "amount", 2.0),
            "first changed": _with_param(graph, "n0", "value", length + repeat / 16 + 1 / 32),
        }
        for case, changed in cases.items():
            found.setdefault(case, []).append(seconds(partial(run, changed, target)))
    for case, values in found.items():
        yield Row(f"chain of {length:,}, {case}", "s", tuple(values), length)


def _diamond_rows(run: Run, repeats: int) -> Iterator[Row]:
    graphs = [diamond(LAYERS, start=repeat / 16) for repeat in range(repeats)]
    first = [seconds(partial(run, graph, f"j{LAYERS}")) for graph in graphs]
    again = [seconds(partial(run, graph, f"j{LAYERS}")) for graph in graphs]
    count = len(graphs[0].nodes)
    yield Row(f"diamond of {LAYERS} layers, first", "s", tuple(first), count)
    yield Row(f"diamond of {LAYERS} layers, identical rerun", "s", tuple(again), count)


def _with_param(graph: Graph, node: str, name: str, value: float) -> Graph:
    changed = (
        msgspec.structs.replace(each, params={**each.params, name: value}) if each.id == node else each
        for each in graph.nodes
    )
    return msgspec.structs.replace(graph, nodes=tuple(changed))
