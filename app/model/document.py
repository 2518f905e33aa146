"""The document: everything the artist makes, as one immutable value.

An edit makes a new document that shares all it left alone with the old one, so a snapshot is just a reference, undo
hands out the very value that was there, and nothing can be seen half changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar

import msgspec

from app.files.project import paint_reference
from app.model.sequences import differing
from app.paint.tiles import TileMask
from nodes.graph.model import Graph, Node

Key = TypeVar("Key")
Value = TypeVar("Value")

CANVAS = (1024, 1024)
"""Width and height in pixels of the canvas of a new document."""

_REFERENCE_BYTES = 8


def nothing() -> Mapping[Key, Value]:
    """A mapping that holds nothing and never will."""
    return MappingProxyType({})


@dataclass(frozen=True)
class Document:
    """The graph, the painted masks by name, the picture files by reference, and the canvas (width, height).

    `other`: entries of a project file that only a newer program knows, kept as they are.
    """

    graph: Graph = field(default_factory=Graph)
    paint: Mapping[str, TileMask] = field(default_factory=nothing)
    assets: Mapping[str, bytes] = field(default_factory=nothing)
    size: tuple[int, int] = CANVAS
    other: Mapping[str, bytes] = field(default_factory=nothing)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes by id."""
        return MappingProxyType({node.id: node for node in self.graph.nodes})

    @cached_property
    def files(self) -> frozenset[str]:
        """Every reference that leads to a file of this document."""
        return frozenset((*self.assets, *map(paint_reference, self.paint)))


def frozen(mapping: Mapping[Key, Value]) -> Mapping[Key, Value]:
    """A copy that nobody can change."""
    return MappingProxyType(dict(mapping))


def with_entry(mapping: Mapping[Key, Value], key: Key, value: Value) -> Mapping[Key, Value]:
    """A mapping in which `key` stands for `value`."""
    return MappingProxyType({**mapping, key: value})


def without(mapping: Mapping[Key, Value], keys: Iterable[Key]) -> Mapping[Key, Value]:
    """A mapping without `keys`; the same one when it has none of them."""
    gone = set(keys) & mapping.keys()
    if not gone:
        return mapping
    return MappingProxyType({key: value for key, value in mapping.items() if key not in gone})


def cost(before: Document, after: Document) -> int:
    """About how many bytes the two do not share."""
    return (
        _paint_cost(before.paint, after.paint) + _asset_cost(before.assets, after.assets) + _graph_cost(before, after)
    )


def _paint_cost(before: Mapping[str, TileMask], after: Mapping[str, TileMask]) -> int:
    if before is after:
        return 0
    total = 0
    for layer in before.keys() | after.keys():
        old, new = before.get(layer), after.get(layer)
        if old is not new:
            total += _beside(old, new) + _beside(new, old)
    return total


def _beside(mask: TileMask | None, other: TileMask | None) -> int:
    return 0 if mask is None else mask.cost_beside(other)


def _asset_cost(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> int:
    if before is after:
        return 0
    return sum(len(before.get(name) or after[name]) for name in before.keys() ^ after.keys())


def _graph_cost(before: Document, after: Document) -> int:
    old, new = before.graph, after.graph
    if old is new:
        return 0
    fields: tuple[tuple[Sequence[object], Sequence[object]], ...] = (
        (old.nodes, new.nodes),
        (old.links, new.links),
        (old.frames, new.frames),
        (old.components, new.components),
    )
    return sum(map(_sequence_cost, *zip(*fields, strict=True)))


def _sequence_cost(old: Sequence[object], new: Sequence[object]) -> int:
    if old is new:
        return 0
    gone, come = differing(old, new)
    kept = set(map(id, old[gone])) & set(map(id, new[come]))
    changed = [item for item in (*old[gone], *new[come]) if id(item) not in kept]
    return _REFERENCE_BYTES * (len(old) + len(new)) + sum(len(msgspec.json.encode(item)) for item in changed)
