"""Edits that only the canvas makes: moving things with their dots, aligning, and wiring while adding. No Qt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from msgspec.structs import replace

from app.model import edits
from app.model.document import Document
from app.model.edits import Box
from app.model.edits.primitives import with_frames, with_links
from app.qt.canvas.look import GRID
from app.qt.canvas.selection import LinkKey, Selection
from app.qt.canvas.wires import Point, dots_of, with_dots
from nodes.graph.edit import new_id
from nodes.graph.model import End, Frame, Link
from nodes.registry import Registry
from nodes.specs.declare import PortType, fits
from nodes.specs.shape import Shape


def moved(document: Document, what: Selection, dx: float, dy: float) -> Document:
    """Move nodes and frames; the dots of wires between moved nodes go with them."""
    if not (dx or dy):
        return document
    places = {node: (document.nodes[node].x + dx, document.nodes[node].y + dy) for node in what.nodes}
    if places:
        document = edits.move_nodes(document, places)
    if what.frames:
        document = _with_frames_changed(document, what.frames, lambda old: replace(old, x=old.x + dx, y=old.y + dy))
    return _with_dots_moved(document, what.nodes, dx, dy)


def _with_frames_changed(document: Document, ids: Collection[str], change: Callable[[Frame], Frame]) -> Document:
    return with_frames(document, [change(frame) if frame.id in ids else frame for frame in document.graph.frames])


def _with_dots_moved(document: Document, nodes: Collection[str], dx: float, dy: float) -> Document:
    def follow(link: Link) -> Link:
        inside = link.extra and link.source.node in nodes and link.target.node in nodes
        return with_dots(link, [(x + dx, y + dy) for x, y in dots_of(link)]) if inside else link

    if len(nodes) < 2 or not any(link.extra for link in document.graph.links):
        return document
    return with_links(document, map(follow, document.graph.links))


def link_of(document: Document, key: LinkKey) -> Link | None:
    """The wire with these ends."""
    found = (link for link in document.graph.links if (link.source, link.target) == key)
    return next(found, None)


def with_dots_on(document: Document, key: LinkKey, dots: Sequence[Point]) -> Document:
    """Lead a wire through these dots; the document as it is when the wire is no longer there."""
    link = link_of(document, key)
    return document if link is None else edits.change_link(document, link, with_dots(link, dots))


def removed(document: Document, what: Selection, registry: Registry, *, reconnect: bool) -> Document:
    """Remove what is selected; `reconnect` joins across the gaps where the types allow."""
    document = edits.disconnect(document, what.links) if what.links else document
    document = edits.remove_frames(document, what.frames) if what.frames else document
    return edits.remove_nodes(document, what.nodes, registry, reconnect) if what.nodes else document


def rewired(document: Document, registry: Registry, keys: Sequence[LinkKey], source: End) -> Document:
    """Let wires begin at another output. Raises EditError when one may not."""
    document = edits.disconnect(document, keys)
    for _, target in keys:
        document = edits.connect(document, registry, source, target)
    return document


def added(document: Document, shape: Shape, x: float, y: float) -> tuple[Document, str]:
    """Add a node of a type at a place on the grid, and what it is called."""
    name = new_id()
    place = round(x / GRID) * float(GRID), round(y / GRID) * float(GRID)
    return edits.add_node(document, shape.spec, name, *place), name


# Adding a node at the end of a wire -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loose:
    """The fixed end of a wire whose other end is in the hand, and the type that goes through it."""

    end: End
    kind: PortType
    from_output: bool

    def takes(self, shape: Shape) -> str | None:
        """The port of a declared type where the wire would end best; None when it has none that fits."""
        ports = self.ports(shape)
        return ports[0] if ports else None

    def ports(self, shape: Shape) -> list[str]:
        """All fitting ports: those of the very type first, then required ones, then in their order."""
        if self.from_output:
            wanted = {name: kind for name, kind in shape.wanted.items() if fits(self.kind, kind)}
            required: Collection[str] = shape.required
        else:
            wanted = {port.name: port.type for port in shape.spec.outputs if fits(port.type, self.kind)}
            required = ()
        return sorted(wanted, key=lambda name: (wanted[name] is not self.kind, name not in required))

    def wire(self, node: str, port: str) -> tuple[End, End]:
        """The whole wire, when the loose end is put to this port."""
        other = End(node, port)
        return (self.end, other) if self.from_output else (other, self.end)


# Inserting on a wire --------------------------------------------------------------------------------------------------

_GAP = 48.0


def inserted(document: Document, registry: Registry, link: Link, node: str, boxes: Mapping[str, Box]) -> Document:
    """Let a node stand in a wire, and shift what follows aside where it stands too close."""
    document = edits.insert_on_wire(document, registry, link, node)
    own, after = boxes[node], boxes[link.target.node]
    lacking = own.x + own.width + _GAP - after.x
    if lacking <= 0 or own.x > after.x + after.width:
        return document
    following = _downstream(document, link.target.node)
    return moved(document, Selection.of(nodes=following), lacking, 0.0)


def _downstream(document: Document, node: str) -> set[str]:
    onward: dict[str, list[str]] = {}
    for link in document.graph.links:
        onward.setdefault(link.source.node, []).append(link.target.node)
    seen, pending = {node}, [node]
    while pending:
        fresh = [after for after in onward.get(pending.pop(), ()) if after not in seen]
        seen.update(fresh)
        pending += fresh
    return seen


# Putting things in line -----------------------------------------------------------------------------------------------


class Align(Enum):
    """The edge or middle line that nodes are put to: (axis, share of the size)."""

    LEFT = ("x", 0.0)
    CENTRE = ("x", 0.5)
    RIGHT = ("x", 1.0)
    TOP = ("y", 0.0)
    MIDDLE = ("y", 0.5)
    BOTTOM = ("y", 1.0)


class Spread(Enum):
    """The direction in which nodes are put at equal gaps."""

    ACROSS = "x"
    DOWN = "y"


def aligned(document: Document, boxes: Mapping[str, Box], how: Align) -> Document:
    """Put nodes to a common line: the outermost edge, or the middle of all."""
    axis, share = how.value
    starts = {node: _start(box, axis) for node, box in boxes.items()}
    ends = {node: starts[node] + _extent(box, axis) for node, box in boxes.items()}
    line = min(starts.values()) * (1.0 - share) + max(ends.values()) * share
    places = {node: line - _extent(box, axis) * share for node, box in boxes.items()}
    return _with_places(document, places, axis)


def distributed(document: Document, boxes: Mapping[str, Box], how: Spread) -> Document:
    """Put equal gaps between nodes; the first and last stay."""
    axis = how.value
    order = sorted(boxes, key=lambda node: _start(boxes[node], axis) + _extent(boxes[node], axis) / 2)
    if len(order) < 3:
        return document
    first, last = boxes[order[0]], boxes[order[-1]]
    room = _start(last, axis) + _extent(last, axis) - _start(first, axis)
    gap = (room - sum(_extent(box, axis) for box in boxes.values())) / (len(order) - 1)
    places, at = {}, _start(first, axis)
    for node in order:
        places[node] = at
        at += _extent(boxes[node], axis) + gap
    return _with_places(document, places, axis)


def _start(box: Box, axis: str) -> float:
    return box.x if axis == "x" else box.y


def _extent(box: Box, axis: str) -> float:
    return box.width if axis == "x" else box.height


def _with_places(document: Document, places: Mapping[str, float], axis: str) -> Document:
    held = document.nodes
    whole = {node: (place, held[node].y) if axis == "x" else (held[node].x, place) for node, place in places.items()}
    return edits.move_nodes(document, whole)
