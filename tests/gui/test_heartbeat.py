"""The window's thread never stands still: not while the engine works, hangs or is killed, nor while files are read or
written.

A timer beats in the window's thread, and a bare thread beside it. How long the window's own work takes between two
beats is measured in its thread's processor time, so that a busy machine does not count; waiting for something is seen
where the window's pauses are much longer than those that the machine gave the bare thread in the same time.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.client.settings import EngineSettings
from app.files.saving import save_project
from app.model import edits
from app.model.conversion import MaskEncoder, to_project
from app.model.document import Document, frozen
from app.model.engine_state import EngineCondition
from app.model.home import Home
from app.model.job import JobState
from app.paint.tiles import TileMask
from app.qt.application import Studio
from nodes.registry import built_in
from tests.gui.painting import Mouse
from tests.gui.studios import CTRL, LONG, open_studio, strike

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


def _work(studio: Studio, qtbot: QtBot, rounds: int) -> None:
    """What an artist does meanwhile."""
    for number in range(rounds):
        Mouse(studio.window.page.view).drag((20.0, 20.0 + number), (200.0, 180.0), (60.0, 230.0))
        studio.window.desk.set_seed(number)
        qtbot.wait(20)  # unlike QTest.qWait, this lets other threads run


def test_while_the_engine_works_is_cancelled_hangs_and_dies(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    _work(studio, qtbot, 1)
    with _listened_to():
        strike(window, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: _running(studio), timeout=LONG)
        _work(studio, qtbot, 5)
        strike(window, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not studio.jobs.unfinished, timeout=LONG)
        strike(window, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: _running(studio), timeout=LONG)
        _work(studio, qtbot, 10)
        hung = _engine(studio)
        os.kill(hung, signal.SIGSTOP)
        _work(studio, qtbot, 10)
        qtbot.waitUntil(lambda: studio.jobs.engine.process != hung or _lost(studio), timeout=LONG)
        assert "engine" in window.messages.text
        assert window.messages.action.text() == "Generate again"
        QTest.mouseClick(window.messages.action, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: _running(studio), timeout=LONG)
        os.kill(_engine(studio), signal.SIGKILL)
        _work(studio, qtbot, 5)
        qtbot.waitUntil(lambda: "engine" in window.messages.text, timeout=LONG)
        assert window.messages.action.text() == "Generate again"


def _running(studio: Studio) -> bool:
    return any(job.state is JobState.RUNNING for job in studio.jobs.unfinished)


def _lost(studio: Studio) -> bool:
    return studio.jobs.engine.condition is EngineCondition.LOST


def _large(document: Document, side: int, rough: int = 4) -> Document:
    """The document with much more paint than it had, soft, and rough if told."""
    rng = np.random.default_rng(0)
    ramp = np.add.outer(np.arange(side), np.arange(side)) % 251
    grains = {name: rng.integers(0, rough, (side, side)) for name in document.paint}
    masks = {name: TileMask.from_array((ramp + grain).astype(np.uint8)) for name, grain in grains.items()}
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
            _work(studio, qtbot, 2)
        qtbot.waitUntil(lambda: len(saved) == 2, timeout=LONG)
    assert not window.messages.text


PICTURES = 500


@pytest.fixture
def full_home(sinopia_home: Path) -> Path:
    """A home whose gallery was filled by hand, so that each of its pictures is yet to be read."""
    folder = sinopia_home / "gallery" / "2026-01"
    folder.mkdir(parents=True)
    Image.linear_gradient("L").resize((512, 512)).convert("RGB").save(folder / "0.png")
    for number in range(1, PICTURES):
        shutil.copyfile(folder / "0.png", folder / f"{number}.png")
    return sinopia_home


def test_while_a_project_is_opened_a_picture_dropped_and_a_full_gallery_seen(
    full_home: Path, qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    style = tmp_path / "style.png"
    Image.effect_noise((240, 160), 60).resize((2400, 1600)).convert("RGB").save(style, compress_level=1)
    with open_studio(qtbot, qapp, full_home) as studio:
        window, session = studio.window, studio.workspace.session
        registry = studio.workspace.registry
        large = _large(session.document, 1024, rough=1)
        save_project(to_project(large, MaskEncoder()), tmp_path / "large.sinopia", registry)
        _work(studio, qtbot, 1)
        session.mark_saved(session.document)
        with _listened_to():
            window.filing.open(tmp_path / "large.sinopia")
            qtbot.waitUntil(lambda: session.document.size == (1024, 1024), timeout=LONG)
            qtbot.wait(100)
            _drop(window, style)
            qtbot.waitUntil(lambda: style.read_bytes() in session.document.assets.values(), timeout=LONG)
            qtbot.wait(100)
            window.show_gallery()
            qtbot.waitUntil(lambda: len(window.gallery.shelf.entries) == PICTURES, timeout=LONG)
            bar = window.gallery.grid.verticalScrollBar()
            for step in range(20):
                bar.setValue(bar.maximum() * step // 19)
                qtbot.wait(20)
            shelf = window.gallery.shelf
            qtbot.waitUntil(lambda: shelf.thumbnail(shelf.entries[-1]) is not None, timeout=LONG)
            window.show_workspace(graph=True)
            qtbot.wait(100)


def _drop(window: QWidget, path: Path) -> None:
    data, place = QMimeData(), window.rect().center()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(place, action, data, button, keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(place), action, data, button, keys))
