"""Small parts that panels are made of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.qt.eliding import elided
from app.qt.theme import GRID, ICON_SIZE, Icons

BUTTON = 28
CLOSE = 6
"""Pixels between what belongs together in a panel at the side."""


def heading(text: str) -> QLabel:
    """The name of a panel."""
    label = QLabel(text)
    label.setObjectName("heading")
    return label


def quiet(text: str) -> QLabel:
    """A word of help, wrapped."""
    label = QLabel(text)
    label.setObjectName("quiet")
    label.setWordWrap(True)
    return label


class ElidedLabel(QLabel):
    """A label in one line, cut with an ellipsis where there is less room than it would like."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)  # names and sentences of the artist are no markup
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The style sheet gives the colour."""
        with QPainter(self) as painter:
            painter.setFont(self.font())
            painter.setPen(self.palette().windowText().color())
            painter.drawText(self.rect(), self.alignment(), elided(self.text(), self.font(), self.width()))


def rule() -> QFrame:
    """A line between panels."""
    line = QFrame()
    line.setObjectName("rule")
    return line


def icon_button(
    icons: Icons, name: str, help_text: str, run: Callable[[], object] | None = None, *, checkable: bool = False
) -> QToolButton:
    """A button that shows only a drawing; what it does is its tip and its name for screen readers."""
    button = QToolButton()
    button.setFixedSize(BUTTON, BUTTON)
    button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    button.setToolTip(help_text)
    button.setAccessibleName(help_text)
    button.setCheckable(checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    icons.give(button, name)
    if run is not None:
        button.clicked.connect(lambda _checked=False: run())
    return button


def column(parent: QWidget, margin: int = 2 * GRID, spacing: int = GRID) -> QVBoxLayout:
    """A column of widgets on the grid."""
    layout = QVBoxLayout(parent)
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    return layout


def panel_column(parent: QWidget) -> QVBoxLayout:
    """A column of what a panel at the side holds: close together, and near its header, for the side is full."""
    layout = column(parent, spacing=CLOSE)
    layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID)
    return layout


def emptied(layout: QLayout) -> None:
    """Take every widget out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
