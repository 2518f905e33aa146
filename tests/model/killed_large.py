"""Kills artists right after large edits and looks at what their journals kept. Run as a program: folder.

Each artist is a process of its own that paints noise, which no packing makes smaller, all over layers of 2048 x 2048,
and dies in the moment in which its journal says that an edit is kept. Prints one line of JSON for each.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.model.document import Document, frozen
from app.model.journal import Journal, read_journal
from app.paint.tiles import TileMask

SIDE = 2048


@dataclass(frozen=True)
class Life:
    """`edits` times, one after the other, `layers` layers are painted over at once."""

    edits: int
    layers: int


LIVES = (Life(1, 1), Life(1, 6), Life(3, 2), Life(6, 1), Life(8, 1))
"""Six layers are 24 MiB in one edit. From the fifth edit of one layer on a new segment is made meanwhile."""


def painted(number: int, layers: int) -> Document:
    """The document after an edit."""
    rng = np.random.default_rng(number)
    masks = {f"layer {each}": TileMask.from_array(_noise(rng)) for each in range(layers)}
    return replace(Document(size=(SIDE, SIDE)), paint=frozen(masks))


def _noise(rng: np.random.Generator) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return rng.integers(0, 256, (SIDE, SIDE), np.uint8)


def live(folder: Path, life: Life) -> None:
    """Edit, and die."""
    journal = Journal(folder, smallest=2**20)
    journal.begin(Document(size=(SIDE, SIDE)), saved=True)
    for number in range(life.edits):
        document = painted(number, life.layers)
        journal.record(document)
    os.kill(os.getpid(), signal.SIGKILL)


def kept(folder: Path, life: Life) -> bool:
    """Let an artist live and die; whether its last edit is there."""
    process = os.fork()
    if process == 0:
        live(folder, life)
    os.waitpid(process, 0)
    return read_journal(next(folder.glob("*"))).document == painted(life.edits - 1, life.layers)


def main(folder: Path) -> None:
    """One artist after the other."""
    for number, life in enumerate(LIVES):
        told = {"edits": life.edits, "layers": life.layers, "kept": kept(folder / str(number), life)}
        sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
