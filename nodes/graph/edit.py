"""Edits that return a new graph, for scripts and for the studio. The old graph stays as it was."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from engine.api.plan import Json, canonical_text
from nodes.graph.errors import EditError
from nodes.graph.model import End, Graph, Link, Node
from nodes.registry import Registry

_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_id() -> str:
    """A random id for a node, frame or component: ten characters that nobody mistakes for each other."""
    return "".join(secrets.choice(_LETTERS) for _ in range(10))


def node_by_id(graph: Graph, node: str) -> Node:
    """The node with an id. Raises EditError when there is none."""
    found = next((candidate for candidate in graph.nodes if candidate.id == node), None)
    if found is None:
        raise EditError(f"There is no node {node} in this graph.")
    return found


def make_node(
    registry: Registry, type_id: str, title: str = "", at: tuple[float, float] = (0.0, 0.0), **params: Json
) -> Node:
    """A node with an id of its own, in the version of its declaration.

    Raises:
        EditError: no such type, or a value no graph can hold.
    """
    spec = registry.get(type_id)
    if spec is None:
        raise EditError(f"There is no node type {type_id}.")
    return Node(new_id(), type_id, spec.version, title, _checked(params), x=at[0], y=at[1])


def add(graph: Graph, *nodes: Node) -> Graph:
    """Add nodes. Raises EditError for an id that is taken."""
    taken = {node.id for node in graph.nodes}
    for node in nodes:
        if node.id in taken:
            raise EditError(f"There already is a node {node.id} in this graph.")
        taken.add(node.id)
    return replace(graph, nodes=(*graph.nodes, *nodes))


def remove(graph: Graph, nodes: Collection[str]) -> Graph:
    """Take nodes away, and every wire at them."""
    gone = set(nodes)
    return replace(
        graph,
        nodes=tuple(node for node in graph.nodes if node.id not in gone),
        links=tuple(link for link in graph.links if gone.isdisjoint((link.source.node, link.target.node))),
    )


def change(graph: Graph, changed: Node) -> Graph:
    """Put `changed` in the place of the node with its id. Raises EditError when there is none."""
    node_by_id(graph, changed.id)
    return replace(graph, nodes=tuple(changed if node.id == changed.id else node for node in graph.nodes))


def set_params(graph: Graph, node: str, params: Mapping[str, Json]) -> Graph:
    """Set parameters of a node, the others staying. Raises EditError for no such node or a value no graph can hold."""
    known = node_by_id(graph, node)
    return change(graph, replace(known, params={**known.params, **_checked(params)}))


def unset_params(graph: Graph, node: str, names: Collection[str]) -> Graph:
    """Let parameters of a node go back to their defaults. Raises EditError for an unknown node."""
    known = node_by_id(graph, node)
    return change(graph, replace(known, params={n: v for n, v in known.params.items() if n not in names}))


def connect(graph: Graph, registry: Registry, source: tuple[str, str], target: tuple[str, str]) -> Graph:
    """Lay a wire from an output to an input, each (node, port). A wire that was there gives way where one may end.

    Raises:
        EditError: an unknown node or port, or a wire that is there already.
    """
    wire = Link(End(*source), End(*target))
    _require_port(graph, registry, wire.source, output=True)
    many = _require_port(graph, registry, wire.target, output=False)
    if any((link.source, link.target) == (wire.source, wire.target) for link in graph.links):
        raise EditError(f"There already is a wire from {source[0]} {source[1]} to {target[0]} {target[1]}.")
    kept = graph.links if many else tuple(link for link in graph.links if link.target != wire.target)
    return replace(graph, links=(*kept, wire))


def disconnect(graph: Graph, source: tuple[str, str], target: tuple[str, str]) -> Graph:
    """Take a wire away. Raises EditError when there is none."""
    ends = (End(*source), End(*target))
    kept = tuple(link for link in graph.links if (link.source, link.target) != ends)
    if len(kept) == len(graph.links):
        raise EditError(f"There is no wire from {source[0]} {source[1]} to {target[0]} {target[1]}.")
    return replace(graph, links=kept)


def _require_port(graph: Graph, registry: Registry, end: End, *, output: bool) -> bool:
    """Refuse an end that is not declared; say whether several wires may end there. Unknown types take anything."""
    shape = registry.shape(node_by_id(graph, end.node).type)
    known = () if shape is None else shape.outputs if output else shape.wanted
    if shape is not None and end.port not in known:
        side = "output" if output else "input"
        raise EditError(f"{shape.spec.title} has no {side} {end.port}; it has {', '.join(known) or 'none'}.")
    return shape is None or end.port in shape.many


def _checked(params: Mapping[str, Json]) -> Mapping[str, Json]:
    for name, value in params.items():
        if canonical_text(value) is None:
            raise EditError(f"{name} cannot be {value!r}: parameters are plain finite numbers, texts and lists.")
    return params
