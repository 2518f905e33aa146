"""The graph as frozen values: editing makes a new graph that shares all unchanged parts with the old one.

Mappings inside are never changed in place. What a file holds beyond the fields known here is kept in `extra` and
written back, so that a file from a newer program or an extension loses nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from engine.api.plan import Json

EXTRA = "*"
"""The name that stands for `extra` in plain data; a graph file never has it."""

COMPONENT_PREFIX = "component:"
"""A node whose type begins so is an instance of the component with the id that follows."""

MOST_NODES = 100_000
"""Nodes that a graph may have, with those inside instances of components."""


class End(Struct, frozen=True):
    """One end of a wire: a port (or a parameter driven by the wire) of a node."""

    node: str
    port: str


class Link(Struct, frozen=True, omit_defaults=True, rename={"source": "from", "target": "to", "extra": EXTRA}):
    """A wire from an output to an input. Where several end at one input, their order in the graph is their order."""

    source: End
    target: End
    extra: Mapping[str, Json] = {}


class Node(Struct, frozen=True, omit_defaults=True, rename={"extra": EXTRA}):
    """One node. `params` holds what was set, by name; the declaration's defaults stand for the rest.

    `version` is that of the declaration the node was made with. An empty `title` shows the declaration's.
    """

    id: str
    type: str
    version: int = 1
    title: str = ""
    params: Mapping[str, Json] = {}
    x: float = 0.0
    y: float = 0.0
    muted: bool = False
    note: str = ""
    extra: Mapping[str, Json] = {}

    @property
    def component(self) -> str | None:
        """The id of the component this node is an instance of; None for ordinary nodes."""
        return self.type.removeprefix(COMPONENT_PREFIX) if self.type.startswith(COMPONENT_PREFIX) else None


class Frame(Struct, frozen=True, omit_defaults=True, rename={"extra": EXTRA}):
    """A titled rectangle behind nodes; without any, a note on the canvas."""

    id: str
    title: str = ""
    x: float = 0.0
    y: float = 0.0
    width: float = 0.0
    height: float = 0.0
    colour: str = ""
    note: str = ""
    extra: Mapping[str, Json] = {}


class Component(Struct, frozen=True, omit_defaults=True, rename={"extra": EXTRA}):
    """A part of a graph that can be used many times; every instance follows its definition.

    `inputs`: what each named input feeds inside. `outputs`: where each named output comes from. `params`: the inner
    parameter that each named parameter of an instance sets.
    """

    id: str
    title: str = ""
    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    frames: tuple[Frame, ...] = ()
    inputs: Mapping[str, tuple[End, ...]] = {}
    outputs: Mapping[str, End] = {}
    params: Mapping[str, End] = {}
    note: str = ""
    extra: Mapping[str, Json] = {}


class Graph(Struct, frozen=True, omit_defaults=True, rename={"extra": EXTRA}):
    """A whole graph."""

    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    frames: tuple[Frame, ...] = ()
    components: tuple[Component, ...] = ()
    extra: Mapping[str, Json] = {}
