"""Picture files and pixels between Qt and the rest of the program."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

from app.files.pictures import PictureError, look_through
from app.model.edits import PictureFile
from app.paint.tiles import Pixels

LARGEST = 64 * 2**20
"""Bytes of a picture file that a project may take in."""

PATTERN = "Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.gif)"


def pixels_of(image: QImage) -> Pixels:
    """The pixels of a picture, uint8 [height, width, 3]."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def read_image(path: Path, longest: int | None = None) -> QImage:
    """A picture file, no larger than asked; a null image when it cannot be read."""
    return _read(QImageReader(str(path)), longest)


def _read(reader: QImageReader, longest: int | None) -> QImage:
    reader.setAutoTransform(True)
    size = reader.size()
    if longest is not None and size.isValid() and max(size.width(), size.height()) > longest:
        reader.setScaledSize(size.scaled(QSize(longest, longest), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read()


def read_pictures(paths: Iterable[Path]) -> tuple[list[PictureFile], list[str]]:
    """Picture files as a project takes them in, and a sentence for each that it cannot."""
    found: list[PictureFile] = []
    complaints: list[str] = []
    for path in paths:
        try:
            if path.stat().st_size > LARGEST:
                raise PictureError(f"is larger than {LARGEST // 2**20} MB")
            content = path.read_bytes()
            found.append(PictureFile(content, look_through(content).ending, path.stem))
        except OSError as error:
            complaints.append(f"{path.name} cannot be read ({error.strerror}). Check that you may read it.")
        except PictureError as error:
            complaints.append(f"{path.name} {error}. Choose another picture.")
    return found, complaints


def holds_pictures(data: QMimeData) -> bool:
    """Whether something dragged may be pictures: files, or a picture itself, as browsers give it."""
    return bool(data.hasImage() or data.hasUrls())


def encoded(image: QImage) -> bytes:
    """A picture as the bytes of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def decoded(content: bytes, longest: int) -> QImage:
    """The picture in the bytes of a file, upright and no larger than asked; a null image when it is none."""
    buffer = QBuffer()
    buffer.setData(content)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return _read(QImageReader(buffer), longest)


def local_files(data: QMimeData) -> list[Path]:
    """The files of this machine that something dragged holds."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
