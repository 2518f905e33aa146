"""`sinopia train`: one network by one configuration, or a whole tree of experts, resumable at any moment."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.engine_tools import run_tool
from app.cli.errors import CommandError, Exit
from app.cli.places import RESOURCES

EXAMPLES = RESOURCES / "configs" / "small"
PAPER = RESOURCES / "configs" / "ediff-i"


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `train`."""
    parser.description = (
        f"Train one network by a configuration such as those in {EXAMPLES}, or a tree of experts by a schedule such as "
        f"{PAPER / 'base-experts.toml'}. What was stopped goes on from its last checkpoint."
    )
    parser.epilog = "Several GPUs: torchrun --nproc-per-node N -m engine.training.train CONFIG --runs DIR"
    parser.add_argument("config", metavar="CONFIG", type=Path, help="a configuration or a schedule (TOML)")
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), help="folder of the trained encoders and checkpoints (./runs)"
    )
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to train (auto)")
    parser.add_argument("--threads", type=int, help="CPU threads to use (all)")


def run(arguments: argparse.Namespace) -> int:
    """Train until every budget is spent."""
    if not arguments.config.is_file():
        raise CommandError(
            f"{arguments.config}: there is no such file.",
            f"Small configurations are in {EXAMPLES}, those of eDiff-I in {PAPER}.",
        )
    threads = [] if arguments.threads is None else ["--threads", str(arguments.threads)]
    options = [str(arguments.config), "--runs", str(arguments.runs), "--device", arguments.device, *threads]
    run_tool("engine.training.train", options, debug=arguments.debug)
    return Exit.DONE
