"""The Gallery workspace: a grid of all kept pictures, one of them looked at large, or two compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QColor, QHideEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from app.model.aside import Aside
from app.model.gallery import Entry, Gallery
from app.model.provenance import Provenance, read_provenance
from app.qt.actions import Actions
from app.qt.gallery.details import Details
from app.qt.gallery.grid import Grid
from app.qt.gallery.shelf import Shelf
from app.qt.gallery.stage import Stage, Wipe
from app.qt.gallery.thumbnails import Thumbnails
from app.qt.panels.parts import icon_button
from app.qt.pictures import read_image
from app.qt.theme import GRID, Icons, Theme


class GalleryPage(QWidget):
    """`chosen`: another picture is chosen, or none. `told`: a sentence for the artist. `left`: it is seen no more."""

    chosen = Signal()
    told = Signal(str)
    left = Signal()

    def __init__(self, gallery: Gallery, aside: Aside, actions: Actions, icons: Icons) -> None:
        super().__init__()
        self._gallery, self._aside = gallery, aside
        self.setObjectName("page")
        self.thumbnails = Thumbnails(gallery, self)
        self.shelf = Shelf(gallery, self.thumbnails)
        self.grid, self.large, self.wipe = Grid(self.shelf), Stage(), Wipe()
        self.details = Details(actions, icons)
        self.field = QLineEdit()
        self.starred = icon_button(icons, "star", "Only starred pictures", self._search, checkable=True)
        self.back_button = icon_button(icons, "back", "Back to the grid (Esc)", self.back)
        self.emptying = _opener(actions["run.empty-removed"])
        self._count, self._empty = QLabel(), QLabel()
        self._middle = QStackedWidget()
        self._lay_out()
        self._told_of: dict[str, Provenance | None] = {}  # None: its file is being read
        self._disconnect = (
            gallery.pair_changed.connect(lambda _pair: self._show_pair()),
            gallery.moved.connect(self._forget),
        )
        self.field.textChanged.connect(lambda _text: self._search())
        self.grid.chosen.connect(self._follow)
        self.grid.opened.connect(self.look)
        self.large.stepped.connect(self._step)
        for signal in (self.shelf.modelReset, self.shelf.rowsInserted, self.shelf.rowsRemoved):
            signal.connect(lambda *_what: self._follow())
        self.shelf.dataChanged.connect(lambda _first, _last, roles: None if roles else self._follow())
        self._follow()

    @property
    def current(self) -> Entry | None:
        """The picture that was chosen last."""
        return self.grid.current

    @property
    def looking(self) -> bool:
        """Whether one picture, or two, are seen large."""
        return self._middle.currentWidget() is not self._grid_page

    def leave(self) -> None:
        """The window closes."""
        for disconnect in self._disconnect:
            disconnect()
        self.shelf.leave()
        self.thumbnails.leave()

    def wear(self, theme: Theme) -> None:
        """Change to another theme."""
        for stage in (self.large, self.wipe):
            stage.surround = QColor(theme.surround)
            stage.update()

    def refresh(self) -> None:
        """Show what there is, now that the gallery was read."""
        self._search()

    def _forget(self) -> None:
        """Other pictures have the names now."""
        self.back()
        self.thumbnails.forget_all()
        self._told_of.clear()
        self.refresh()

    def show_entry(self, name: str) -> None:
        """Choose a picture; the search is given up where it hides it."""
        if self.shelf.row_of(name) is None:
            self.starred.setChecked(False)
            self.field.clear()
            self._search()
        self.grid.choose(name)

    def choose_near(self, row: int) -> None:
        """Choose the picture at a place of the grid, or the last one, so that one can go on from where others went."""
        entries = self.shelf.entries
        if entries and self.current is None:
            self.grid.choose(entries[min(row, len(entries) - 1)].name)

    def look(self) -> None:
        """Show the chosen picture large."""
        entry = self.current
        if entry is None:
            return
        self._middle.setCurrentWidget(self.large)
        self.large.show_image(QImage())
        self.large.setFocus()
        self._read(entry, self._show_large)
        self._follow()

    def compare(self) -> None:
        """Compare the two chosen pictures; one alone with the picture that was made before it."""
        two = [entry.name for entry in self.grid.selected]
        if len(two) == 1:
            made = [entry.name for entry in self._gallery.entries]
            two = [*made[made.index(two[0]) + 1 :][:1], *two]
        if len(two) != 2:
            self.told.emit("Choose two pictures to compare: click one, and the other with Ctrl held.")
            return
        self._gallery.compare((two[0], two[1]))

    def back(self) -> bool:
        """Go back to the grid; False when it is there."""
        if not self.looking:
            return False
        self._middle.setCurrentWidget(self._grid_page)
        if self._gallery.pair is not None:
            self._gallery.compare(None)
        self.grid.setFocus()
        self._follow()
        return True

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape or not self.back():
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        self.field.setPlaceholderText("Search prompts, names and seeds")
        self.field.setClearButtonEnabled(True)
        self.field.setMinimumWidth(24 * GRID)
        self.field.setMaximumWidth(48 * GRID)
        self.field.setAccessibleName("Search the gallery")
        self._count.setObjectName("quiet")
        self._empty.setObjectName("quiet")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._grid_page = QWidget()
        inner = QVBoxLayout(self._grid_page)
        inner.setContentsMargins(GRID, GRID, GRID, 0)
        inner.addWidget(self._empty, 1)
        inner.addWidget(self.grid, 1)
        for widget in (self._grid_page, self.large, self.wipe):
            self._middle.addWidget(widget)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._made_bar())
        left.addWidget(self._middle, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(left, 1)
        layout.addWidget(self.details)

    def _made_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(6 * GRID)
        layout = QHBoxLayout(bar)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.back_button)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.starred)
        layout.addStretch(1)
        layout.addWidget(self.emptying)
        layout.addWidget(self._count)
        return bar

    def _search(self) -> None:
        held = self.current
        self.shelf.search(self.field.text(), starred=self.starred.isChecked())
        if held is not None:
            self.grid.choose(held.name)
        self._follow()

    def _follow(self) -> None:
        """Show what is chosen, and how much there is."""
        entries, entry = self.shelf.entries, self.current
        self.back_button.setVisible(self.looking)
        self.field.setHidden(self.looking)
        self.starred.setHidden(self.looking)
        self._count.setText(self._sum())
        sought = bool(self.field.text() or self.starred.isChecked())
        self._empty.setText(
            "No picture answers to that. Search for less." if sought else "Pictures that you generate are kept here."
        )
        self._empty.setVisible(not entries)
        self.grid.setVisible(bool(entries))
        if entry is None and self.looking:
            self.back()
        self._tell(entry)
        self.chosen.emit()

    def _sum(self) -> str:
        count, row = len(self.shelf.entries), self.grid.currentIndex().row()
        if self._middle.currentWidget() is self.wipe:
            return "Drag the line, or move it with the arrow keys"
        return f"{row + 1} of {count}" if self.looking else f"{count} picture{'' if count == 1 else 's'}"

    def _tell(self, entry: Entry | None) -> None:
        path = Path() if entry is None else self._gallery.path(entry)
        told = None if entry is None else self._told_of.get(entry.name)
        self.details.show_entry(entry, path, told)
        if entry is not None and entry.name not in self._told_of:
            self._told_of[entry.name] = None
            self._aside(lambda: read_provenance(path), lambda found: self._heard(entry, found), lambda _error: None)

    def _heard(self, entry: Entry, found: Provenance) -> None:
        self._told_of[entry.name] = found
        if self.current == entry:
            self.details.show_entry(entry, self._gallery.path(entry), found)

    def _step(self, by: int) -> None:
        self.grid.step(by)
        self.look()

    def _read(self, entry: Entry, then: Callable[[Entry, QImage], object]) -> None:
        path = self._gallery.path(entry)
        self._aside(lambda: read_image(path), lambda image: then(entry, image), lambda _error: then(entry, QImage()))

    def _show_large(self, entry: Entry, image: QImage) -> None:
        self._complain(entry, image)
        if self.current == entry:
            self.large.show_image(image)

    def _complain(self, entry: Entry, image: QImage) -> None:
        if image.isNull():
            self.told.emit(f"{entry.name} cannot be read. It may have been moved, deleted or damaged.")

    def _show_pair(self) -> None:
        pair = self._gallery.pair
        if pair is None:
            return
        self._middle.setCurrentWidget(self.wipe)
        self.wipe.show_pair(QImage(), QImage(), ("", ""))
        self.wipe.setFocus()
        self._read(pair[0], lambda _one, first: self._read(pair[1], lambda _two, second: self._wipe(first, second)))
        self._follow()

    def _wipe(self, first: QImage, second: QImage) -> None:
        pair = self._gallery.pair
        if pair is None:
            return
        for entry, image in zip(pair, (first, second), strict=True):
            self._complain(entry, image)
        if not first.isNull() and not second.isNull():
            self.wipe.show_pair(first, second, (_name(pair[0]), _name(pair[1])))


def _opener(action: QAction) -> QToolButton:
    """A quiet button that is there while its action makes sense."""
    button = QToolButton()
    button.setObjectName("opener")
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.hide()
    action.enabledChanged.connect(button.setVisible)
    return button


def _name(entry: Entry) -> str:
    return Path(entry.name).stem if entry.seed is None else f"Seed {entry.seed}"
