"""What is selected, as a value of ids. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from nodes.graph.model import End, Graph

LinkKey: TypeAlias = tuple[End, End]
"""A wire by both its ends: the source, then the target."""


@dataclass(frozen=True)
class Selection:
    """Selected nodes and frames by id, and wires by their ends."""

    nodes: frozenset[str] = frozenset()
    frames: frozenset[str] = frozenset()
    links: frozenset[LinkKey] = frozenset()

    @staticmethod
    def of(nodes: Iterable[str] = (), frames: Iterable[str] = (), links: Iterable[LinkKey] = ()) -> Selection:
        """A selection of these."""
        return Selection(frozenset(nodes), frozenset(frames), frozenset(links))

    def __bool__(self) -> bool:
        return bool(self.nodes or self.frames or self.links)

    def __or__(self, other: Selection) -> Selection:
        return Selection(self.nodes | other.nodes, self.frames | other.frames, self.links | other.links)

    def __sub__(self, other: Selection) -> Selection:
        return Selection(self.nodes - other.nodes, self.frames - other.frames, self.links - other.links)

    def __xor__(self, other: Selection) -> Selection:
        return Selection(self.nodes ^ other.nodes, self.frames ^ other.frames, self.links ^ other.links)

    def holds(self, other: Selection) -> bool:
        """Whether all of `other` is selected."""
        return not (other - self)

    def still_in(self, graph: Graph) -> Selection:
        """Without what the graph does not have."""
        if not self:
            return self
        return Selection(
            self.nodes & {node.id for node in graph.nodes} if self.nodes else self.nodes,
            self.frames & {frame.id for frame in graph.frames} if self.frames else self.frames,
            self.links & {(link.source, link.target) for link in graph.links} if self.links else self.links,
        )


NONE = Selection()
