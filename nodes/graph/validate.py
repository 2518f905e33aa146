"""Everything that is wrong with a graph, all of it at once, as values with node, port, code and a plain sentence."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from engine.api.plan import Json, Source
from nodes.graph.errors import Problem
from nodes.graph.expand import expand
from nodes.graph.flow import Flow, follow, types_of
from nodes.graph.model import Graph, Node
from nodes.graph.texts import texts_at
from nodes.graph.wiring import Wiring, wire_up
from nodes.registry import Registry
from nodes.specs.codes import Code
from nodes.specs.declare import Kind, Order, Parameter, PortType, fits
from nodes.specs.shape import Shape
from nodes.specs.values import phrase_layers, shown, value_fault


@dataclass(frozen=True)
class Survey:
    """A graph ready to be compiled, and everything that is wrong with it."""

    wiring: Wiring
    flow: Flow
    problems: tuple[Problem, ...]


def validate(graph: Graph, registry: Registry, files: Container[str] | None = None) -> tuple[Problem, ...]:
    """Every problem of a graph; empty when all of it can run.

    Args:
        graph: any graph.
        registry: the node types that are known.
        files: the references to files that can be read; None does not look.
    """
    return survey(graph, registry, files).problems


def survey(graph: Graph, registry: Registry, files: Container[str] | None = None) -> Survey:
    """Put a graph in order and find every problem on the way."""
    expanded = expand(graph)
    wiring = wire_up(expanded.graph, registry)
    flow = follow(wiring)
    examiner = _Examiner(wiring, flow, registry, files)
    problems = [*expanded.problems, *wiring.problems, *map(examiner.cycle, flow.cycles)]
    for node in wiring.nodes.values():
        problems += examiner.node(node)
    return Survey(wiring, flow, tuple(problems))


class _Examiner:
    def __init__(self, wiring: Wiring, flow: Flow, registry: Registry, files: Container[str] | None) -> None:
        self.wiring, self.flow, self.registry, self.files = wiring, flow, registry, files

    def cycle(self, path: tuple[str, ...]) -> Problem:
        """A cycle, with its path printed by titles; told at the first node, where the last one's wire comes in."""
        first, last = path[0], path[-1]
        entries = self.wiring.wires.get(first, {}).items()
        port = next((port for port, ends in entries if any(end.node == last for end in ends)), None)
        shown_path = " → ".join(_shortened([self.wiring.title(node) for node in (*path, first)]))
        return Problem(
            first, port, Code.CYCLE, f"These nodes feed each other in a circle: {shown_path}. Remove a wire."
        )

    def node(self, node: Node) -> Iterator[Problem]:
        """What is wrong with one node. A muted node does not run, so nothing is."""
        shape = self.wiring.shapes[node.id]
        if node.muted:
            return
        if node.component is not None:
            return  # told when its definition was looked for
        if shape is None:
            told = "is of the type {}, which is not known here. Install the extension it comes from, or replace it."
            yield self._problem(node, None, Code.UNKNOWN_TYPE, f" {told.format(shown(node.type))}")
            return
        if node.version > shape.spec.version:
            told = f" is of version {node.version} of its type; installed is {shape.spec.version}. Update Sinopia."
            yield self._problem(node, None, Code.NEWER_NODE, told)
        yield from self._missing_inputs(node, shape)
        yield from self._mistyped_inputs(node, shape)
        yield from self._values(node, shape)
        yield from self._orders(node, shape)

    def _problem(self, node: Node, port: str | None, code: Code, told: str) -> Problem:
        return Problem(node.id, port, code, f"{self.wiring.title(node.id)}{told}")

    def _missing_inputs(self, node: Node, shape: Shape) -> Iterator[Problem]:
        live = self.flow.live[node.id]
        for port in shape.required:
            if port in live or self._unneeded(node, shape, port):
                continue
            cut = (node.id, port) in self.flow.cut
            yield self._cut_input(node, port) if cut else self._missing_input(node, port, shape.wanted[port])

    def _unneeded(self, node: Node, shape: Shape, port: str) -> bool:
        """Whether a required input is one of the lazy ones that are not chosen."""
        lazy = shape.spec.lazy
        if lazy is None or port not in shape.lazy_ports or lazy in self.flow.live[node.id]:
            return False
        return bool(node.params.get(lazy, shape.defaults[lazy]) != port)

    def _missing_input(self, node: Node, port: str, wanted: PortType) -> Problem:
        told = f" has nothing wired to {port}. {self._suggestion(wanted)}."
        return self._problem(node, port, Code.MISSING_INPUT, told)

    def _cut_input(self, node: Node, port: str) -> Problem:
        muted = self.wiring.wires[node.id][port][0].node
        told = f": {port} is wired to {self.wiring.title(muted)}, which is muted and has nothing to pass on. Unmute it."
        return self._problem(node, port, Code.MISSING_INPUT, told)

    def _suggestion(self, wanted: PortType) -> str:
        if wanted is PortType.ANY:
            return "Wire any output to it"
        gives = (
            s.title
            for s in self.registry
            for port in s.outputs
            if port.type is not PortType.ANY and fits(port.type, wanted)
        )
        example = next(gives, None)
        article = "an" if wanted.value[0] in "AEI" else "a"
        return f"Wire {article} {wanted.value} to it" + (f", for example from {example}" if example else "")

    def _mistyped_inputs(self, node: Node, shape: Shape) -> Iterator[Problem]:
        for port, sources in self.flow.live[node.id].items():
            wanted = shape.wanted[port]
            for source in sources:
                given = types_of(self.wiring, self.flow.types, source)
                if not all(fits(one, wanted) for one in given):
                    yield self._mistyped_input(node, port, source, wanted)

    def _mistyped_input(self, node: Node, port: str, source: Source, wanted: PortType) -> Problem:
        given = types_of(self.wiring, self.flow.types, source)
        gives = " or ".join(sorted(one.value for one in given))
        told = f" takes {wanted.value} at {port}, but {self.wiring.title(source.node)} gives {gives}."
        return self._problem(node, port, Code.MISTYPED_INPUT, f"{told} {self._suggestion(wanted)}.")

    def _values(self, node: Node, shape: Shape) -> Iterator[Problem]:
        driven = self.flow.live[node.id]
        for name, value in node.params.items():
            parameter = shape.parameters.get(name)
            if parameter is None:
                known = ", ".join(shape.parameters) or "none"
                told = f" has no parameter {shown(name)} (it has {known}). Remove it."
                yield self._problem(node, name, Code.UNKNOWN_PARAMETER, told)
            elif name not in driven:
                yield from self._value(node, parameter, value)
        for parameter in shape.unset:
            if parameter.name not in node.params and parameter.name not in driven:
                yield from self._value(node, parameter, parameter.default)

    def _value(self, node: Node, parameter: Parameter, value: Json) -> Iterator[Problem]:
        fault = value_fault(parameter, value)
        if fault is not None:
            yield self._problem(node, parameter.name, fault.code, f": {parameter.name} {fault.message}.")
        elif parameter.kind is Kind.PICTURE:
            yield from self._file(node, parameter, str(value))
        elif parameter.kind is Kind.PHRASES:
            yield from self._phrases(node, parameter, value)

    def _file(self, node: Node, parameter: Parameter, reference: str) -> Iterator[Problem]:
        if self.files is not None and reference not in self.files:
            told = f": the file {shown(reference)} is not there. Put it back, or choose another."
            yield self._problem(node, parameter.name, Code.MISSING_FILE, told)

    def _phrases(self, node: Node, parameter: Parameter, value: Json) -> Iterator[Problem]:
        texts = texts_at(self.wiring, self.flow, node.id, parameter.spans_of) if parameter.spans_of else None
        for layer in phrase_layers(value):
            yield from self._file(node, parameter, layer.mask)
            if texts is not None and not any(layer.phrase in text for text in texts):
                told = f": the painted phrase {shown(layer.phrase)} is not in the prompt. Select its words again."
                yield self._problem(node, parameter.name, Code.BROKEN_PHRASE, told)

    def _orders(self, node: Node, shape: Shape) -> Iterator[Problem]:
        for order in shape.spec.orders:
            low, high = (self._number(node, shape, name) for name in (order.low, order.high))
            if low is not None and high is not None and not _in_order(order, low, high):
                relation = "at most" if order.may_be_equal else "less than"
                told = f": {order.low} is {shown(low)}, but must be {relation} {order.high}, which is {shown(high)}."
                yield self._problem(node, order.low, Code.CONTRADICTION, f"{told} Change one of them.")

    def _number(self, node: Node, shape: Shape, name: str) -> float | None:
        value = node.params.get(name, shape.defaults[name])
        driven = name in self.flow.live[node.id]
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) and not driven else None


def _in_order(order: Order, low: float, high: float) -> bool:
    return low <= high if order.may_be_equal else low < high


def _shortened(titles: list[str]) -> list[str]:
    """The stops of a circle as a message bears them: those of a very long one are not all told."""
    return titles if len(titles) <= 12 else [*titles[:10], f"… {len(titles) - 11} more …", titles[-1]]
