"""Every node type that is known: the built-in ones, and those of installed extensions (entry points `sinopia.nodes`).

An entry point names a tuple of `Spec`. Only that declaration is imported, never what its nodes do.

    RegistryError      two nodes of one type, or a declaration that contradicts itself
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points

from nodes.specs import BUILT_IN
from nodes.specs.check import spec_faults
from nodes.specs.declare import Spec
from nodes.specs.shape import Shape

ENTRY_POINTS = "sinopia.nodes"


class RegistryError(Exception):
    """Declarations that cannot stand together."""


class Registry:
    """Node types by id, in the order in which they were declared. Built once and passed to whoever needs it."""

    def __init__(self, specs: Iterable[Spec], complaints: Iterable[str] = ()) -> None:
        """Raises RegistryError for a type declared twice or a declaration that contradicts itself."""
        self._shapes: dict[str, Shape] = {}
        self._successors: dict[str, str] = {}
        for spec in specs:
            self._add(spec)
        self.complaints = tuple(complaints)
        """One sentence for each extension that could not be used."""

    def _add(self, spec: Spec) -> None:
        if spec.type in self._shapes:
            raise RegistryError(f"The node type {spec.type} is declared twice; give one of them another id.")
        faults = spec_faults(spec)
        if faults:
            raise RegistryError(f"The declaration of {spec.type} is wrong: {'; '.join(faults)}.")
        self._shapes[spec.type] = Shape(spec)
        self._successors.update(dict.fromkeys(spec.replaces, spec.type))

    def __iter__(self) -> Iterator[Spec]:
        return (shape.spec for shape in self._shapes.values())

    def __len__(self) -> int:
        return len(self._shapes)

    def get(self, type_id: str) -> Spec | None:
        """The declaration of a type; None when no such type is known."""
        shape = self._shapes.get(type_id)
        return None if shape is None else shape.spec

    def shape(self, type_id: str) -> Shape | None:
        """The declaration of a type by names; None when no such type is known."""
        return self._shapes.get(type_id)

    def successor(self, type_id: str) -> str:
        """The id by which a type goes today."""
        return self._successors.get(type_id, type_id)

    def extended(self, specs: Iterable[Spec], complaints: Iterable[str] = ()) -> Registry:
        """A registry with further types."""
        return Registry((*self, *specs), (*self.complaints, *complaints))


def built_in() -> Registry:
    """The nodes that come with the program."""
    return Registry(BUILT_IN)


def installed() -> Registry:
    """The built-in nodes and those of every installed extension; extensions that fail are left out with a complaint."""
    registry = built_in()
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        registry = _with_extension(registry, point)
    return registry


def _with_extension(registry: Registry, point: EntryPoint) -> Registry:
    try:
        return registry.extended(_declared(point))
    except Exception as error:  # noqa: BLE001 - an extension is foreign code; whatever it does must not stop the program
        return registry.extended(
            (), [f"The extension {point.name} is left out: {type(error).__name__}: {error}. Update or remove it."]
        )


def _declared(point: EntryPoint) -> tuple[Spec, ...]:
    specs = point.load()
    if not isinstance(specs, (tuple, list)) or not all(isinstance(spec, Spec) for spec in specs):
        raise RegistryError(f"{point.value} is no tuple of Spec")
    return tuple(specs)
