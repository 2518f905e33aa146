"""One painted layer as it is seen: a translucent hatched ground inside a line in the phrase's colour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

from app.paint.overlap import Overlap
from app.paint.palette import Rgb, swatch
from app.paint.rect import Rect
from app.paint.tiles import Pixels
from app.qt.paintview.hatches import hatch_brush, line_opacity
from app.qt.paintview.sheets import Sheet

Places: TypeAlias = NDArray[np.intp]
_Mode: TypeAlias = QPainter.CompositionMode
FORMAT = QImage.Format.Format_ARGB32_Premultiplied

MARGIN = 4
"""Screen pixels beyond a changed place in which its line can change."""

_BLOCKS_FROM = 8.0  # zoom from which pixels are drawn as the squares they are
LINE, ACTIVE_LINE = 1.6, 2.8
"""Widths of the line around a layer, and around the one that is painted on."""

_CASING = 1.2
_HALF = 127.5


@dataclass(frozen=True)
class Veil:
    """A layer to be drawn: its sheet, palette index and opacity.

    `line`: width of the line around it in view pixels, 0 for none. `filled`: else only the line is drawn.
    """

    sheet: Sheet
    colour: int
    opacity: float
    line: float = LINE
    filled: bool = True

    def place(self) -> QRectF:
        """Where on the canvas something may be painted."""
        bounds = self.sheet.bounds
        return QRectF(bounds.left, bounds.top, bounds.width, bounds.height)

    def paint(
        self, part: QImage, to_part: QTransform, ratio: float, overlap: Overlap, cover: QImage | None = None
    ) -> None:
        """Draw on `part`, a piece of the screen; `to_part` leads there from the canvas.

        `cover`: a picture of the same size, whose alpha gathers how far what lies below is hidden.
        """
        seen = to_part.mapRect(self.place()).toAlignedRect()
        area = seen.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).intersected(part.rect())
        if self.sheet.bounds.empty or area.isEmpty():
            return
        least, most = self.sheet.span(_canvas_rect(to_part, area))
        if most == 0:
            return
        to_area = to_part * QTransform.fromTranslate(-area.x(), -area.y())
        mask = self._mask(area.size(), to_area)
        dressed = self._dressed(mask, to_area, ratio)
        if self.line > 0.0 and least <= _HALF < most:
            self._add_line(dressed, mask, to_area, ratio)
        hides = overlap == "stack" and self.filled
        with QPainter(part) as painter:
            if hides:
                painter.setCompositionMode(_Mode.CompositionMode_DestinationOut)
                painter.drawImage(area.topLeft(), mask)
            painter.setCompositionMode(_Mode.CompositionMode_SourceOver)
            painter.drawImage(area.topLeft(), dressed)
        if cover is not None:
            with QPainter(cover) as painter:
                for layer in (mask, dressed) if hides else (dressed,):
                    painter.drawImage(area.topLeft(), layer)

    def _mask(self, size: QSize, to_area: QTransform) -> QImage:
        """The mask on a piece of the screen, as its alpha."""
        image = blank_image(size)
        zoom = math.hypot(to_area.m11(), to_area.m12())
        sheet, scale = self.sheet.level(zoom)
        with QPainter(image) as painter:
            painter.setTransform(to_area)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < _BLOCKS_FROM)
            painter.drawImage(QRectF(0.0, 0.0, sheet.width() * scale, sheet.height() * scale), sheet)
        return image

    def _dressed(self, mask: QImage, to_area: QTransform, ratio: float) -> QImage:
        """The mask's place with its hatch."""
        image = QImage(mask)
        if not self.filled:
            image.fill(Qt.GlobalColor.transparent)
        else:
            with QPainter(image) as painter:
                painter.setCompositionMode(_Mode.CompositionMode_SourceIn)
                # Hatches hang on the canvas, so that panning does not make them swim.
                painter.setBrushOrigin(to_area.map(QPoint(0, 0)))
                painter.fillRect(image.rect(), hatch_brush(swatch(self.colour), self.opacity, ratio))
        return image

    def _add_line(self, image: QImage, mask: QImage, to_area: QTransform, ratio: float) -> None:
        values = _pixels(mask)[..., 3]
        rows, columns = np.nonzero(beside_line(values))
        inside = self._within_canvas(rows, columns, to_area)
        pen = Pen(swatch(self.colour).rgb, self.line * ratio, _CASING * ratio, line_opacity(self.opacity))
        draw_contour(_pixels(image), values, rows[inside], columns[inside], pen)

    def _within_canvas(self, rows: Places, columns: Places, to_area: QTransform) -> NDArray[np.bool_]:
        """Which pixels lie clearly inside the canvas: paint that reaches its edge does not end there."""
        back = to_area.inverted()[0]
        x = back.m11() * (columns + 0.5) + back.m21() * (rows + 0.5) + back.dx()
        y = back.m12() * (columns + 0.5) + back.m22() * (rows + 0.5) + back.dy()
        edge = MARGIN / 2.0 / math.hypot(to_area.m11(), to_area.m12())
        clear: NDArray[np.bool_] = (
            np.minimum(np.minimum(x, self.sheet.width - x), np.minimum(y, self.sheet.height - y)) > edge
        )
        return clear


