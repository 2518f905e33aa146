"""The whole graph in a corner, with a frame around what is seen; drag in it to go elsewhere."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.qt.canvas.scene import CanvasScene

SIZE = QSize(184, 128)
_MARGIN = 8.0
_DELAY = 120
"""Milliseconds after a change until the map follows: it need not follow every step of a drag."""


class Seen(Protocol):
    """The view that the map belongs to."""

    def visible(self) -> QRectF:
        """The part of the scene that is seen."""
        ...

    def centre_on(self, point: QPointF) -> None:
        """Bring a point of the scene to the middle."""
        ...


class Minimap(QWidget):
    """Follows the scene a moment later, and the view at once."""

    def __init__(self, scene: CanvasScene, view: Seen, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene, self._view = scene, view
        self._drawn: QPixmap | None = None
        self._to_map = QTransform()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_DELAY)
        self._soon.timeout.connect(self._draw_anew)
        self.setFixedSize(SIZE)
        self.setAccessibleName("Map of the graph")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        scene.mirrored.connect(self.follow)
        scene.facts.changed.connect(self.follow)

    def follow(self) -> None:
        """The scene has changed."""
        if not self._soon.isActive():
            self._soon.start()

    def _draw_anew(self) -> None:
        self._drawn = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the map, kept from before where the scene is the same, and the frame."""
        look = self._scene.look
        if self._drawn is None:
            self._drawn = self._drawing()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = QColor(look.window)
            ground.setAlphaF(0.92)
            painter.setPen(QPen(look.line, 1.0))
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.drawPixmap(0, 0, self._drawn)
            seen = self._to_map.mapRect(self._view.visible()).intersected(QRectF(self.rect()).adjusted(3, 3, -3, -3))
            painter.setPen(QPen(look.text, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(seen, 2, 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """There already."""
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel over the map is none of the canvas's."""
        event.accept()

    def _go(self, event: QMouseEvent) -> None:
        back, possible = self._to_map.inverted()
        if possible:
            self._view.centre_on(back.map(event.position()))
        event.accept()

    def _drawing(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        content = self._scene.content()
        if content.isEmpty():
            return pixmap
        self._to_map = fitting(content, QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN))
        with QPainter(pixmap) as painter:
            painter.setTransform(self._to_map)
            self._scene.overview.paint(painter, self._scene.look)
        return pixmap


def fitting(content: QRectF, room: QRectF) -> QTransform:
    """The transform that shows all of `content` in the middle of `room`, never larger than a tenth."""
    scale = min(room.width() / content.width(), room.height() / content.height(), 0.1)
    middle = content.center()
    shift = room.center()
    return QTransform(scale, 0, 0, scale, shift.x() - middle.x() * scale, shift.y() - middle.y() * scale)
