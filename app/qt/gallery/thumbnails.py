"""Small pictures of the gallery, read in a thread of their own, what was asked for last first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPixmap

from app.files.pictures import PictureError
from app.model.gallery import Entry, Gallery

_KEPT = 400
"""Small pictures in memory: about 100 MB."""

_OWED = 200
"""Of what is asked for and not yet read, so many; a picture that is forgotten is asked for when it is drawn again."""


class Thumbnails(QObject):
    """`arrived`: the small picture of this name can be drawn now."""

    arrived = Signal(str)
    _read = Signal(int, str, QImage)

    def __init__(self, gallery: Gallery, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gallery = gallery
        self._pixmaps: OrderedDict[str, QPixmap] = OrderedDict()
        self._lock = threading.Lock()
        self._owed: OrderedDict[str, Entry] = OrderedDict()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="thumbnails")
        self._folder = 0  # counts the folders of the gallery: what was read in one before is not shown
        self._closed = False
        self._read.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def of(self, entry: Entry) -> QPixmap | None:
        """The small picture; a null one when it cannot be read, None while it is being read."""
        held = self._pixmaps.get(entry.name)
        if held is not None:
            self._pixmaps.move_to_end(entry.name)
        elif not self._closed:
            self._ask(entry)
        return held

    def forget(self, name: str) -> None:
        """The picture has gone."""
        self._pixmaps.pop(name, None)

    def forget_all(self) -> None:
        """Other pictures have the names now."""
        self._pixmaps.clear()
        with self._lock:
            self._owed.clear()
            self._folder += 1

    def leave(self) -> None:
        """Read nothing more."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _ask(self, entry: Entry) -> None:
        with self._lock:
            idle = not self._owed
            self._owed[entry.name] = entry
            self._owed.move_to_end(entry.name)
            while len(self._owed) > _OWED:
                self._owed.popitem(last=False)
        if idle:
            self._pool.submit(self._work)

    def _work(self) -> None:
        while not self._closed:
            with self._lock:
                if not self._owed:
                    return
                name, entry = next(reversed(self._owed.items()))
                folder = self._folder
            image = self._small(entry)
            with self._lock:
                self._owed.pop(name, None)
            self._read.emit(folder, name, image)

    def _small(self, entry: Entry) -> QImage:
        try:
            return QImage(str(self._gallery.thumbnail(entry)))
        except (OSError, PictureError):
            return QImage()

    @Slot(int, str, QImage)
    def _keep(self, folder: int, name: str, image: QImage) -> None:
        if self._closed or folder != self._folder:
            return
        self._pixmaps[name] = QPixmap.fromImage(image)
        while len(self._pixmaps) > _KEPT:
            self._pixmaps.popitem(last=False)
        self.arrived.emit(name)
