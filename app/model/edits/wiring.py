"""Edits of wires, and why a wire may not go where it was drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from app.model.document import Document
from app.model.edits.primitives import node_of, with_links
from nodes.graph.errors import EditError
from nodes.graph.model import Component, End, Graph, Link, Node
from nodes.registry import Registry
from nodes.specs.declare import Parameter, Port, PortType, Spec, fits, in_words

PASS_PROMPTS = frozenset({"sinopia.prompt-switch", "sinopia.switch"})
"""Node types whose output is one of the prompts that come in."""


def output_type(document: Document, registry: Registry, end: End) -> PortType | None:
    """What the output `end` carries; None when that is not known."""
    return _type_at(document.graph, document.graph.nodes, registry, end, output=True)


def input_type(document: Document, registry: Registry, end: End) -> PortType | None:
    """What the input or driven parameter `end` takes; None when that is not known."""
    return _type_at(document.graph, document.graph.nodes, registry, end, output=False)


def refusal(document: Document, registry: Registry, source: End, target: End) -> str | None:
    """Why no wire may go from the output `source` to the input `target`, as a sentence; None when one may."""
    given, wanted = output_type(document, registry, source), input_type(document, registry, target)
    if source.node == target.node or leads_to(document.graph, target.node, source.node):
        return "A wire here would close a circle."
    if wanted is None and registry.get(node_of(document, target.node).type) is not None:
        return f"{_port_title(document, registry, target)} takes no wire."
    if given is not None and wanted is not None and not fits(given, wanted):
        return f"{_port_title(document, registry, target)} takes {wanted.title}, not {given.title}."
    return None


def _port_title(document: Document, registry: Registry, end: End) -> str:
    """What the artist calls an input or a parameter."""
    spec = registry.get(node_of(document, end.node).type)
    declared: tuple[Port | Parameter, ...] = (*spec.inputs, *spec.parameters) if spec is not None else ()
    return next((each.label for each in declared if each.name == end.port), in_words(end.port))


def connect(document: Document, registry: Registry, source: End, target: End) -> Document:
    """Draw a wire. Where only one may end it takes the place of the old one. EditError says why it may not be drawn."""
    reason = refusal(document, registry, source, target)
    if reason is not None:
        raise EditError(f"{reason} Choose another input.")
    wire = Link(source, target)
    if any(link.source == source and link.target == target for link in document.graph.links):
        return document
    several = takes_several(document, registry, target)
    kept = [link for link in document.graph.links if several or link.target != target]
    return with_links(document, [*kept, wire])


def disconnect(document: Document, wires: Collection[tuple[End, End]]) -> Document:
    """Take wires away, each named by its source and target."""
    return with_links(document, [link for link in document.graph.links if (link.source, link.target) not in wires])


def change_link(document: Document, link: Link, changed: Link) -> Document:
    """Put a wire in the place of another: led along other points, or ending elsewhere."""
    if link not in document.graph.links:
        raise EditError("The wire is no longer there. Choose one that is.")
    return with_links(document, [changed if each == link else each for each in document.graph.links])


def insertion_ports(document: Document, registry: Registry, link: Link, spec: Spec) -> tuple[str, str] | None:
    """The input and output by which a node of this type can stand in the middle of a wire; None when it cannot."""
    given, wanted = output_type(document, registry, link.source), input_type(document, registry, link.target)
    entry = next((port.name for port in spec.inputs if given is None or fits(given, port.type)), None)
    leave = next((port.name for port in spec.outputs if wanted is None or fits(port.type, wanted)), None)
    return None if entry is None or leave is None else (entry, leave)


def insert_on_wire(document: Document, registry: Registry, link: Link, node: str) -> Document:
    """Let a node stand in the middle of a wire. EditError when none of its ports fit."""
    spec = registry.get(node_of(document, node).type)
    ports = None if spec is None else insertion_ports(document, registry, link, spec)
    if ports is None:
        raise EditError("The node has no input and output that fit this wire. Choose another wire.")
    entry, leave = Link(link.source, End(node, ports[0])), Link(End(node, ports[1]), link.target)
    # In the old wire's place, so that the order at an input for several stays.
    links = [each for old in document.graph.links for each in ((entry, leave) if old == link else (old,))]
    return with_links(document, links)


def takes_several(document: Document, registry: Registry, target: End) -> bool:
    """Whether several wires may end there."""
    node = node_of(document, target.node)
    spec = registry.get(node.type)
    if spec is not None:
        return any(port.name == target.port and port.many for port in spec.inputs)
    inner = _inner(document.graph, node, target.port, output=False)
    return inner is not None and _takes_several_inside(document.graph, registry, *inner)


def leads_to(graph: Graph, start: str, goal: str) -> bool:
    """Whether wires lead from the node `start` to the node `goal`."""
    onward: dict[str, list[str]] = {}
    for link in graph.links:
        onward.setdefault(link.source.node, []).append(link.target.node)
    pending, seen = [start], {start}
    while pending:
        for node in onward.get(pending.pop(), ()):
            if node == goal:
                return True
            if node not in seen:
                seen.add(node)
                pending.append(node)
    return False


def fed_by(graph: Graph, source: End) -> tuple[End, ...]:
    """Every input that a value from the output `source` may reach, also through nodes that pass prompts on."""
    passing = {node.id for node in graph.nodes if node.type in PASS_PROMPTS}
    pending, seen = [source.node], {source.node}
    reached: dict[End, None] = {}
    while pending:
        node = pending.pop()
        for link in graph.links:
            if link.source.node != node or (node == source.node and link.source.port != source.port):
                continue
            reached[link.target] = None
            if link.target.node in passing and link.target.node not in seen:
                seen.add(link.target.node)
                pending.append(link.target.node)
    return tuple(reached)


def reconnected(document: Document, gone: Collection[str], registry: Registry) -> Document:
    """Join what each of the nodes `gone` is wired from with what it is wired to, where the types allow."""
    links = list(document.graph.links)
    for node in gone:
        links = [*links, *_bridges(document, registry, node, links)]
        links = [link for link in links if node not in (link.source.node, link.target.node)]
    once: dict[tuple[End, End], Link] = {}
    for link in links:
        once.setdefault((link.source, link.target), link)
    return with_links(document, once.values())


def _bridges(document: Document, registry: Registry, node: str, links: Sequence[Link]) -> Iterator[Link]:
    coming = [link for link in links if link.target.node == node]
    for leaving in (link for link in links if link.source.node == node):
        wanted = input_type(document, registry, leaving.target)
        for link in coming:
            given = output_type(document, registry, link.source)
            if given is not None and wanted is not None and fits(given, wanted):
                yield Link(link.source, leaving.target)
                break


def _type_at(graph: Graph, nodes: Sequence[Node], registry: Registry, end: End, *, output: bool) -> PortType | None:
    """Follow an end into the definition of a component until a declared node tells the type."""
    for _depth in range(len(graph.components) + 1):
        node = next((each for each in nodes if each.id == end.node), None)
        if node is None:
            return None
        spec = registry.get(node.type)
        if spec is not None:
            return _declared(spec, end.port, output=output)
        inner = _inner(graph, node, end.port, output=output)
        if inner is None:
            return None
        nodes, end = inner[0].nodes, inner[1]
    return None


def _declared(spec: Spec, name: str, *, output: bool) -> PortType | None:
    ports: tuple[Port, ...] = spec.outputs if output else spec.inputs
    driven = {} if output else {parameter.name: parameter.wired_by for parameter in spec.parameters}
    return next((port.type for port in ports if port.name == name), driven.get(name))


def _inner(graph: Graph, node: Node, port: str, *, output: bool) -> tuple[Component, End] | None:
    """The end inside a component that a port of its instance stands for."""
    definition = next((each for each in graph.components if each.id == node.component), None)
    if definition is None:
        return None
    if output:
        inner = definition.outputs.get(port)
    else:
        inner = next(iter(definition.inputs.get(port, ())), definition.params.get(port))
    return None if inner is None else (definition, inner)


def _takes_several_inside(graph: Graph, registry: Registry, definition: Component, end: End) -> bool:
    node = next((each for each in definition.nodes if each.id == end.node), None)
    spec = None if node is None else registry.get(node.type)
    return spec is not None and any(port.name == end.port and port.many for port in spec.inputs)
