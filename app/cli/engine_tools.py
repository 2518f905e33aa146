"""Runs the engine's own programs (training, evaluation) in a process of their own and speaks for them.

The application never loads torch. What such a program prints passes through; a traceback that ends it is kept back and
told as one sentence.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from app.cli.errors import CommandError, EngineFailureError

TRACEBACK = "Traceback (most recent call last)"


def run_tool(module: str, arguments: Sequence[str], *, debug: bool) -> None:
    """Run `python -m module` with `arguments`; its output is ours.

    Raises:
        CommandError: it refused what it was given; the sentence is its own.
        EngineFailureError: it broke down.
    """
    command = [sys.executable, "-u", "-m", module, *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace") as process:
        try:
            assert process.stderr is not None
            last_line = relay(process.stderr, sys.stderr, debug=debug)
            code = process.wait()
        except BaseException:  # whatever ends us, Ctrl-C above all, must not leave the program running
            process.terminate()
            raise
    if code:
        raise failure(last_line, module)


def relay(lines: Iterable[str], stream: TextIO, *, debug: bool) -> str:
    """Pass lines on to `stream` up to a traceback, and return the line that the traceback ends with."""
    held: list[str] = []
    for line in lines:
        if held or line.startswith(TRACEBACK):
            held.append(line)
        if debug or not held:
            print(line, end="", file=stream, flush=True)
    return next((line.strip() for line in reversed(held) if line.strip() and not line.startswith(" ")), "")


def failure(last_line: str, module: str) -> CommandError:
    """The error for a program that ended with `last_line` of a traceback (empty: without one).

    Exceptions of the engine's own packages are worded for people; others are breakdowns.
    """
    name, _, words = last_line.partition(": ")
    if name.startswith("engine.") and words:
        return CommandError(words if words.endswith((".", "!", "?")) else f"{words}.")
    said = f" ({last_line})" if last_line else ""
    return EngineFailureError(f"{module} broke down{said}.", "Run it again with --debug to see where.")
