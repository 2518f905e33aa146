"""A project as it lies in a file: the graph, the painted layers, the pictures it uses, all encoded as on disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType

from msgspec import structs

from engine.api.plan import Json
from nodes.graph.model import Graph, Node
from nodes.registry import Registry
from nodes.specs.declare import Kind

PAINT, ASSETS = "paint/", "assets/"


@dataclass(frozen=True)
class Project:
    """Everything that a project file holds.

    `paint`: for each painted layer, by its id, a greyscale PNG. `assets`: files by the reference that parameters use,
    usually "assets/<sha256>.<ending>". `other`: entries that only a newer program knows, kept as they are.
    """

    graph: Graph = field(default_factory=Graph)
    paint: Mapping[str, bytes] = field(default_factory=dict)
    assets: Mapping[str, bytes] = field(default_factory=dict)
    thumbnail: bytes | None = None
    other: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Every file that parameters can refer to, by reference."""
        return MappingProxyType({**{paint_reference(layer): png for layer, png in self.paint.items()}, **self.assets})


def paint_reference(layer: str) -> str:
    """How parameters refer to a painted layer."""
    return f"{PAINT}{layer}.png"


def asset_reference(content: bytes, ending: str) -> str:
    """How parameters refer to a picture inside a project: by its content, so that the same picture is kept once."""
    return f"{ASSETS}{sha256(content).hexdigest()}.{ending.lower().lstrip('.')}"


def references(graph: Graph, registry: Registry) -> frozenset[str]:
    """Every file that the nodes of a graph, components included, refer to."""
    found: set[str] = set()

    def note(reference: str) -> str:
        found.add(reference)
        return reference

    with_references(graph, registry, note)
    return frozenset(found)


def with_references(graph: Graph, registry: Registry, change: Callable[[str], str]) -> Graph:
    """The graph with every reference to a file changed."""
    components = tuple(structs.replace(part, nodes=_changed(part.nodes, registry, change)) for part in graph.components)
    return structs.replace(graph, nodes=_changed(graph.nodes, registry, change), components=components)


def with_canonical_assets(project: Project, registry: Registry) -> Project:
    """The project with every asset named by its content, and the graph referring to it by that name."""
    names = {name: _canonical_name(name, content) for name, content in project.assets.items()}
    if all(old == new for old, new in names.items()):
        return project
    graph = with_references(project.graph, registry, lambda reference: names.get(reference, reference))
    return replace(project, graph=graph, assets={names[name]: content for name, content in project.assets.items()})


def _canonical_name(name: str, content: bytes) -> str:
    return asset_reference(content, name.rpartition(".")[2])


def _changed(nodes: tuple[Node, ...], registry: Registry, change: Callable[[str], str]) -> tuple[Node, ...]:
    return tuple(_changed_node(node, registry, change) for node in nodes)


def _changed_node(node: Node, registry: Registry, change: Callable[[str], str]) -> Node:
    shape = registry.shape(node.type)
    params: dict[str, Json] = {}
    for parameter in () if shape is None else shape.file_parameters:
        value = node.params.get(parameter.name)
        if parameter.kind is Kind.PICTURE and isinstance(value, str) and value:
            params[parameter.name] = change(value)
        elif parameter.kind is Kind.PHRASES and isinstance(value, list):
            params[parameter.name] = [_changed_layer(layer, change) for layer in value]
    return structs.replace(node, params={**node.params, **params}) if params else node


def _changed_layer(layer: Json, change: Callable[[str], str]) -> Json:
    if isinstance(layer, dict) and isinstance(mask := layer.get("mask"), str):
        return {**layer, "mask": change(mask)}
    return layer
