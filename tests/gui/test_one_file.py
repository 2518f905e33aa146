"""One file, two programs: the second can look and change, but save only a copy. And what is wrong is counted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.model import edits
from app.qt.application import Studio
from tests.gui.studios import open_studio, quick_project

_OTHER = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app.client.settings import EngineSettings
from app.model.home import find_home
from app.qt.application import Studio

application = QApplication(["sinopia"])
home = find_home()
studio = Studio(application, home, EngineSettings(warm=(), logs=home.root / "other-logs"))
studio.begin(Path(sys.argv[1]))
studio.window.show()
application.processEvents()
print("read only" if studio.workspace.read_only else "mine", flush=True)
sys.stdin.readline()
studio.window.close()
studio.close()
"""


@contextmanager
def _other_program(path: Path) -> Iterator[str]:
    """The real program in another process, with the file open; whether it has it for itself."""
    command = [sys.executable, "-c", _OTHER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.write("go\n")


def test_the_second_program_saves_only_a_copy(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path
) -> None:
    path = quick_project(tmp_path / "shared.sinopia")
    with _other_program(path) as other:
        assert other == "mine"
        before = path.read_bytes()
        with open_studio(qtbot, qapp, sinopia_home, path) as studio:
            window = studio.window
            assert "“shared” is open in another window" in window.read_only.text
            window.desk.set_seed(77)
            window.desk.settle()
            saved: list[bool] = []
            window.filing.save_to(path, lambda: saved.append(True))
            qtbot.waitUntil(lambda: "another window" in window.messages.text)
            assert path.read_bytes() == before
            window.filing.save_to(tmp_path / "copy", lambda: saved.append(True))
            qtbot.waitUntil(lambda: saved == [True])
            assert window.read_only.text == ""
            assert window.windowTitle().startswith("copy")
    with _other_program(path) as other:
        assert other == "mine"


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        yield studio


def test_what_is_wrong_is_counted_and_leads_to_its_node(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    qtbot.wait(200)
    assert not window.problems.isVisible()
    window.desk.edit("Cut", edits.remove_nodes, ("storybook",))
    qtbot.waitUntil(window.problems.isVisible)
    lines = window.problems.menu().actions()
    assert window.problems.text() == f"{len(lines)} problems"
    window.problems.setFocus(Qt.FocusReason.TabFocusReason)
    assert window.problems.hasFocus()
    lines[0].trigger()
    assert window.canvas.isVisible()
    studio.workspace.session.undo()
    qtbot.waitUntil(lambda: not window.problems.isVisible())
