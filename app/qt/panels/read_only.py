"""A line that stays as long as the file belongs to another window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.model.projects import Workspace
from app.qt.theme import GRID


class ReadOnlyBar(QWidget):
    """Says so, and offers the one thing that helps."""

    def __init__(self, workspace: Workspace, save_copy: Callable[[], object]) -> None:
        super().__init__()
        self._workspace = workspace
        self.setObjectName("message")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._told = QLabel()
        self._told.setTextFormat(Qt.TextFormat.PlainText)
        self._told.setObjectName("warning")
        self._told.setWordWrap(True)
        self.save = QPushButton("Save a Copy…")
        self.save.clicked.connect(lambda _checked=False: save_copy())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self._told, 1)
        layout.addWidget(self.save)
        self._disconnect = workspace.renamed.connect(lambda _title: self.refresh())
        self.refresh()

    @property
    def text(self) -> str:
        """What is said; "" when the file is ours."""
        return "" if self.isHidden() else self._told.text()

    def refresh(self) -> None:
        """Look whose file it is."""
        name = self._workspace.title
        told = f"“{name}” is open in another window. What you change here can only be saved as a copy."
        self._told.setText(told)
        self.setVisible(self._workspace.read_only)

    def leave(self) -> None:
        """Listen to the workspace no more."""
        self._disconnect()
