"""The status bar: what the engine does, what it computes on, and what it holds."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QStatusBar, QToolButton, QWidget

from app.model.engine_state import EngineCondition, EngineState
from app.model.engine_words import holding, holding_facts
from app.qt.panels.parts import quiet
from app.qt.theme import GRID, Theme

HEIGHT = 30
"""Pixels of the bar, whatever is told in it: the canvas above shall not jump."""


class EngineStatus(QStatusBar):
    """The engine in one line; a press on what it holds tells every part of it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setFixedHeight(HEIGHT)
        self._theme = theme
        self._state, self._doing = EngineState(), ""
        self._sentence = QLabel()
        self.holding = QToolButton()
        self.holding.setObjectName("status")
        self.holding.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.holding.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.holding.clicked.connect(lambda _checked=False: self._open_facts())
        self.facts: Facts | None = None
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(GRID, 2, GRID, 2)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self._sentence, 1)
        layout.addWidget(self.holding)
        self.addWidget(row, 1)
        self.show_state(self._state)

    def wear(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        self.show_state(self._state, self._doing)

    def show_state(self, state: EngineState, doing: str = "") -> None:
        """Show what is known of the engine."""
        self._state, self._doing = state, doing
        theme = self._theme
        colour = {
            EngineCondition.READY: theme.good,
            EngineCondition.LOST: theme.accent,
            EngineCondition.WARMING: theme.warning,
        }.get(state.condition, theme.faint)
        self._sentence.setText(f'<span style="color:{colour}">●</span>&nbsp; {_escaped(doing or state.sentence)}')
        told = holding(state)
        self.holding.setText(told)
        self.holding.setVisible(bool(told))
        self.holding.setToolTip("\n".join(f"{name}: {value}" for name, value in holding_facts(state)))
        self.holding.setAccessibleName(f"Engine: {told}")

    @property
    def text(self) -> str:
        """What is said of the engine."""
        return self._sentence.text()

    def _open_facts(self) -> None:
        self.facts = Facts(holding_facts(self._state), self)
        self.facts.open_above(self.holding)


class Facts(QFrame):
    """Names and values in a small window that goes away by itself."""

    def __init__(self, facts: tuple[tuple[str, str], ...], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QFormLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setHorizontalSpacing(3 * GRID)
        layout.setVerticalSpacing(GRID // 2)
        for name, value in facts:
            label, told = quiet(name), QLabel(value)
            label.setWordWrap(False)
            told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            layout.addRow(label, told)

    def open_above(self, below: QWidget) -> None:
        """Show it above a widget, ending where that ends."""
        self.adjustSize()
        corner = below.mapToGlobal(QPoint(below.width(), 0))
        self.move(corner - QPoint(self.width(), self.height() + GRID // 2))
        self.show()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
