"""How files of older versions are brought up to date: first the file's own form, then each node by its declaration.

`STEPS` holds, in order, what turns version 1 into 2, 2 into 3, and so on; the version that is written follows from how
many there are. A step works on the plain data of a file, so that it never depends on how today's values are declared,
and once released it is never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from engine.api.plan import Json
from nodes.graph.model import Component, End, Graph, Link, Node
from nodes.registry import Registry
from nodes.specs.declare import Upgrade

Document = dict[str, Json]
MigrationStep = Callable[[Document], Document]

STEPS: tuple[MigrationStep, ...] = ()


def current_version(steps: Sequence[MigrationStep] = STEPS) -> int:
    """The version of files that are written."""
    return len(steps) + 1


def migrate(document: Document, version: int, steps: Sequence[MigrationStep] = STEPS) -> Document:
    """Bring a file's data from `version` (1 to the current one) to the current version."""
    for number, step in enumerate(steps[version - 1 :], start=version + 1):
        document = {**step(document), "version": number}
    return document


def upgrade(graph: Graph, registry: Registry) -> Graph:
    """Bring every node whose declaration has moved on up to it; nodes of unknown types stay as they are."""
    return replace(
        graph,
        components=tuple(_upgraded_component(component, registry) for component in graph.components),
        **_upgraded(graph.nodes, graph.links, registry),
    )


def _upgraded_component(component: Component, registry: Registry) -> Component:
    steps = {node.id: _steps(node, registry) for node in component.nodes}
    return replace(
        component,
        inputs={name: tuple(_end(end, steps, _input_name) for end in ends) for name, ends in component.inputs.items()},
        outputs={name: _end(end, steps, _output_name) for name, end in component.outputs.items()},
        params={name: _end(end, steps, _input_name) for name, end in component.params.items()},
        **_upgraded(component.nodes, component.links, registry),
    )


def _upgraded(nodes: Sequence[Node], links: Sequence[Link], registry: Registry) -> dict[str, tuple[Node | Link, ...]]:
    steps = {node.id: _steps(node, registry) for node in nodes}
    moved = any(steps.values())
    return {
        "nodes": tuple(_node(node, steps[node.id], registry) for node in nodes),
        "links": tuple(_link(link, steps) for link in links) if moved else tuple(links),
    }


def _steps(node: Node, registry: Registry) -> Sequence[Upgrade]:
    spec = registry.get(registry.successor(node.type))
    return () if spec is None else spec.upgrades[max(0, node.version - 1) :]


def _node(node: Node, steps: Sequence[Upgrade], registry: Registry) -> Node:
    name = registry.successor(node.type)
    if not steps:
        return node if name == node.type else replace(node, type=name)
    params = dict(node.params)
    for step in steps:
        renamed = {step.parameters.get(name, name): value for name, value in params.items() if name not in step.drop}
        params = {**step.values, **renamed}
    return replace(node, type=name, version=steps[-1].version, params=params)


def _link(link: Link, steps: Mapping[str, Sequence[Upgrade]]) -> Link:
    source, target = _end(link.source, steps, _output_name), _end(link.target, steps, _input_name)
    return link if (source, target) == (link.source, link.target) else replace(link, source=source, target=target)


def _end(end: End, steps: Mapping[str, Sequence[Upgrade]], rename: Callable[[Upgrade, str], str]) -> End:
    port = end.port
    for step in steps.get(end.node, ()):
        port = rename(step, port)
    return end if port == end.port else End(end.node, port)


def _output_name(step: Upgrade, port: str) -> str:
    return step.outputs.get(port, port)


def _input_name(step: Upgrade, port: str) -> str:
    """A wire ends at an input or at a parameter that it drives; both have names of one kind."""
    return step.inputs.get(port) or step.parameters.get(port, port)
