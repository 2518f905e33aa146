"""The ground of the canvas: dots that show the grid, and what to do when nothing is there."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF, QTransform

from app.qt.canvas.look import GRID, Look, font

_EVERY = 3 * GRID
_LEAST_GAP, _MOST_GAP = 14.0, 56.0


def paint_backdrop(painter: QPainter, room: QRect, to_view: QTransform, look: Look) -> None:
    """Fill the view; dots stay at a distance in which they help."""
    painter.save()
    painter.resetTransform()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(room, look.surround)
    painter.setPen(QPen(look.dots, 2.0))
    gap = dot_gap(to_view.m11())
    row = _row(gap, room.width())
    left, top = to_view.dx() % gap - gap, to_view.dy() % gap - gap
    for number in range(int(room.height() / gap) + 2):
        painter.drawPoints(row.translated(left, top + number * gap))
    painter.restore()


def dot_gap(zoom: float) -> float:
    """Pixels between dots: the grid's, doubled or halved until they neither crowd nor stray."""
    gap = _EVERY * zoom
    while gap < _LEAST_GAP:
        gap *= 2
    while gap > _MOST_GAP:
        gap /= 2
    return gap


@lru_cache(maxsize=8)
def _row(gap: float, width: int) -> QPolygonF:
    return QPolygonF([QPointF(number * gap, 0.0) for number in range(int(width / gap) + 3)])


def paint_empty(painter: QPainter, room: QRect, look: Look) -> None:
    """Say how to begin."""
    painter.save()
    painter.resetTransform()
    painter.setPen(look.dim)
    painter.setFont(font(15))
    middle = QRectF(room)
    painter.drawText(middle.adjusted(0, -28, 0, -28), Qt.AlignmentFlag.AlignCenter, "An empty graph")
    painter.setFont(font())
    hint = "Press Tab or double-click to add a node; drop a picture to load it"
    painter.drawText(middle.adjusted(0, 28, 0, 28), Qt.AlignmentFlag.AlignCenter, hint)
    painter.restore()
