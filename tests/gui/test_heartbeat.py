"""The window's thread never stands still: not while the engine works, hangs or is killed, not while files are written.

A timer beats in the window's thread, and a bare thread beside it. How long the window's own work takes between two
beats is measured in its thread's processor time, so that a busy machine does not count; waiting for something is seen
where the window's pauses are much longer than those that the machine gave the bare thread in the same time.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.client.settings import EngineSettings
from app.model import edits
from app.model.document import Document, frozen
from app.model.engine_state import EngineCondition
from app.model.home import Home
from app.model.job import JobState
from app.paint.tiles import TileMask
from app.qt.application import Studio
from nodes.registry import built_in
from tests.gui.painting import Mouse
from tests.gui.studios import CTRL, LONG, strike

BEAT = 5
WORK = 0.1
"""Seconds of its own that the window may work without answering."""

WAITING = 1.0
"""Seconds that it may seem to wait on top of what the machine withheld: a lock or a pipe would take far longer."""


class Heart(QObject):
    """Beats in the window's thread. Reports the longest work and the longest pause between two beats."""

    def __init__(self) -> None:
        super().__init__()
        self.work = self.pause = self.withheld = 0.0
        self.beats = 0
        self._own, self._wall = time.thread_time(), time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._beat)
        self._over = threading.Event()
        self._bare = threading.Thread(target=self._watch, daemon=True)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Beat meanwhile."""
        self._own, self._wall = time.thread_time(), time.perf_counter()
        self._timer.start()
        self._bare.start()
        yield
        self._beat()
        self._timer.stop()
        self._over.set()
        self._bare.join()

    @property
    def told(self) -> str:
        """The figures."""
        figures = f"work {self.work:.3f} s, pause {self.pause:.3f} s, of which withheld {self.withheld:.3f} s"
        return f"{self.beats} beats, {figures}"

    def _beat(self) -> None:
        own, wall = time.thread_time(), time.perf_counter()
        self.work, self.pause = max(self.work, own - self._own), max(self.pause, wall - self._wall)
        self._own, self._wall = own, wall
        self.beats += 1

    def _watch(self) -> None:
        last = time.perf_counter()
        while not self._over.wait(BEAT / 1000.0):
            now = time.perf_counter()
            self.withheld, last = max(self.withheld, now - last), now


@contextmanager
def _listened_to() -> Iterator[None]:
    """The window answers all the while."""
    heart, slowness = Heart(), _slowness()
    with heart.beating():
        yield
    assert heart.beats > 10
    assert heart.work < WORK * slowness, heart.told
    assert heart.pause < WAITING + 3.0 * heart.withheld, heart.told


def _slowness() -> float:
    """How many times slower than a quiet machine of today's this one computes, at least 1."""
    begun = time.thread_time()
    sum(number * number for number in range(400_000))
    return max(1.0, (time.thread_time() - begun) / 0.025)


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    """A studio that soon gives up an engine that says nothing."""
    settings = EngineSettings(warm=(), patience=2.0, logs=sinopia_home / "logs")
    studio = Studio(qapp, Home(sinopia_home), settings, built_in())
    studio.begin()
    with qtbot.waitActive(studio.window):
        studio.window.show()
        studio.window.activateWindow()
    qtbot.waitUntil(lambda: studio.jobs.engine.process is not None, timeout=LONG)
    yield studio
    studio.workspace.session.mark_saved(studio.workspace.session.document)
    studio.window.close()
    studio.close()
    studio.window.deleteLater()


def _engine(studio: Studio) -> int:
    process = studio.jobs.engine.process
    assert process is not None
    return process


def _work(studio: Studio, rounds: int) -> None:
    """What an artist does meanwhile."""
    for number in range(rounds):
        Mouse(studio.window.page.view).drag((20.0, 20.0 + number), (200.0, 180.0), (60.0, 230.0))
        studio.window.desk.set_seed(number)
        QTest.qWait(20)


def test_while_the_engine_works_hangs_and_dies(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    _work(studio, 1)
    with _listened_to():
        strike(window, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: _running(studio), timeout=LONG)
        _work(studio, 10)
        hung = _engine(studio)
        os.kill(hung, signal.SIGSTOP)
        _work(studio, 10)
        qtbot.waitUntil(lambda: studio.jobs.engine.process != hung or _lost(studio), timeout=LONG)
        assert "engine" in window.messages.text
        assert window.messages.action.text() == "Generate again"
        QTest.mouseClick(window.messages.action, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: _running(studio), timeout=LONG)
        os.kill(_engine(studio), signal.SIGKILL)
        _work(studio, 5)
        qtbot.waitUntil(lambda: "engine" in window.messages.text, timeout=LONG)
        assert window.messages.action.text() == "Generate again"


def _running(studio: Studio) -> bool:
    return any(job.state is JobState.RUNNING for job in studio.jobs.unfinished)


def _lost(studio: Studio) -> bool:
    return studio.jobs.engine.condition is EngineCondition.LOST


def _large(document: Document, side: int) -> Document:
    """The document with much more paint than it had, soft and rough."""
    rng = np.random.default_rng(0)
    ramp = np.add.outer(np.arange(side), np.arange(side)) % 251
    masks = {
        name: TileMask.from_array((ramp + rng.integers(0, 4, (side, side))).astype(np.uint8)) for name in document.paint
    }
    shaped = edits.shape_canvas(document, side, side)
    return Document(shaped.graph, frozen(masks), shaped.assets, (side, side), shaped.other)


def test_while_much_paint_is_kept_and_saved(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    session, window = studio.workspace.session, studio.window
    large = _large(session.document, 1024)
    session.apply("Larger", large)
    qtbot.wait(500)
    saved: list[bool] = []
    with _listened_to():
        for number in range(2):
            window.filing.save_to(tmp_path / f"large-{number}", lambda: saved.append(True))
            _work(studio, 2)
        qtbot.waitUntil(lambda: len(saved) == 2, timeout=LONG)
    assert not window.messages.text
