"""`sinopia check`: everything that is wrong with a project, at once."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.errors import Exit
from app.cli.json_text import json_text
from app.cli.places import RESOURCES
from app.cli.projects import open_with_warnings, problem_line
from app.cli.terminal import say
from app.model.home import find_home
from app.model.model_cards import missing_models, read_models
from nodes.graph.validate import validate
from nodes.registry import installed


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `check`."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a project, a graph.json, or a picture made with one")
    parser.add_argument("--json", action="store_true", help="print a JSON list of {node, port, code, message}")


def run(arguments: argparse.Namespace) -> int:
    """Print the problems; exit 1 when there are any."""
    registry = installed()
    project = open_with_warnings(arguments.file, registry)
    models = read_models((RESOURCES, find_home().models))
    problems = (*validate(project.graph, registry, project.files), *missing_models(project.graph, models))
    if arguments.json:
        say(json_text(problems))
    elif problems:
        say("\n".join(map(problem_line, problems)))
    else:
        say(f"{arguments.file}: nothing is wrong with its {len(project.graph.nodes)} nodes.")
    return Exit.WRONG if problems else Exit.DONE
