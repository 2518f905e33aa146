"""Choosing things: by a rectangle, or by a line drawn around them."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Gesture, Pointer, Stage, far
from app.qt.canvas.selection import NONE, Selection


class _Selecting(Gesture):
    """Shift adds to what was selected, Ctrl turns it round, otherwise it is replaced."""

    scrolls_at_edges = True

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        self._before = stage.canvas.selection

    def start(self, pointer: Pointer) -> None:
        self._pressed = pointer.view

    def cancel(self) -> None:
        self.stage.canvas.select(self._before)

    def _choose(self, found: Selection, pointer: Pointer) -> None:
        if pointer.ctrl:
            found = self._before ^ found
        elif pointer.shift:
            found = self._before | found
        self.stage.canvas.select(found)
        self.stage.refresh()

    def _pen(self) -> QPen:
        pen = QPen(self.stage.canvas.look.accent, 1.0)
        pen.setCosmetic(True)
        return pen

    def _fill(self) -> QColor:
        colour = QColor(self.stage.canvas.look.accent)
        colour.setAlphaF(0.10)
        return colour


class BoxSelect(_Selecting):
    """Drag a rectangle: what it touches is selected. A click on empty canvas selects nothing."""

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        self._rect = QRectF()

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        self._origin = pointer.scene

    def update(self, pointer: Pointer) -> None:
        self._rect = QRectF(self._origin, pointer.scene).normalized()
        self._choose(self._inside(self._rect), pointer)

    def finish(self, pointer: Pointer) -> bool:
        if not far(self._pressed, pointer.view) and not (pointer.shift or pointer.ctrl):
            self.stage.canvas.select(NONE)
        return True

    def paint(self, painter: QPainter) -> None:
        painter.setPen(self._pen())
        painter.setBrush(self._fill())
        painter.drawRect(self._rect)

    def _inside(self, rect: QRectF) -> Selection:
        canvas = self.stage.canvas
        nodes = [name for name, item in canvas.nodes.items() if rect.intersects(item.box)]
        frames = [name for name, item in canvas.frames.items() if rect.contains(item.box)]
        # Wires are chosen only where no node is: whoever draws around nodes means them.
        links = [] if nodes or frames else [key for key, item in canvas.links.items() if item.crosses(rect)]
        return Selection.of(nodes, frames, links)


class LassoSelect(_Selecting):
    """Draw around things: nodes and frames whose middle lies inside are selected."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        self._line = QPolygonF()

    def start(self, pointer: Pointer) -> None:
        super().start(pointer)
        self._line.append(pointer.scene)

    def update(self, pointer: Pointer) -> None:
        last: QPointF = self._line.last()
        if far(last * self.stage.zoom, pointer.scene * self.stage.zoom, 3.0):
            self._line.append(pointer.scene)
            self._choose(self._inside(), pointer)

    def paint(self, painter: QPainter) -> None:
        painter.setPen(self._pen())
        painter.setBrush(self._fill())
        painter.drawPolygon(self._line)

    def _inside(self) -> Selection:
        area = QPainterPath()
        area.addPolygon(self._line)
        area.closeSubpath()
        bounds = area.boundingRect()
        canvas = self.stage.canvas
        nodes = (name for name, item in canvas.nodes.items() if _within(area, bounds, item.box))
        frames = (name for name, item in canvas.frames.items() if _within(area, bounds, item.box))
        return Selection.of(nodes, frames)


def _within(area: QPainterPath, bounds: QRectF, box: QRectF) -> bool:
    return bounds.contains(box.center()) and area.contains(box.center())
