"""What a person sees of a run: a line that is drawn over on a terminal, a line now and then in a log."""

from __future__ import annotations

import logging
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from engine.training.checkpoint import TrainingState
from engine.training.config import Optimisation

log = logging.getLogger(__name__)

WIDTH = 24
DRAWN_EVERY, LOGGED_EVERY = 0.5, 30.0
"""Seconds between two lines on a terminal and in a log."""


@dataclass
class Progress:
    """Tells how far a run is and how fast; `flops` is the work of one picture, `peak` what the devices can do."""

    name: str
    budget: Optimisation
    flops: float
    peak: float
    stream: TextIO = field(default_factory=lambda: sys.stdout)
    clock: Callable[[], float] = time.monotonic
    _told: tuple[float, TrainingState] | None = None

    def due(self, step: int) -> bool:
        """Whether it is time for the next line; the first comes with the first step."""
        if self._told is None or step == 1:
            return True
        return self.clock() - self._told[0] >= (DRAWN_EVERY if self.stream.isatty() else LOGGED_EVERY)

    def show(self, state: TrainingState) -> None:
        """Tell of `state`; the speed is that since the last call."""
        now = self.clock()
        line = self.sentence(state, self._speed(now, state))
        self._told = now, state
        if not self.stream.isatty():
            log.info("%s", line)
            return
        _draw_over(line, self.stream)

    def finish(self, state: TrainingState) -> None:
        """Tell of the last state and leave the line."""
        self.show(state)
        if self.stream.isatty():
            print(file=self.stream, flush=True)

    def _speed(self, now: float, state: TrainingState) -> float | None:
        """Pictures a second since the last line; None where there was none."""
        if self._told is None or now <= self._told[0]:
            return None
        return (state.pictures - self._told[1].pictures) / (now - self._told[0])

    def sentence(self, state: TrainingState, speed: float | None) -> str:
        """One line: bar, budget, pictures, speed, share of the devices' peak, loss."""
        share = done_share(self.budget, state)
        filled = round(WIDTH * share)
        parts = [f"{self.name} [{'#' * filled}{'.' * (WIDTH - filled)}] {100 * share:.0f}%", f"step {state.step:,}"]
        if self.budget.minutes is not None:
            parts.append(f"{state.seconds / 60:.1f} of {self.budget.minutes:g} min")
        parts.append(f"{state.pictures:,} pictures")
        if speed is not None:
            parts.append(f"{speed:.1f}/s, {100 * speed * self.flops / self.peak:.1f}% of peak")
        if state.loss is not None:
            parts.append(f"loss {state.loss:.4f}")
        return ", ".join(parts)


@dataclass
class Tally:
    """Tells how many parts of an evaluation are done: drawn over on a terminal, a whole line now and then elsewhere."""

    stream: TextIO = field(default_factory=lambda: sys.stdout if sys.stdout.isatty() else sys.stderr)
    clock: Callable[[], float] = time.monotonic
    _told: float | None = None

    def show(self, done: int, total: int, text: str) -> None:
        """Say that `done` of `total` parts are done; `text` tells which of them are being worked on."""
        now, line = self.clock(), f"{done} of {total}, {text}"
        if self.stream.isatty():
            _draw_over(line, self.stream)
        elif self._told is None or done >= total or now - self._told >= LOGGED_EVERY:
            self._told = now
            print(line, file=self.stream, flush=True)

    def finish(self) -> None:
        """Leave the line."""
        if self.stream.isatty():
            print(file=self.stream, flush=True)


def _draw_over(line: str, stream: TextIO) -> None:
    columns = shutil.get_terminal_size().columns - 1
    print(f"\r{line[:columns]:<{columns}}", end="", file=stream, flush=True)


def done_share(budget: Optimisation, state: TrainingState) -> float:
    """Share of the budget that is spent, 0..1: of the steps or of the minutes, whichever is further."""
    steps = 0.0 if budget.steps is None else state.step / max(budget.steps, 1)
    minutes = 0.0 if budget.minutes is None else state.seconds / max(60.0 * budget.minutes, 1e-9)
    return min(1.0, max(steps, minutes))
