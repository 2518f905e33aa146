"""What lies below and above the layer that is painted on, flattened: a stroke then draws one layer, not all."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from app.qt.paintview.stack import VeilStack
from app.qt.paintview.surface import parts, put
from app.qt.paintview.veil import MARGIN, blank_image

_Mode = QPainter.CompositionMode


class Flats:
    """For one screen and one place in a stack; pieces are flattened when they are first needed."""

    def __init__(self, screen: QRect, to_screen: QTransform, ratio: float, layers: VeilStack, place: int) -> None:
        self._to_screen, self._ratio = to_screen, ratio
        self._veil, self._overlap = layers.veils[place], layers.overlap
        self._below, self._above = layers.below(place), layers.above(place)
        self._known = QRegion()
        self._ground = blank_image(screen.size()) if self._below.veils else None
        self._roof = blank_image(screen.size()) if self._above.veils else None
        self._cover = blank_image(screen.size()) if self._above.veils else None

    def render(self, image: QImage, region: QRegion) -> None:
        """Draw a region of the screen anew on `image`."""
        self._learn(self.unknown(region))
        for rect in parts(region):
            whole = rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
            part = blank_image(whole.size())
            self._lay(part, self._ground, whole.topLeft(), _Mode.CompositionMode_Source)
            to_part = self._to_screen * QTransform.fromTranslate(-whole.x(), -whole.y())
            self._veil.paint(part, to_part, self._ratio, self._overlap)
            self._lay(part, self._cover, whole.topLeft(), _Mode.CompositionMode_DestinationOut)
            self._lay(part, self._roof, whole.topLeft(), _Mode.CompositionMode_Plus)
            put(image, rect, part, whole.topLeft())

    def unknown(self, region: QRegion) -> QRegion:
        """The part of a region in which the other layers are still to be drawn."""
        return region - self._known

    @staticmethod
    def _lay(part: QImage, layer: QImage | None, corner: QPoint, mode: _Mode) -> None:
        if layer is not None:
            with QPainter(part) as painter:
                painter.setCompositionMode(mode)
                painter.drawImage(-corner, layer)

    def _learn(self, region: QRegion) -> None:
        for rect in parts(region):
            whole = rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
            to_part = self._to_screen * QTransform.fromTranslate(-whole.x(), -whole.y())
            if self._ground is not None:
                part = blank_image(whole.size())
                self._below.paint(part, to_part, self._ratio)
                put(self._ground, rect, part, whole.topLeft())
            if self._roof is not None and self._cover is not None:
                part, cover = blank_image(whole.size()), blank_image(whole.size())
                self._above.paint(part, to_part, self._ratio, cover)
                put(self._roof, rect, part, whole.topLeft())
                put(self._cover, rect, cover, whole.topLeft())
            self._known += rect
