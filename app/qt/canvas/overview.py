"""The whole graph as coloured blocks and straight wires, drawn in a few calls however many nodes there are."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Generic, TypeVar

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.qt.canvas.card import Card
from app.qt.canvas.frame_item import FrameItem, paint_landmark
from app.qt.canvas.link_item import LinkItem
from app.qt.canvas.look import Look, mixed
from app.qt.canvas.node_item import NodeItem
from app.qt.canvas.selection import LinkKey
from nodes.specs.declare import PortType

OVERVIEW_BELOW = 0.22
"""Zoom under which nodes are no longer drawn one by one."""

_RUNNING, _PROBLEM, _TROUBLE = "running", "problem", "trouble"
_MUCH = 3000
"""Number of wires from which smooth lines cost more than they show."""

Key = TypeVar("Key")
Kind = TypeVar("Kind")
Mark = TypeVar("Mark")


class Batches(Generic[Kind, Key, Mark]):
    """Marks of one kind together, ready to be handed over in one call; a change renews only its own kind."""

    def __init__(self) -> None:
        self._kind_of: dict[Key, Kind] = {}
        self._marks: dict[Kind, dict[Key, tuple[Mark, ...]]] = {}
        self._flat: dict[Kind, list[Mark]] = {}

    def __len__(self) -> int:
        return len(self._kind_of)

    def put(self, key: Key, kind: Kind, marks: tuple[Mark, ...]) -> None:
        """Say what is drawn for `key`, and as which kind."""
        before = self._kind_of.get(key)
        if before is not None and before != kind:
            self.drop(key)
        self._kind_of[key] = kind
        self._marks.setdefault(kind, {})[key] = marks
        self._flat.pop(kind, None)

    def drop(self, key: Key) -> None:
        """Draw nothing more for `key`."""
        kind = self._kind_of.pop(key, None)
        if kind is not None:
            del self._marks[kind][key]
            self._flat.pop(kind, None)

    def each(self) -> Iterable[tuple[Kind, list[Mark]]]:
        """The kinds with all their marks."""
        for kind, marks in self._marks.items():
            if kind not in self._flat:
                self._flat[kind] = [mark for several in marks.values() for mark in several]
            if self._flat[kind]:
                yield kind, self._flat[kind]


class Overview:
    """Draws all nodes and wires. Told by the scene about every item that changes."""

    def __init__(self) -> None:
        self._nodes: Batches[tuple[str, bool], str, QRectF] = Batches()
        self._wires: Batches[PortType, LinkKey, QLineF] = Batches()
        self._states: Batches[str, str, QRectF] = Batches()

    def put_node(self, item: NodeItem) -> None:
        """Draw a node where it is now."""
        self._nodes.put(item.node.id, (item.card.family, item.card.muted), (item.box,))
        state = _state(item.card)
        if state is None:
            self._states.drop(item.node.id)
        else:
            self._states.put(item.node.id, state, (item.box,))

    def drop_node(self, node: str) -> None:
        """Draw a node no more."""
        self._nodes.drop(node)
        self._states.drop(node)

    def put_link(self, key: LinkKey, item: LinkItem, kind: PortType) -> None:
        """Draw a wire where it is now."""
        stops = [item.start, *(QPointF(x, y) for x, y in item.dots), item.end]
        lines = tuple(QLineF(a, b) for a, b in pairwise(stops))
        self._wires.put(key, kind, lines)

    def drop_link(self, key: LinkKey) -> None:
        """Draw a wire no more."""
        self._wires.drop(key)

    def paint(self, painter: QPainter, look: Look, *, with_wires: bool = True) -> None:
        """Draw everything in scene coordinates."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(self._wires) < _MUCH)
        if with_wires:
            for kind, lines in self._wires.each():
                painter.setPen(_hairline(mixed(look.of_type(kind), look.surround, 0.35)))
                painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for (family, muted), rects in self._nodes.each():
            colour = look.of_family(family)
            painter.setBrush(mixed(colour, look.surround, 0.6) if muted else colour)
            painter.drawRects(rects)
        colours = {_RUNNING: look.accent, _PROBLEM: look.warning, _TROUBLE: look.failure}
        for state, rects in self._states.each():
            painter.setBrush(colours[state])
            painter.drawRects(rects)


def _state(card: Card) -> str | None:
    """What must not be lost at any zoom: that a node runs, or that something is wrong with it."""
    if card.facts.trouble:
        return _TROUBLE
    if card.facts.progress is not None:
        return _RUNNING
    return _PROBLEM if card.problem else None


def paint_selected(painter: QPainter, boxes: list[QRectF], look: Look) -> None:
    """Draw the outlines of selected nodes."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_hairline(look.accent, 2.0))
    painter.drawRects(boxes)


def paint_frames(painter: QPainter, frames: Iterable[FrameItem], look: Look, zoom: float) -> None:
    """Draw frames with their titles."""
    for item in frames:
        item.paint_ground(painter)
        paint_landmark(painter, item.frame.title, item.box.topLeft(), look, zoom)


def _hairline(colour: QColor, width: float = 1.0) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    return pen
