"""The actions of one window: what `app.model.actions` lists, given something to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from app.model.actions import ACTIONS, Action, Need, Scope
from app.model.shortcuts import keys_of
from app.qt.theme import Icons

_CONTEXTS = {
    Scope.WINDOW: Qt.ShortcutContext.WindowShortcut,
    Scope.PAINT: Qt.ShortcutContext.WidgetWithChildrenShortcut,
    Scope.GALLERY: Qt.ShortcutContext.WidgetWithChildrenShortcut,
    # The node canvas hears its keys itself, since some mean other things in the middle of a gesture; menus show them.
    Scope.GRAPH: Qt.ShortcutContext.WidgetShortcut,
}


def plain_text(action: QAction) -> str:
    """What an action is called, without the mark of the letter that it is reached by in its menu."""
    return re.sub("&(.)", r"\1", action.text())


class Actions:
    """An action is there once it is given something to do, so that none is ever dead."""

    def __init__(self, window: QWidget, icons: Icons, shortcuts: Mapping[str, str]) -> None:
        self._window, self._icons, self._shortcuts = window, icons, shortcuts
        self._listed = {action.id: action for action in ACTIONS}
        self._made: dict[str, QAction] = {}

    def bind(self, name: str, run: Callable[[], object], where: QWidget | None = None) -> QAction:
        """Make an action; its keys are heard in the window, or in `where` when its scope is smaller."""
        listed = self._listed[name]
        made = QAction(listed.title, self._window)
        made.setCheckable(listed.checkable)
        self._give_keys(listed, made)
        made.setShortcutContext(_CONTEXTS[listed.scope])
        if listed.icon:
            self._icons.give(made, listed.icon)
        if listed.scope is Scope.WINDOW:
            self._window.addAction(made)
        elif listed.scope in (Scope.PAINT, Scope.GALLERY) and where is not None:
            where.addAction(made)
        made.triggered.connect(lambda _checked=False: run())
        self._made[name] = made
        return made

    def group(self, *names: str) -> None:
        """Only one of these at a time, the first to begin with."""
        group = QActionGroup(self._window)
        for name in names:
            group.addAction(self[name])
        self[names[0]].setChecked(True)

    def retitle(self, name: str, title: str) -> None:
        """Call an action something else; its letter in the menu stays where the new title has it too."""
        made = self[name]
        _, mark, marked = made.text().partition("&")
        place = title.casefold().find(marked[:1].casefold()) if mark else -1
        made.setText(title if place < 0 else f"{title[:place]}&{title[place:]}")

    def rebind(self, shortcuts: Mapping[str, str]) -> None:
        """Give all actions the keys that the artist chose."""
        self._shortcuts = shortcuts
        for listed, made in self.listed():
            self._give_keys(listed, made)

    def _give_keys(self, listed: Action, made: QAction) -> None:
        """The keys that it has now, told wherever it is a button."""
        made.setShortcuts([QKeySequence(key) for key in keys_of(listed, self._shortcuts)])
        keys, told = made.shortcut().toString(), listed.help or listed.title.rstrip("…")
        made.setToolTip(f"{told} ({keys})" if keys else told)

    def __getitem__(self, name: str) -> QAction:
        return self._made[name]

    def listed(self) -> Iterator[tuple[Action, QAction]]:
        """All actions that there are, in the order of the list."""
        return ((action, self._made[action.id]) for action in ACTIONS if action.id in self._made)

    def allow(self, need: Need, *, there: bool) -> None:
        """What some actions need is there, or is not."""
        for action, made in self.listed():
            if action.needs is need:
                made.setEnabled(there)

    def keys(self, prefix: str) -> dict[str, tuple[str, ...]]:
        """The keys of all listed actions whose id begins so."""
        found = (action for name, action in self._listed.items() if name.startswith(prefix))
        return {action.id: keys_of(action, self._shortcuts) for action in found}
