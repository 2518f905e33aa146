"""A kept picture for other programs: as a file of its own, or in the clipboard."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QStandardPaths, QUrl
from PySide6.QtGui import QImage, QImageWriter

from app.files.atomic import write_atomically
from app.qt.pictures import read_image

SAVED_AS = "PNG, with how it was made (*.png);;JPEG (*.jpg *.jpeg);;WebP (*.webp)"
QUALITY = 95
"""Of files that lose something, 0..100."""

_BARE = (".jpg", ".jpeg", ".webp")


def save_picture(source: Path, target: Path) -> str:
    """Write a copy of a picture, in the format that the ending says, and tell what was done or why it was not."""
    if not target.suffix:
        target = target.with_suffix(".png")
    if target.suffix.casefold() in _BARE:
        return _save_bare(read_image(source), target)
    if target.suffix.casefold() != ".png":
        return f"{target.name} was not written: pictures can be saved as .png, .jpg or .webp. Choose one of these."
    try:
        write_atomically(target, source.read_bytes(), backups=0)
    except OSError as error:
        return f"{target.name} cannot be written ({error.strerror}). Choose another folder."
    return f"Saved as {target.name}, with all that made it."


def proposed(source: Path) -> str:
    """Where a copy is proposed to go: among the pictures of the person."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return str(Path(folder) / source.name) if Path(folder).is_dir() else source.name


def as_mime(path: Path) -> QMimeData:
    """A picture as other programs take it: its pixels, and its file."""
    data = QMimeData()
    data.setImageData(read_image(path))
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def _save_bare(image: QImage, target: Path) -> str:
    writer = QImageWriter(str(target))
    writer.setQuality(QUALITY)
    if not writer.write(image):
        return f"{target.name} cannot be written ({writer.errorString()}). Choose another folder."
    return f"Saved as {target.name}. How it was made is kept in the gallery only; a PNG would carry it."
