"""Kills the real program while an artist works in it: python -m tests.bench.kill_studio [--times 200] [--seed 0]

Each time a studio with its real window is started in a process of its own, works through a script of typing, strokes,
sliders and undo by real events, and is killed (SIGKILL) at a random moment. Then its journal is read as the next start
would. Every state that the document ever had is written down by the studio before the journal hears of it, and again
once its edit is finished; so it can be told which state came back, and that nothing finished was lost.
"""

from __future__ import annotations

import argparse
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from app.model.document import Document
from app.model.recovery import find_recoverable
from nodes.graph.codec import encode

_RECORD = struct.Struct("<cI")
SEEN, FINISHED = b"s", b"f"
PATIENCE = 300.0


@dataclass(frozen=True)
class Life:
    """One studio that was killed. `seen`: all states of its document, by digest; `finished`: places in it.

    `kept`: the state that came back, None when nothing did.
    """

    seen: tuple[int, ...]
    finished: tuple[int, ...]
    kept: int | None

    @property
    def lost(self) -> bool:
        """Whether a finished edit is gone."""
        if not self.finished:
            return False
        return self.kept is None or self.kept not in self.seen[self.finished[-1] :]

    @property
    def edits(self) -> int:
        """How many edits were finished."""
        return len(self.finished)


def digest(document: Document) -> int:
    """Tells states of a document apart."""
    crc = zlib.crc32(encode(document.graph))
    for name in sorted(document.paint):
        crc = zlib.crc32(document.paint[name].to_array().tobytes(), zlib.crc32(name.encode(), crc))
    return zlib.crc32(repr(document.size).encode(), crc)


# The studio that is killed ------------------------------------------------------------------------------------------


def work(home: Path, seed: int, reports: Path) -> None:
    """Work until killed."""
    from PySide6.QtWidgets import QApplication

    from app.client.settings import EngineSettings
    from app.model.home import Home
    from app.qt.application import DEMO, Studio

    application = QApplication(["sinopia"])
    studio = Studio(application, Home(home), EngineSettings(warm=(), logs=home / "logs"))
    studio.workspace.new(DEMO)
    studio.window.show()
    application.processEvents()
    handle = os.open(reports, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def report(kind: bytes, document: Document) -> None:
        os.write(handle, _RECORD.pack(kind, digest(document)))

    session = studio.workspace.session
    session.changed.connect(lambda _before, after: report(SEEN, after))
    session.finished.connect(lambda document: report(FINISHED, document))
    dice, acts = Random(seed), _acts(studio.window)
    for number in count():
        dice.choice(acts)(dice, number)
        application.processEvents()


def _acts(window: object) -> list[Callable[[Random, int], object]]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from app.qt.window import StudioWindow
    from tests.gui.painting import Mouse, Pen
    from tests.gui.studios import CTRL, SHIFT

    assert isinstance(window, StudioWindow)
    desk, view, prompt = window.desk, window.page.view, window.page.prompt

    def place(dice: Random) -> tuple[float, float]:
        return dice.uniform(0.0, desk.size[0]), dice.uniform(0.0, desk.size[1])

    def stroke(dice: Random, _number: int) -> None:
        desk.activate(dice.choice(desk.phrases).id)
        Mouse(view).drag(*(place(dice) for _ in range(dice.randrange(2, 6))))

    def pen(dice: Random, _number: int) -> None:
        Pen(view).draw([place(dice) for _ in range(dice.randrange(2, 12))], dice.uniform(0.2, 1.0))

    def write(_dice: Random, number: int) -> None:
        prompt.setFocus()
        QTest.keyClick(prompt, Qt.Key.Key_End, CTRL)
        QTest.keyClicks(prompt, f" {number}")
        desk.settle()

    def slide(dice: Random, _number: int) -> None:
        slider = window.page.phrases.details.strength
        slider.setFocus()
        for _ in range(dice.randrange(1, 5)):
            QTest.keyClick(slider, dice.choice((Qt.Key.Key_Left, Qt.Key.Key_Right)))
        desk.settle()

    def step_back(dice: Random, _number: int) -> None:
        for _ in range(dice.randrange(1, 4)):
            QTest.keyClick(view, Qt.Key.Key_Z, CTRL | (SHIFT if dice.random() < 0.4 else Qt.KeyboardModifier(0)))

    def seed(dice: Random, _number: int) -> None:
        desk.set_seed(dice.randrange(10**6))
        desk.settle()

    return [stroke, stroke, pen, pen, write, slide, step_back, seed]


# The killer ---------------------------------------------------------------------------------------------------------


def one_life(folder: Path, seed: int, edits_first: int, seconds: float) -> Life:
    """Let a studio finish some edits, kill it a moment later, and look at what the next start would find."""
    reports = folder / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.bench.kill_studio", "--work", str(folder), str(seed)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, env=environment, start_new_session=True) as process:
        deadline = time.monotonic() + PATIENCE
        while len(_read(reports)[1]) < edits_first:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the studio of seed {seed} ended by itself")
            time.sleep(0.01)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
    seen, finished = _read(reports)
    found = find_recoverable(folder / "home" / "journals")
    return Life(seen, finished, digest(found[0].document) if found else None)


def _read(reports: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """All states, and the places of those whose edit was finished."""
    data = reports.read_bytes() if reports.exists() else b""
    seen: list[int] = []
    finished: list[int] = []
    for kind, crc in _RECORD.iter_unpack(data[: len(data) // _RECORD.size * _RECORD.size]):
        if kind == SEEN:
            seen.append(crc)
        elif seen and seen[-1] == crc:
            finished.append(len(seen) - 1)
    return tuple(seen), tuple(finished)


def main(arguments: Sequence[str]) -> int:
    """Kill studios, and tell what was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.kill_studio", description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", nargs=2, metavar=("FOLDER", "SEED"), help="be the studio that is killed")
    told = parser.parse_args(arguments)
    if told.work is not None:
        work(Path(told.work[0]) / "home", int(told.work[1]), Path(told.work[0]) / "reports")
    dice, lost, edits = Random(told.seed), 0, 0
    for number in range(told.times):
        with tempfile.TemporaryDirectory() as folder:
            life = one_life(Path(folder), dice.randrange(2**30), dice.randrange(1, 60), dice.uniform(0.0, 0.05))
        lost, edits = lost + life.lost, edits + life.edits
        sys.stdout.write(f"{number + 1}: {life.edits} edits finished, {'LOST' if life.lost else 'nothing lost'}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{told.times} kills, {edits} finished edits, {lost} times something was lost\n")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
