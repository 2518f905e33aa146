"""`sinopia eval`: how well a model does what it is asked, by judges of its own and with intervals."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.engine_tools import run_tool
from app.cli.errors import Exit
from app.cli.places import RESOURCES

EVALUATIONS = {
    "layout": "whether painted phrases appear where they were painted",
    "style": "whether a style reference is followed",
    "ensemble": "what experts gain over one shared model",
    "encoders": "what each text encoder brings",
    "prompt-switch": "which sentence wins as the switch moves",
    "attention": "where the model looks as noise falls",
    "capacity": "what experts and depth cost in time",
    "samplers": "what each sampler needs for how good a picture",
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `eval`."""
    told = "; ".join(f"{name} tells {what}" for name, what in EVALUATIONS.items())
    parser.description = f"Measure Storybook: {told}. Writes a report with pictures, and its figures as JSON."
    parser.add_argument("name", choices=EVALUATIONS, metavar="NAME", help=", ".join(EVALUATIONS))
    parser.add_argument(
        "-o", "--output", type=Path, default=RESOURCES / "docs" / "results", metavar="DIR", help="where to write"
    )
    parser.add_argument("--count", type=int, default=100, help="how many layouts, prompts, captions or rounds (100)")
    parser.add_argument("--seeds", type=int, default=2, help="pictures of each layout or prompt (2)")


def run(arguments: argparse.Namespace) -> int:
    """Run the evaluation in the engine's own program."""
    options = ["--output", str(arguments.output), "--count", str(arguments.count), "--seeds", str(arguments.seeds)]
    run_tool("engine.training.evaluate", [arguments.name, *options], debug=arguments.debug)
    return Exit.DONE
