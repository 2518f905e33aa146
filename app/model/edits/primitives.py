"""The few steps of which the edits of a document are made."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TypeAlias, TypeVar

import msgspec

from app.model.document import Document
from engine.api.plan import Json
from nodes.graph import edit
from nodes.graph.errors import EditError
from nodes.graph.model import Frame, Graph, Link, Node
from nodes.registry import Registry
from nodes.specs.declare import Spec

NewId: TypeAlias = Callable[[], str]
"""Makes an id that no other thing has; edits that add several things take one."""

TEXT = "text"
"""The parameter of a prompt that holds its sentence."""

Identified = TypeVar("Identified", Node, Frame)


def node_of(document: Document, node: str) -> Node:
    """A node; EditError when it is not there."""
    found = document.nodes.get(node)
    if found is None:
        raise EditError(f"There is no node {node} any more. Choose one that is still there.")
    return found


def spec_of(registry: Registry, type_id: str) -> Spec:
    """The declaration of a type; EditError when it is not known."""
    spec = registry.get(type_id)
    if spec is None:
        raise EditError(f"The node type {type_id} is not known here. Install the extension it comes from.")
    return spec


def with_graph(document: Document, graph: Graph) -> Document:
    """The document with another graph."""
    return document if graph is document.graph else replace(document, graph=graph)


def with_links(document: Document, links: Iterable[Link]) -> Document:
    """The document with other wires."""
    return with_graph(document, msgspec.structs.replace(document.graph, links=tuple(links)))


def with_frames(document: Document, frames: Iterable[Frame]) -> Document:
    """The document with other frames."""
    return with_graph(document, msgspec.structs.replace(document.graph, frames=tuple(frames)))


def with_parameters(document: Document, node: str, **values: Json) -> Document:
    """The document with these parameters set. EditError for a value that no graph can hold."""
    return with_graph(document, edit.set_params(document.graph, node, values))


def change_nodes(document: Document, ids: Collection[str], change: Callable[[Node], Node]) -> Document:
    """Put `change(node)` in the place of each of these nodes. EditError when one is not there."""
    for node in ids:
        node_of(document, node)
    nodes = changed(document.graph.nodes, ids, change)
    return with_graph(document, msgspec.structs.replace(document.graph, nodes=tuple(nodes)))


def changed(
    items: Iterable[Identified], ids: Collection[str], change: Callable[[Identified], Identified]
) -> list[Identified]:
    """The items with those of these ids changed."""
    return [change(item) if item.id in ids else item for item in items]
