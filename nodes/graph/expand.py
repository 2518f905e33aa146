"""Instances of components replaced by the nodes of their definitions, to any depth.

The inner node `b` of the instance `a` becomes the node "a/b", titled "Title of a › Title of b". An instance whose
definition is missing, or lies inside itself, is told and stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from nodes.graph.errors import Problem
from nodes.graph.model import MOST_NODES, Component, End, Graph, Link, Node
from nodes.specs.codes import Code
from nodes.specs.values import shown

DEEPEST = 32
"""Components inside each other."""


@dataclass(frozen=True)
class Expanded:
    """A graph with its instances replaced, and what was wrong with them."""

    graph: Graph
    problems: tuple[Problem, ...] = ()


@dataclass
class _Level:
    """The nodes and links of the graph or of one instance: where they lie and inside which components."""

    prefix: str
    title: str
    nodes: Iterable[Node]
    links: Iterable[Link]
    trail: tuple[str, ...] = ()
    muted: bool = False
    settings: Mapping[End, object] = field(default_factory=dict)


def expand(graph: Graph, most: int = MOST_NODES) -> Expanded:
    """Replace every instance; a graph without instances comes back as it is. Past `most` nodes it stops, and tells."""
    if all(node.component is None for node in graph.nodes):
        return Expanded(graph)
    expansion = _Expansion({component.id: component for component in reversed(graph.components)}, most)
    expansion.run(_Level("", "", graph.nodes, graph.links))
    return Expanded(replace(graph, nodes=tuple(expansion.nodes), links=expansion.rerouted()), tuple(expansion.problems))


class _Expansion:
    def __init__(self, definitions: Mapping[str, Component], most: int) -> None:
        self.definitions = definitions
        self.most = most
        self.nodes: list[Node] = []
        self.problems: list[Problem] = []
        self._links: list[Link] = []
        self._instances: dict[str, Component] = {}

    def run(self, level: _Level) -> None:
        pending = [level]
        while pending:
            level = pending.pop()
            self._links += (_moved(link, level.prefix) for link in level.links)
            for node in level.nodes:
                placed = _placed(node, level)
                inner = None if node.component is None else self._inside(placed, node.component, level.trail)
                if inner is not None:
                    pending.append(inner)
                else:
                    self.nodes.append(placed)
            if len(self.nodes) > self.most:
                told = f"With its components the graph has more than {self.most} nodes. Remove some of them."
                self.problems.append(Problem(None, None, Code.TOO_LARGE, told))
                return

    def _inside(self, node: Node, component: str, trail: tuple[str, ...]) -> _Level | None:
        definition = self.definitions.get(component)
        name = shown(node.title or component)
        if definition is None:
            told = (
                f"{name} is an instance of the component {shown(component)}, which this graph does not have. Remove it."
            )
            self.problems.append(Problem(node.id, None, Code.UNKNOWN_COMPONENT, told))
            return None
        if component in trail:
            told = f"{name} is an instance of a component inside that same component. Remove it there."
            self.problems.append(Problem(node.id, None, Code.CYCLE, told))
            return None
        if len(trail) >= DEEPEST:
            told = f"{name} lies {len(trail)} components deep; at most {DEEPEST} are opened. Take some of them apart."
            self.problems.append(Problem(node.id, None, Code.TOO_LARGE, told))
            return None
        self._instances[node.id] = definition
        return _Level(
            f"{node.id}/",
            f"{node.title or definition.title or component} › ",
            definition.nodes,
            definition.links,
            (*trail, component),
            node.muted,
            dict(self._settings(node, definition)),
        )

    def _settings(self, node: Node, definition: Component) -> Iterator[tuple[End, object]]:
        for name, value in node.params.items():
            if name in definition.params:
                yield definition.params[name], value
            else:
                told = (
                    f"{shown(node.title or definition.title)} has no parameter {shown(name)}. Remove it from the node."
                )
                self.problems.append(Problem(node.id, name, Code.UNKNOWN_PARAMETER, told))

    def rerouted(self) -> tuple[Link, ...]:
        """The links with every end at an instance moved to the inner ports that it stands for."""
        return tuple(
            replace(link, source=source, target=target)
            for link in self._links
            for source in self._sources(link.source)
            for target in self._targets(link.target)
        )

    def _sources(self, end: End) -> Iterator[End]:
        while (definition := self._instances.get(end.node)) is not None:
            inner = definition.outputs.get(end.port)
            if inner is None:
                self._unknown_port(end, definition, "output")
                return
            end = _below(end.node, inner)
        yield end

    def _targets(self, end: End) -> Iterator[End]:
        pending = [end]
        while pending:
            end = pending.pop()
            definition = self._instances.get(end.node)
            if definition is None:
                yield end
                continue
            inner = definition.inputs.get(end.port, ())
            driven = (definition.params[end.port],) if end.port in definition.params else ()
            if not inner and not driven:
                self._unknown_port(end, definition, "input")
            pending.extend(_below(end.node, one) for one in reversed((*inner, *driven)))

    def _unknown_port(self, end: End, definition: Component, side: str) -> None:
        name = shown(definition.title or definition.id)
        told = f"The component {name} has no {side} {shown(end.port)}. Remove the wire."
        self.problems.append(Problem(end.node, end.port, Code.UNKNOWN_PORT, told))


def _below(instance: str, end: End) -> End:
    return End(f"{instance}/{end.node}", end.port)


def _moved(link: Link, prefix: str) -> Link:
    if not prefix:
        return link
    source, target = (End(prefix + end.node, end.port) for end in (link.source, link.target))
    return replace(link, source=source, target=target)


def _placed(node: Node, level: _Level) -> Node:
    if not level.prefix:
        return node
    settings = {end.port: value for end, value in level.settings.items() if end.node == node.id}
    return replace(
        node,
        id=level.prefix + node.id,
        title=level.title + (node.title or node.type.rpartition(".")[2]),
        params={**node.params, **settings},
        muted=node.muted or level.muted,
    )
