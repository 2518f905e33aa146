"""`sinopia eval`: how well a model does what it is asked, by judges of its own and with intervals."""

from __future__ import annotations

import argparse
from pathlib import Path

from app.cli.engine_tools import run_tool
from app.cli.errors import Exit
from app.cli.places import RESOURCES

EVALUATIONS = {
    "layout": "whether painted phrases appear where they were painted",
    "layout-ablations": "what each choice of painting with words does",
    "style": "whether a style reference is followed",
    "ensemble": "what experts gain over one shared model",
    "encoders": "what each text encoder brings",
    "prompt-switch": "which sentence wins as the switch moves",
    "attention": "where the model looks as noise falls",
    "capacity": "what experts and depth cost in time",
    "samplers": "what each sampler needs for how good a picture",
    "crop": "whether things are cut off where the crop says",
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `eval`."""
    told = "; ".join(f"{name} tells {what}" for name, what in EVALUATIONS.items())
    parser.description = f"Measure a model: {told}. Writes a report with pictures, and its figures as JSON."
    parser.add_argument("name", choices=EVALUATIONS, metavar="NAME", help=", ".join(EVALUATIONS))
    parser.add_argument(
        "-o", "--output", type=Path, default=RESOURCES / "docs" / "results", metavar="DIR", help="where to write"
    )
    parser.add_argument("--model", type=Path, metavar="DIR", help="folder of the model (the one that comes with us)")
    parser.add_argument("--count", type=int, help="how many layouts, prompts, captions or rounds (each has its own)")
    parser.add_argument("--seeds", type=int, help="pictures of each layout or prompt (each has its own)")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), help="of the networks (float32)")
    parser.add_argument("--runs", type=Path, metavar="DIR", help="ensemble: measure those that training wrote here")


def run(arguments: argparse.Namespace) -> int:
    """Run the evaluation in the engine's own program."""
    told = {name: getattr(arguments, name) for name in ("output", "model", "count", "seeds", "precision", "runs")}
    options = [word for name, value in told.items() if value is not None for word in (f"--{name}", str(value))]
    run_tool("engine.training.evaluate", [arguments.name, *options], debug=arguments.debug)
    return Exit.DONE
