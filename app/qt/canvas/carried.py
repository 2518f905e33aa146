"""What every wire carries: the type that really comes out of a port, and whether it is a list. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.qt.canvas.shapes import Shapes
from nodes.graph.model import End, Graph, Node
from nodes.graph.order import order_from
from nodes.specs.declare import PortType, fits
from nodes.specs.shape import Shape


@dataclass(frozen=True)
class Carried:
    """What comes out of an output port."""

    kind: PortType
    is_list: bool = False


UNKNOWN = Carried(PortType.ANY)


def carried(graph: Graph, shapes: Shapes) -> Mapping[End, Carried]:
    """What each output of each known node carries. Linear in the graph; circles are cut somewhere."""
    nodes = {node.id: node for node in graph.nodes}
    feeds: dict[str, list[tuple[str, End]]] = {}
    for link in graph.links:
        if link.source.node in nodes:
            feeds.setdefault(link.target.node, []).append((link.target.port, link.source))
    order = order_from(nodes, lambda node: [source.node for _, source in feeds.get(node, ())])
    found: dict[End, Carried] = {}
    for name in order.nodes:
        shape = shapes.of(nodes[name])
        if shape is not None:
            _fill(found, nodes[name], shape, feeds.get(name, []))
    return found


def _fill(found: dict[End, Carried], node: Node, shape: Shape, feeds: list[tuple[str, End]]) -> None:
    arriving = {port: found.get(source, UNKNOWN) for port, source in reversed(feeds)}
    from_list = any(one.is_list for port, one in arriving.items() if port not in shape.collects)
    for port in shape.spec.outputs:
        # A muted node lets what comes in pass, where that is of the same kind.
        passing = _passing(shape, port.type, arriving) if node.muted or port.type is PortType.ANY else None
        kind = passing.kind if passing is not None else port.type
        is_list = passing.is_list if passing is not None and node.muted else port.starts_list or from_list
        found[End(node.id, port.name)] = Carried(kind, is_list)


def _passing(shape: Shape, kind: PortType, arriving: Mapping[str, Carried]) -> Carried | None:
    for port in shape.spec.inputs:
        if port.name in arriving and (fits(port.type, kind) or fits(kind, port.type)):
            return arriving[port.name]
    return None
