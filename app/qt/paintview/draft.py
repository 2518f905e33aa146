"""What was seen before the canvas began to move: it is stretched and turned until there is time to draw sharply."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from app.qt.paintview.projection import Projection
from app.qt.paintview.underlay import Underlay
from app.qt.paintview.veil import MARGIN, blank_image


class Draft:
    """`image`: the layers over a canvas of `canvas` under `projection`."""

    def __init__(self, image: QImage, projection: Projection, canvas: QRectF) -> None:
        self.image, self.projection = image, projection
        self._canvas = canvas
        self._from_canvas = projection.transform() * QTransform.fromScale(projection.ratio, projection.ratio)
        seen = self._from_canvas.mapRect(canvas)
        self._whole = QRectF(image.rect()).contains(seen)
        # Beside the canvas there is nothing to be seen, and turning it would cost as much as turning the canvas.
        self._held = seen.toAlignedRect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN).intersected(image.rect())
        self._composed: tuple[tuple[object, ...], QImage] | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing of the canvas lies beyond its rim."""
        return self._whole

    def covered(self, to_screen: QTransform) -> QRegion:
        """The part of the screen on which it has something to show."""
        return QRegion(self._moved(to_screen).mapToPolygon(self._held))

    def paint(self, painter: QPainter, to_screen: QTransform, region: QRegion) -> None:
        """Draw the layers, with a painter that is set to screen pixels, within a region."""
        draw_moved(painter, self.image, self._held, self._moved(to_screen), region)

    def paint_with(self, underlay: Underlay, painter: QPainter, to_screen: QTransform, region: QRegion) -> None:
        """Draw the layers and what lies below them: turning one picture takes half the time of turning two."""
        image = self._over(underlay)
        draw_moved(
            painter, image, image.rect(), QTransform.fromTranslate(*self._corner) * self._moved(to_screen), region
        )

    @property
    def _corner(self) -> tuple[float, float]:
        return float(self._held.x()), float(self._held.y())

    def _moved(self, to_screen: QTransform) -> QTransform:
        return self._from_canvas.inverted()[0] * to_screen

    def _over(self, underlay: Underlay) -> QImage:
        if self._composed is None or self._composed[0] != underlay.shown:
            image = blank_image(self._held.size())
            with QPainter(image) as painter:
                painter.translate(-self._held.topLeft())
                painter.save()
                painter.setTransform(self._from_canvas, True)
                underlay.paint(painter, self._canvas, self.projection.zoom * self.projection.ratio)
                painter.restore()
                painter.drawImage(self._held, self.image, self._held)
            self._composed = (underlay.shown, image)
        return self._composed[1]


def draw_moved(painter: QPainter, image: QImage, part: QRect, moved: QTransform, region: QRegion) -> None:
    """Draw a part of a picture under another transform, within a region."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setClipRegion(region, Qt.ClipOperation.IntersectClip)
    painter.setTransform(moved, True)
    painter.drawImage(part, image, part)
    painter.restore()
