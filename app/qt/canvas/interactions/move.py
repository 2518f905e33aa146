"""Moving nodes and frames, and dropping a node on a wire to insert it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.model import edits
from app.model.document import Document
from app.model.edits import Box
from app.qt.canvas.changes import inserted, moved
from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Gesture, Pointer, Stage, far
from app.qt.canvas.scene import united
from app.qt.canvas.selection import LinkKey, Selection
from app.qt.canvas.snapping import Guide, snapped

_SNAP = 6.0
"""Pixels on screen within which a line of another node attracts."""


@dataclass(frozen=True)
class _Grip:
    """What is moved, from which document, and the rectangle around it."""

    document: Document
    what: Selection
    box: Box
    others: tuple[Box, ...]


class Move(Gesture):
    """Drag what is selected, or what is under the pointer.

    Shift keeps to one axis. Alt moves freely, past grid, lines and wires. A click without a drag selects.
    """

    cursor = Qt.CursorShape.SizeAllCursor
    scrolls_at_edges = True

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        self._before = stage.canvas.selection
        self._grip: _Grip | None = None
        self._guides: tuple[Guide, ...] = ()
        self._wire: LinkKey | None = None
        self._shown = stage.document

    def start(self, pointer: Pointer) -> None:
        self._origin = pointer
        canvas, thing = self.stage.canvas, self.hit.thing
        if pointer.ctrl:
            canvas.select(self._before ^ thing)
        elif pointer.shift:
            canvas.select(self._before | thing)
        elif not self._before.holds(thing):
            canvas.select(thing)

    def update(self, pointer: Pointer) -> None:
        if self._grip is None:
            if not far(self._origin.view, pointer.view) or not self.stage.canvas.selection.holds(self.hit.thing):
                return
            self._grip = self._gripped()
        self._drag(self._grip, pointer)

    def finish(self, pointer: Pointer) -> bool:
        if self._grip is None:
            if not (pointer.shift or pointer.ctrl):
                self.stage.canvas.select(self.hit.thing)
        elif self._wire is not None:
            self._insert(self._grip, self._wire)
        else:
            self.stage.commit(_label(self._grip.what), self._shown)
        return True

    def cancel(self) -> None:
        self.stage.revert()
        self.stage.canvas.select(self._before)

    def paint(self, painter: QPainter) -> None:
        pen = QPen(self.stage.canvas.look.accent, 1.0, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines([_line(guide) for guide in self._guides])
        item = self.stage.canvas.links.get(self._wire) if self._wire is not None else None
        if item is not None:
            painter.setPen(QPen(self.stage.canvas.look.accent, 4.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(item.path())

    def _gripped(self) -> _Grip:
        canvas = self.stage.canvas
        what = canvas.selection
        for frame in tuple(what.frames):
            what = what | canvas.inside(frame)
        what = Selection(what.nodes, what.frames)
        boxes = [*canvas.boxes(what.nodes), *(canvas.frames[name].box for name in what.frames)]
        seen = self.stage.visible()
        resting = (item.box for name, item in canvas.nodes.items() if name not in what.nodes)
        others = [box for box in resting if seen.intersects(box)]
        return _Grip(self.stage.document, what, _box(united(boxes)), tuple(map(_box, others)))

    def _drag(self, grip: _Grip, pointer: Pointer) -> None:
        step = pointer.scene - self._origin.scene
        dx, dy, self._guides = step.x(), step.y(), ()
        if pointer.shift:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        if not pointer.alt:
            rest = snapped(grip.box, dx, dy, grip.others, _SNAP / self.stage.zoom)
            locked_x, locked_y = pointer.shift and dx == 0.0, pointer.shift and dy == 0.0
            dx, dy = 0.0 if locked_x else rest.dx, 0.0 if locked_y else rest.dy
            self._guides = tuple(g for g in rest.guides if not (locked_x if g.upright else locked_y))
        self._shown = moved(grip.document, grip.what, dx, dy)
        self.stage.preview(self._shown)
        self._wire = None if pointer.alt else self._wire_under(grip)
        self.stage.refresh()

    def _wire_under(self, grip: _Grip) -> LinkKey | None:
        """The wire that a lone node without wires was moved onto, when it could stand in it."""
        canvas = self.stage.canvas
        name = next(iter(grip.what.nodes), None)
        if name is None or len(grip.what.nodes) != 1 or grip.what.frames or any(canvas.wiring.at(name)):
            return None
        spec = self.stage.registry.get(canvas.nodes[name].node.type)
        box = canvas.nodes[name].box
        crossed = [key for key, item in canvas.links.items() if item.crosses(box)]
        fitting = [
            key
            for key in crossed
            if spec is not None
            and edits.insertion_ports(self._shown, self.stage.registry, canvas.wiring.links[key], spec) is not None
        ]
        return min(fitting, key=lambda key: _distance(canvas.links[key].path().pointAtPercent(0.5), box), default=None)

    def _insert(self, grip: _Grip, wire: LinkKey) -> None:
        canvas = self.stage.canvas
        name = next(iter(grip.what.nodes))
        boxes = {each: _box(canvas.nodes[each].box) for each in (name, wire[1].node)}
        link = canvas.wiring.links[wire]
        document = inserted(self._shown, self.stage.registry, link, name, boxes)
        self.stage.commit(f"Insert {canvas.title(name)}", document)


def _label(what: Selection) -> str:
    if len(what.nodes) == 1 and not what.frames:
        return "Move a node"
    if not what.nodes:
        return "Move a frame"
    return f"Move {len(what.nodes)} nodes"


def _box(rect: QRectF) -> Box:
    return Box(rect.x(), rect.y(), rect.width(), rect.height())


def _line(guide: Guide) -> QLineF:
    if guide.upright:
        return QLineF(guide.at, guide.start, guide.at, guide.end)
    return QLineF(guide.start, guide.at, guide.end, guide.at)


def _distance(point: QPointF, box: QRectF) -> float:
    return QLineF(point, box.center()).length()
