"""`sinopia bench`: how fast graphs, starts and renders are on this machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.bench.graph import bench_graph
from app.bench.render import RenderFailedError, bench_render
from app.bench.results import BenchReport
from app.bench.start import bench_start
from app.cli.errors import CommandError, Exit, UsageError
from app.cli.json_text import json_text
from app.cli.places import RESOURCES
from app.cli.terminal import say
from app.client.errors import ClientError
from app.files.errors import ProjectFileError
from nodes.graph.errors import GraphError

BENCHES = ("graph", "start", "render")


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `bench`."""
    parser.description = (
        "Measure speed on this machine: graph (validation, compiling and running of graphs up to 10,000 nodes), start "
        "(of the engine, and what its libraries cost), or render (a project cold and warm, by stages, and its memory)."
    )
    parser.add_argument("name", choices=BENCHES, metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument(
        "file", nargs="?", metavar="FILE", type=Path, help="the project to render (the demo that comes with Sinopia)"
    )
    parser.add_argument("--repeats", type=int, default=3, help="how often each thing is measured (3)")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to render (auto)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    if arguments.repeats < 1:
        raise UsageError("Nothing can be measured less than once.", "Give --repeats a number of at least 1.")
    try:
        report = _measured(arguments)
    except (RenderFailedError, ProjectFileError, GraphError, ClientError) as error:
        raise CommandError(str(error)) from error
    say(json_text(report) if arguments.json else report.table())
    return Exit.DONE


def _measured(arguments: argparse.Namespace) -> BenchReport:
    if arguments.name == "render":
        file = arguments.file or RESOURCES / "examples" / "demo.sinopia"
        return bench_render(file, arguments.repeats, arguments.device)
    if arguments.file is not None:
        raise UsageError(f"`sinopia bench {arguments.name}` measures no file.", "Leave it out.")
    if arguments.name == "graph":
        return bench_graph(repeats=arguments.repeats)
    return bench_start(repeats=arguments.repeats)
