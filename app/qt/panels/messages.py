"""Messages: what happened, to which thing, and one thing to do about it. No box that must be answered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.qt.panels.parts import icon_button
from app.qt.theme import GRID, Icons

_SECONDS = 8


class MessageBar(QWidget):
    """One message over the top of the canvas, with at most one next action, until it is dismissed or another comes.

    It lies over what is there: a picture that is looked at or painted on does not move when something is said.
    """

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

    def lie_over(self, host: QWidget) -> None:
        """Take the upper edge of `host`, in front of all that is in it."""
        self.setParent(host)
        host.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as wide as the host."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

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
        self._fit()
        self.show()
        self.raise_()
        if action:
            self._timer.stop()
        else:
            self._timer.start(1000 * _SECONDS)

    def withdraw(self, sentence: str) -> None:
        """Take a sentence away that holds no more, if it is still shown."""
        if self.text == sentence:
            self.dismiss()

    def dismiss(self) -> None:
        """Take the message away."""
        self._timer.stop()
        self._run = None
        self.hide()

    def _fit(self) -> None:
        host = self.parentWidget()
        if host is not None:
            self.setGeometry(0, 0, host.width(), self.heightForWidth(host.width()))

    def _act(self) -> None:
        run = self._run
        self.dismiss()
        if run is not None:
            run()
