"""Cutting wires, and leading them around things by dots."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF

from app.model import edits
from app.qt.canvas.changes import with_dots_on
from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Gesture, Pointer, Stage, far
from app.qt.canvas.link_item import LinkItem
from app.qt.canvas.look import GRID
from app.qt.canvas.selection import LinkKey, Selection
from app.qt.canvas.wires import Point


class CutWires(Gesture):
    """Draw a line across wires: they are cut."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        self._line = QPolygonF()

    def start(self, pointer: Pointer) -> None:
        self._line.append(pointer.scene)

    def update(self, pointer: Pointer) -> None:
        if far(self._line.last() * self.stage.zoom, pointer.scene * self.stage.zoom):
            self._line.append(pointer.scene)
            self.stage.refresh()

    def finish(self, pointer: Pointer) -> bool:
        cut = self._cut()
        if cut:
            label = "Cut a wire" if len(cut) == 1 else f"Cut {len(cut)} wires"
            self.stage.commit(label, edits.disconnect(self.stage.document, cut))
        return True

    def paint(self, painter: QPainter) -> None:
        look = self.stage.canvas.look
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for key in self._cut():
            painter.setPen(QPen(look.failure, 4.0))
            painter.drawPath(self.stage.canvas.links[key].path())
        pen = QPen(look.text, 1.5, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPolyline(self._line)

    def _cut(self) -> list[LinkKey]:
        knife, bounds = segments(self._line), self._line.boundingRect().adjusted(-1, -1, 1, 1)
        links = [(key, item.path()) for key, item in self.stage.canvas.links.items()]
        near = [(key, path) for key, path in links if path.controlPointRect().intersects(bounds)]
        return [key for key, path in near if _crosses(knife, path)]


def segments(line: QPolygonF) -> list[QLineF]:
    """The straight pieces of a line."""
    return [QLineF(before, after) for before, after in pairwise(line.toList())]


def _crosses(knife: list[QLineF], path: QPainterPath) -> bool:
    pieces = [piece for polygon in path.toSubpathPolygons() for piece in segments(polygon)]
    bounded = QLineF.IntersectionType.BoundedIntersection
    return any(cut.intersects(piece)[0] == bounded for cut in knife for piece in pieces)


class LeadWire(Gesture):
    """Drag a wire aside: it gets a dot there. Drag a dot to move it. A click selects the wire."""

    cursor = Qt.CursorShape.SizeAllCursor
    scrolls_at_edges = True

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        assert hit.link is not None
        self._key = hit.link
        self._document = stage.document
        self._shown = stage.document
        self._dragged = False

    def start(self, pointer: Pointer) -> None:
        self._origin = pointer
        item = self.stage.canvas.links[self._key]
        self._dots = list(item.dots)
        if self.hit.dot is None:
            self._number = gap_at(item, pointer.scene)
            self._dots.insert(self._number, (pointer.scene.x(), pointer.scene.y()))
        else:
            self._number = self.hit.dot
        selection, thing = self.stage.canvas.selection, Selection.of(links=(self._key,))
        self.stage.canvas.select(selection ^ thing if pointer.shift or pointer.ctrl else thing)

    def update(self, pointer: Pointer) -> None:
        self._dragged = self._dragged or far(self._origin.view, pointer.view)
        if not self._dragged:
            return
        self._dots[self._number] = _resting(pointer)
        self._shown = with_dots_on(self._document, self._key, self._dots)
        self.stage.preview(self._shown)

    def finish(self, pointer: Pointer) -> bool:
        if self._dragged:
            self.stage.commit("Lead a wire", self._shown)
        return True

    def cancel(self) -> None:
        self.stage.revert()


def gap_at(item: LinkItem, where: QPointF) -> int:
    """Between which stops of a wire a point lies: the number that a dot put there gets."""
    stops = [item.start, *(QPointF(x, y) for x, y in item.dots), item.end]
    lengths = [_detour(before, where, after) for before, after in pairwise(stops)]
    return lengths.index(min(lengths))


def _detour(before: QPointF, where: QPointF, after: QPointF) -> float:
    return QLineF(before, where).length() + QLineF(where, after).length() - QLineF(before, after).length()


def _resting(pointer: Pointer) -> Point:
    if pointer.alt:
        return pointer.scene.x(), pointer.scene.y()
    return round(pointer.scene.x() / GRID) * float(GRID), round(pointer.scene.y() / GRID) * float(GRID)
