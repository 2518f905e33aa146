"""`sinopia train`: one network by one configuration, resumable at any moment."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.engine_tools import run_tool
from app.cli.errors import CommandError, Exit
from app.cli.places import RESOURCES


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `train`."""
    examples = RESOURCES / "storybook" / "training"
    parser.description = (
        f"Train one network by a configuration such as those in {examples}. A run that was stopped goes on from its "
        "last checkpoint."
    )
    parser.add_argument("config", metavar="CONFIG", type=Path, help="a TOML configuration")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), help="folder of the trained encoders and checkpoints (./runs)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads to use (all)")


def run(arguments: argparse.Namespace) -> int:
    """Train until the configuration's time is spent."""
    if not arguments.config.is_file():
        raise CommandError(
            f"{arguments.config}: there is no such file.",
            f"The configurations of Storybook are in {RESOURCES / 'storybook' / 'training'}.",
        )
    threads = [] if arguments.threads is None else ["--threads", str(arguments.threads)]
    options = [str(arguments.config), "--runs", str(arguments.runs), *threads]
    run_tool("engine.training.trainer", options, debug=arguments.debug)
    return Exit.DONE
