"""The bare graph and the report, written from the menus."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.qt.application import Studio
from nodes.graph.codec import encode
from tests.gui.studios import action, open_studio


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        yield studio


@pytest.mark.parametrize(("name", "expected"), [("file.export-graph", "graph"), ("help.report", "log")])
def test_both_are_written_where_the_artist_says(
    name: str, expected: str, studio: Studio, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "written.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(path), ""))
    action(studio.window, name).trigger()
    qtbot.waitUntil(path.exists, timeout=60_000)
    if expected == "graph":
        assert encode(studio.workspace.session.document.graph) == path.read_bytes()
    else:
        assert "The end of the engine's log:" in path.read_text(encoding="utf-8")
        assert "python" in path.read_text(encoding="utf-8").casefold()
