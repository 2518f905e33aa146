"""Messages: what happened, to which thing, and one thing to do about it. No box that must be answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QStatusBar, QWidget

from app.model.engine_state import EngineCondition, EngineState
from app.qt.panels.parts import icon_button
from app.qt.theme import GRID, Icons, Theme

_SECONDS = 8


class MessageBar(QWidget):
    """One message above the canvas, with at most one next action, until it is dismissed or another comes."""

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.setObjectName("message")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # names and sentences of the artist are no markup
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        self._run: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._button)
        layout.addWidget(icon_button(icons, "cancel", "Dismiss", self.dismiss))
        self.hide()

    @property
    def text(self) -> str:
        """What is said; "" when nothing is."""
        return self._text.text() if not self.isHidden() else ""

    @property
    def action(self) -> QPushButton:
        """The next thing to do."""
        return self._button

    def say(self, sentence: str, action: str = "", run: Callable[[], object] | None = None) -> None:
        """Show a sentence; without an action it goes away by itself."""
        self._text.setText(sentence)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._run = run
        self.show()
        if action:
            self._timer.stop()
        else:
            self._timer.start(1000 * _SECONDS)

    def dismiss(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self._run = None
        self.hide()

    def _act(self) -> None:
        run = self._run
        self.dismiss()
        if run is not None:
            run()


class EngineStatus(QStatusBar):
    """The engine in one line: what it does, what it computes on, what it holds."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self._theme = theme
        self._state = EngineState()
        self._sentence, self._models, self._memory, self._device = (QLabel() for _ in range(4))
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(GRID, 2, GRID, 2)
        layout.setSpacing(2 * GRID)
        layout.addWidget(self._sentence, 1)
        for label in (self._models, self._memory, self._device):
            label.setObjectName("quiet")
            layout.addWidget(label)
        self.addWidget(row, 1)
        self.show_state(self._state)

    def wear(self, theme: Theme) -> None:
        """Change to another theme."""
        self._theme = theme
        self.show_state(self._state)

    def show_state(self, state: EngineState, doing: str = "") -> None:
        """Show what is known of the engine."""
        self._state = state
        theme = self._theme
        colour = {
            EngineCondition.READY: theme.good,
            EngineCondition.LOST: theme.accent,
            EngineCondition.WARMING: theme.warning,
        }.get(state.condition, theme.faint)
        told = doing or state.sentence
        self._sentence.setText(f'<span style="color:{colour}">●</span>&nbsp; {_escaped(told)}')
        names = ", ".join(state.models)
        self._models.setText(names if len(names) < 60 else f"{len(state.models)} parts loaded")
        self._models.setToolTip("\n".join(f"{name}: {_bytes(size)}" for name, size in state.models.items()))
        self._memory.setText(f"{_bytes(state.peak_memory)} at most" if state.peak_memory else "")
        self._device.setText(state.device.upper())

    @property
    def text(self) -> str:
        """What is said of the engine."""
        return self._sentence.text()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _bytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
