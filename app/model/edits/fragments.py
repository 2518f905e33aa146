"""Copying parts of a document and pasting them, into the same document or another.

A fragment is itself a small document: the chosen nodes with the wires between them, the frames, the definitions of the
components they use, their paint and their picture files.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import msgspec

from app.model.document import Document
from app.model.edits.primitives import NewId, node_of
from app.model.layers import LAYERS, PHRASE_MASKS, entries_with, layers_of
from app.paint.operations import fitted
from app.paint.tiles import TileMask
from nodes.graph.edit import new_id
from nodes.graph.model import COMPONENT_PREFIX, Component, End, Frame, Graph, Link, Node

BESIDE = 40.0
"""How far a duplicate is put from the original, in canvas units."""


@dataclass(frozen=True)
class Pasted:
    """A document with a fragment in it, and what the nodes and frames of the fragment are called there."""

    document: Document
    names: Mapping[str, str]


def copy(document: Document, nodes: Collection[str], frames: Collection[str] = ()) -> Document:
    """The fragment of these nodes and frames."""
    chosen = tuple(node_of(document, node) for node in nodes)
    links = [link for link in document.graph.links if link.source.node in nodes and link.target.node in nodes]
    graph = Graph(
        nodes=chosen,
        links=tuple(links),
        frames=tuple(frame for frame in document.graph.frames if frame.id in frames),
        components=_used_components(document.graph, chosen),
    )
    everywhere = (*chosen, *(node for component in graph.components for node in component.nodes))
    return Document(graph, _paint_of(document, everywhere), _assets_of(document, everywhere), document.size)


def paste(
    document: Document, fragment: Document, offset: tuple[float, float] = (0.0, 0.0), ids: NewId = new_id
) -> Pasted:
    """Put a fragment into a document, moved by `offset`. Everything in it gets new ids; paint is stretched to fit."""
    names = {node.id: ids() for node in fragment.graph.nodes} | {frame.id: ids() for frame in fragment.graph.frames}
    components = _new_components(document.graph, fragment.graph, ids)
    layers = {name: ids() for node in fragment.graph.nodes for name in _layer_ids(node)}
    nodes = [_pasted_node(node, names, components, layers, offset) for node in fragment.graph.nodes]
    graph = document.graph
    graph = msgspec.structs.replace(
        graph,
        nodes=(*graph.nodes, *nodes),
        links=(*graph.links, *(_pasted_link(link, names) for link in fragment.graph.links)),
        frames=(*graph.frames, *(_pasted_frame(frame, names, offset) for frame in fragment.graph.frames)),
        components=(*graph.components, *_renamed_components(document.graph, fragment.graph, components)),
    )
    paint = {**document.paint, **_pasted_paint(document, fragment, layers)}
    assets = {**document.assets, **fragment.assets}
    return Pasted(replace(document, graph=graph, paint=MappingProxyType(paint), assets=MappingProxyType(assets)), names)


def duplicate(
    document: Document,
    nodes: Collection[str],
    frames: Collection[str] = (),
    with_wires: bool = False,
    ids: NewId = new_id,
) -> Pasted:
    """Put a copy beside; `with_wires` feeds the copies from where the originals are fed."""
    pasted = paste(document, copy(document, nodes, frames), (BESIDE, BESIDE), ids)
    if not with_wires:
        return pasted
    outer = [link for link in document.graph.links if link.target.node in nodes and link.source.node not in nodes]
    fed = [Link(link.source, End(pasted.names[link.target.node], link.target.port)) for link in outer]
    graph = pasted.document.graph
    graph = msgspec.structs.replace(graph, links=(*graph.links, *fed))
    return Pasted(replace(pasted.document, graph=graph), pasted.names)


def _used_components(graph: Graph, nodes: Collection[Node]) -> tuple[Component, ...]:
    """The definitions that these nodes are instances of, and those that these use in turn."""
    known = {component.id: component for component in graph.components}
    pending, used = list(nodes), set[str]()
    while pending:
        component = pending.pop().component
        if component is not None and component in known and component not in used:
            used.add(component)
            pending += known[component].nodes
    return tuple(component for component in graph.components if component.id in used)


def _paint_of(document: Document, nodes: Collection[Node]) -> Mapping[str, TileMask]:
    names = {layer.raster for node in nodes if node.type == PHRASE_MASKS for layer in layers_of(node)}
    return MappingProxyType({name: mask for name, mask in document.paint.items() if name in names})


def _assets_of(document: Document, nodes: Collection[Node]) -> Mapping[str, bytes]:
    named = {value for node in nodes for value in node.params.values() if isinstance(value, str)}
    return MappingProxyType({name: content for name, content in document.assets.items() if name in named})


def _layer_ids(node: Node) -> list[str]:
    return [layer.raster for layer in layers_of(node)] if node.type == PHRASE_MASKS else []


def _new_components(graph: Graph, pasted: Graph, ids: NewId) -> Mapping[str, str]:
    """What each definition is called after pasting: the same definition stays one, another of its id is renamed."""
    held = {component.id: component for component in graph.components}
    return {each.id: ids() if held.get(each.id, each) != each else each.id for each in pasted.components}


def _renamed_components(graph: Graph, pasted: Graph, names: Mapping[str, str]) -> list[Component]:
    held = {component.id for component in graph.components}
    fresh = [component for component in pasted.components if names[component.id] not in held]
    return [
        msgspec.structs.replace(
            component,
            id=names[component.id],
            nodes=tuple(msgspec.structs.replace(node, type=_type(node, names)) for node in component.nodes),
        )
        for component in fresh
    ]


def _type(node: Node, components: Mapping[str, str]) -> str:
    if node.component is None:
        return node.type
    return COMPONENT_PREFIX + components.get(node.component, node.component)


def _pasted_node(
    node: Node,
    names: Mapping[str, str],
    components: Mapping[str, str],
    layers: Mapping[str, str],
    offset: tuple[float, float],
) -> Node:
    params = node.params
    if node.type == PHRASE_MASKS and layers:
        renamed = [replace(layer, id=layers[layer.raster], mask="") for layer in layers_of(node)]
        params = {**params, LAYERS: entries_with(node, renamed)}
    return msgspec.structs.replace(
        node,
        id=names[node.id],
        type=_type(node, components),
        x=node.x + offset[0],
        y=node.y + offset[1],
        params=params,
    )


def _pasted_link(link: Link, names: Mapping[str, str]) -> Link:
    return msgspec.structs.replace(
        link,
        source=End(names[link.source.node], link.source.port),
        target=End(names[link.target.node], link.target.port),
    )


def _pasted_frame(frame: Frame, names: Mapping[str, str], offset: tuple[float, float]) -> Frame:
    return msgspec.structs.replace(frame, id=names[frame.id], x=frame.x + offset[0], y=frame.y + offset[1])


def _pasted_paint(document: Document, fragment: Document, layers: Mapping[str, str]) -> dict[str, TileMask]:
    """The fragment's paint under its new names; that of layers inside components keeps its name."""
    masks = {layers.get(name, name): mask for name, mask in fragment.paint.items()}
    return {name: mask if _fits(mask, document) else fitted(mask, *document.size) for name, mask in masks.items()}


def _fits(mask: TileMask, document: Document) -> bool:
    return (mask.width, mask.height) == document.size
