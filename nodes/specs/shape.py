"""A declaration made ready for quick questions, once for each node type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.api.plan import Json
from nodes.specs.declare import Kind, Parameter, Port, PortType, Spec
from nodes.specs.values import value_fault

FILE_KINDS = frozenset({Kind.PICTURE, Kind.PHRASES})
"""Kinds of parameters that refer to files."""


@dataclass(frozen=True, eq=False)
class Shape:
    """What `spec` declares, by name."""

    spec: Spec

    @cached_property
    def inputs(self) -> Mapping[str, Port]:
        """Input ports."""
        return {port.name: port for port in self.spec.inputs}

    @cached_property
    def outputs(self) -> Mapping[str, Port]:
        """Output ports."""
        return {port.name: port for port in self.spec.outputs}

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters."""
        return {parameter.name: parameter for parameter in self.spec.parameters}

    @cached_property
    def defaults(self) -> Mapping[str, Json]:
        """The default of each parameter."""
        return {parameter.name: parameter.default for parameter in self.spec.parameters}

    @cached_property
    def wanted(self) -> Mapping[str, PortType]:
        """What each place where a wire may end takes: input ports, and parameters that a wire may drive."""
        driven = {parameter.name: parameter.wired_by for parameter in self.spec.parameters}
        return {port.name: port.type for port in self.spec.inputs} | {n: t for n, t in driven.items() if t is not None}

    @cached_property
    def many(self) -> tuple[str, ...]:
        """Input ports that take several wires."""
        return tuple(port.name for port in self.spec.inputs if port.many)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Input ports that need a wire; of lazy ones only the chosen does."""
        return tuple(port.name for port in self.spec.inputs if port.required)

    @cached_property
    def collects(self) -> tuple[str, ...]:
        """Input ports that swallow a list whole."""
        return tuple(port.name for port in self.spec.inputs if port.collects)

    @cached_property
    def lazy_ports(self) -> tuple[str, ...]:
        """Input ports of which only one is evaluated."""
        return tuple(port.name for port in self.spec.inputs if port.lazy)

    @cached_property
    def lists(self) -> tuple[str, ...]:
        """Output ports that start a list."""
        return tuple(port.name for port in self.spec.outputs if port.starts_list)

    @cached_property
    def output_names(self) -> tuple[str, ...]:
        """Output ports in their order."""
        return tuple(self.outputs)

    @cached_property
    def file_parameters(self) -> tuple[Parameter, ...]:
        """Parameters that refer to files."""
        return tuple(parameter for parameter in self.spec.parameters if parameter.kind in FILE_KINDS)

    @cached_property
    def unset(self) -> tuple[Parameter, ...]:
        """Parameters that must be set, because their default stands for "nothing chosen yet"."""
        return tuple(p for p in self.spec.parameters if value_fault(p, p.default) is not None)

    @cached_property
    def without_effect(self) -> frozenset[str]:
        """Parameters whose value changes no result."""
        return frozenset(parameter.name for parameter in self.spec.parameters if not parameter.affects_result)