def blank_image(size: QSize) -> QImage:
    """A picture on which nothing is drawn."""
    image = QImage(size, FORMAT)
    image.fill(Qt.GlobalColor.transparent)
    return image


@dataclass(frozen=True)
class Pen:
    """A line of `colour`, `width` pixels wide, with a dark rim of `casing` pixels on either side."""

    colour: Rgb
    width: float
    casing: float
    opacity: float


def draw_contour(pixels: Pixels, mask: Pixels, rows: Places, columns: Places, pen: Pen) -> None:
    """Draw the line at which a mask passes one half.

    `pixels`: premultiplied uint8 [h, w, blue green red alpha], written to. `mask`: uint8 [h, w]. `rows`, `columns`: the
    pixels that are looked at; those beside the line are enough, so a large layer costs little more than its outline.

    How far a pixel lies from the line is what its value lacks to one half over how steeply the mask rises there.
    """
    if rows.size == 0:
        return
    distance = _distance(mask, rows, columns)
    dark = 0.6 * pen.opacity**2 * np.clip((pen.width + 2.0 * pen.casing) / 2.0 + 0.5 - distance, 0.0, 1.0)
    bright = pen.opacity * np.clip(pen.width / 2.0 + 0.5 - distance, 0.0, 1.0)
    spots = pixels[rows, columns].astype(np.float32) * (1.0 - dark[:, None])
    spots[:, 3] += 255.0 * dark
    ink = np.array([*reversed(pen.colour), 255], np.float32)
    pixels[rows, columns] = np.rint(spots + (ink - spots) * bright[:, None]).astype(np.uint8)


def beside_line(mask: Pixels) -> NDArray[np.bool_]:
    """The pixels within a few pixels of where the mask passes one half."""
    inside = mask > _HALF
    near = np.zeros_like(inside)
    for shift in range(1, MARGIN):
        across = inside[:, shift:] != inside[:, :-shift]
        near[:, shift:] |= across
        near[:, :-shift] |= across
        down = inside[shift:] != inside[:-shift]
        near[shift:] |= down
        near[:-shift] |= down
    return near


def _distance(mask: Pixels, rows: Places, columns: Places) -> NDArray[np.float32]:
    """How far pixels lie from the line, in pixels, as far as the slope around them tells."""
    padded = np.pad(mask, 1, mode="edge").astype(np.float32)
    along = padded[rows + 1, columns + 2] - padded[rows + 1, columns]
    down = padded[rows + 2, columns + 1] - padded[rows, columns + 1]
    slope = np.maximum(np.hypot(along, down) / 2.0, 1.0)
    distance: NDArray[np.float32] = np.abs(padded[rows + 1, columns + 1] - np.float32(_HALF)) / slope
    return distance


def _canvas_rect(to_part: QTransform, area: QRect) -> Rect:
    """What of the canvas a piece of the screen shows, with the pixels that smoothing looks at around it."""
    seen = to_part.inverted()[0].mapRect(QRectF(area)).toAlignedRect().adjusted(-2, -2, 2, 2)
    return Rect(seen.x(), seen.y(), seen.width(), seen.height())


def _pixels(image: QImage) -> Pixels:
    """The memory of a 32-bit picture, which must live as long, as uint8 [h, w, blue green red alpha]."""
    return np.ndarray((image.height(), image.width(), 4), np.uint8, buffer=image.bits())
