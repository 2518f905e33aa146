"""What the pointer is on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QGraphicsItem

from app.qt.canvas.card import Spot
from app.qt.canvas.frame_item import FrameItem, Side
from app.qt.canvas.link_item import LinkItem
from app.qt.canvas.node_item import NodeItem
from app.qt.canvas.selection import NONE, LinkKey, Selection
from nodes.graph.model import End


@dataclass(frozen=True)
class Hit:
    """A node (perhaps at a port or number), a wire (perhaps at a dot), or a frame (by edge or handle), or nothing."""

    node: str | None = None
    spot: Spot | None = None
    line: str | None = None
    link: LinkKey | None = None
    dot: int | None = None
    frame: str | None = None
    side: Side | None = None
    handle: bool = False

    @property
    def end(self) -> End | None:
        """The port as the end of a wire."""
        return End(self.node, self.spot.name) if self.node is not None and self.spot is not None else None

    @property
    def thing(self) -> Selection:
        """What a click here would select."""
        if self.node is not None:
            return Selection.of(nodes=(self.node,))
        if self.link is not None:
            return Selection.of(links=(self.link,))
        if self.frame is not None and (self.handle or self.side is not None):
            return Selection.of(frames=(self.frame,))
        return NONE

    @staticmethod
    def among(items: Iterable[QGraphicsItem], position: QPointF, reach: float, *, ports: bool) -> Hit:
        """Choose from items near a point, the uppermost first: ports before nodes, nodes before wires, then frames."""
        there = list(items)
        nodes = [item for item in there if isinstance(item, NodeItem)]
        return (
            (_at_port(nodes, position, reach) if ports else None)
            or _at_node(nodes, position)
            or _at_link([item for item in there if isinstance(item, LinkItem)], position, reach)
            or _at_frame([item for item in there if isinstance(item, FrameItem)], position, reach)
            or Hit()
        )


def _at_port(nodes: Iterable[NodeItem], position: QPointF, reach: float) -> Hit | None:
    for item in nodes:
        spot = item.spot_at(position, reach + 2)
        if spot is not None:
            return Hit(node=item.node.id, spot=spot)
    return None


def _at_node(nodes: Iterable[NodeItem], position: QPointF) -> Hit | None:
    item = next((item for item in nodes if item.box.contains(position)), None)
    if item is None:
        return None
    line = item.card.line_at(position.y() - item.y())
    return Hit(node=item.node.id, line=line.name if line is not None and line.share is not None else None)


def _at_link(links: Iterable[LinkItem], position: QPointF, reach: float) -> Hit | None:
    for item in links:
        key = (item.link.source, item.link.target)
        dot = item.dot_at(position)
        if dot is not None:
            return Hit(link=key, dot=dot)
        if item.near(position, reach):
            return Hit(link=key)
    return None


def _at_frame(frames: Iterable[FrameItem], position: QPointF, reach: float) -> Hit | None:
    for item in frames:
        side = item.side_at(position, reach)
        if side is not None or item.box.contains(position):
            return Hit(frame=item.frame.id, side=side, handle=item.handle_at(position))
    return None
