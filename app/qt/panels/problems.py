"""How many things are wrong with the graph, and where."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from app.model.problems import WHOLE_GRAPH, Problems
from app.qt.plain import plain_tip

_LONGEST = 90


class ProblemCount(QToolButton):
    """In the status bar, only while something is wrong. `wanted`: the node to go to."""

    wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("problems")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setMenu(QMenu(self))
        self.hide()

    def show_problems(self, problems: Problems) -> None:
        """Tell what `check` found, by node."""
        found = [(node, problem.message) for node, several in problems.items() for problem in several]
        told = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        self.setText(told)
        self.setToolTip(f"{told} in the graph; choose one to go there")
        self.setAccessibleName(self.toolTip())
        self.setVisible(bool(found))
        menu = self.menu()
        menu.clear()
        for node, message in found:
            self._add(menu, node, message)

    def _add(self, menu: QMenu, node: str, message: str) -> None:
        short = message if len(message) <= _LONGEST else f"{message[: _LONGEST - 1]}…"
        line = menu.addAction(short.replace("&", "&&"))
        line.setToolTip(plain_tip(message))
        line.setEnabled(node != WHOLE_GRAPH)
        line.triggered.connect(lambda _checked=False: self.wanted.emit(node))
