"""A look at a node's result through the whole studio: drawn by the engine, seen large, kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.model import edits
from app.model.job import JobState
from app.qt.application import Studio
from tests.gui.canvas_hand import CTRL, SHIFT, Hand
from tests.gui.studios import LONG, open_studio, quick_project, strike


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home, quick_project(tmp_path / "quick.sinopia")) as studio:
        yield studio


def test_a_look_is_drawn_once_marked_when_stale_and_kept_nowhere(studio: Studio, qtbot: QtBot) -> None:
    window, jobs = studio.window, studio.jobs
    strike(window, Qt.Key.Key_F2)
    view, look = window.canvas, window.canvas.quick_look
    hand, seed = Hand(view, studio.workspace.session), window.desk.seed
    view.centre_on(view.canvas.nodes["base"].box.center())
    hand.click(hand.header("base"), keys=CTRL | SHIFT)
    assert [(job.title, job.live) for job in jobs.all] == [("Quick look", True)]
    qtbot.waitUntil(lambda: jobs.all[-1].state is JobState.DONE, timeout=LONG)
    (result,) = jobs.all[-1].results
    assert look.picture.width() == result.width
    assert not result.path.exists(), "what was only looked at leaves no file"
    assert not look.stale
    desk = window.desk
    desk.edit("Write", edits.set_parameter, "prompt", "text", "a fox")
    assert (look.stale, len(jobs.all)) == (True, 1)
    QTest.mouseClick(look.again, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: [job.state for job in jobs.all] == [JobState.DONE] * 2, timeout=LONG)
    assert (look.isVisible(), look.stale) == (True, False)
    assert desk.seed == seed, "a look needs no other seed"
    assert (studio.gallery.entries, window.strip.kept, desk.picture) == ((), (), None)
    assert not list(studio.gallery.folder.rglob("*.png"))
