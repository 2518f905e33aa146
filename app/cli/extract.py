"""`sinopia extract`: the project out of a picture, into a file of its own."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.errors import Exit
from app.cli.projects import open_with_warnings, write_new_project
from app.cli.terminal import say
from nodes.registry import installed


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `extract`."""
    parser.add_argument("picture", metavar="PICTURE", type=Path, help="a picture made with Sinopia")
    parser.add_argument(
        "-o", "--output", metavar="FILE.sinopia", type=Path, required=True, help="where to write the project"
    )


def run(arguments: argparse.Namespace) -> int:
    """Write the project that made the picture."""
    registry = installed()
    project = open_with_warnings(arguments.picture, registry)
    write_new_project(project, arguments.output, registry)
    say(str(arguments.output))
    return Exit.DONE
