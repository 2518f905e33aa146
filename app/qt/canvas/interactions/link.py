"""Drawing wires: from a port to another, to a node, or to empty canvas, where a new node is chosen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from app.model import edits
from app.qt.canvas.card import Spot
from app.qt.canvas.changes import Loose, added, rewired
from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import REACH, Choice, Gesture, Pointer, Stage, far
from app.qt.canvas.look import HEADER, NODE_WIDTH, ROW, SMALL_FONT_SIZE, font
from app.qt.canvas.node_item import NodeItem
from app.qt.canvas.node_paint import paint_spot
from app.qt.canvas.said import title_of
from app.qt.canvas.selection import LinkKey
from app.qt.canvas.wires import wire_path
from nodes.graph.errors import EditError
from nodes.graph.model import End
from nodes.specs.declare import PortType, fits
from nodes.specs.shape import Shape

_ATTRACTION = 22.0
"""Pixels on screen within which a fitting port draws the wire to itself."""


@dataclass(frozen=True)
class _Goal:
    """Where the wire would end: a port, or a node of which a port has yet to be chosen; or why it cannot."""

    node: str | None = None
    port: str | None = None
    place: QPointF | None = None
    reason: str = ""


_NOWHERE = _Goal()


class DrawWire(Gesture):
    """Drag from a port. From a wired input the wire comes along; with Ctrl, from an output, all its wires do.

    Ports where it cannot end are dimmed, and say why under the pointer. Dropped on a node, it ends where it fits best;
    dropped on empty canvas, a node is searched for among those that fit.
    """

    cursor = Qt.CursorShape.CrossCursor
    scrolls_at_edges = True

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        assert hit.end is not None
        assert hit.spot is not None
        self._pulled: list[LinkKey] = []
        self._document = stage.document
        self._loose = self._from(hit.end, hit.spot)
        self._circle: frozenset[str] = frozenset()
        self._goal = _NOWHERE
        self._at = QPointF()
        self._travelled = False

    def start(self, pointer: Pointer) -> None:
        self._origin = pointer
        if pointer.ctrl and self._loose.from_output and self.stage.canvas.wiring.out_of(self._loose.end):
            self._pull(self.stage.canvas.wiring.out_of(self._loose.end))
        elif not self._loose.from_output:
            self._unplug()
        self._circle = self._closing()
        self.update(pointer)

    def update(self, pointer: Pointer) -> None:
        self._at = pointer.scene
        self._travelled = self._travelled or far(self._origin.view, pointer.view)
        self._goal = self._goal_at(pointer)
        self.stage.refresh()

    def finish(self, pointer: Pointer) -> bool:
        self.stage.revert()
        if not self._travelled:
            return True
        if self._goal.port is not None and self._goal.node is not None:
            self._connect(self._goal.node, self._goal.port)
        elif self._goal.node is not None:
            return self._ask_for_port(self._goal.node)
        elif self._pulled:
            self._drop_pulled()
        elif self._goal is _NOWHERE:
            self._ask_for_node()
            return False
        return True

    def cancel(self) -> None:
        self.stage.revert()

    @property
    def reason(self) -> str:
        """Why the wire cannot end where the pointer is; empty when it can, or when nothing is there."""
        return self._goal.reason

    # What is in the hand ----------------------------------------------------------------------------------------------

    def _from(self, end: End, spot: Spot) -> Loose:
        kind = self.stage.canvas.carried(end).kind if spot.is_output else spot.kind
        return Loose(end, kind, spot.is_output)

    def _unplug(self) -> None:
        """Take up the wire that ends at this input, if one does: its source stays fixed."""
        arriving = self.stage.canvas.wiring.into(self._loose.end)
        if arriving:
            self._pulled = [arriving[-1]]
            source = arriving[-1][0]
            self._loose = Loose(source, self.stage.canvas.carried(source).kind, from_output=True)
            self.stage.preview(edits.disconnect(self._document, self._pulled))

    def _pull(self, keys: Sequence[LinkKey]) -> None:
        """Take up all wires of an output: their targets stay fixed, the first stands for all of them."""
        self._pulled = list(keys)
        target = keys[0][1]
        shape = self.stage.canvas.shape(target.node)
        wanted = shape.wanted.get(target.port, PortType.ANY) if shape is not None else PortType.ANY
        self._loose = Loose(target, wanted, from_output=False)
        self.stage.preview(edits.disconnect(self._document, self._pulled))

    def _closing(self) -> frozenset[str]:
        """The nodes where the wire would close a circle."""
        wiring, start = self.stage.canvas.wiring, self._loose.end.node
        seen, pending = {start}, [start]
        while pending:
            node = pending.pop()
            keys = wiring.arriving(node) if self._loose.from_output else wiring.leaving(node)
            fresh = {key[0].node if self._loose.from_output else key[1].node for key in keys} - seen
            seen |= fresh
            pending += fresh
        return frozenset(seen)

    # Where it may go --------------------------------------------------------------------------------------------------

    def _goal_at(self, pointer: Pointer) -> _Goal:
        near = self._nearest_fitting(pointer.scene)
        if near is not None:
            return near
        hit = self.stage.canvas.hit(pointer.scene, REACH / self.stage.zoom)
        if hit.node is None or (hit.end == self.hit.end and not self._travelled):
            return _NOWHERE
        if hit.spot is not None:
            return _Goal(reason=self._reason(hit.node, hit.spot))
        return self._goal_of_node(hit.node)

    def _nearest_fitting(self, where: QPointF) -> _Goal | None:
        reach = _ATTRACTION / self.stage.zoom
        around = QRectF(where.x() - reach, where.y() - reach, 2 * reach, 2 * reach)
        best: tuple[float, _Goal] | None = None
        for item in self.stage.canvas.nodes.values():
            if item.box.adjusted(-reach, 0, reach, 0).intersects(around):
                for spot in item.card.spots:
                    place = item.pos() + QPointF(spot.x, spot.y)
                    distance = math.hypot(place.x() - where.x(), place.y() - where.y())
                    if distance <= reach and self.fits_spot(item.node.id, spot) and (not best or distance < best[0]):
                        best = distance, _Goal(item.node.id, spot.name, place)
        return None if best is None else best[1]

    def fits_spot(self, node: str, spot: Spot) -> bool:
        """Whether the wire may end at a port."""
        if spot.is_output == self._loose.from_output or node in self._circle:
            return False
        if spot.is_output:
            return fits(spot.kind, self._loose.kind)
        return not spot.known or fits(self._loose.kind, spot.kind)

    def _goal_of_node(self, node: str) -> _Goal:
        if node in self._circle:
            return _Goal(reason="" if node == self._loose.end.node else "A wire here would close a circle.")
        ports = self._free_ports(node)
        if len(ports) == 1:
            item = self.stage.canvas.nodes[node]
            return _Goal(node, ports[0], item.port_position(ports[0], is_output=not self._loose.from_output))
        if not ports:
            given = self._loose.kind.title
            verb = "takes" if self._loose.from_output else "gives"
            return _Goal(reason=f"{self.stage.canvas.title(node)} {verb} no {given}.")
        return _Goal(node)

    def _free_ports(self, node: str) -> list[str]:
        """Fitting ports of a node; when some of them have no wire yet, only those."""
        shape = self.stage.canvas.shape(node)
        if shape is None:
            return []
        ports = self._loose.ports(shape)
        arriving = self.stage.canvas.wiring.arriving(node) if self._loose.from_output else ()
        wired = {target.port for _, target in arriving}
        declared = [port for port in ports if port in shape.inputs or port in shape.outputs]
        free = [port for port in declared if port not in wired or port in shape.many]
        return free or declared or ports

    def _reason(self, node: str, spot: Spot) -> str:
        if spot.is_output == self._loose.from_output:
            return (
                ""
                if (node, spot.name) == (self._loose.end.node, self._loose.end.port)
                else ("An output goes to an input." if self._loose.from_output else "An input comes from an output.")
            )
        source, target = self._loose.wire(node, spot.name)
        return edits.refusal(self._document, self.stage.registry, source, target) or "A wire here would close a circle."

    # What comes of it -------------------------------------------------------------------------------------------------

    def _connect(self, node: str, port: str) -> None:
        before = self.stage.document
        document = edits.disconnect(before, self._pulled)
        try:
            if self._pulled and not self._loose.from_output:
                document = rewired(before, self.stage.registry, self._pulled, End(node, port))
            else:
                document = edits.connect(document, self.stage.registry, *self._loose.wire(node, port))
        except EditError:
            # One of several pulled wires may not begin there; the hover has said why for the first.
            return
        if document.graph.links != before.graph.links:
            self.stage.commit("Connect", document)

    def _drop_pulled(self) -> None:
        label = "Unplug a wire" if len(self._pulled) == 1 else f"Unplug {len(self._pulled)} wires"
        self.stage.commit(label, edits.disconnect(self.stage.document, self._pulled))

    def _ask_for_port(self, node: str) -> bool:
        shape = self.stage.canvas.shape(node)
        assert shape is not None
        choices = [_choice(shape, port) for port in self._free_ports(node)]
        self.stage.offer(self._at, choices, lambda port: self._connect(node, port), f"Wire to {shape.spec.title}")
        return False

    def _ask_for_node(self) -> None:
        given = self._loose.kind.title
        hint = f"takes {given}" if self._loose.from_output else f"gives {given}"
        self.stage.offer_nodes(self._at, lambda shape: self._loose.takes(shape) is not None, self._add, hint)

    def _add(self, type_id: str) -> None:
        shape = self.stage.canvas.shapes.of_type(type_id)
        port = None if shape is None else self._loose.takes(shape)
        if shape is None or port is None:
            return
        document, name = added(self.stage.document, shape, *_place(self._at, shape, port, self._loose))
        wire = self._loose.wire(name, port)
        document = edits.connect(document, self.stage.registry, *wire)
        self.stage.commit(f"Add {shape.spec.title}", document)

    # What is seen -----------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter) -> None:
        if not self._travelled:
            return
        self._paint_ports(painter)
        colour = self.stage.canvas.look.of_type(self._loose.kind)
        pen = QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for start, end in self._wires():
            painter.drawPath(wire_path(start, end))
        if self._goal.place is None and self._goal.node is not None:
            self._paint_ring(painter, self.stage.canvas.nodes[self._goal.node])
        if self.reason:
            _paint_bubble(painter, self._at, self.reason, self.stage)

    def _wires(self) -> list[tuple[QPointF, QPointF]]:
        free = self._goal.place or self._at
        if self._loose.from_output:
            return [(self._fixed(self._loose.end, is_output=True), free)]
        targets = [target for _, target in self._pulled] or [self._loose.end]
        return [(free, self._fixed(target, is_output=False)) for target in targets]

    def _fixed(self, end: End, *, is_output: bool) -> QPointF:
        return self.stage.canvas.nodes[end.node].port_position(end.port, is_output=is_output)

    def _paint_ports(self, painter: QPainter) -> None:
        """Light up the ports that fit, dim the others, and dim nodes that have none."""
        look, seen = self.stage.canvas.look, self.stage.visible()
        veil = QColor(look.surround)
        veil.setAlphaF(0.64)
        for item in self.stage.canvas.nodes.values():
            if not seen.intersects(item.box) or item.node.id == self._loose.end.node:
                continue
            fitting = [spot for spot in item.card.spots if self.fits_spot(item.node.id, spot)]
            reachable = fitting or self._has_hidden_port(item)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(veil)
            painter.drawRoundedRect(item.box.adjusted(-8, float(HEADER) if reachable else -1, 8, 1), 4, 4)
            painter.save()
            painter.translate(item.pos())
            for spot in fitting:
                glow = (self._goal.node, self._goal.port) == (item.node.id, spot.name)
                paint_spot(painter, spot, look, glow=glow)
            painter.restore()

    def _has_hidden_port(self, item: NodeItem) -> bool:
        """Whether the wire fits a parameter that the node does not show."""
        shape = self.stage.canvas.shape(item.node.id)
        return item.node.id not in self._circle and shape is not None and self._loose.takes(shape) is not None

    def _paint_ring(self, painter: QPainter, item: NodeItem) -> None:
        painter.setPen(QPen(self.stage.canvas.look.of_type(self._loose.kind), 2.0))
        painter.drawRoundedRect(item.box.adjusted(-3, -3, 3, 3), 8, 8)


def _choice(shape: Shape, name: str) -> Choice:
    if name in shape.parameters:
        parameter = shape.parameters[name]
        return Choice(name, title_of(parameter), parameter.help)
    port = shape.inputs.get(name) or shape.outputs[name]
    return Choice(name, port.label, port.help)


def _place(where: QPointF, shape: Shape, port: str, loose: Loose) -> tuple[float, float]:
    """Where a new node goes so that its port is about at a point."""
    side = shape.spec.inputs if loose.from_output else shape.spec.outputs
    row = next((number for number, each in enumerate(side) if each.name == port), 0)
    x = where.x() if loose.from_output else where.x() - NODE_WIDTH
    return x, where.y() - HEADER - ROW * (row + 0.5)


def _paint_bubble(painter: QPainter, where: QPointF, text: str, stage: Stage) -> None:
    """A sentence beside the pointer, at the same size at any zoom."""
    look = stage.canvas.look
    chosen = font(SMALL_FONT_SIZE + 1)
    width = QFontMetricsF(chosen).horizontalAdvance(text)
    painter.save()
    painter.translate(where)
    painter.scale(1.0 / stage.zoom, 1.0 / stage.zoom)
    bubble = QRectF(14, 12, width + 18, 24)
    painter.setPen(QPen(look.line, 1))
    painter.setBrush(look.window)
    painter.drawRoundedRect(bubble, 4, 4)
    painter.setFont(chosen)
    painter.setPen(look.text)
    painter.drawText(bubble, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
