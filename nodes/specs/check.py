"""Whether a declaration agrees with itself: its names, defaults, ranges, and what its parts refer to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodes.specs.declare import Parameter, Spec
from nodes.specs.values import value_fault

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")
_RUN = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_TYPE = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")


def spec_faults(spec: Spec) -> list[str]:
    """Everything that is wrong with a declaration, in words; empty when all is well."""
    return [*_name_faults(spec), *_reference_faults(spec), *_parameter_faults(spec), *_upgrade_faults(spec)]


def _name_faults(spec: Spec) -> Iterator[str]:
    if not _TYPE.fullmatch(spec.type):
        yield f"the type id {spec.type!r} has no form like sinopia.prompt"
    if not _RUN.fullmatch(spec.run):
        yield f"run is {spec.run!r} and not module:function"
    # Inputs and parameters reach the run function side by side, so their names must differ.
    sides = ([p.name for p in spec.inputs] + [p.name for p in spec.parameters], [p.name for p in spec.outputs])
    for names in sides:
        yield from (f"{name!r} is declared twice" for name in sorted({n for n in names if names.count(n) > 1}))
        yield from (f"{name!r} is no plain lower-case name" for name in names if not _IDENTIFIER.fullmatch(name))


def _reference_faults(spec: Spec) -> Iterator[str]:
    inputs, parameters = {port.name for port in spec.inputs}, {parameter.name for parameter in spec.parameters}
    for port in spec.outputs:
        if port.passes and port.passes not in inputs:
            yield f"output {port.name!r} passes {port.passes!r}, which is no input"
        yield from (
            f"output {port.name!r} has no text {name!r}" for name in port.texts if name not in inputs | parameters
        )
    for parameter in spec.parameters:
        if parameter.spans_of and parameter.spans_of not in inputs:
            yield f"parameter {parameter.name!r} has spans of {parameter.spans_of!r}, which is no input"
    for order in spec.orders:
        yield from (f"an order names {name!r}" for name in (order.low, order.high) if name not in parameters)
    lazy = tuple(port.name for port in spec.inputs if port.lazy)
    chooser = next((parameter for parameter in spec.parameters if parameter.name == spec.lazy), None)
    if bool(lazy) != (spec.lazy is not None) or (spec.lazy and (chooser is None or set(chooser.choices) != set(lazy))):
        yield "lazy inputs need one choice parameter whose choices are exactly those inputs"


def _parameter_faults(spec: Spec) -> Iterator[str]:
    for parameter in spec.parameters:
        fault = value_fault(parameter, parameter.default)
        if fault is not None and not _waits_for_a_value(parameter):
            yield f"the default of {parameter.name!r}: {fault.message}"
        if parameter.labels and len(parameter.labels) != len(parameter.choices):
            yield f"{parameter.name!r} has {len(parameter.choices)} choices and {len(parameter.labels)} labels"


def _waits_for_a_value(parameter: Parameter) -> bool:
    """An empty text stands for "nothing chosen yet"; whoever wants it filled gets told by validation."""
    return parameter.default == ""


def _upgrade_faults(spec: Spec) -> Iterator[str]:
    steps = [upgrade.version for upgrade in spec.upgrades]
    if steps != list(range(2, spec.version + 1)):
        yield f"version {spec.version} needs upgrades to 2, 3, … in order, but has {steps}"
