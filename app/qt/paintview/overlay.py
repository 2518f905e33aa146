"""The painted phrases as they lie over the picture, drawn once and kept until something changes.

Layers are drawn in screen pixels: hatches keep their size at every zoom. A stroke redraws only where it went; panning
moves what is there and draws only what comes into view; a moving cursor redraws nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import cast

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from app.paint.overlap import Overlap
from app.paint.rect import Rect
from app.qt.paintview.projection import Projection
from app.qt.paintview.veil import FORMAT, MARGIN, Veil

_MOST_PARTS = 8
_BAND, _TALLEST_SMALL = 80, 480


class Overlay:
    """The layers of a scene over a view of a certain size."""

    def __init__(self) -> None:
        self._image = QImage()
        self._projection = Projection()
        self._veils: tuple[Veil, ...] = ()
        self._overlap: Overlap = "stack"
        self._stale = QRegion()

    def set_layers(self, veils: Sequence[Veil], overlap: Overlap) -> bool:
        """What to draw, the lowest first; answers whether anything is drawn in another way than before."""
        before, self._veils, self._overlap = (self._veils, self._overlap), tuple(veils), overlap
        if before == (self._veils, self._overlap):
            return False
        self._stale = QRegion(self._image.rect())
        return True

    def project(self, projection: Projection) -> None:
        """Draw for another look at the canvas from now on."""
        before, self._projection = self._projection, projection
        size = QSize(math.ceil(projection.view[0] * projection.ratio), math.ceil(projection.view[1] * projection.ratio))
        if size != self._image.size():
            self._image = QImage(size, FORMAT)
            self._stale = QRegion(self._image.rect())
        elif (before.zoom, before.angle, before.ratio) == (projection.zoom, projection.angle, projection.ratio):
            self._scroll(_offset(projection) - _offset(before))
        else:
            self._stale = QRegion(self._image.rect())

    def touch(self, rect: Rect) -> QRect:
        """Redraw a part of the canvas at the next paint; answers the part of the view that this is."""
        seen = self._projection.view_rect(rect)
        # Smooth scaling looks one pixel of the canvas beyond the edge, and the line lies a few of the screen beside it.
        reach = MARGIN + max(self._projection.zoom, 1.0)
        seen.adjust(-reach, -reach, reach, reach)
        ratio = self._projection.ratio
        on_screen = QRectF(seen.topLeft() * ratio, seen.size() * ratio).toAlignedRect()
        self._stale += on_screen.intersected(self._image.rect())
        return seen.toAlignedRect()

    def paint(self, painter: QPainter) -> None:
        """Draw the layers over the view, as far as the painter is not clipped."""
        for rect in _parts(self._stale):
            self._render(rect)
        self._stale = QRegion()
        self._image.setDevicePixelRatio(self._projection.ratio)
        painter.drawImage(QPoint(0, 0), self._image)
        self._image.setDevicePixelRatio(1.0)

    def _scroll(self, by: QPoint) -> None:
        if by.isNull():
            return
        moved = QImage(self._image.size(), FORMAT)
        moved.fill(Qt.GlobalColor.transparent)
        with QPainter(moved) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.drawImage(by, self._image)
        kept = QRegion(self._image.rect().translated(by))
        self._stale = self._stale.translated(by) + (QRegion(moved.rect()) - kept)
        self._stale &= QRegion(moved.rect())
        self._image = moved

    def _render(self, rect: QRect) -> None:
        """Draw one rectangle of the screen anew."""
        # A little more is drawn than kept: lines at the rim of the piece depend on what lies beyond it.
        whole = rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        part = QImage(whole.size(), FORMAT)
        part.fill(Qt.GlobalColor.transparent)
        to_screen = self._projection.transform() * QTransform.fromScale(self._projection.ratio, self._projection.ratio)
        to_part = to_screen * QTransform.fromTranslate(-whole.x(), -whole.y())
        for veil in self._veils:
            veil.paint(part, to_part, self._projection.ratio, self._overlap)
        with QPainter(self._image) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.drawImage(rect, part, rect.translated(-whole.topLeft()))


def bands(rect: QRect) -> list[QRect]:
    """The rectangle, cut into flat bands when it is small.

    Qt spreads the painting of more than some hundred rows over a pool of threads. For the small rectangles of a stroke
    that wins nothing, and while the engine keeps all cores busy, waiting for the pool takes ten times the painting.
    """
    if rect.height() > _TALLEST_SMALL or rect.height() <= _BAND:
        return [rect]
    tops = range(rect.top(), rect.bottom() + 1, _BAND)
    return [QRect(rect.left(), top, rect.width(), _BAND).intersected(rect) for top in tops]


def _offset(projection: Projection) -> QPoint:
    """Where the canvas origin lies in screen pixels."""
    transform = projection.transform()
    return QPoint(round(transform.dx() * projection.ratio), round(transform.dy() * projection.ratio))


def _parts(region: QRegion) -> list[QRect]:
    """The rectangles of a region, or the one around them when they are many."""
    # Qt regions can be iterated; their type information does not say so.
    rects = [QRect(rect) for rect in cast(Iterable[QRect], region)]
    return [band for rect in (rects if len(rects) <= _MOST_PARTS else [region.boundingRect()]) for band in bands(rect)]
