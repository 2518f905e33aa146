"""`sinopia doctor`: is everything there that a picture needs?"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from app.cli.errors import Exit
from app.cli.json_text import json_text
from app.cli.places import RESOURCES
from app.cli.terminal import say
from app.doctor.examination import examine
from app.doctor.findings import Finding, Level
from app.model.home import find_home


def declare(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `doctor`."""
    parser.add_argument("--json", action="store_true", help="print a JSON list of findings")


def run(arguments: argparse.Namespace) -> int:
    """Print the findings; exit 1 when one of them keeps pictures from being made."""
    findings = []
    for finding in examine(RESOURCES, Path.cwd(), find_home().root, Path(tempfile.gettempdir())):
        findings.append(finding)
        if not arguments.json:
            say(_line(finding))
    if arguments.json:
        say(json_text(findings))
    return Exit.WRONG if any(finding.level is Level.FAIL for finding in findings) else Exit.DONE


def _line(finding: Finding) -> str:
    text = f"{finding.level.value:<5} {finding.subject}: {finding.found}"
    return f"{text}\n      {finding.advice}" if finding.advice else text
