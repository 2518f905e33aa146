"""Small pictures for nodes, read once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.qt.panels.picture_reader import PictureReader
from app.qt.pictures import decoded, read_image

THUMBNAIL = 384
"""Pixels of the longer side: twice what a node shows, for sharp screens."""


_MOST = 256
"""Pictures that are remembered; one that is forgotten is read again."""


class Thumbnails(QObject):
    """Pictures by the references of a document; `content` gives the bytes behind a reference.

    `arrived`: the picture behind a reference is there now.
    """

    arrived = Signal(str)

    def __init__(self, content: Callable[[str], bytes | None]) -> None:
        super().__init__()
        self._content = content
        self._read: dict[str, QImage] = {}
        self._reader = PictureReader(self)
        self._reader.decoded.connect(self._arrive)

    def leave(self) -> None:
        """Decode nothing more."""
        self._reader.leave()

    def of(self, reference: str) -> QImage | None:
        """The picture behind a reference; None while it is being decoded, or when there is none that can be read."""
        if reference not in self._read:
            data = self._content(reference)
            if data is None:
                return None
            if len(self._read) >= _MOST:
                self._read.pop(next(iter(self._read)))
            self._read[reference] = QImage()
            self._reader.decode(reference, data, THUMBNAIL)
        image = self._read[reference]
        return None if image.isNull() else image

    def _arrive(self, reference: str, image: QImage) -> None:
        if reference in self._read and not image.isNull():
            self._read[reference] = image
            self.arrived.emit(reference)


def from_bytes(data: bytes) -> QImage:
    """A picture no larger than nodes show it; a null image when it cannot be read."""
    return decoded(data, THUMBNAIL)


def from_file(path: str) -> QImage:
    """A picture file no larger than nodes show it; a null image when it cannot be read."""
    return read_image(Path(path), THUMBNAIL)
