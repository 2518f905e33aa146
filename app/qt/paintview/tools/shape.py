"""Rectangle and ellipse."""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath

from app.paint.blend import Coverage
from app.paint.shapes import Point, ellipse, rectangle
from app.qt.paintview.easel import Easel
from app.qt.paintview.marks import trace
from app.qt.paintview.pointer import Pointer
from app.qt.paintview.tools.gesture import AreaGesture


class ShapeGesture(AreaGesture):
    """A shape between two corners. Shift makes its sides equal, Alt draws it from its middle, Control erases."""

    def __init__(self, easel: Easel) -> None:
        super().__init__(easel)
        self._anchor: Point = (0.0, 0.0)
        self._corners: tuple[Point, Point] = (self._anchor, self._anchor)

    @abstractmethod
    def coverage(self, corner: Point, opposite: Point) -> Coverage:
        """The area between two corners."""

    @abstractmethod
    def add_outline(self, path: QPainterPath, box: QRectF) -> None:
        """Its outline in canvas pixels."""

    def start(self, at: Pointer) -> None:
        self._anchor = at.place
        self._corners = (at.place, at.place)

    def update(self, to: Pointer) -> None:
        x, y = self._anchor
        dx, dy = to.x - x, to.y - y
        if to.shift:
            side = max(abs(dx), abs(dy))
            dx, dy = (side if dx >= 0.0 else -side), (side if dy >= 0.0 else -side)
        self._corners = ((x - dx, y - dy) if to.alt else (x, y)), (x + dx, y + dy)

    def finish(self, at: Pointer) -> None:
        self.update(at)
        self.commit_area(self.coverage(*self._corners), erasing=at.control)

    def draw(self, painter: QPainter) -> None:
        trace(painter, self._path(), dashed=True)

    def extent(self) -> QRectF:
        return self._path().boundingRect().adjusted(-3.0, -3.0, 3.0, 3.0)

    def _path(self) -> QPainterPath:
        path = QPainterPath()
        one, other = self._corners
        self.add_outline(path, QRectF(QPointF(*one), QPointF(*other)).normalized())
        return self.easel.projection.transform().map(path)


class RectangleGesture(ShapeGesture):
    """Fills a rectangle."""

    label = "Rectangle"

    def coverage(self, corner: Point, opposite: Point) -> Coverage:
        return rectangle(corner, opposite, self.easel.canvas)

    def add_outline(self, path: QPainterPath, box: QRectF) -> None:
        path.addRect(box)


class EllipseGesture(ShapeGesture):
    """Fills an ellipse."""

    label = "Ellipse"

    def coverage(self, corner: Point, opposite: Point) -> Coverage:
        return ellipse(corner, opposite, self.easel.canvas)

    def add_outline(self, path: QPainterPath, box: QRectF) -> None:
        path.addEllipse(box)
