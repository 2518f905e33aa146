"""What shows where the hand is: the cursor of each tool, and the outline of the brush."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from app.paint.brush import Brush, Touch, slant
from app.paint.toolbox import Tool
from app.qt.paintview.marks import trace
from app.qt.paintview.projection import Projection

_SHAPES: Mapping[Tool, Qt.CursorShape] = {
    Tool.BRUSH: Qt.CursorShape.BlankCursor,  # the ring is the cursor
    Tool.ERASER: Qt.CursorShape.BlankCursor,
    Tool.LASSO: Qt.CursorShape.CrossCursor,
    Tool.FILL: Qt.CursorShape.CrossCursor,
    Tool.RECTANGLE: Qt.CursorShape.CrossCursor,
    Tool.ELLIPSE: Qt.CursorShape.CrossCursor,
    Tool.MOVE: Qt.CursorShape.SizeAllCursor,
    Tool.CROP: Qt.CursorShape.CrossCursor,
    Tool.PAN: Qt.CursorShape.OpenHandCursor,
    Tool.ZOOM: Qt.CursorShape.PointingHandCursor,
}

_CROSS_BELOW, _LINE_FROM = 6.0, 3.0
_CORE_FROM, _CORE_APART = 3.0, 4.0
"""Radius from which the crisp core of a soft brush is drawn, and how far it must lie from the brush's rim."""


def cursor_shape(tool: Tool, *, panning: bool, about_to_pan: bool, refused: bool) -> Qt.CursorShape:
    """The cursor of a tool, or of what would happen now instead of its work."""
    if panning:
        return Qt.CursorShape.ClosedHandCursor
    if about_to_pan:
        return Qt.CursorShape.OpenHandCursor
    return Qt.CursorShape.ForbiddenCursor if refused else _SHAPES[tool]


@dataclass(frozen=True)
class Ring:
    """The outline of a brush of `radius` view pixels; inside of it, faintly, where its fading begins.

    Under a slanted pen it is `roundness` times as wide as long, and its length lies at `angle` degrees.
    """

    radius: float
    hardness: float
    roundness: float = 1.0
    angle: float = 0.0

    def draw(self, painter: QPainter, at: QPointF) -> None:
        """Draw it around the hand; a cross when it is too small to see."""
        self._draw_core(painter, at)
        path = QPainterPath()
        if self.radius >= _LINE_FROM:
            path.addPath(self._ellipse(at, self.radius))
        if self.radius < _CROSS_BELOW:
            for dx, dy in ((1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0)):
                path.moveTo(at.x() + 5.0 * dx, at.y() + 5.0 * dy)
                path.lineTo(at.x() + 9.0 * dx, at.y() + 9.0 * dy)
        trace(painter, path)

    def extent(self, at: QPointF) -> QRectF:
        """The part of the view that `draw` draws in."""
        reach = max(self.radius, 9.0) + 3.0
        return QRectF(at.x() - reach, at.y() - reach, 2.0 * reach, 2.0 * reach)

    def _ellipse(self, at: QPointF, radius: float) -> QPainterPath:
        path = QPainterPath()
        path.addEllipse(QPointF(0.0, 0.0), radius, radius * self.roundness)
        return QTransform.fromTranslate(at.x(), at.y()).rotate(self.angle).map(path)

    def _draw_core(self, painter: QPainter, at: QPointF) -> None:
        core = self.radius * self.hardness
        if core < _CORE_FROM or self.radius - core < _CORE_APART:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 90), 2.0), (QColor(255, 255, 255, 140), 1.0)):
            painter.setPen(QPen(colour, width, Qt.PenStyle.DotLine))
            painter.drawPath(self._ellipse(at, core))


def ring_of(brush: Brush, touch: Touch, projection: Projection) -> Ring:
    """The ring of a brush under a pen that may lean, as it is seen."""
    roundness, angle = slant(brush, touch)
    radius = brush.size * projection.zoom / 2.0 / math.sqrt(roundness)
    return Ring(radius, brush.hardness, roundness, angle + projection.angle)
