"""Finds the node and the parameter that somebody named at a terminal, by id or by title, and says what came near."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from app.cli.errors import CommandError
from nodes.graph.model import Component, End, Graph, Node
from nodes.registry import Registry
from nodes.specs.declare import Parameter


def title_of(node: Node, graph: Graph, registry: Registry) -> str:
    """What the artist reads on a node."""
    if node.title:
        return node.title
    component = component_of(node, graph)
    if component is not None:
        return component.title or component.id
    spec = registry.get(node.type)
    return spec.title if spec is not None else node.type


def component_of(node: Node, graph: Graph) -> Component | None:
    """The definition that a node is an instance of."""
    return next((component for component in graph.components if component.id == node.component), None)


def find_node(graph: Graph, registry: Registry, name: str) -> Node:
    """The node whose id is `name`, or the only one whose title or id it is when case does not matter.

    Raises:
        CommandError: there is none, or there are several.
    """
    titles = {node.id: title_of(node, graph, registry) for node in graph.nodes}
    found = [node for node in graph.nodes if node.id == name] or [
        node for node in graph.nodes if name.casefold() in (titles[node.id].casefold(), node.id.casefold())
    ]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(node.id for node in found)
        raise CommandError(f"{len(found)} nodes are called {name!r}.", f"Name one by its id: {ids}.")
    raise CommandError(f"There is no node {name!r}.", nearest(name, [*titles.values(), *titles]))


def find_parameter(graph: Graph, registry: Registry, node: Node, name: str) -> Parameter:
    """The declaration of a node's parameter; for an instance of a component, that of the inner one which it sets.

    Raises:
        CommandError: the node has no such parameter, or its type is not known.
    """
    component = component_of(node, graph)
    if component is not None:
        return _inner_parameter(graph, registry, node, component, name)
    spec = registry.get(node.type)
    if spec is None:
        raise CommandError(f"The type {node.type} of the node {node.id} is not known.", "See `sinopia nodes`.")
    for parameter in spec.parameters:
        if parameter.name == name:
            return parameter
    raise _no_parameter(graph, registry, node, name, [parameter.name for parameter in spec.parameters])


def _inner_parameter(graph: Graph, registry: Registry, node: Node, component: Component, name: str) -> Parameter:
    end: End | None = component.params.get(name)
    inner = next((member for member in component.nodes if end is not None and member.id == end.node), None)
    if end is None or inner is None or inner.component == component.id:
        raise _no_parameter(graph, registry, node, name, list(component.params))
    return find_parameter(graph, registry, inner, end.port)


def _no_parameter(graph: Graph, registry: Registry, node: Node, name: str, known: Sequence[str]) -> CommandError:
    title = title_of(node, graph, registry)
    if not known:
        return CommandError(f"{title} has no parameter {name!r}.", "It has none at all.")
    return CommandError(f"{title} has no parameter {name!r}.", nearest(name, known))


def nearest(word: str, known: Iterable[str]) -> str:
    """Advice that names what comes nearest to a word nobody knows, else all that there is."""
    names = list(dict.fromkeys(known))
    close = get_close_matches(word.casefold(), [name.casefold() for name in names], 1)
    if close:
        return f"Did you mean {next(name for name in names if name.casefold() == close[0])!r}?"
    shown = ", ".join(names[:12]) or "none"
    return f"There are: {shown}{' and more' if len(names) > 12 else ''}."
