"""The Graph workspace: the node canvas, and every value of what is selected."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.qt.canvas.facts import Facts
from app.qt.canvas.inspector import Inspector
from app.qt.canvas.view import CanvasView
from app.qt.desk import Desk
from app.qt.pictures import PATTERN


class GraphPage(QWidget):
    """The same document as in Paint, node by node; the inspector is a panel beside it."""

    def __init__(self, desk: Desk, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = CanvasView(desk.session, desk.registry, facts)
        self.inspector = Inspector(self.canvas.focus, desk.registry, facts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.setFocusProxy(self.canvas)
        self.canvas.canvas.selected.connect(self._on_selected)
        self.inspector.picture_wanted.connect(self._choose_picture)
        self.inspector.run_wanted.connect(lambda node: self.canvas.run_to([node]))
        self.inspector.look_wanted.connect(self.canvas.look_at)
        self.inspector.entered.connect(self.canvas.walking.enter)

    def show_node(self, node: str) -> None:
        """Bring a node of the document's own graph to the middle."""
        self.canvas.walking.go_to(0)
        item = self.canvas.canvas.nodes.get(node)
        if item is not None:
            self.canvas.centre_on(item.box.center())

    def _on_selected(self) -> None:
        self.inspector.show_nodes(self.canvas.canvas.selection.nodes)

    def _choose_picture(self, node: str, parameter: str) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Choose a Picture", "", PATTERN)
        if name:
            self.canvas.drops.choose(Path(name), node, parameter)
