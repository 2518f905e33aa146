"""What lies below the paint: the ground, the last picture, a growing preview, a heat map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.paint.errors import require
from app.paint.heat import heat_colours
from app.paint.tiles import Pixels

GROUND = QColor(0x4C, 0x4C, 0x4C)
"""The bare canvas: neutral, and dark enough that every phrase colour stands out."""

_BLOCKS_FROM = 8.0
_SAME = 0.02  # sizes are rounded to what the model can draw


@dataclass(eq=False)
class Underlay:
    """The pictures below the paint, as large as the canvas; a finished one of other proportions is not bent.

    `opacity`: how strongly the picture is seen over the ground, 0..1.
    """

    opacity: float = 1.0
    _picture: _Stretched | None = None
    _preview: _Stretched | None = None
    _heat: _Stretched | None = None

    def set_picture(self, pixels: Pixels | None) -> None:
        """The last picture, uint8 [height, width, 3]."""
        self._picture = None if pixels is None else _Stretched(picture_image(pixels))

    def set_preview(self, pixels: Pixels | None) -> None:
        """A picture in the making, uint8 [height, width, 3], shown in place of the last one until it is None again."""
        self._preview = None if pixels is None else _Stretched(picture_image(pixels))

    def set_heat(self, heat: NDArray[np.float32] | None) -> None:
        """Where a phrase drew attention, float32 [height, width] of at least 0."""
        self._heat = None if heat is None else _Stretched(_colours_image(heat_colours(heat)))

    @property
    def heated(self) -> bool:
        """Whether a heat map is shown."""
        return self._heat is not None

    @property
    def bare(self) -> bool:
        """Whether there is nothing but the ground."""
        return self._picture is None and self._preview is None and self._heat is None

    @property
    def shown(self) -> tuple[object, ...]:
        """Equal when the same is shown."""
        return self._picture, self._preview, self._heat, self.opacity

    def paint(self, painter: QPainter, canvas: QRectF, zoom: float) -> None:
        """Draw over `canvas` with a painter that is set to canvas pixels; `zoom` in screen pixels per canvas pixel."""
        painter.fillRect(canvas, GROUND)
        shown = self._picture if self._preview is None else self._preview
        if shown is not None:
            painter.setOpacity(self.opacity)
            shown.paint(painter, canvas if shown is self._preview else shown.fitted(canvas), zoom)
            painter.setOpacity(1.0)
        if self._heat is not None:
            self._heat.paint(painter, canvas, zoom)


class _Stretched:
    """A picture with halved copies of itself: drawn small, a plain look-up would leave out pixels and sparkle."""

    def __init__(self, image: QImage) -> None:
        self._levels = [image]

    def fitted(self, canvas: QRectF) -> QRectF:
        """The canvas; or, where that was given other proportions since, what of it the picture fills unbent."""
        image = self._levels[0]
        across, down = canvas.width() / image.width(), canvas.height() / image.height()
        if abs(across / down - 1.0) < _SAME:
            return canvas
        place = QRectF(0.0, 0.0, min(across, down) * image.width(), min(across, down) * image.height())
        place.moveCenter(canvas.center())
        return place

    def paint(self, painter: QPainter, canvas: QRectF, zoom: float) -> None:
        scale = zoom * canvas.width() / self._levels[0].width()  # screen pixels per pixel of the picture
        level = 0
        while scale * 2.0**level < 0.5 and min(self._level(level).width(), self._level(level).height()) > 1:
            level += 1
        # Pixels of the canvas become squares when looked at closely; those of a small preview or heat map never do.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < _BLOCKS_FROM)
        painter.drawImage(canvas, self._level(level))

    def _level(self, level: int) -> QImage:
        while len(self._levels) <= level:
            finer = self._levels[-1]
            size = finer.size() / 2
            self._levels.append(
                finer.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
            )
        return self._levels[level]


def picture_image(pixels: Pixels) -> QImage:
    """A Qt picture of its own from uint8 [height, width, 3].

    Raises:
        PaintError: the array has another shape or dtype.
    """
    require(
        pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.dtype == np.uint8 and pixels.size > 0,
        f"a picture is uint8 [height, width, 3], not {pixels.dtype} {pixels.shape}",
    )
    height, width, _ = pixels.shape
    held = np.ascontiguousarray(pixels)  # Qt reads this array until the conversion has copied it
    wrapped = QImage(held.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return wrapped.convertToFormat(QImage.Format.Format_RGB32)


def _colours_image(pixels: Pixels) -> QImage:
    height, width, _ = pixels.shape
    wrapped = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return wrapped.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
