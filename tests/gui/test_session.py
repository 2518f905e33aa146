"""An artist's whole session in the real window, with real events, real files and a real engine."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.model.document import Document
from app.model.edits.style import style_pictures
from app.model.job import JobState
from app.model.projects import read_document
from app.qt.application import Studio
from app.qt.pictures import pixels_of, read_image
from app.qt.window import StudioWindow
from nodes.graph.codec import encode
from tests.gui.painting import ERASER, Pen
from tests.gui.studios import CTRL, LONG, NO_KEYS, SHIFT, open_studio, quick_project, select_last_words, strike, write

LEFT = Qt.MouseButton.LeftButton

Content: TypeAlias = tuple[bytes, dict[str, bytes], dict[str, bytes], tuple[int, int]]


def content(document: Document) -> Content:
    """All that a document holds as plain bytes: its graph as written to files, its paint, its pictures, its canvas."""
    paint = {name: mask.to_array().tobytes() for name, mask in document.paint.items()}
    return encode(document.graph), paint, dict(document.assets), document.size


class Artist:
    """Hands at the studio, and a record of what the document was after every step."""

    def __init__(self, studio: Studio, qtbot: QtBot) -> None:
        self.studio, self._qtbot = studio, qtbot
        self.window: StudioWindow = studio.window
        self.record = [content(self.document)]

    @property
    def document(self) -> Document:
        return self.studio.workspace.session.document

    def done(self) -> None:
        """A step is finished, and has changed something."""
        self.window.desk.settle()
        now = content(self.document)
        assert now != self.record[-1]
        self.record.append(now)

    def write(self, sentence: str) -> None:
        QTest.mouseClick(self.window.page.prompt.viewport(), LEFT, NO_KEYS, QPoint(20, 16))
        write(self.window, sentence)
        assert self.window.desk.prompt == sentence
        self.done()

    def bind(self, phrase: str) -> None:
        """Make the selected words a painted phrase."""
        strike(self.window, Qt.Key.Key_P, CTRL)
        layer = self.window.desk.active_phrase
        assert layer is not None
        assert layer.phrase == phrase
        assert self.window.page.view.hasFocus()
        self.done()

    def stroke(self, *places: tuple[float, float], end: Pen | None = None) -> None:
        """A stroke of a pen that is pressed harder and leant further from place to place; in shares of the canvas."""
        pen = Pen(self.window.page.view) if end is None else end
        width, height = self.document.size
        points = [(x * width, y * height) for x, y in places]
        pen.press(*points[0], 0.3)
        for index, point in enumerate(points[1:], start=1):
            pen.move(*point, 0.3 + 0.7 * index / len(points), (10.0 * index, -5.0 * index))
        pen.release(*points[-1])
        self.done()

    def wait_for(self, done: Callable[[], bool]) -> None:
        """Wait until something has come about."""
        self._qtbot.waitUntil(done)

    def drop(self, path: Path) -> None:
        """Drag a file from another program onto the middle of the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        self.drop_data(data)

    def drop_data(self, data: QMimeData) -> None:
        place, copy = QPoint(700, 450), Qt.DropAction.CopyAction
        QApplication.sendEvent(self.window, QDragEnterEvent(place, copy, data, LEFT, NO_KEYS))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(place), copy, data, LEFT, NO_KEYS))

    def generate(self) -> Path:
        """Press Generate, see previews pass, and see the picture; answers where it is kept."""
        jobs = self.studio.jobs
        previews: list[int] = []
        jobs.previewed.connect(lambda _job, preview: previews.append(preview.width))
        seed = self.window.desk.seed
        strike(self.window, Qt.Key.Key_Return, CTRL)
        assert self.window.desk.seed == seed, "a project's own seed is that of the first run"
        self._qtbot.waitUntil(lambda: not jobs.unfinished, timeout=LONG)
        (job,) = jobs.all
        assert job.state is JobState.DONE, self.window.messages.text
        assert previews
        assert job.seeds == (seed,)
        (kept,) = self.window.strip.kept
        assert kept.seed == seed
        return kept.path

    def choose(self, entry: str) -> None:
        """Choose from the menu that has opened."""
        menu = next(each for each in self.window.findChildren(QMenu) if each.isVisible())
        next(action for action in menu.actions() if action.text() == entry).trigger()
        menu.close()
        with self._qtbot.waitActive(self.window):  # which no system but the one without a display needs
            self.window.activateWindow()

    def undo_to(self, before: Content) -> None:
        """Undo until the document is again what it was."""
        while content(self.document) != before:
            self._step("edit.undo", CTRL)

    def redo_all(self) -> None:
        while self.window.actions_["edit.redo"].isEnabled():
            self._step("edit.redo", CTRL | SHIFT)

    def _step(self, action: str, keys: Qt.KeyboardModifier) -> None:
        assert self.window.actions_[action].isEnabled(), "a state of the record was never come by"
        before = self.document
        strike(self.window, Qt.Key.Key_Z, keys)
        assert self.document is not before


