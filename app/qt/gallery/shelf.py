"""The pictures that are shown, as Qt's views want them: those that were searched for, the latest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPersistentModelIndex, Qt, QUrl
from PySide6.QtGui import QPixmap

from app.model.gallery import Entry, Gallery
from app.qt.gallery.thumbnails import Thumbnails
from app.qt.plain import plain_tip

ENTRY = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class Shelf(QAbstractListModel):
    """One row for each picture."""

    def __init__(self, gallery: Gallery, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._gallery, self._thumbnails = gallery, thumbnails
        self._words, self._starred = "", False
        self._entries: list[Entry] = []
        self._disconnect = [
            gallery.added.connect(self._added),
            gallery.changed.connect(self._changed),
            gallery.removed.connect(self._removed),
        ]
        thumbnails.arrived.connect(self._arrived)

    @property
    def entries(self) -> Sequence[Entry]:
        """What is shown, in order."""
        return self._entries

    def leave(self) -> None:
        """Listen to the gallery no more."""
        for disconnect in self._disconnect:
            disconnect()

    def search(self, words: str, *, starred: bool) -> None:
        """Show the pictures whose prompt, name or seed has all the words; only favourites if wanted."""
        self._words, self._starred = words, starred
        found = list(self._gallery.search(words, starred=starred))
        if found != self._entries:
            self.beginResetModel()
            self._entries = found
            self.endResetModel()

    def row_of(self, name: str) -> int | None:
        """Where a picture stands; None where it is not shown."""
        return next((row for row, entry in enumerate(self._entries) if entry.name == name), None)

    def thumbnail(self, entry: Entry) -> QPixmap | None:
        """The small picture of an entry; null when it cannot be read, None while it is being read."""
        return self._thumbnails.of(entry)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        match role:
            case Qt.ItemDataRole.UserRole:
                return entry
            case Qt.ItemDataRole.DisplayRole:
                return entry.prompt or entry.name
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(entry.prompt or entry.name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{entry.prompt or entry.name}{', starred' if entry.starred else ''}"
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        data = QMimeData()
        paths = (self._gallery.path(self._entries[index.row()]) for index in indexes)
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        return data

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def _added(self, entry: Entry) -> None:
        found = self._gallery.search(self._words, starred=self._starred)
        place = next((row for row, each in enumerate(found) if each.name == entry.name), None)
        if place is None:
            return
        if len(found) != len(self._entries) + 1:
            self.search(self._words, starred=self._starred)
            return
        self.beginInsertRows(_ROOT, place, place)
        self._entries.insert(place, entry)
        self.endInsertRows()

    def _changed(self, entry: Entry) -> None:
        row = self.row_of(entry.name)
        if row is not None:
            self._entries[row] = entry
            self.dataChanged.emit(self.index(row), self.index(row))

    def _removed(self, name: str) -> None:
        self._thumbnails.forget(name)
        row = self.row_of(name)
        if row is not None:
            self.beginRemoveRows(_ROOT, row, row)
            del self._entries[row]
            self.endRemoveRows()

    def _arrived(self, name: str) -> None:
        row = self.row_of(name)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [Qt.ItemDataRole.DecorationRole])
