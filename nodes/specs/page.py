"""The reference of all nodes as a Markdown page, made of nothing but their declarations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from nodes.specs.declare import Kind, Parameter, Port, PortType, Spec, fits

_HEAD = """# Nodes

Made from the declarations by `python -m nodes.specs > resources/docs/nodes.md`; do not edit it by hand.

A wire carries one type of value and ends where that type is taken; {fitting}.
A parameter can be driven by a wire where a type is named under "wire"; the value on the node is then not used.
"""


def reference_page(specs: Iterable[Spec]) -> str:
    """The whole page, family by family."""
    return "\n".join([_HEAD.format(fitting=_fitting()), *_families(specs)])


def _fitting() -> str:
    concrete = [kind for kind in PortType if kind is not PortType.ANY]
    pairs = [
        (given, wanted) for given in concrete for wanted in concrete if given is not wanted and fits(given, wanted)
    ]
    return ", ".join(f"{given.value} is also taken for {wanted.value}" for given, wanted in pairs)


def _families(specs: Iterable[Spec]) -> Iterator[str]:
    for family, members in groupby(specs, lambda spec: spec.family):
        yield f"## {family.capitalize()}\n"
        for spec in members:
            yield from _node(spec)


def _node(spec: Spec) -> Iterator[str]:
    yield f"### {spec.title}\n"
    yield f"`{spec.type}`, version {spec.version}. {spec.help}{_habits(spec)}\n"
    if spec.inputs:
        yield _table(("input", "type", ""), [(f"`{p.name}`", _input_type(p), p.help) for p in spec.inputs])
    if spec.parameters:
        yield _table(("parameter", "value", "default", "wire", ""), map(_parameter, spec.parameters))
    if spec.outputs:
        yield _table(("output", "type", ""), [(f"`{p.name}`", _output_type(p), p.help) for p in spec.outputs])


def _habits(spec: Spec) -> str:
    told = []
    if spec.output_node:
        told.append("Runs when no target is named.")
    if not spec.cacheable:
        told.append("Runs every time.")
    return "".join(f" {sentence}" for sentence in told)


def _input_type(port: Port) -> str:
    marks = {
        "optional": not port.required,
        "many": port.many,
        "whole lists": port.collects,
        "only if chosen": port.lazy,
    }
    return ", ".join([port.type.value, *(mark for mark, set_ in marks.items() if set_)])


def _output_type(port: Port) -> str:
    return f"list of {port.type.value}" if port.starts_list else port.type.value


def _parameter(parameter: Parameter) -> tuple[str, ...]:
    wired = parameter.wired_by
    default = _code(parameter.default)
    name = f"`{parameter.name}`, {parameter.title}" if parameter.title else f"`{parameter.name}`"
    return name, _values(parameter), default, wired.value if wired else "", parameter.help


def _values(parameter: Parameter) -> str:
    if parameter.choices:
        several = "some of " if parameter.kind is Kind.CHOICES else ""
        return several + ", ".join(_choice(parameter, choice) for choice in parameter.choices)
    low, high = parameter.minimum, parameter.maximum
    bounds = f"{_plain(low)} to {_plain(high)}" if low is not None and high is not None else ""
    counted = {Kind.TEXT: " characters", Kind.LINES: " characters", Kind.NAME: " characters", Kind.PHRASES: " layers"}
    if parameter.kind in counted and high is not None:
        bounds = f"at most {_plain(high)}{counted[parameter.kind]}"
    optional = "may be empty" if parameter.optional else ""
    return ", ".join(filter(None, (parameter.kind.value, bounds, parameter.unit, optional)))


def _choice(parameter: Parameter, choice: str) -> str:
    return f"`{choice}` ({parameter.choice_label(choice)})" if parameter.labels else f"`{choice}`"


def _code(value: object) -> str:
    if value is None or value in ("", []):
        return ""
    if isinstance(value, list):
        return ", ".join(map(_code, value))
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _plain(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
