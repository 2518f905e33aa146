"""The mark of a favourite, drawn over its picture."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

_STAR = 8.0
_GOLD = QColor("#f0c75e")


def paint_star(painter: QPainter, centre: QPointF) -> None:
    """A star on a dark disc, to be seen over any picture."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawEllipse(centre, 1.4 * _STAR, 1.4 * _STAR)
    points = QPolygonF()
    for corner in range(10):
        radius = _STAR if corner % 2 == 0 else 0.42 * _STAR
        angle = math.radians(36.0 * corner - 90.0)
        points.append(centre + QPointF(radius * math.cos(angle), radius * math.sin(angle)))
    painter.setBrush(_GOLD)
    painter.drawPolygon(points)
