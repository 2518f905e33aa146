"""Values in the words in which nodes and fields show them. No Qt."""

from __future__ import annotations

from engine.api.plan import Json
from nodes.specs.declare import Kind, Parameter

_LONGEST_LIST = 4


def title_of(parameter: Parameter) -> str:
    """What the artist calls a parameter."""
    return parameter.label


def said(parameter: Parameter, value: Json) -> str:
    """A value on one line, with its unit where that is short."""
    if value is None:
        return "automatic"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number_said(parameter, value)
    if isinstance(value, list):
        return _list_said(parameter, value)
    if parameter.kind is Kind.CHOICE and value in parameter.choices:
        return parameter.choice_label(str(value))
    return str(value) if value != "" else "none"


def number_said(parameter: Parameter, value: float) -> str:
    """A number with its unit."""
    figures = str(value) if isinstance(value, int) else f"{value:.6g}"
    return f"{figures} {parameter.unit}" if has_short_unit(parameter) else figures


def has_short_unit(parameter: Parameter) -> bool:
    """Whether the unit can stand behind a number; longer ones are explanations."""
    return 0 < len(parameter.unit) <= 3


def _list_said(parameter: Parameter, values: list[Json]) -> str:
    if not values:
        return "none"
    if parameter.kind is Kind.CHOICES and len(values) == len(parameter.choices):
        return "all"
    if parameter.kind is Kind.PHRASES:
        return f"{len(values)} painted"
    told = ", ".join(_item_said(parameter, value) for value in values[:_LONGEST_LIST])
    return told if len(values) <= _LONGEST_LIST else f"{told}, …"


def _item_said(parameter: Parameter, value: Json) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return parameter.choice_label(str(value)) if parameter.kind is Kind.CHOICES else str(value)
