"""What is written out beside pictures: the bare graph, and a report of what the installation is like."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.client.logs import tail
from app.doctor.examination import examine
from app.files.atomic import write_atomically
from app.model.aside import Aside
from app.model.home import Home
from app.model.projects import Workspace
from app.qt.actions import Actions
from app.qt.panels.messages import MessageBar
from app.qt.theme import RESOURCES
from nodes.graph.codec import encode


class Reporting:
    """Writes both where the artist says."""

    def __init__(self, window: QWidget, workspace: Workspace, aside: Aside, messages: MessageBar) -> None:
        self._window, self._workspace, self._aside, self._messages = window, workspace, aside, messages

    def bind(self, actions: Actions) -> None:
        """Give the actions that these are something to do."""
        actions.bind("file.export-graph", self.choose_graph)
        actions.bind("help.report", self.choose_report)

    def choose_graph(self) -> None:
        """Let the artist name a file for the graph alone."""
        self._choose("Export Graph", f"{self._workspace.title}.json", "Graphs (*.json)", self.export_graph)

    def export_graph(self, path: Path) -> None:
        """Write the nodes and wires, without paint and pictures, as JSON."""
        graph = self._workspace.session.document.graph
        self._write(path, lambda: encode(graph), "The graph is in {}. Paint and pictures stay in the project.")

    def choose_report(self) -> None:
        """Let the artist name a file for the report."""
        self._choose("Save a Report", "sinopia-report.txt", "Texts (*.txt)", self.save_report)

    def save_report(self, path: Path) -> None:
        """Write how the installation is, and the end of the engine's last log; nothing of the document."""
        home = self._workspace.home
        self._write(path, lambda: report(home).encode(), "The report is in {}. Nothing of your pictures is in it.")

    def _choose(self, title: str, name: str, kind: str, write: Callable[[Path], object]) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, str(Path.home() / name), kind)
        if chosen:
            write(Path(chosen))

    def _write(self, path: Path, content: Callable[[], bytes], told: str) -> None:
        self._aside(
            lambda: write_atomically(path, content()),
            lambda _none: self._messages.say(told.format(path.name)),
            lambda error: self._messages.say(f"{path.name} cannot be written ({error}). Choose another folder."),
        )


def report(home: Home) -> str:
    """What `sinopia doctor` finds, and the end of the last log of an engine."""
    found = examine(RESOURCES, Path.cwd(), home.root, Path(tempfile.gettempdir()))
    lines = [f"{each.level.value:<5} {each.subject}: {each.found} {each.advice}".rstrip() for each in found]
    logs = sorted((home.root / "logs").glob("engine-*.log"))
    return "\n".join([*lines, "", "The end of the engine's log:", tail(logs[-1]) if logs else "There is none.", ""])
