"""Components: a part of a graph made into one node that can be used many times, and the way back.

Every instance follows its definition; `make_unique` gives an instance a definition of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

import msgspec

from app.model.document import Document, frozen
from app.model.edits.fragments import copy
from app.model.edits.graph import without_unused_files
from app.model.edits.primitives import NewId, node_of, with_graph
from app.model.layers import LAYERS, PHRASE_MASKS, entries_with, layers_of
from engine.api.plan import Json
from nodes.graph import edit
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.graph.model import COMPONENT_PREFIX, Component, End, Link, Node


def make_component(
    document: Document,
    nodes: Collection[str],
    title: str,
    exposed: Mapping[str, End] | None = None,
    ids: NewId = new_id,
) -> tuple[Document, str]:
    """Turn nodes into one instance of a new component, wired as they were; the document and the instance's id.

    Inputs and outputs are named after the inner ports that wires from outside end at or begin from. `exposed`: inner
    parameters that the instance shows, by the names that they have there.
    """
    if not nodes:
        raise EditError("No nodes are selected. Select those that the component shall hold.")
    names = {node_of(document, node).id for node in nodes}
    chosen = [node for node in document.graph.nodes if node.id in names]
    graph, component, instance = document.graph, ids(), ids()
    ports = _Ports(graph.links, names)
    inner = [link for link in graph.links if link.source.node in names and link.target.node in names]
    definition = Component(
        component,
        title,
        nodes=tuple(chosen),
        links=tuple(inner),
        inputs=ports.inputs,
        outputs=ports.outputs,
        params=dict(exposed or {}),
    )
    x = sum(node.x for node in chosen) / len(chosen)
    y = sum(node.y for node in chosen) / len(chosen)
    placed = Node(instance, COMPONENT_PREFIX + component, title=title, x=x, y=y)
    kept = tuple(node for node in graph.nodes if node.id not in names)
    links = tuple(ports.rerouted(instance))
    changed = msgspec.structs.replace(
        graph, nodes=(*kept, placed), links=links, components=(*graph.components, definition)
    )
    return with_graph(document, changed), instance


def make_unique(document: Document, instance: str, ids: NewId = new_id) -> Document:
    """Give an instance a definition of its own, which no other instance follows."""
    definition, component = definition_of(document, instance), ids()
    names = _layer_names(definition.nodes, ids)
    own = msgspec.structs.replace(
        definition, id=component, nodes=tuple(_with_layers(node, names) for node in definition.nodes)
    )
    copied = {name: document.paint[old] for old, name in names.items() if old in document.paint}
    node = msgspec.structs.replace(node_of(document, instance), type=COMPONENT_PREFIX + component)
    graph = edit.change(document.graph, node)
    graph = msgspec.structs.replace(graph, components=(*graph.components, own))
    return replace(with_graph(document, graph), paint=frozen({**document.paint, **copied}))


def take_apart(document: Document, instance: str, ids: NewId = new_id) -> tuple[Document, tuple[str, ...]]:
    """Put the nodes of a definition in the place of an instance; the document and the ids of those nodes."""
    definition, placed = definition_of(document, instance), node_of(document, instance)
    names = {node.id: ids() for node in definition.nodes}
    layers = _layer_names(definition.nodes, ids)
    graph = document.graph
    freed = _Freed(definition, placed, names)
    nodes = [_with_layers(node, layers) for node in freed.nodes()]
    links = [
        *(each for link in graph.links for each in freed.rerouted(link)),
        *(_renamed(link, names) for link in definition.links),
    ]
    kept = [node for node in graph.nodes if node.id != instance]
    graph = msgspec.structs.replace(graph, nodes=(*kept, *nodes), links=tuple(links))
    copied = {name: document.paint[old] for old, name in layers.items() if old in document.paint}
    freed_document = replace(with_graph(document, graph), paint=frozen({**document.paint, **copied}))
    return without_unused_files(without_unused_components(freed_document)), tuple(names.values())


def set_component(document: Document, component: Component) -> Document:
    """Put `component` in the place of the definition with its id; every instance follows."""
    if all(each.id != component.id for each in document.graph.components):
        raise EditError(f"There is no component {component.id} any more. Choose one that is still there.")
    components = tuple(component if each.id == component.id else each for each in document.graph.components)
    return with_graph(document, msgspec.structs.replace(document.graph, components=components))


def without_unused_components(document: Document) -> Document:
    """Drop definitions that no node is an instance of, directly or inside others."""
    graph = document.graph
    used = copy(document, [node.id for node in graph.nodes if node.component is not None]).graph.components
    return with_graph(document, msgspec.structs.replace(graph, components=used))


def definition_of(document: Document, instance: str) -> Component:
    """The definition that an instance follows; EditError when there is none."""
    wanted = node_of(document, instance).component
    found = next((each for each in document.graph.components if each.id == wanted), None)
    if found is None:
        raise EditError("This node is no instance of a component that the project has. Choose another node.")
    return found


class _Ports:
    """The inputs and outputs that the wires across the border of a selection need."""

    def __init__(self, links: Collection[Link], inside: Collection[str]) -> None:
        self._links, self._inside = links, inside
        self.inputs: dict[str, tuple[End, ...]] = {}
        self.outputs: dict[str, End] = {}
        self._by_end: dict[End, str] = {}
        for link in links:
            coming, leaving = link.target.node in inside, link.source.node in inside
            if coming and not leaving and link.target not in self._by_end:
                self._by_end[link.target] = self._input(link)
            elif leaving and not coming and link.source not in self._by_end:
                self._by_end[link.source] = name = _free_name(link.source.port, self.outputs)
                self.outputs[name] = link.source

    def rerouted(self, instance: str) -> Iterator[Link]:
        """The wires outside, those across the border ending at the instance."""
        once: set[tuple[End, End]] = set()
        for link in self._links:
            coming, leaving = link.target.node in self._inside, link.source.node in self._inside
            if coming and leaving:
                continue
            source = End(instance, self._by_end[link.source]) if leaving else link.source
            target = End(instance, self._by_end[link.target]) if coming else link.target
            if (source, target) not in once:
                once.add((source, target))
                yield msgspec.structs.replace(link, source=source, target=target)

    def _input(self, link: Link) -> str:
        """The input for a wire from outside. Inner ports of one name that are fed alike share one."""
        alike = {each.target for each in self._links if each.source == link.source and each.target in self._by_end}
        for name, ends in self.inputs.items():
            if ends[0].port == link.target.port and set(ends) <= alike and self._fed_once(link.target):
                self.inputs[name] = (*ends, link.target)
                return name
        name = _free_name(link.target.port, self.inputs)
        self.inputs[name] = (link.target,)
        return name

    def _fed_once(self, end: End) -> bool:
        return sum(link.target == end for link in self._links) == 1


class _Freed:
    """The inner nodes and wires of a definition, put where an instance was."""

    def __init__(self, definition: Component, instance: Node, names: Mapping[str, str]) -> None:
        self._definition, self._instance, self._names = definition, instance, names

    def nodes(self) -> Iterator[Node]:
        """The inner nodes, set as the instance was, around its place."""
        inner = self._definition.nodes
        dx = self._instance.x - sum(node.x for node in inner) / max(1, len(inner))
        dy = self._instance.y - sum(node.y for node in inner) / max(1, len(inner))
        for node in inner:
            params: dict[str, Json] = {**node.params, **self._settings(node.id)}
            muted = node.muted or self._instance.muted
            yield msgspec.structs.replace(
                node, id=self._names[node.id], params=params, x=node.x + dx, y=node.y + dy, muted=muted
            )

    def rerouted(self, link: Link) -> Iterable[Link]:
        """A wire outside, with an end at the instance moved to the inner ports."""
        for source in self._sources(link.source):
            for target in self._targets(link.target):
                yield msgspec.structs.replace(link, source=source, target=target)

    def _settings(self, node: str) -> dict[str, Json]:
        exposed = self._definition.params
        held = self._instance.params.items()
        return {exposed[name].port: value for name, value in held if name in exposed and exposed[name].node == node}

    def _sources(self, end: End) -> list[End]:
        if end.node != self._instance.id:
            return [end]
        inner = self._definition.outputs.get(end.port)
        return [] if inner is None else [End(self._names[inner.node], inner.port)]

    def _targets(self, end: End) -> list[End]:
        if end.node != self._instance.id:
            return [end]
        inner = list(self._definition.inputs.get(end.port, ()))
        inner += [self._definition.params[end.port]] if end.port in self._definition.params else []
        return [End(self._names[each.node], each.port) for each in inner]


def _renamed(link: Link, names: Mapping[str, str]) -> Link:
    source, target = (End(names[end.node], end.port) for end in (link.source, link.target))
    return msgspec.structs.replace(link, source=source, target=target)


def _layer_names(nodes: Iterable[Node], ids: NewId) -> dict[str, str]:
    """A new name for the paint of each layer, so that two nodes never share a layer."""
    return {layer.raster: ids() for node in nodes if node.type == PHRASE_MASKS for layer in layers_of(node)}


def _with_layers(node: Node, names: Mapping[str, str]) -> Node:
    if node.type != PHRASE_MASKS or not names:
        return node
    layers = [replace(layer, id=names[layer.raster], mask="") for layer in layers_of(node)]
    return msgspec.structs.replace(node, params={**node.params, LAYERS: entries_with(node, layers)})


def _free_name(wanted: str, taken: Collection[str]) -> str:
    number = 2
    name = wanted
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    return name
