"""Definitions of components changed in place: what is inside them, and what their instances show outside."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import msgspec

from app.model.document import Document, frozen
from app.model.edits.components import without_unused_components
from app.model.edits.graph import without_unused_files
from app.model.edits.primitives import with_graph
from engine.api.plan import Json
from nodes.graph.errors import EditError
from nodes.graph.model import COMPONENT_PREFIX, Component, End, Graph, Link, Node

Value = TypeVar("Value")


def component_of(document: Document, component: str) -> Component:
    """A definition; EditError when it is not there."""
    found = next((each for each in document.graph.components if each.id == component), None)
    if found is None:
        raise EditError(f"There is no component {component} any more. Choose one that is still there.")
    return found


def inside(document: Document, component: str) -> Document:
    """The definition of a component as a document of its own."""
    held = component_of(document, component)
    graph = Graph(held.nodes, held.links, held.frames, document.graph.components)
    return replace(document, graph=graph)


def outside(document: Document, component: str, inner: Document) -> Document:
    """The whole document with a definition as it became; every instance follows.

    What the definition showed of nodes that are gone is gone outside too, with the wires there. EditError when the
    component would lie inside itself.
    """
    if inner.graph.components is not document.graph.components or inner.paint is not document.paint:
        document = _with_what_came(document, inner)
    held = component_of(document, component)
    if component in _held_by(document, inner.graph.nodes):
        name = held.title or component
        raise EditError(f"“{name}” cannot lie inside itself. Choose another component.")
    kept = {node.id for node in inner.graph.nodes}
    fresh = msgspec.structs.replace(
        held,
        nodes=inner.graph.nodes,
        links=inner.graph.links,
        frames=inner.graph.frames,
        inputs={name: ends for name, every in held.inputs.items() if (ends := _among(every, kept))},
        outputs={name: end for name, end in held.outputs.items() if end.node in kept},
        params={name: end for name, end in held.params.items() if end.node in kept},
    )
    changed = with_definition(document, fresh)
    lost = inner.graph.components is not document.graph.components or len(inner.paint) < len(document.paint)
    if lost or len(inner.assets) < len(document.assets):
        changed = without_unused_files(without_unused_components(changed))
    return changed


def _with_what_came(document: Document, inner: Document) -> Document:
    """The document with the definitions, the paint and the pictures that came to it inside."""
    fresh = {each.id: each for each in inner.graph.components}
    known = {each.id for each in document.graph.components}
    components = (
        *(fresh.get(each.id, each) for each in document.graph.components),
        *(each for each in inner.graph.components if each.id not in known),
    )
    graph = msgspec.structs.replace(document.graph, components=components)
    paint, assets = {**document.paint, **inner.paint}, {**document.assets, **inner.assets}
    return replace(document, graph=graph, paint=frozen(paint), assets=frozen(assets))


def _held_by(document: Document, nodes: Iterable[Node]) -> set[str]:
    """The components that these nodes are instances of, and those inside them."""
    known = {each.id: each for each in document.graph.components}
    pending, found = list(nodes), set[str]()
    while pending:
        component = pending.pop().component
        if component is not None and component not in found:
            found.add(component)
            pending += known[component].nodes if component in known else ()
    return found


def holders_of(document: Document, component: str) -> frozenset[str]:
    """The components that hold a component, and itself: instances of these may not be put into it."""
    every = document.graph.components
    holding = (each.id for each in every if component in _held_by(document, each.nodes))
    return frozenset((component, *holding))


def _among(ends: Iterable[End], nodes: Collection[str]) -> tuple[End, ...]:
    return tuple(end for end in ends if end.node in nodes)


# What instances show --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Renamed:
    """New names for what instances show, by the old ones."""

    targets: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def with_definition(document: Document, fresh: Component, renamed: Renamed | None = None) -> Document:
    """Put a definition in the place of the one with its id; wires and values of its instances follow its names."""
    follow = _Follow(fresh, renamed or Renamed())
    graph = document.graph
    components = [fresh if each.id == fresh.id else follow.component(each) for each in graph.components]
    nodes, links = follow.nodes(graph.nodes), follow.links(graph.nodes, graph.links)
    return with_graph(document, msgspec.structs.replace(graph, nodes=nodes, links=links, components=tuple(components)))


class _Follow:
    """Wires and values at the instances of one component."""

    def __init__(self, fresh: Component, renamed: Renamed) -> None:
        self._type = COMPONENT_PREFIX + fresh.id
        self._targets, self._sources = fresh.inputs.keys() | fresh.params.keys(), fresh.outputs.keys()
        self._params, self._renamed = fresh.params.keys(), renamed

    def component(self, held: Component) -> Component:
        nodes, links = self.nodes(held.nodes), self.links(held.nodes, held.links)
        return (
            held
            if (nodes, links) == (held.nodes, held.links)
            else msgspec.structs.replace(held, nodes=nodes, links=links)
        )

    def nodes(self, nodes: tuple[Node, ...]) -> tuple[Node, ...]:
        return tuple(self._node(node) if node.type == self._type else node for node in nodes)

    def links(self, nodes: Iterable[Node], links: tuple[Link, ...]) -> tuple[Link, ...]:
        instances = {node.id for node in nodes if node.type == self._type}
        return tuple(after for link in links if (after := self._link(link, instances)) is not None)

    def _node(self, node: Node) -> Node:
        names = {name: self._renamed.targets.get(name, name) for name in node.params}
        params: dict[str, Json] = {
            names[name]: value for name, value in node.params.items() if names[name] in self._params
        }
        return node if params == node.params else msgspec.structs.replace(node, params=params)

    def _link(self, link: Link, instances: Collection[str]) -> Link | None:
        source, target = link.source, link.target
        if source.node in instances:
            source = End(source.node, self._renamed.sources.get(source.port, source.port))
            if source.port not in self._sources:
                return None
        if target.node in instances:
            target = End(target.node, self._renamed.targets.get(target.port, target.port))
            if target.port not in self._targets:
                return None
        unchanged = (source, target) == (link.source, link.target)
        return link if unchanged else msgspec.structs.replace(link, source=source, target=target)


def rename_shown(document: Document, component: str, name: str, title: str, *, output: bool) -> Document:
    """Give an input, an output or a setting of a component another name, at every instance."""
    held = component_of(document, component)
    taken = held.outputs.keys() if output else held.inputs.keys() | held.params.keys()
    if not title or title == name:
        return document
    if title in taken:
        raise EditError(f"“{title}” is there already. Choose a name that nothing else has.")
    if output:
        fresh = msgspec.structs.replace(held, outputs=_with_name(held.outputs, name, title))
        return with_definition(document, fresh, Renamed(sources={name: title}))
    fresh = msgspec.structs.replace(
        held, inputs=_with_name(held.inputs, name, title), params=_with_name(held.params, name, title)
    )
    return with_definition(document, fresh, Renamed(targets={name: title}))


def _with_name(held: Mapping[str, Value], name: str, title: str) -> dict[str, Value]:
    return {title if each == name else each: value for each, value in held.items()}


def toggle_shown(document: Document, component: str, end: End, *, output: bool, setting: bool) -> Document:
    """Let instances show a port or a setting of an inner node, or show it no more."""
    held = component_of(document, component)
    name = shown_as(held, end, output=output)
    if output:
        outputs = {**held.outputs, _free(end.port, held.outputs): end} if name is None else _less(held.outputs, name)
        return with_definition(document, msgspec.structs.replace(held, outputs=outputs))
    free = _free(end.port, held.inputs.keys() | held.params.keys())
    if name is not None:
        fresh = msgspec.structs.replace(held, inputs=_less(held.inputs, name), params=_less(held.params, name))
    elif setting:
        fresh = msgspec.structs.replace(held, params={**held.params, free: end})
    else:
        fresh = msgspec.structs.replace(held, inputs={**held.inputs, free: (end,)})
    return with_definition(document, fresh)


def shown_as(held: Component, end: End, *, output: bool) -> str | None:
    """The name by which instances show an inner port or setting; None when they do not."""
    if output:
        return next((name for name, inner in held.outputs.items() if inner == end), None)
    inputs = (name for name, ends in held.inputs.items() if end in ends)
    return next(inputs, next((name for name, inner in held.params.items() if inner == end), None))


def _less(held: Mapping[str, Value], name: str) -> dict[str, Value]:
    return {each: value for each, value in held.items() if each != name}


def _free(wanted: str, taken: Collection[str]) -> str:
    number, name = 2, wanted
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name
