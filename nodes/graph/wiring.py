"""Which wire ends where: the graph by names, with every link that leads nowhere told and left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nodes.graph.errors import Problem
from nodes.graph.model import End, Graph, Link, Node
from nodes.registry import Registry
from nodes.specs.codes import Code
from nodes.specs.shape import Shape
from nodes.specs.values import shown

Wires = Mapping[str, Sequence[End]]


@dataclass(frozen=True)
class Wiring:
    """A graph by names.

    `nodes` and `shapes` by node id (a shape is None for unknown types). `wires`: for each node, by input port or driven
    parameter, the outputs that are wired to it.
    """

    nodes: Mapping[str, Node]
    shapes: Mapping[str, Shape | None]
    wires: Mapping[str, Wires]
    problems: tuple[Problem, ...]

    def title(self, node: str) -> str:
        """What the artist calls a node, in quotes and short enough for a sentence."""
        return shown(" ".join(self.bare_title(node).split()))

    def bare_title(self, node: str) -> str:
        """What the artist calls a node."""
        found, shape = self.nodes[node], self.shapes[node]
        return found.title or (found.type if shape is None else shape.spec.title)


def wire_up(graph: Graph, registry: Registry) -> Wiring:
    """Put a graph without instances of components in order by names."""
    nodes = {node.id: node for node in reversed(graph.nodes)}
    nodes = {node: nodes[node] for node in dict.fromkeys(node.id for node in graph.nodes)}
    shapes = {node.id: registry.shape(node.type) for node in nodes.values()}
    links = _Links(Wiring(nodes, shapes, {}, ()))
    for link in graph.links:
        links.add(link)
    return Wiring(nodes, shapes, links.wires, (*_duplicates(graph, nodes), *links.problems, *links.crowded()))


def _duplicates(graph: Graph, nodes: Mapping[str, Node]) -> list[Problem]:
    if len(nodes) == len(graph.nodes):
        return []
    seen: dict[str, int] = {}
    for node in graph.nodes:
        seen[node.id] = seen.get(node.id, 0) + 1
    told = "{} nodes have the id {}. Give each an id of its own."
    return [Problem(node, None, Code.DUPLICATE_ID, told.format(n, shown(node))) for node, n in seen.items() if n > 1]


class _Links:
    def __init__(self, wiring: Wiring) -> None:
        self.wires: dict[str, dict[str, list[End]]] = {}
        self.problems: list[Problem] = []
        self._wiring = wiring
        self._seen: set[tuple[str, str, str, str]] = set()

    def add(self, link: Link) -> None:
        source, target = link.source, link.target
        if source.node not in self._wiring.nodes or target.node not in self._wiring.nodes:
            self._dangling(link)
            return
        from_shape, to_shape = self._wiring.shapes[source.node], self._wiring.shapes[target.node]
        if from_shape is not None and source.port not in from_shape.outputs:
            self._unknown(source, "output", from_shape.output_names)
        elif to_shape is not None and target.port not in to_shape.wanted:
            self._unknown(target, "input", tuple(to_shape.wanted))
        else:
            wire = (source.node, source.port, target.node, target.port)
            if wire in self._seen:
                self._twice(link)
            else:
                self._seen.add(wire)
                self.wires.setdefault(target.node, {}).setdefault(target.port, []).append(source)

    def crowded(self) -> list[Problem]:
        """Cut the second and further wires where only one may end, and tell."""
        found = []
        for node, wires in self.wires.items():
            shape = self._wiring.shapes[node]
            for port, sources in wires.items():
                if len(sources) > 1 and shape is not None and port not in shape.many:
                    names = ", ".join(self._wiring.title(source.node) for source in sources)
                    told = (
                        f"{self._wiring.title(node)}: {len(sources)} wires end at {port} ({names}). Remove all but one."
                    )
                    found.append(Problem(node, port, Code.TWO_WIRES, told))
                    del sources[1:]
        return found

    def _dangling(self, link: Link) -> None:
        known = [end for end in (link.target, link.source) if end.node in self._wiring.nodes]
        absent = next(end.node for end in (link.source, link.target) if end not in known)
        node, port = (known[0].node, known[0].port) if known else (None, None)
        where = f"{self._wiring.title(known[0].node)}: a wire at {shown(port)} leads" if known else "A wire leads"
        told = f"{where} to the node {shown(absent)}, which does not exist. Remove the wire."
        self.problems.append(Problem(node, port, Code.DANGLING_LINK, told))

    def _unknown(self, end: End, side: str, known: Sequence[str]) -> None:
        has = f"it has {', '.join(known)}" if known else "it has none"
        told = f"{self._wiring.title(end.node)} has no {side} {shown(end.port)} ({has}). Remove the wire or move it."
        self.problems.append(Problem(end.node, end.port, Code.UNKNOWN_PORT, told))

    def _twice(self, link: Link) -> None:
        names = f"{self._wiring.title(link.source.node)} is wired twice to {shown(link.target.port)}"
        told = f"{self._wiring.title(link.target.node)}: {names}. Remove one of the wires."
        self.problems.append(Problem(link.target.node, link.target.port, Code.DUPLICATE_LINK, told))
