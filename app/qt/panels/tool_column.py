"""The tools at the left of the canvas."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.qt.panels.parts import BUTTON, rule
from app.qt.theme import GRID

_EDGE = 6
_GAP = GRID // 2


class ToolColumn(QWidget):
    """Buttons one below the other, in two columns where there is too little height for one."""

    def __init__(self) -> None:
        super().__init__()
        self._groups: list[list[QWidget]] = []
        self._rules: list[QWidget] = []
        self.setObjectName("tools")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_width(1))

    def add_group(self, buttons: Sequence[QWidget]) -> None:
        """Put buttons below the others, behind a line."""
        if self._groups:
            line = rule()
            line.setParent(self)
            self._rules.append(line)
        for button in buttons:
            button.setParent(self)
        self._groups.append(list(buttons))
        self._arrange()

    def sizeHint(self) -> QSize:
        """All in one column."""
        return QSize(_width(1), self._height(1))

    def minimumSizeHint(self) -> QSize:
        """All in two columns."""
        return QSize(_width(1), self._height(2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        across = 1 if self.height() >= self._height(1) else 2
        self.setFixedWidth(_width(across))
        top = GRID
        for number, group in enumerate(self._groups):
            if number:
                self._rules[number - 1].setGeometry(QRect(_EDGE, top, _width(across) - 2 * _EDGE, 1))
                top += 1 + _GAP
            for place, button in enumerate(group):
                row, column = divmod(place, across)
                button.move(_EDGE + column * (BUTTON + _GAP), top + row * (BUTTON + _GAP))
            top += _rows(group, across) * (BUTTON + _GAP)

    def _height(self, across: int) -> int:
        rows = sum(_rows(group, across) for group in self._groups)
        return 2 * GRID - _GAP + rows * (BUTTON + _GAP) + len(self._rules) * (1 + _GAP)


def _rows(group: Sequence[QWidget], across: int) -> int:
    return -(-len(group) // across)


def _width(across: int) -> int:
    return 2 * _EDGE + across * BUTTON + (across - 1) * _GAP
