"""How the canvas lies in the view: scaled, turned and moved."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

from app.paint.rect import Rect

Point: TypeAlias = tuple[float, float]

SMALLEST_ZOOM, LARGEST_ZOOM = 0.02, 64.0
_MARGIN = 24.0


@dataclass(frozen=True)
class Projection:
    """Canvas pixels to view pixels.

    `zoom`: view pixels per canvas pixel. `angle`: degrees clockwise. `centre`: the canvas point in the middle of the
    view, `view`: width and height of the view, `ratio`: screen pixels per view pixel.
    """

    zoom: float = 1.0
    angle: float = 0.0
    centre: Point = (0.0, 0.0)
    view: Point = (1.0, 1.0)
    ratio: float = 1.0

    def transform(self) -> QTransform:
        """From canvas to view. The offset is rounded to whole screen pixels, so that panning moves them unchanged."""
        turn = QTransform().rotate(self.angle).scale(self.zoom, self.zoom)
        middle = turn.map(QPointF(*self.centre))
        dx, dy = self.view[0] / 2.0 - middle.x(), self.view[1] / 2.0 - middle.y()
        return turn * QTransform.fromTranslate(round(dx * self.ratio) / self.ratio, round(dy * self.ratio) / self.ratio)

    def to_view(self, x: float, y: float) -> QPointF:
        """Where a canvas point is seen."""
        return self.transform().map(QPointF(x, y))

    def to_canvas(self, x: float, y: float) -> Point:
        """The canvas point seen at a view point."""
        point = self.transform().inverted()[0].map(QPointF(x, y))
        return point.x(), point.y()

    def view_rect(self, rect: Rect) -> QRectF:
        """The smallest upright rectangle of the view that holds a rectangle of the canvas."""
        return self.transform().mapRect(QRectF(rect.left, rect.top, rect.width, rect.height))

    def panned(self, dx: float, dy: float) -> Projection:
        """The canvas moved by view pixels."""
        turn = math.radians(-self.angle)
        back_x = (dx * math.cos(turn) - dy * math.sin(turn)) / self.zoom
        back_y = (dx * math.sin(turn) + dy * math.cos(turn)) / self.zoom
        return replace(self, centre=(self.centre[0] - back_x, self.centre[1] - back_y))

    def zoomed(self, zoom: float, x: float, y: float) -> Projection:
        """Another zoom; the canvas point at view point (x, y) stays there."""
        held = self.to_canvas(x, y)
        after = replace(self, zoom=min(max(zoom, SMALLEST_ZOOM), LARGEST_ZOOM))
        return after._holding(held, x, y)

    def turned(self, angle: float, x: float, y: float) -> Projection:
        """Another angle; the canvas point at view point (x, y) stays there."""
        held = self.to_canvas(x, y)
        return replace(self, angle=angle % 360.0)._holding(held, x, y)

    def fitted(self, width: int, height: int) -> Projection:
        """The whole canvas of `width` x `height`, upright or turned as it is, in the middle of the view."""
        turn = math.radians(self.angle)
        across = width * abs(math.cos(turn)) + height * abs(math.sin(turn))
        down = width * abs(math.sin(turn)) + height * abs(math.cos(turn))
        zoom = min((self.view[0] - 2.0 * _MARGIN) / across, (self.view[1] - 2.0 * _MARGIN) / down)
        zoom = min(max(zoom, SMALLEST_ZOOM), LARGEST_ZOOM)
        return replace(self, zoom=zoom, centre=(width / 2.0, height / 2.0))

    def shows(self, width: int, height: int) -> bool:
        """Whether any of a canvas of that size is to be seen."""
        seen = self.view_rect(Rect(0, 0, width, height))
        return seen.intersects(QRectF(0.0, 0.0, *self.view))

    def _holding(self, held: Point, x: float, y: float) -> Projection:
        seen = self.transform().map(QPointF(*held))
        return self.panned(x - seen.x(), y - seen.y())
