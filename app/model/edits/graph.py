"""Edits of nodes and frames: add, remove, move, rename, mute, note, and the frames behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import msgspec

from app.model.document import Document, without
from app.model.edits.primitives import change_nodes, changed, node_of, with_frames, with_graph
from app.model.edits.wiring import reconnected
from app.model.layers import PHRASE_MASKS, layers_of
from engine.api.plan import Json
from nodes.graph import edit
from nodes.graph.errors import EditError
from nodes.graph.model import Frame, Node
from nodes.registry import Registry
from nodes.specs.declare import Spec


@dataclass(frozen=True)
class Box:
    """A rectangle on the node canvas."""

    x: float
    y: float
    width: float
    height: float


def add_node(
    document: Document, spec: Spec, node: str, x: float = 0.0, y: float = 0.0, params: Mapping[str, Json] | None = None
) -> Document:
    """Add a node of a declared type, called `node`."""
    added = Node(node, spec.type, spec.version, params=dict(params or {}), x=x, y=y)
    return with_graph(document, edit.add(document.graph, added))


def remove_nodes(
    document: Document, ids: Collection[str], registry: Registry | None = None, reconnect: bool = False
) -> Document:
    """Remove nodes with their wires and their paint; `reconnect` joins what they were wired to where types allow."""
    gone = set(ids)
    if reconnect and registry is not None:
        document = reconnected(document, gone, registry)
    return without_unused_files(with_graph(document, edit.remove(document.graph, gone)))


def without_unused_files(document: Document) -> Document:
    """Drop the paint and the picture files that no node has any more."""
    everywhere = [*document.graph.nodes, *(node for each in document.graph.components for node in each.nodes)]
    painted = {layer.raster for node in everywhere if node.type == PHRASE_MASKS for layer in layers_of(node)}
    named = {value for node in everywhere for value in node.params.values() if isinstance(value, str)}
    paint = without(document.paint, document.paint.keys() - painted)
    assets = without(document.assets, document.assets.keys() - named)
    unchanged = paint is document.paint and assets is document.assets
    return document if unchanged else replace(document, paint=paint, assets=assets)


def move_nodes(document: Document, places: Mapping[str, tuple[float, float]]) -> Document:
    """Put nodes at these places."""
    return change_nodes(
        document, places.keys(), lambda node: msgspec.structs.replace(node, x=places[node.id][0], y=places[node.id][1])
    )


def rename_node(document: Document, node: str, title: str) -> Document:
    """Give a node a title of its own; "" gives it back its type's."""
    return change_nodes(document, (node,), lambda old: msgspec.structs.replace(old, title=title))


def set_note(document: Document, node: str, note: str) -> Document:
    """Write a note on a node."""
    return change_nodes(document, (node,), lambda old: msgspec.structs.replace(old, note=note))


def mute(document: Document, ids: Collection[str], muted: bool) -> Document:
    """Let nodes pass their input through untouched, or let them work again."""
    return change_nodes(document, ids, lambda old: msgspec.structs.replace(old, muted=muted))


def add_frame(document: Document, frame: Frame) -> Document:
    """Put a frame, or a note, on the canvas."""
    return with_frames(document, (*document.graph.frames, frame))


def frame_nodes(document: Document, ids: Collection[str], frame: str, title: str, box: Box) -> Document:
    """Put a frame with a title around nodes that lie in `box`."""
    for node in ids:
        node_of(document, node)
    return add_frame(document, Frame(frame, title, box.x, box.y, box.width, box.height))


def set_frame(document: Document, frame: Frame) -> Document:
    """Put `frame` in the place of the one with its id: moved, resized, retitled, coloured."""
    if all(each.id != frame.id for each in document.graph.frames):
        raise EditError(f"There is no frame {frame.id}. Choose one that is still there.")
    return with_frames(document, changed(document.graph.frames, (frame.id,), lambda _old: frame))


def remove_frames(document: Document, ids: Iterable[str]) -> Document:
    """Take frames away; the nodes on them stay."""
    gone = set(ids)
    return with_frames(document, [frame for frame in document.graph.frames if frame.id not in gone])
