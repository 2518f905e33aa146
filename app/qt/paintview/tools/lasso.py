"""Lasso: draw around a place, and it is filled."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from app.paint.shapes import polygon
from app.qt.paintview.easel import Easel
from app.qt.paintview.marks import trace
from app.qt.paintview.pointer import Pointer
from app.qt.paintview.tools.gesture import AreaGesture


class LassoGesture(AreaGesture):
    """Fills what a freehand line encloses; its end is joined to its beginning."""

    label = "Lasso"

    def __init__(self, easel: Easel) -> None:
        super().__init__(easel)
        self._points: list[tuple[float, float]] = []

    def start(self, at: Pointer) -> None:
        self._points = [at.place]

    def update(self, to: Pointer) -> None:
        self._points.append(to.place)

    def finish(self, at: Pointer) -> None:
        self._points.append(at.place)
        self.commit_area(polygon(self._points, self.easel.canvas), erasing=at.control)

    def draw(self, painter: QPainter) -> None:
        trace(painter, self._path(), dashed=True)

    def extent(self) -> QRectF:
        return self._path().boundingRect().adjusted(-3.0, -3.0, 3.0, 3.0)

    def _path(self) -> QPainterPath:
        path = QPainterPath()
        corners = QPolygonF([QPointF(*point) for point in self._points])
        path.addPolygon(self.easel.projection.transform().map(corners))
        path.closeSubpath()
        return path