def sketch(artist: Artist, style: Path) -> None:
    """Write, paint two phrases in their colours, choose a size, and drop a picture whose look is wanted."""
    window = artist.window
    artist.write("a castle under a night sky")
    select_last_words(window, 2)
    artist.bind("night sky")
    artist.stroke((0.1, 0.2), (0.5, 0.15), (0.9, 0.2))
    QTest.mouseClick(window.page.prompt.viewport(), LEFT, NO_KEYS, QPoint(20, 16))
    strike(window, Qt.Key.Key_Home)
    strike(window, Qt.Key.Key_Right, SHIFT, times=len("a castle"))
    artist.bind("a castle")
    artist.stroke((0.5, 0.9), (0.5, 0.7), (0.55, 0.5))
    assert len({layer.colour for layer in window.desk.phrases}) == 2
    window.page.size_panel.sizes.setFocus()
    strike(window, Qt.Key.Key_Down)
    artist.done()
    artist.drop(style)
    artist.wait_for(lambda: bool(window.desk.face.styles))
    assert len(style_pictures(artist.document, window.desk.face.styles[0])) == 1
    artist.done()


def look(artist: Artist, picture: Path) -> None:
    """The picture is there, in full, and is the one that was kept; it carries what it was made of."""
    desk = artist.window.desk
    assert desk.picture is not None
    assert np.array_equal(desk.picture, pixels_of(read_image(picture)))
    assert all(shown.opacity < layer.opacity / 2 for shown, layer in zip(desk.layers, desk.phrases, strict=True))
    made_from = read_document(picture, artist.studio.workspace.registry).document
    assert content(made_from) == artist.record[-1]


@pytest.mark.qt_log_ignore("This plugin does not support")  # a menu that pops up, without a display
def test_from_the_first_word_to_the_saved_file_and_all_the_way_back(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path
) -> None:
    style = QImage(96, 64, QImage.Format.Format_RGB32)
    style.fill(QColor(200, 120, 30))
    style.save(str(tmp_path / "ochre.png"))
    project = quick_project(tmp_path / "session.sinopia")
    with open_studio(qtbot, qapp, sinopia_home, project) as studio:
        artist, window, session = Artist(studio, qtbot), studio.window, studio.workspace.session
        sketch(artist, tmp_path / "ochre.png")
        picture, sketched = artist.generate(), artist.record[-1]
        look(artist, picture)

        window.page.view.setFocus()
        artist.stroke((0.4, 0.6), (0.6, 0.6), (0.6, 0.8))
        assert [layer.opacity for layer in window.desk.layers] == [layer.opacity for layer in window.desk.phrases]
        artist.stroke((0.5, 0.9), (0.5, 0.7), end=Pen(window.page.view, ERASER))

        strip = window.strip.view
        artist.drop_data(strip.mimeData([strip.item(0)]))
        artist.choose("Restore All")
        qtbot.waitUntil(lambda: content(artist.document) == sketched)
        artist.done()

        for before in reversed(artist.record[:-1]):
            artist.undo_to(before)
        assert not window.actions_["edit.undo"].isEnabled()
        assert content(artist.document) == content(read_document(project, studio.workspace.registry).document)
        assert not session.dirty

        artist.redo_all()
        assert content(artist.document) == artist.record[-1]

        strike(window, Qt.Key.Key_S, CTRL)
        qtbot.waitUntil(lambda: not session.dirty)
        window.filing.new()
        assert content(artist.document) != artist.record[-1]
        window.filing.open(project)
        qtbot.waitUntil(lambda: studio.workspace.title == "session")
        assert content(artist.document) == artist.record[-1]


def test_an_engine_that_dies_is_told_with_one_thing_to_do(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path
) -> None:
    with open_studio(qtbot, qapp, sinopia_home, quick_project(tmp_path / "crash.sinopia")) as studio:
        window = studio.window
        write(window, "a castle")
        strike(window, Qt.Key.Key_Return, CTRL)
        (job,) = studio.jobs.unfinished
        qtbot.waitUntil(lambda: studio.jobs.job(job.id).state is JobState.RUNNING, timeout=LONG)
        process = studio.jobs.engine.process
        assert process is not None
        os.kill(process, signal.SIGKILL)
        qtbot.waitUntil(lambda: window.messages.text != "", timeout=LONG)
        assert window.messages.action.text() == "Generate again"
        assert studio.jobs.job(job.id).state is JobState.LOST
        assert window.desk.prompt == "a castle"
