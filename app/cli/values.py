"""Values written at a terminal, read by the kind that their parameter declares; ranges are checked with the graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from app.cli.addresses import nearest
from app.cli.errors import CommandError
from engine.api.plan import Json
from nodes.specs.declare import Kind, Parameter

TRUE, FALSE = frozenset({"true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})


def parse_value(parameter: Parameter, text: str, owner: str) -> Json:
    """Read `text` as a value of `parameter`; `owner` is the node's title.

    Raises:
        CommandError: it is no such value, or the parameter cannot be written at a terminal.
    """
    if parameter.optional and text.strip().casefold() in {"", "none", "null"}:
        return None
    read = _READERS.get(parameter.kind)
    if read is None:
        raise CommandError(
            f"{owner}.{parameter.name} holds {parameter.kind.value}, which cannot be set here.",
            "Change it in the project.",
        )
    try:
        return read(parameter, text)
    except ValueError as error:
        raise CommandError(
            f"{owner}.{parameter.name} cannot be {text!r}: {error}.", _advice(parameter, text)
        ) from error


def _integer(_: Parameter, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("it must be a whole number") from None


def _number(_: Parameter, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError("it must be a number") from None
    if not math.isfinite(value):
        raise ValueError("it must be a finite number")
    return value


def _boolean(_: Parameter, text: str) -> bool:
    word = text.strip().casefold()
    if word not in TRUE | FALSE:
        raise ValueError("it must be true or false")
    return word in TRUE


def _text(_: Parameter, text: str) -> str:
    return text


def _choice(parameter: Parameter, text: str) -> str:
    if text not in parameter.choices:
        raise ValueError("it is not one of the choices")
    return text


def _choices(parameter: Parameter, text: str) -> list[Json]:
    return [_choice(parameter, word) for word in _words(text)]


def _numbers(parameter: Parameter, text: str) -> list[Json]:
    return [_number(parameter, word) for word in _words(text)]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


_READERS: Mapping[Kind, Callable[[Parameter, str], Json]] = {
    Kind.INTEGER: _integer,
    Kind.SEED: _integer,
    Kind.NUMBER: _number,
    Kind.BOOLEAN: _boolean,
    Kind.TEXT: _text,
    Kind.LINES: _text,
    Kind.NAME: _text,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.NUMBERS: _numbers,
}


def _advice(parameter: Parameter, text: str) -> str:
    if parameter.choices:
        return nearest((_words(text) or [text])[-1], parameter.choices)
    return f"For example: {_EXAMPLES.get(parameter.kind, '')}."


_EXAMPLES: Mapping[Kind, str] = {
    Kind.INTEGER: "12",
    Kind.SEED: "12",
    Kind.NUMBER: "0.5",
    Kind.BOOLEAN: "true",
    Kind.NUMBERS: "1, 0.5",
}
