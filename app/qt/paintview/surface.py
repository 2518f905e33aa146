"""A piece of screen, or a small copy of the canvas, on which the layers lie: drawn once, then kept in step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import cast

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from app.paint.rect import Rect
from app.qt.paintview.projection import Projection
from app.qt.paintview.stack import VeilStack
from app.qt.paintview.veil import FORMAT, MARGIN, blank_image

_MOST_PARTS = 48
_FILLED = 0.6  # of the rectangle around them, from which on many small ones cost more than that
_BAND, _TALLEST_SMALL = 80, 480


class Surface:
    """`image` shows the layers under `projection`; what of it is `stale` has to be drawn anew before it is seen."""

    def __init__(self) -> None:
        self.image = QImage()
        self.projection = Projection()
        self.stale = QRegion()

    @property
    def whole(self) -> QRect:
        """All of it, in screen pixels."""
        return self.image.rect()

    def spoil(self) -> None:
        """All of it has to be drawn anew."""
        self.stale = QRegion(self.whole)

    def look(self, projection: Projection) -> None:
        """Start anew under another projection."""
        self.projection = projection
        size = pixels_of(projection)
        if size != self.image.size():
            self.image = QImage(size, FORMAT)
        self.spoil()

    def scroll(self, projection: Projection) -> QPoint:
        """Move what is there to a projection that differs by its place only; answers by how many pixels it moved."""
        by = _offset(projection) - _offset(self.projection)
        self.projection = projection
        if not by.isNull():
            moved = blank_image(self.image.size())
            with QPainter(moved) as painter:
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                painter.drawImage(by, self.image)
            kept = QRegion(self.whole.translated(by))
            self.stale = (self.stale.translated(by) + (QRegion(self.whole) - kept)) & QRegion(self.whole)
            self.image = moved
        return by

    def touched(self, rect: Rect) -> QRect:
        """Where on it a change to a part of the canvas can be seen, in screen pixels."""
        seen = self.projection.view_rect(rect)
        # Smooth scaling looks one pixel of the canvas beyond the edge, and the line lies a few of the screen beside it.
        reach = MARGIN + max(self.projection.zoom, 1.0)
        seen.adjust(-reach, -reach, reach, reach)
        ratio = self.projection.ratio
        return QRectF(seen.topLeft() * ratio, seen.size() * ratio).toAlignedRect().intersected(self.whole)

    def render(self, layers: VeilStack, region: QRegion) -> None:
        """Draw a region anew."""
        for rect in parts(region):
            self._render(layers, rect)
        self.stale -= region

    def to_screen(self) -> QTransform:
        """From canvas pixels to screen pixels."""
        return self.projection.transform() * QTransform.fromScale(self.projection.ratio, self.projection.ratio)

    def _render(self, layers: VeilStack, rect: QRect) -> None:
        # A little more is drawn than kept: lines at the rim of the piece depend on what lies beyond it.
        whole = rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        part = blank_image(whole.size())
        to_part = self.to_screen() * QTransform.fromTranslate(-whole.x(), -whole.y())
        layers.paint(part, to_part, self.projection.ratio)
        put(self.image, rect, part, whole.topLeft())


def put(target: QImage, rect: QRect, part: QImage, corner: QPoint) -> None:
    """Replace a rectangle of a picture by that of a part of it that begins at `corner`."""
    with QPainter(target) as painter:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawImage(rect, part, rect.translated(-corner))


def pixels_of(projection: Projection) -> QSize:
    """The screen pixels of a view."""
    return QSize(math.ceil(projection.view[0] * projection.ratio), math.ceil(projection.view[1] * projection.ratio))


def parts(region: QRegion) -> list[QRect]:
    """The rectangles of a region, or the one around them when they nearly fill it, or are many."""
    rects, whole = rects_of(region), region.boundingRect()
    filled = sum(_area(rect) for rect in rects) > _FILLED * _area(whole)
    return [band for rect in ([whole] if filled or len(rects) > _MOST_PARTS else rects) for band in bands(rect)]


def rects_of(region: QRegion) -> list[QRect]:
    """The rectangles of a region, none over another."""
    # Qt regions can be iterated; their type information does not say so.
    return [QRect(rect) for rect in cast(Iterable[QRect], region)]


def bands(rect: QRect) -> list[QRect]:
    """The rectangle, cut into flat bands when it is small.

    Qt spreads the painting of more than some hundred rows over a pool of threads. For the small rectangles of a stroke
    that wins nothing, and while the engine keeps all cores busy, waiting for the pool takes ten times the painting.
    """
    if rect.height() > _TALLEST_SMALL or rect.height() <= _BAND:
        return [rect]
    tops = range(rect.top(), rect.bottom() + 1, _BAND)
    return [QRect(rect.left(), top, rect.width(), _BAND).intersected(rect) for top in tops]


def _area(rect: QRect) -> int:
    return rect.width() * rect.height()


def _offset(projection: Projection) -> QPoint:
    """Where the canvas origin lies in screen pixels."""
    transform = projection.transform()
    return QPoint(round(transform.dx() * projection.ratio), round(transform.dy() * projection.ratio))
