"""All keys: looked up, changed by pressing others, and put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.model.actions import MENUS, Action, Scope, search
from app.model.shortcuts import clashes, keys_of, rebound, reset
from app.qt.dialogs.sheet import Sheet
from app.qt.theme import GRID

_SIZE = QSize(720, 720)
_ROLE = Qt.ItemDataRole.UserRole
_PLACES = {
    Scope.WINDOW: "",
    Scope.PAINT: "while painting",
    Scope.GRAPH: "on the node canvas",
    Scope.GALLERY: "in the gallery",
}


class KeysSheet(Sheet):
    """Enter or a double click on a line, then press the keys. `chosen`: the artist's keys, by the id of the action."""

    chosen = Signal(object)

    def __init__(self, actions: Iterable[Action], shortcuts: Mapping[str, str], parent: QWidget | None = None) -> None:
        super().__init__("Keys", _SIZE, parent)
        self._actions = tuple(actions)
        self._shortcuts = dict(shortcuts)
        self._wanted: tuple[Action, str] | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by what it does or by its keys")
        self.search.setAccessibleName("Search keys")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self._fill())
        self.list = self._made_list()
        self.column.addWidget(self.search)
        self.column.addWidget(self.list, 1)
        self.column.addLayout(self._made_question())
        self.column.addLayout(self._made_foot())
        self._fill()
        self.search.setFocus()

    def _made_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setColumnCount(3)
        made.setHeaderLabels(["Action", "Keys", "Heard"])
        made.setAccessibleName("Actions and their keys")
        made.setUniformRowHeights(True)
        made.setRootIsDecorated(False)
        made.setIndentation(2 * GRID)
        made.setAllColumnsShowFocus(True)
        made.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        made.header().setStretchLastSection(False)
        made.setColumnWidth(1, 22 * GRID)
        made.setColumnWidth(2, 20 * GRID)
        made.itemActivated.connect(lambda item, _column: self._begin(item))
        made.currentItemChanged.connect(lambda item, _before: self._follow(item))
        return made

    def _made_question(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self.told = QLabel()
        self.told.setWordWrap(True)
        self.take = QPushButton("Take Them")
        self.take.clicked.connect(self._take)
        self.take.hide()
        row.addWidget(self.told, 1)
        row.addWidget(self.take)
        return row

    def _made_foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        self.change, self.none = QPushButton("Change…"), QPushButton("No Keys")
        self.reset, self.reset_all = QPushButton("Reset"), QPushButton("Reset All")
        self.change.clicked.connect(lambda: self._begin(self.list.currentItem()))
        self.none.clicked.connect(lambda: self._set(self._current(), ""))
        self.reset.clicked.connect(self._reset_one)
        self.reset_all.clicked.connect(lambda: self._choose({}, "All keys are as at first."))
        for button in (self.change, self.none, self.reset):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.reset_all)
        return row

    # The list

    def _fill(self) -> None:
        held = self._current()
        self.list.clear()
        found = self._found(self.search.text())
        for menu in MENUS:
            several = [action for action in self._actions if action.menu == menu and action.id in found]
            if several:
                group = QTreeWidgetItem(self.list, [menu])
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                font = group.font(0)
                font.setBold(True)
                group.setFont(0, font)
                for action in several:
                    self._add(group, action)
        self.list.expandAll()
        self._select(held)
        self._follow(self.list.currentItem())

    def _found(self, text: str) -> set[str]:
        by_words = {action.id for action in search(text, self._actions)}
        spelled = text.casefold().replace(" ", "")
        by_keys = {
            action.id
            for action in self._actions
            if spelled and any(spelled in key.casefold() for key in keys_of(action, self._shortcuts))
        }
        return by_words | by_keys

    def _add(self, group: QTreeWidgetItem, action: Action) -> None:
        keys = ", ".join(_native(key) for key in keys_of(action, self._shortcuts))
        item = QTreeWidgetItem(group, [action.title.rstrip("…"), keys, _PLACES.get(action.scope, "")])
        item.setData(0, _ROLE, action)
        item.setToolTip(0, action.help)
        if action.id in self._shortcuts:
            font = item.font(1)
            font.setBold(True)
            item.setFont(1, font)

    def _select(self, action: Action | None) -> None:
        lines = [item for item in self.lines() if action is None or item.data(0, _ROLE).id == action.id]
        for item in (*lines, *self.lines())[:1]:
            self.list.setCurrentItem(item)

    def lines(self) -> list[QTreeWidgetItem]:
        """The lines of all actions that are listed."""
        groups = (self.list.topLevelItem(row) for row in range(self.list.topLevelItemCount()))
        found = (group.child(row) for group in groups if group is not None for row in range(group.childCount()))
        return [item for item in found if item is not None]

    def _current(self) -> Action | None:
        item = self.list.currentItem()
        return None if item is None else item.data(0, _ROLE)

    def _follow(self, item: QTreeWidgetItem | None) -> None:
        action = None if item is None else item.data(0, _ROLE)
        for button in (self.change, self.none):
            button.setEnabled(action is not None)
        self.reset.setEnabled(action is not None and action.id in self._shortcuts)
        self.reset_all.setEnabled(bool(self._shortcuts))

    # Changes

    def _begin(self, item: QTreeWidgetItem | None) -> None:
        action = None if item is None else item.data(0, _ROLE)
        if item is None or action is None:
            return
        self._say(f"Press the keys for “{action.title.rstrip('…')}”. Esc leaves them as they are.")
        field = _Pressed(self.list)
        field.pressed.connect(lambda key: self._pressed(action, key))
        field.left.connect(lambda: self.list.setItemWidget(item, 1, None))
        self.list.setItemWidget(item, 1, field)
        field.setFocus()

    def _pressed(self, action: Action, key: str) -> None:
        self.list.setFocus()
        if not key:
            self._say("")
            return
        others = clashes(action, key, self._shortcuts, self._actions)
        if not others:
            self._set(action, key)
            return
        names = " and ".join(f"“{other.title.rstrip('…')}”" for other in others)
        self._say(f"{_native(key)} belongs to {names}.")
        self._wanted = action, key
        self.take.setText(f"Give Them to “{action.title.rstrip('…')}”")
        self.take.show()
        self.take.setFocus()

    def _take(self) -> None:
        if self._wanted is not None:
            self._set(*self._wanted)

    def _set(self, action: Action | None, key: str) -> None:
        if action is not None:
            told = f"“{action.title.rstrip('…')}” has {_native(key) if key else 'no keys'} now."
            self._choose(rebound(self._shortcuts, action, key, self._actions), told)

    def _reset_one(self) -> None:
        """The first keys come back, and are taken from whatever has them now."""
        action = self._current()
        if action is None:
            return
        chosen = reset(self._shortcuts, action)
        for key in action.keys:
            chosen.update({other.id: "" for other in clashes(action, key, chosen, self._actions)})
        self._choose(chosen, f"“{action.title.rstrip('…')}” has its first keys again.")

    def _choose(self, shortcuts: Mapping[str, str], told: str) -> None:
        self._shortcuts = dict(shortcuts)
        self._say(told)
        self._fill()
        self.list.setFocus()
        self.chosen.emit(dict(shortcuts))

    def _say(self, sentence: str) -> None:
        self._wanted = None
        self.take.hide()
        self.told.setText(sentence)


class _Pressed(QKeySequenceEdit):
    """Hears one press. `pressed`: the keys, "" for Esc. `left`: it is done with."""

    pressed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaximumSequenceLength(1)
        self.setAccessibleName("Press the keys")
        self.keySequenceChanged.connect(self._done)
        self._ended = False

    def event(self, event: QEvent) -> bool:
        """Esc gives up."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self._end("")
            return True
        return super().event(event)

    def _done(self, keys: QKeySequence) -> None:
        self._end(keys.toString(QKeySequence.SequenceFormat.PortableText))

    def _end(self, key: str) -> None:
        if not self._ended:
            self._ended = True
            self.left.emit()
            self.pressed.emit(key)


def _native(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) or key
