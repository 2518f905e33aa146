"""What the pointer would take hold of, shown before it does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.qt.canvas.hits import Hit
from app.qt.canvas.node_paint import paint_port
from app.qt.canvas.scene import CanvasScene

_HALO = 7.0


def paint_hover(painter: QPainter, canvas: CanvasScene, hit: Hit) -> None:
    """Light up a port or a wire; nodes show by themselves what they are."""
    if hit.node is not None and hit.spot is not None:
        _port(painter, canvas, hit)
    elif hit.link is not None and hit.link in canvas.links:
        _wire(painter, canvas, hit)


def _port(painter: QPainter, canvas: CanvasScene, hit: Hit) -> None:
    item = canvas.nodes.get(hit.node or "")
    if item is not None and hit.spot is not None and hit.spot in item.card.spots:
        painter.save()
        painter.translate(item.pos())
        paint_port(painter, hit.spot, canvas.look, glow=True)
        painter.restore()


def _wire(painter: QPainter, canvas: CanvasScene, hit: Hit) -> None:
    assert hit.link is not None
    item = canvas.links[hit.link]
    halo = QColor(item.pen().color())
    halo.setAlphaF(0.28)
    painter.setPen(QPen(halo, item.pen().widthF() + _HALO, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(item.path())
