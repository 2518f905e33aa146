"""The artist's whole loop in the real window, with real events and a real engine: write, paint, generate, undo."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.model.job import JobState
from app.model.projects import read_document
from tests.gui.painting import Pen
from tests.gui.studios import CTRL, LONG, NO_KEYS, open_studio, quick_project, select_last_words, strike, write


def test_write_paint_generate_keep_and_undo(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path
) -> None:
    project = quick_project(tmp_path / "loop.sinopia")
    with open_studio(qtbot, qapp, sinopia_home, project) as studio:
        window, desk, session = studio.window, studio.window.desk, studio.workspace.session
        empty = session.document

        prompt = window.page.prompt
        QTest.mouseClick(prompt.viewport(), Qt.MouseButton.LeftButton, NO_KEYS, QPoint(20, 16))
        write(window, "a castle under a night sky")
        assert desk.prompt == "a castle under a night sky"
        select_last_words(window, 2)
        strike(window, Qt.Key.Key_P, CTRL)
        assert [layer.phrase for layer in desk.phrases] == ["night sky"]
        assert window.page.view.hasFocus()

        Pen(window.page.view).draw([(200.0, 200.0), (500.0, 240.0), (800.0, 200.0)], pressure=0.8)
        (layer,) = desk.phrases
        assert not desk.mask(layer.id).is_blank

        strike(window, Qt.Key.Key_Return, CTRL)
        assert studio.jobs.unfinished
        seed = desk.seed
        previews: list[int] = []
        studio.jobs.previewed.connect(lambda _job, preview: previews.append(preview.width))
        qtbot.waitUntil(lambda: not studio.jobs.unfinished, timeout=LONG)
        (job,) = studio.jobs.all
        assert job.state is JobState.DONE, window.messages.text
        assert previews
        assert job.seeds == (seed,) == (desk.seed,)
        (kept,) = window.strip.kept
        assert kept.seed == seed
        assert desk.picture is not None

        made_from = read_document(kept.path, studio.workspace.registry).document
        assert made_from.graph == session.document.graph
        assert made_from.paint == session.document.paint

        while window.actions_["edit.undo"].isEnabled():
            strike(window, Qt.Key.Key_Z, CTRL)
        assert session.document == empty
        assert prompt.toPlainText() == ""

        place = window.strip.place_of(0)
        QTest.mouseClick(window.strip.view.viewport(), Qt.MouseButton.LeftButton, NO_KEYS, place)
        QTest.mouseDClick(window.strip.view.viewport(), Qt.MouseButton.LeftButton, NO_KEYS, place)
        qtbot.waitUntil(lambda: desk.prompt != "" or window.messages.text != "")
        assert desk.prompt, window.messages.text
        assert session.document.graph == made_from.graph
        strike(window, Qt.Key.Key_Z, CTRL)
        assert session.document == empty


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
