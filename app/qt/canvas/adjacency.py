"""Which wires touch which node, kept up to date by what changed. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.qt.canvas.selection import LinkKey
from nodes.graph.model import End, Graph, Link

_NO_KEYS: Mapping[LinkKey, None] = {}


class Adjacency:
    """The links of a graph by their ends, and the keys of the links at each node in the order of the graph."""

    def __init__(self) -> None:
        self.links: dict[LinkKey, Link] = {}
        self._arriving: dict[str, dict[LinkKey, None]] = {}
        self._leaving: dict[str, dict[LinkKey, None]] = {}
        self._links: tuple[Link, ...] = ()

    def follow(self, graph: Graph) -> tuple[set[LinkKey], set[LinkKey]]:
        """Take in the links of a graph; what went, and what came or changed."""
        if graph.links is self._links:
            return set(), set()
        fresh = {(link.source, link.target): link for link in graph.links}
        gone = self.links.keys() - fresh.keys()
        come = {key for key, link in fresh.items() if self.links.get(key) is not link}
        for source, target in gone:
            del self._leaving[source.node][source, target]
            del self._arriving[target.node][source, target]
        for source, target in fresh:
            if (source, target) in come:
                self._leaving.setdefault(source.node, {})[source, target] = None
                self._arriving.setdefault(target.node, {})[source, target] = None
        self.links, self._links = fresh, graph.links
        return set(gone), come

    def arriving(self, node: str) -> Iterable[LinkKey]:
        """The wires that end at a node."""
        return self._arriving.get(node, _NO_KEYS)

    def leaving(self, node: str) -> Iterable[LinkKey]:
        """The wires that begin at a node."""
        return self._leaving.get(node, _NO_KEYS)

    def at(self, node: str) -> Iterable[LinkKey]:
        """All wires of a node."""
        yield from self.arriving(node)
        yield from self.leaving(node)

    def into(self, end: End) -> list[LinkKey]:
        """The wires that end at an input."""
        return [key for key in self.arriving(end.node) if key[1].port == end.port]

    def out_of(self, end: End) -> list[LinkKey]:
        """The wires that begin at an output."""
        return [key for key in self.leaving(end.node) if key[0].port == end.port]

    def leads_to(self, start: str, goal: str) -> list[str] | None:
        """The nodes on a way along wires from `start` to `goal`; None when there is none."""
        came_from: dict[str, str | None] = {start: None}
        pending = [start]
        while pending:
            node = pending.pop()
            if node == goal:
                return _trail(came_from, goal)
            for _, target in self.leaving(node):
                if target.node not in came_from:
                    came_from[target.node] = node
                    pending.append(target.node)
        return None


def _trail(came_from: Mapping[str, str | None], goal: str) -> list[str]:
    trail: list[str] = []
    node: str | None = goal
    while node is not None:
        trail.append(node)
        node = came_from[node]
    return trail[::-1]
