"""What is done with kept pictures, wherever one is chosen: in the gallery, or in the strip below the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.model.gallery import Entry, Gallery
from app.qt.gallery.page import GalleryPage
from app.qt.gallery.taking_out import SAVED_AS, as_mime, proposed, save_picture
from app.qt.panels.messages import MessageBar
from app.qt.panels.strip import Kept, Part, ResultsStrip
from app.qt.running import Running


class Keeping(QObject):
    """`show_gallery` and `show_paint` lead to those workspaces. `marked`: a picture is a favourite, or no longer."""

    marked = Signal()

    def __init__(
        self,
        gallery: Gallery,
        page: GalleryPage,
        strip: ResultsStrip,
        running: Running,
        messages: MessageBar,
        show_gallery: Callable[[], object],
        show_paint: Callable[[], object],
    ) -> None:
        super().__init__()
        self._gallery, self._page, self._strip = gallery, page, strip
        self._running, self._messages = running, messages
        self._show_gallery, self._show_paint = show_gallery, show_paint
        self._disconnect = [
            gallery.removed.connect(lambda name: strip.take_out(gallery.folder / name)),
            gallery.changed.connect(self._renew),
        ]
        self._told = self._offered = ""
        page.told.connect(self._tell)
        for signal in (page.left, page.chosen):
            signal.connect(lambda: messages.withdraw(self._told))

    def leave(self) -> None:
        """The window closes."""
        for disconnect in self._disconnect:
            disconnect()
        self._page.leave()

    def move_on(self) -> None:
        """Another workspace is shown: what was said of pictures before is of no use there."""
        self._messages.withdraw(self._told)
        self._messages.withdraw(self._offered)

    @property
    def chosen(self) -> tuple[Entry, ...]:
        """The pictures of the gallery that are chosen where the artist is."""
        if self._in_gallery:
            return (self._page.current,) if self._page.looking and self._page.current else self._page.grid.selected
        kept = self._strip.current
        entry = None if kept is None else self._gallery.entry_at(kept.path)
        return () if entry is None else (entry,)

    @property
    def there(self) -> bool:
        """Whether a picture is chosen."""
        return bool(self.chosen) or (not self._in_gallery and self._strip.current is not None)

    @property
    def starred(self) -> bool:
        """Whether all chosen pictures are favourites."""
        return all(entry.starred for entry in self.chosen)

    def restore(self, part: Part) -> None:
        """Go back to what made the chosen picture, all of it or a part."""
        if not self._in_gallery:
            self._running.restore_current(part)
        elif (entry := self._page.current) is not None:
            self._running.restore(self._kept(entry), part)
            if part is Part.ALL:
                self._show_paint()
            else:
                self._messages.say(f"{part.value}: done. F1 leads to the canvas.")

    def look(self) -> None:
        """See the chosen picture large."""
        self._bring_to_gallery()
        self._page.look()

    def star(self) -> None:
        """Mark the chosen pictures as favourites, or no longer where all of them are."""
        chosen = self.chosen
        starred = not self.starred
        for entry in chosen:
            self._gallery.star(entry.name, starred)

    def compare(self) -> None:
        """Lay one of two chosen pictures over the other."""
        self._bring_to_gallery()
        self._page.compare()

    def remove(self) -> None:
        """Take the chosen pictures out of the gallery; they can be put back."""
        chosen = self.chosen
        if chosen:
            row = self._page.shelf.row_of(chosen[0].name) or 0
            self._gallery.remove([entry.name for entry in chosen])
            self._page.choose_near(row)
            told = "The picture was" if len(chosen) == 1 else f"{len(chosen)} pictures were"
            self._offered = f"{told} taken out of the gallery."
            self._messages.say(self._offered, "Put Back", lambda: self._put_back(chosen))

    def show_file(self) -> None:
        """Open the folder in which the chosen picture lies."""
        path = self._path()
        if path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def save_copy(self) -> None:
        """Write the chosen picture where the artist likes."""
        path = self._path()
        if path is not None:
            chosen, _ = QFileDialog.getSaveFileName(self._page.window(), "Save Picture As", proposed(path), SAVED_AS)
            if chosen:
                self._messages.say(save_picture(path, Path(chosen)))

    def copy(self) -> None:
        """Put the chosen picture into the clipboard."""
        path = self._path()
        if path is not None:
            QGuiApplication.clipboard().setMimeData(as_mime(path))
            self._messages.say("The picture is in the clipboard.")

    def offer(self, path: Path, use_style: Callable[[], object], at: QPoint, parent: QWidget) -> None:
        """Ask at a place of the screen what a picture that was dropped there is to be taken for."""
        entry = self._gallery.entry_at(path)
        kept = Kept(path) if entry is None else self._kept(entry)
        menu = QMenu(parent)
        for part in Part:
            menu.addAction(part.value).triggered.connect(
                lambda _checked=False, part=part: self._running.restore(kept, part)
            )
        menu.addSeparator()
        menu.addAction("Use As Style").triggered.connect(lambda _checked=False: use_style())
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _renew(self, entry: Entry) -> None:
        self._strip.renew(self._kept(entry))
        self.marked.emit()

    def _tell(self, sentence: str) -> None:
        self._told = sentence
        self._messages.say(sentence)

    @property
    def _in_gallery(self) -> bool:
        return self._page.isVisible()

    def _path(self) -> Path | None:
        if self.chosen:
            return self._gallery.path(self.chosen[0])
        return None if self._in_gallery or self._strip.current is None else self._strip.current.path

    def _kept(self, entry: Entry) -> Kept:
        return Kept(self._gallery.path(entry), entry.prompt, entry.seed, entry.starred)

    def _bring_to_gallery(self) -> None:
        chosen = self.chosen
        if not self._in_gallery:
            self._show_gallery()
            if chosen:
                self._page.show_entry(chosen[0].name)

    def _put_back(self, entries: tuple[Entry, ...]) -> None:
        for entry in entries:
            self._gallery.put_back(entry)
