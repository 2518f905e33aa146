"""`sinopia nodes`: every node type that is installed, without loading what any of them does."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from itertools import groupby

from app.cli.errors import Exit
from app.cli.json_text import json_text
from app.cli.terminal import say
from nodes.registry import installed
from nodes.specs.declare import Kind, Parameter, Port, Spec


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `nodes`."""
    parser.add_argument("--json", action="store_true", help="print every declaration as a JSON list")


def run(arguments: argparse.Namespace) -> int:
    """Print the declarations."""
    registry = installed()
    for complaint in registry.complaints:
        say(f"sinopia: {complaint}", sys.stderr)
    say(json_text(tuple(registry)) if arguments.json else listing(registry))
    return Exit.DONE


def listing(specs: Iterable[Spec]) -> str:
    """The declarations for people, family by family."""
    lines = []
    for family, members in groupby(specs, lambda spec: spec.family):
        lines += ["", family.upper()]
        for spec in members:
            lines += _described(spec)
    return "\n".join(lines).strip()


def _described(spec: Spec) -> list[str]:
    lines = [f"  {spec.title} ({spec.type}): {spec.help}"]
    if spec.inputs:
        lines.append(f"      in   {', '.join(map(_port, spec.inputs))}")
    if spec.parameters:
        lines.append(f"      set  {', '.join(map(_parameter, spec.parameters))}")
    if spec.outputs:
        lines.append(f"      out  {', '.join(map(_port, spec.outputs))}")
    return lines


def _port(port: Port) -> str:
    marks = ("" if port.required else "?") + ("…" if port.many or port.starts_list else "")
    return f"{port.name}{marks}: {port.type.value}"


def _parameter(parameter: Parameter) -> str:
    if parameter.kind in (Kind.CHOICE, Kind.CHOICES):
        return f"{parameter.name} {'|'.join(parameter.choices)}"
    if parameter.default is None or isinstance(parameter.default, (str, list)):
        return f"{parameter.name} {parameter.kind.value}"
    return f"{parameter.name} {parameter.kind.value} = {str(parameter.default).lower()}"
