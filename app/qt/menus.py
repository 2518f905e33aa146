"""The menus of a window: every action, in the order of `app.model.actions`."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from app.model.actions import MENUS
from app.qt.actions import Actions
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
    """Make the menus that have actions, with a line between their groups."""
    used = {listed.menu for listed, _action in actions.listed()}
    menus = {name: bar.addMenu(name) for name in MENUS if name in used}
    groups: dict[str, int] = {}
    for listed, action in actions.listed():
        menu = menus[listed.menu]
        if groups.setdefault(listed.menu, listed.group) != listed.group:
            groups[listed.menu] = listed.group
            menu.addSeparator()
        menu.addAction(action)
    menus["File"].insertMenu(actions["file.save"], recent)
    menus["File"].aboutToShow.connect(recent.refresh)
