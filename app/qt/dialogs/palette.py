"""The command palette: everything that can be done, found by its words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.model.actions import NEEDED, Action, search
from app.qt.actions import plain_text
from app.qt.theme import GRID

_SIZE = QSize(480, 400)
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}


class CommandPalette(QFrame):
    """Type to search, Enter to do it, Esc to leave. It lies in its window, and goes when something else is wanted."""

    def __init__(self, commands: Iterable[tuple[Action, QAction]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._before: QWidget | None = parent.focusWidget()
        self.setFixedSize(_SIZE)
        self._commands = dict(commands)
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
        self.move((window.width() - self.width()) // 2, 10 * GRID)
        self.show()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows move through the list while the field has the focus."""
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.close()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._leave()
                return True
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
        return super().eventFilter(watched, event)

    def _search(self, text: str) -> None:
        """What cannot be done now is found too, and says why."""
        self.list.clear()
        for listed in search(text, self._commands):
            action = self._commands[listed]
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, action)
            item.setSizeHint(QSize(0, 4 * GRID))
            self.list.addItem(item)
            title = f"{listed.menu}: {plain_text(action)}"
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            told = keys if action.isEnabled() else NEEDED.get(listed.needs, "")
            self.list.setItemWidget(item, _line(title, told, able=action.isEnabled()))
        self.list.setCurrentRow(0)

    def _do(self) -> None:
        row = self.list.currentRow()
        action: QAction | None = self.list.item(row).data(Qt.ItemDataRole.UserRole) if row >= 0 else None
        if action is not None and not action.isEnabled():
            return
        self._leave()
        if action is not None:
            action.trigger()

    def _leave(self) -> None:
        """Go, and give the focus back."""
        self.hide()
        if self._before is not None and isValid(self._before):
            self._before.setFocus()
        self.close()
        self.deleteLater()


def _line(title: str, told: str, *, able: bool) -> QWidget:
    row = QWidget()
    row.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    layout = QHBoxLayout(row)
    layout.setContentsMargins(GRID, 0, GRID, 0)
    said, name = QLabel(told), QLabel(title)
    said.setObjectName("quiet")
    name.setEnabled(able)
    said.setEnabled(able)
    layout.addWidget(name, 1)
    layout.addWidget(said)
    return row
