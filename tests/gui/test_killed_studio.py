"""The real program, killed while an artist works in it: no finished edit is lost, and the next start offers it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.model.journal import read_journal
from tests.bench.kill_studio import digest, one_life
from tests.gui.studios import LONG, open_studio


@pytest.mark.parametrize("number", range(5))
def test_nothing_finished_is_lost(tmp_path: Path, number: int) -> None:
    dice = Random(number)
    life = one_life(tmp_path, dice.randrange(2**30), dice.randrange(1, 20), dice.uniform(0.0, 0.05))
    assert life.finished
    assert not life.lost


def test_the_window_says_while_an_edit_is_not_kept_yet(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.model.journal.HUGE", 0)
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        window, journal = studio.window, studio.workspace._journal
        qtbot.waitUntil(lambda: not journal.behind)
        assert not window.kept.isVisible()
        with journal._turn:  # as while a segment is replaced
            window.actions_["phrase.clear"].trigger()
            assert window.kept.isVisible()
        qtbot.waitUntil(lambda: not window.kept.isVisible())
        assert read_journal(journal.folder).document == studio.workspace.session.document


def test_the_next_start_offers_what_was_not_saved(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    life = one_life(tmp_path, 7, 12, 0.0)
    with open_studio(qtbot, qapp, tmp_path / "home") as studio:
        window = studio.window
        qtbot.waitUntil(lambda: "was not saved" in window.messages.text, timeout=LONG)
        QTest.mouseClick(window.messages.action, Qt.MouseButton.LeftButton)
        assert digest(window.desk.document) == life.kept
        assert window.isWindowModified()
        assert window.desk.phrases
