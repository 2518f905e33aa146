"""Opens the sheets of a window: settings, keys, projects to begin with, words to read. Each is there once at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QInputDialog, QWidget
from shiboken6 import isValid

from app.files.errors import ProjectFileError
from app.model.aside import Aside
from app.model.projects import Workspace
from app.model.recent import find_templates
from app.model.settings import Settings
from app.qt.actions import Actions
from app.qt.dialogs.keys import KeysSheet
from app.qt.dialogs.page import Page, about
from app.qt.dialogs.settings import SettingsSheet
from app.qt.dialogs.sheet import Sheet
from app.qt.dialogs.shelf import Board, Offered, Shelf, cover_of
from app.qt.filing import Filing
from app.qt.panels.messages import MessageBar
from app.qt.theme import RESOURCES, Theme

EXAMPLES = RESOURCES / "examples"
_NODES = RESOURCES / "docs" / "nodes.md"

Made = TypeVar("Made", bound=Sheet)


@dataclass(frozen=True)
class Host:
    """What the sheets need of their window. `settings` and `theme` tell those of now; `choose` takes other settings."""

    window: QWidget
    workspace: Workspace
    aside: Aside
    actions: Actions
    filing: Filing
    messages: MessageBar
    settings: Callable[[], Settings]
    theme: Callable[[], Theme]
    choose: Callable[[Settings], object]


class Offers:
    """The sheets of one window."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._open: dict[str, Sheet] = {}
        bind = host.actions.bind
        bind("file.new-from", self.show_templates)
        bind("file.recent", self.show_recent)
        bind("file.save-template", self.ask_template)
        bind("file.settings", self.show_settings)
        bind("help.keys", self.show_keys)
        bind("help.nodes", self.show_nodes)
        bind("help.about", self.show_about)

    def show_settings(self) -> SettingsSheet:
        """All settings."""
        host = self._host
        home = host.workspace.home
        return self._one("settings", lambda: SettingsSheet(host.settings(), home.settings, home.gallery, host.window))

    def follow_settings(self) -> None:
        """Settings were changed elsewhere: in a menu, or beside the brush."""
        sheet = self._open.get("settings")
        shown = isinstance(sheet, SettingsSheet) and isValid(sheet) and sheet.isVisible()
        if isinstance(sheet, SettingsSheet) and shown and sheet.settings != self._host.settings():
            sheet.show_settings(self._host.settings())

    def show_keys(self) -> KeysSheet:
        """All keys."""
        host = self._host
        listed = [action for action, _made in host.actions.listed()]
        return self._one("keys", lambda: KeysSheet(listed, host.settings().shortcuts, host.window))

    def show_templates(self) -> Shelf:
        """Projects to begin with."""
        home = self._host.workspace.home
        found = find_templates(home.templates, sorted(EXAMPLES.glob("*.sinopia")))
        shipped = (Offered("Empty", None), *(Offered(each.title, each.path) for each in found if not each.own))
        own = tuple(Offered(each.title, each.path, str(each.path)) for each in found if each.own)
        told = "Keep a project here with “Save As Template…” in the File menu."
        boards = (Board("Examples", shipped), Board("Your templates", own, told))
        return self._one("templates", lambda: self._shelf("New", boards, self._host.filing.new_from))

    def show_recent(self) -> Shelf:
        """Projects opened lately."""
        recent = tuple(Offered(each.title, Path(each.path), each.path) for each in self._host.filing.recent)
        boards = (Board("Opened lately", recent, "Nothing was opened yet. Open a project with Ctrl+O."),)
        return self._one("recent", lambda: self._shelf("Open Recent", boards, self._host.filing.open))

    def show_nodes(self) -> Page:
        """What every node does."""
        return self._one("nodes", lambda: Page("Nodes", _NODES.read_text(encoding="utf-8"), self._host.window))

    def show_about(self) -> Page:
        """What the program is."""
        return self._one("about", lambda: Page("About Sinopia", about(), self._host.window))

    def ask_template(self) -> None:
        """Ask what the template shall be called."""
        dialog = QInputDialog(self._host.window)
        dialog.setWindowTitle("Save As Template")
        dialog.setLabelText("What shall the template be called?")
        dialog.setTextValue(self._host.workspace.title)
        dialog.textValueSelected.connect(self.save_template)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_template(self, title: str) -> None:
        """Keep the document among the templates."""
        messages, templates = self._host.messages, self._host.workspace.home.templates
        try:
            path = self._host.workspace.save_template(title)
        except ProjectFileError as error:
            messages.say(str(error), "Choose another name", self.ask_template)
            return
        folder = QUrl.fromLocalFile(str(templates))
        messages.say(f"“{path.stem}” is a template now.", "Show the folder", lambda: QDesktopServices.openUrl(folder))

    def close(self) -> None:
        """The window goes."""
        for sheet in self._open.values():
            if isValid(sheet):
                sheet.close()

    def _shelf(self, title: str, boards: tuple[Board, ...], take: Callable[[Path], object]) -> Shelf:
        host = self._host
        shelf = Shelf(title, boards, host.theme(), host.window)
        registry = host.workspace.registry
        shelf.load_pictures(host.aside, lambda path: cover_of(path, registry))
        shelf.taken.connect(lambda path: host.filing.new() if path is None else take(path))
        return shelf

    def _choose_keys(self, shortcuts: dict[str, str]) -> None:
        self._host.choose(replace(self._host.settings(), shortcuts=shortcuts))

    def _one(self, name: str, make: Callable[[], Made]) -> Made:
        """The sheet of that name, in front."""
        held = self._open.get(name)
        if held is None or not isValid(held) or not held.isVisible():
            held = self._open[name] = self._connected(make())
            held.show()
        held.raise_()
        held.activateWindow()
        return held  # type: ignore[return-value]

    def _connected(self, sheet: Made) -> Made:
        if isinstance(sheet, SettingsSheet):
            sheet.chosen.connect(self._choose_settings)
        elif isinstance(sheet, KeysSheet):
            sheet.chosen.connect(self._choose_keys)
        return sheet

    def _choose_settings(self, chosen: Settings) -> None:
        """Keys have a sheet of their own, and may have been changed there meanwhile."""
        self._host.choose(replace(chosen, shortcuts=self._host.settings().shortcuts))
