"""The menus of a window: every action, in the order of `app.model.actions`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.model.actions import MENUS, Action
from app.model.mnemonics import with_mnemonics
from app.qt.actions import Actions, plain_text
from app.qt.filing import Filing


class RecentMenu(QMenu):
    """The projects opened lately; one that is chosen is opened."""

    def __init__(self, filing: Filing, parent: QWidget) -> None:
        super().__init__("Open Recent", parent)
        self._filing = filing

    def refresh(self) -> None:
        """List the projects that are there now."""
        self.clear()
        for entry in self._filing.recent:
            self.addAction(entry.title).triggered.connect(
                lambda _checked=False, path=entry.path: self._filing.open(Path(path))
            )
        self.setEnabled(not self.isEmpty())


def fill_menus(bar: QMenuBar, actions: Actions, recent: RecentMenu) -> None:
    """Make the menus that have actions, with a line between their groups and a letter for each entry."""
    listed = sorted(actions.listed(), key=lambda each: (MENUS.index(each[0].menu), each[0].group))
    for name, entries in groupby(listed, key=lambda each: each[0].menu):
        menu = bar.addMenu(name)
        _fill(menu, list(entries))
        if name == "File":
            menu.insertMenu(actions["file.recent"], recent)
            menu.aboutToShow.connect(recent.refresh)
    _give_letters(bar)
    for menu in bar.findChildren(QMenu):
        _give_letters(menu)


def _fill(menu: QMenu, entries: Sequence[tuple[Action, QAction]]) -> None:
    group = entries[0][0].group
    below: dict[str, QMenu] = {}
    for listed, action in entries:
        if listed.group != group:
            group = listed.group
            menu.addSeparator()
        if listed.submenu and listed.submenu not in below:
            below[listed.submenu] = menu.addMenu(listed.submenu)
        below.get(listed.submenu, menu).addAction(action)


def _give_letters(menu: QMenu | QMenuBar) -> None:
    entries = [action for action in menu.actions() if not action.isSeparator()]
    for action, title in zip(entries, with_mnemonics(plain_text(action) for action in entries), strict=True):
        action.setText(title)
