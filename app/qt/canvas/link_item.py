"""A wire on the canvas: coloured by what it carries, thicker for lists."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsItem, QGraphicsPathItem

from app.qt.canvas.carried import Carried
from app.qt.canvas.look import Look
from app.qt.canvas.wires import Point, dots_of, wire_path
from nodes.graph.model import Link

WIRE_Z = 5.0
DOT_RADIUS = 5.0
_WIDTH, _LIST_WIDTH = 2.2, 4.4


class LinkItem(QGraphicsPathItem):
    """Follows what it is told. The base class draws, culls and hits it without a call back into Python."""

    def __init__(self, link: Link, look: Look) -> None:
        super().__init__()
        self.link = link
        self.dots: tuple[Point, ...] = ()
        self.start, self.end = QPointF(), QPointF()
        self.selected = False
        self._look = look
        self._carried: Carried | None = None
        self._passive = False
        self._dot_items: list[QGraphicsEllipseItem] = []
        self.setZValue(WIRE_Z)

    def route(self, link: Link, start: QPointF, end: QPointF) -> None:
        """Follow the places of both ends and the dots between."""
        self.link = link
        dots = dots_of(link)
        if (start, end, dots) != (self.start, self.end, self.dots):
            self.setPath(wire_path(start, end, dots))
            if dots != self.dots:
                self._place_dots(dots)
            self.start, self.end, self.dots = start, end, dots

    def carry(self, carried: Carried, *, passive: bool) -> None:
        """Wear the colour of what comes through; `passive` for a wire at a muted node."""
        if (carried, passive) != (self._carried, self._passive):
            self._carried, self._passive = carried, passive
            self._wear()

    def select(self, selected: bool) -> None:
        """Show or hide the selection."""
        if selected != self.selected:
            self.selected = selected
            self._wear()

    def wear_look(self, look: Look) -> None:
        """Change to another theme."""
        self._look = look
        self._wear()

    def dot_at(self, position: QPointF) -> int | None:
        """The number of the dot at a point in scene coordinates."""
        reach = DOT_RADIUS + 4
        for number, (x, y) in enumerate(self.dots):
            if abs(position.x() - x) <= reach and abs(position.y() - y) <= reach:
                return number
        return None

    def near(self, position: QPointF, reach: float) -> bool:
        """Whether a point in scene coordinates lies on the wire, or within `reach` of it."""
        around = QRectF(position.x() - reach, position.y() - reach, 2 * reach, 2 * reach)
        return self.crosses(around)

    def crosses(self, rect: QRectF) -> bool:
        """Whether the wire itself, not the area it bends around, meets a rectangle in scene coordinates."""
        path = self.path()
        if not path.controlPointRect().intersects(rect):
            return False
        # A path is taken as filled when asked whether it meets something: going back the same way leaves no area.
        line = QPainterPath(path)
        line.connectPath(path.toReversed())
        return line.intersects(rect)

    def _place_dots(self, dots: tuple[Point, ...]) -> None:
        for item in self._dot_items[len(dots) :]:
            self.scene().removeItem(item)
        del self._dot_items[len(dots) :]
        while len(self._dot_items) < len(dots):
            self._dot_items.append(_dot(self))
        for item, (x, y) in zip(self._dot_items, dots, strict=True):
            item.setPos(x, y)
        self._wear()

    def _wear(self) -> None:
        if self._carried is None:
            return
        pen = _pen(self._look, self._carried, self._passive, self.selected)
        self.setPen(pen)
        for item in self._dot_items:
            item.setBrush(pen.color())
            item.setPen(QPen(self._look.surround, 1.5))
        if self.selected or self.zValue() != WIRE_Z:
            self.setZValue(WIRE_Z + (1.0 if self.selected else 0.0))


@lru_cache(maxsize=256)
def _pen(look: Look, carried: Carried, passive: bool, selected: bool) -> QPen:
    """One pen for all wires of a kind: a graph has thousands of wires and a dozen kinds."""
    colour = look.accent if selected else look.of_type(carried.kind)
    width = (_LIST_WIDTH if carried.is_list else _WIDTH) + (0.8 if selected else 0.0)
    style = Qt.PenStyle.DashLine if passive else Qt.PenStyle.SolidLine
    return QPen(colour, width, style, Qt.PenCapStyle.RoundCap)


def _dot(wire: QGraphicsItem) -> QGraphicsEllipseItem:
    return QGraphicsEllipseItem(QRectF(-DOT_RADIUS, -DOT_RADIUS, 2 * DOT_RADIUS, 2 * DOT_RADIUS), wire)
