"""What really reaches each input: through muted nodes and nodes that pass a value on, and without sides not chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.api.plan import Source
from nodes.graph.model import End, Node
from nodes.graph.order import order_from
from nodes.graph.wiring import Wiring
from nodes.specs.declare import Port, PortType, fits
from nodes.specs.shape import Shape

Types = frozenset[PortType]
Live = Mapping[str, tuple[Source, ...]]

ANYTHING: Types = frozenset({PortType.ANY})


@dataclass(frozen=True)
class Flow:
    """What flows where.

    `live`: for each node, by input, the outputs whose values reach it. `cut`: inputs (node, port) that are wired, but
    only to muted nodes with nothing to pass on. `types`: what the outputs of nodes that run really carry; where several
    things may come, all of them.
    """

    live: Mapping[str, Live]
    cut: frozenset[tuple[str, str]]
    types: Mapping[Source, Types]
    cycles: tuple[tuple[str, ...], ...]

    def ancestors(self, targets: Iterable[str]) -> tuple[str, ...]:
        """All that `targets` need, and they themselves, each after what it needs."""

        def needs(node: str) -> list[str]:
            return [source.node for sources in self.live[node].values() for source in sources]

        return order_from(targets, needs).nodes


def follow(wiring: Wiring) -> Flow:
    """Follow every wire back to the output whose value it carries."""

    def needs(node: str) -> list[str]:
        return [end.node for sources in wiring.wires.get(node, {}).values() for end in sources]

    order = order_from(wiring.nodes, needs)
    following = _Following(wiring)
    for node in order.nodes:
        following.visit(wiring.nodes[node], wiring.shapes[node])
    return Flow(following.live, frozenset(following.cut), following.types, order.cycles)


class _Following:
    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.live: dict[str, Live] = {}
        self.cut: set[tuple[str, str]] = set()
        self.types: dict[Source, Types] = {}
        self._instead: dict[tuple[str, str], Source | None] = {}

    def visit(self, node: Node, shape: Shape | None) -> None:
        live = self._reaching(node)
        if shape is None:
            self.live[node.id] = live
            return
        if shape.lazy_ports:
            live = _chosen(node, shape, live)
        self.live[node.id] = live
        for port in shape.spec.outputs:
            if node.muted:
                self._instead[node.id, port.name] = _kindred(shape, port, live)
            elif port.passes and live.get(port.passes):
                self._instead[node.id, port.name] = live[port.passes][0]
            elif port.type is PortType.ANY:
                self.types[Source(node.id, port.name)] = self._mixed(shape, live)

    def _reaching(self, node: Node) -> Live:
        live = {}
        for port, ends in self.wiring.wires.get(node.id, {}).items():
            found = tuple(source for end in ends if (source := self._source(end)) is not None)
            if found:
                live[port] = found
            else:
                self.cut.add((node.id, port))
        return live

    def _source(self, end: End) -> Source | None:
        here = (end.node, end.port)
        if here in self._instead:
            return self._instead[here]
        # A muted node of an unknown type has no ports that one could see, so it passes nothing on.
        silent = self.wiring.shapes[end.node] is None and self.wiring.nodes[end.node].muted
        return None if silent else Source(end.node, end.port)

    def _mixed(self, shape: Shape, live: Live) -> Types:
        """What an output of any type carries: whatever comes in at the inputs of any type."""
        ports = [port.name for port in shape.spec.inputs if port.type is PortType.ANY]
        found = [types_of(self.wiring, self.types, source) for port in ports for source in live.get(port, ())]
        return frozenset().union(*found) or ANYTHING


def types_of(wiring: Wiring, types: Mapping[Source, Types], source: Source) -> Types:
    """What an output carries."""
    known = types.get(source)
    shape = wiring.shapes[source.node]
    if known is not None or shape is None:
        return known or ANYTHING
    return frozenset({shape.outputs[source.port].type})


def _chosen(node: Node, shape: Shape, live: Live) -> Live:
    """Only the chosen one of the lazy inputs, where the choice is set on the node and not driven by a wire."""
    lazy = shape.spec.lazy
    if lazy is None or lazy in live:
        return live
    choice = node.params.get(lazy, shape.defaults[lazy])
    return {port: sources for port, sources in live.items() if port == choice or port not in shape.lazy_ports}


def _kindred(shape: Shape, output: Port, live: Live) -> Source | None:
    """What a muted node passes on: its first input that is of the kind of the output."""
    for port in shape.spec.inputs:
        if live.get(port.name) and (fits(port.type, output.type) or fits(output.type, port.type)):
            return live[port.name][0]
    return None
