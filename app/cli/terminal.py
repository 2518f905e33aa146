"""What a person at a terminal sees beside the results: a progress line on stderr, wiped when it is done."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

WIDTH = 24
MOST_OFTEN = 0.05
"""Seconds between two drawings of the line: more is work that nobody can see."""


def say(text: str, stream: TextIO | None = None) -> None:
    """Write one line; characters that the terminal cannot show become question marks instead of an error."""
    target = stream or sys.stdout
    encoding = target.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), file=target, flush=True)


@dataclass
class ProgressLine:
    """A line that is drawn over and over; nothing at all where `stream` is no terminal."""

    stream: TextIO
    clock: Callable[[], float] = time.monotonic
    _drawn: float = 0.0
    _shown: bool = False

    def show(self, subject: str, done: int, total: int, text: str = "") -> None:
        """Say that `done` of `total` parts of `subject` are ready."""
        now = self.clock()
        if not self.stream.isatty() or (now - self._drawn < MOST_OFTEN and 0 < done < total):
            return
        self._drawn, self._shown = now, True
        columns = shutil.get_terminal_size().columns - 1
        line = progress_text(subject, done, total, text)[:columns]
        print(f"\r{line:<{columns}}", end="", file=self.stream, flush=True)

    def wipe(self) -> None:
        """Leave no trace, so that what is printed next stands alone."""
        if self._shown:
            columns = shutil.get_terminal_size().columns - 1
            print(f"\r{' ' * columns}\r", end="", file=self.stream, flush=True)
            self._shown = False


def progress_text(subject: str, done: int, total: int, text: str) -> str:
    """A bar in words that every terminal can show."""
    if total <= 0:
        return f"{subject}: {text or 'working'}"
    filled = round(WIDTH * min(done, total) / total)
    bar = "#" * filled + "." * (WIDTH - filled)
    return f"{subject} [{bar}] {done}/{total} {text}".rstrip()
