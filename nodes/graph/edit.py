"""Edits that return a new graph. The old graph stays as it was."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping

from msgspec.structs import replace

from engine.api.plan import Json, canonical_text
from nodes.graph.errors import EditError
from nodes.graph.model import Graph, Node

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


def _checked(params: Mapping[str, Json]) -> Mapping[str, Json]:
    for name, value in params.items():
        if canonical_text(value) is None:
            raise EditError(f"{name} cannot be {value!r}: parameters are plain finite numbers, texts and lists.")
    return params
