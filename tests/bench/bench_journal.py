"""How long an edit waits for its journal: python -m tests.bench.bench_journal [SIDE]

Layers of SIDE x SIDE (2048) are filled, painted with soft shapes, or painted with noise, all in one edit, which is in
the hands of the system when the time is taken. Two clocks: the wall's, and what the thread of the window really had.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from app.model.document import Document, frozen
from app.model.journal import Journal
from app.paint import operations
from app.paint.rect import Rect
from app.paint.shapes import ellipse
from app.paint.tiles import TileMask

LAYERS = (1, 4, 8)


def filled(side: int, value: int) -> TileMask:
    """A layer on which everything is painted."""
    return TileMask.from_array(np.full((side, side), value + 1, np.uint8))


def soft(side: int, number: int) -> TileMask:
    """A feathered disc."""
    inset = 30.0 * (number + 1)
    disc = ellipse((inset, inset), (side - inset, side - inset), Rect(0, 0, side, side))
    return operations.feather(TileMask.blank(side, side).with_region(disc.rect, disc.values), side / 20.0)


def noise(side: int, number: int) -> TileMask:
    """What cannot be packed."""
    return TileMask.from_array(np.random.default_rng(number).integers(0, 256, (side, side), np.uint8))


KINDS: dict[str, Callable[[int, int], TileMask]] = {"filled": filled, "soft": soft, "noise": noise}


def measure(folder: Path, document: Document) -> tuple[float, float]:
    """Milliseconds of the wall's clock, and of this thread's, until an edit is kept."""
    journal = Journal(folder)
    journal.begin(Document(size=document.size), saved=True)
    journal.sync()
    wall, own = time.perf_counter(), time.thread_time()
    journal.record(document)
    taken = 1000.0 * (time.perf_counter() - wall), 1000.0 * (time.thread_time() - own)
    journal.close()
    return taken


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    side = int(arguments[0]) if arguments else 2048
    write = sys.stdout.write
    write(f"one edit of layers of {side} x {side}; milliseconds until it is kept\n")
    write(f"{'':24}{'wall':>8}{'thread':>9}\n")
    with tempfile.TemporaryDirectory() as folder:
        for name, paint in KINDS.items():
            for count in LAYERS:
                masks = {f"layer {each}": paint(side, each) for each in range(count)}
                wall, own = measure(Path(folder), replace(Document(size=(side, side)), paint=frozen(masks)))
                write(f"{f'{count} layers, {name}':24}{wall:8.1f} {own:8.1f}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
