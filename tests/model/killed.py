"""Kills artists at work and looks at what their journals kept. Run as a program: folder, rounds, seed.

Each artist is a process of its own that edits a document, keeps a journal, and reports the number of every edit it has
finished. Prints one line of JSON for each: the last number that was reported, and the number found in the journal.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from random import Random

from app.model import edits
from app.model.journal import Journal, JournalError, read_journal
from app.model.layers import layers_of
from app.model.session import Session
from tests.model.artist import Artist, start


def work(folder: Path, seed: int, reports: int) -> None:
    """Edit until killed."""
    session = Session(start())
    journal = Journal(folder, smallest=20_000)  # so that segments are replaced often
    session.finished.connect(journal.record)
    artist, number = Artist(seed), 0
    while True:
        _name, document = artist.edit(session.document)
        number += 1
        session.apply("Edit", edits.set_note(document, "save", str(number)))
        os.write(reports, number.to_bytes(4, "little"))


def kept(folder: Path) -> int:
    """The number of the last edit in the only journal below a folder, after a look at all of its document."""
    document = read_journal(next(folder.glob("*"))).document
    layers = {layer.raster for node in document.graph.nodes for layer in layers_of(node)}
    assert layers == document.paint.keys()
    assert all(mask.to_array().shape == document.size for mask in document.paint.values())
    return int(document.nodes["save"].note)


def one_life(folder: Path, seed: int, edits_first: int, seconds: float) -> dict[str, int]:
    """Let an artist finish some edits, and kill it a moment later."""
    heard, reports = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(heard)
        work(folder, seed, reports)
    os.close(reports)
    reported = b""
    while len(reported) < 4 * edits_first:
        reported += os.read(heard, 4)
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    while part := os.read(heard, 2**16):
        reported += part
    os.close(heard)
    finished = int.from_bytes(reported[-4:], "little")
    try:
        return {"finished": finished, "kept": kept(folder)}
    except (JournalError, StopIteration):
        return {"finished": finished, "kept": 0}


def main(folder: Path, rounds: int, seed: int) -> None:
    """Kill artists at random moments."""
    dice = Random(seed)
    for number in range(rounds):
        life = dice.randrange(2**30), dice.randrange(40), dice.uniform(0.0, 0.01)
        sys.stdout.write(json.dumps(one_life(folder / str(number), *life)) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
