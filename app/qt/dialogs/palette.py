"""The command palette: everything that can be done, found by its words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.qt.theme import GRID

_SIZE = QSize(480, 400)
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}


class CommandPalette(QDialog):
    """Type to search, Enter to do it, Esc to leave."""

    def __init__(self, commands: Iterable[tuple[str, QAction]], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedSize(_SIZE)
        self._commands = [(f"{menu}: {action.text()}", action) for menu, action in commands if action.isEnabled()]
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search commands")
        self.field.setAccessibleName("Search commands")
        self.list = QListWidget()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._do)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._do())
        self._search("")

    def open_over(self, window: QWidget) -> None:
        """Open near the top of a window."""
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + 10 * GRID)
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move through the list while the field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        words = text.casefold().split()
        self.list.clear()
        for title, action in self._commands:
            if all(word in title.casefold() for word in words):
                item = QListWidgetItem()
                item.setData(Qt.ItemDataRole.UserRole, action)
                item.setSizeHint(QSize(0, 4 * GRID))
                self.list.addItem(item)
                self.list.setItemWidget(item, _line(title, action.shortcut().toString()))
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            action: QAction = item.data(Qt.ItemDataRole.UserRole)
            action.trigger()


def _line(title: str, keys: str) -> QWidget:
    row = QWidget()
    row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    layout = QHBoxLayout(row)
    layout.setContentsMargins(GRID, 0, GRID, 0)
    said = QLabel(keys)
    said.setObjectName("quiet")
    layout.addWidget(QLabel(title), 1)
    layout.addWidget(said)
    return row
