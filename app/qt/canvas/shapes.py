"""What each node of a graph declares, instances of components included: their ports are those of the definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from nodes.graph.model import Component, End, Node
from nodes.registry import Registry
from nodes.specs.declare import Parameter, Port, PortType, Spec
from nodes.specs.shape import Shape

COMPONENT_FAMILY = "component"


class Shapes:
    """The declarations of the registry and those that follow from a graph's components. None stands for unknown."""

    def __init__(self, registry: Registry, components: tuple[Component, ...] = ()) -> None:
        self.registry = registry
        self.components = components
        self._definitions = {component.id: component for component in components}
        self._known: dict[str, Shape | None] = {}

    def of(self, node: Node) -> Shape | None:
        """The declaration of a node; None when its type is not known here."""
        if node.component is None:
            return self.registry.shape(node.type)
        if node.component not in self._known:
            # Filled in first, so that a component inside itself finds nothing instead of going round for ever.
            self._known[node.component] = None
            self._known[node.component] = self._of_component(node.component)
        return self._known[node.component]

    def of_type(self, type_id: str) -> Shape | None:
        """The declaration of a type."""
        return self.of(Node("", type_id))

    def _of_component(self, component: str) -> Shape | None:
        definition = self._definitions.get(component)
        if definition is None:
            return None
        inner = {node.id: self.of(node) for node in definition.nodes}
        return Shape(
            Spec(
                type=f"component:{component}",
                title=definition.title or component,
                family=COMPONENT_FAMILY,
                help=definition.note,
                run="nodes.component:expanded",
                inputs=tuple(_input(name, ends, inner) for name, ends in definition.inputs.items()),
                outputs=tuple(_output(name, end, inner) for name, end in definition.outputs.items()),
                parameters=tuple(_parameters(definition, inner)),
            )
        )


def _input(name: str, ends: tuple[End, ...], inner: Mapping[str, Shape | None]) -> Port:
    for end in ends:
        shape = inner.get(end.node)
        if shape is not None and end.port in shape.inputs:
            return replace(shape.inputs[end.port], name=name)
        if shape is not None and end.port in shape.wanted:
            return Port(name, shape.wanted[end.port], required=False)
    return Port(name, PortType.ANY, required=False)


def _output(name: str, end: End, inner: Mapping[str, Shape | None]) -> Port:
    shape = inner.get(end.node)
    if shape is None or end.port not in shape.outputs:
        return Port(name, PortType.ANY)
    return replace(shape.outputs[end.port], name=name)


def _parameters(definition: Component, inner: Mapping[str, Shape | None]) -> Iterable[Parameter]:
    set_inside = {(node.id, name): value for node in definition.nodes for name, value in node.params.items()}
    for name, end in definition.params.items():
        shape = inner.get(end.node)
        if shape is not None and end.port in shape.parameters:
            parameter = shape.parameters[end.port]
            default = set_inside.get((end.node, end.port), parameter.default)
            yield replace(parameter, name=name, default=default)
