"""Graphs as JSON and back, losing nothing: what is not known here is kept where it stood."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar

import msgspec
from msgspec.structs import replace

from nodes.graph.errors import GraphFileError
from nodes.graph.migrate import Document, current_version, migrate, upgrade
from nodes.graph.model import EXTRA, MOST_NODES, Component, Frame, Graph, Link, Node
from nodes.registry import Registry

FORMAT = "sinopia/graph"
LARGEST_FILE = 64 * 2**20
DEEPEST = 64
"""Lists and objects inside each other. Real graphs have ten; far more would exhaust whoever walks them."""

_INSIDE = ("nodes", "links", "frames")

Part = TypeVar("Part", Node, Link, Frame, Component, Graph)


class GraphFile(Graph, frozen=True, kw_only=True):
    """A graph file as a whole: a graph, and what says that it is one."""

    format: Literal["sinopia/graph"]
    version: int


def decode(data: bytes, file: str, registry: Registry) -> Graph:
    """Read a graph of any version up to today's.

    Args:
        data: the bytes of a graph.json.
        file: what messages call it.
        registry: brings nodes of known types up to date; others stay as they are.

    Raises:
        GraphFileError: the data is no graph file, is damaged, or comes from a newer version.
    """
    document = _migrated(_parsed(data, file), file)
    try:
        graph = msgspec.convert(document, GraphFile)
    except msgspec.ValidationError as error:
        raise _misfit(file, error) from error
    return upgrade(_complete(graph, document), registry)


def encode(graph: Graph) -> bytes:
    """Write a graph as a file of today's version, a line for each node and each wire.

    Raises:
        GraphFileError: a parameter holds what JSON cannot (NaN, infinity, no plain data).
    """
    document = {"format": FORMAT, "version": current_version(), **_flat(graph)}
    try:
        text = _laid_out(document)
    except (TypeError, ValueError) as error:
        raise GraphFileError("graph.json", _unwritable(graph), f"this value cannot be saved ({error}).") from error
    # A half of a surrogate pair (from a broken clipboard) has no bytes; it must not keep the rest from being saved.
    return text.encode("utf-8", "replace")


def schema() -> bytes:
    """The JSON schema of graph files."""
    found = msgspec.json.schema(GraphFile)
    for definition in found["$defs"].values():
        definition["properties"].pop(EXTRA, None)
        definition["description"] = inspect.cleandoc(definition["description"])
    found = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A Sinopia graph", **found}
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


def _parsed(data: bytes, file: str) -> Document:
    if len(data) > LARGEST_FILE:
        raise GraphFileError(file, "", f"{len(data)} bytes are too many for a graph; at most {LARGEST_FILE} are read.")
    data = data.removeprefix(b"\xef\xbb\xbf")  # some editors put a byte order mark before UTF-8
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise GraphFileError(file, _line(data, str(error)), _reason(str(error))) from error
    except RecursionError as error:
        raise GraphFileError(file, "", _TOO_DEEP) from error
    if isinstance(document, (dict, list)) and _deeper(document, DEEPEST):
        raise GraphFileError(file, "", _TOO_DEEP)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise GraphFileError(file, "", f'this is no Sinopia graph: it does not begin with "format": "{FORMAT}".')
    nodes = document.get("nodes")
    if isinstance(nodes, list) and len(nodes) > MOST_NODES:
        raise GraphFileError(file, "nodes", f"{len(nodes)} nodes are too many; at most {MOST_NODES} are read.")
    return document


_TOO_DEEP = "this is no graph: its lists lie too deep inside each other."


def _deeper(document: object, limit: int) -> bool:
    """Whether lists and objects lie more than `limit` deep inside each other."""
    level: list[Any] = [document]
    for _ in range(limit):
        level = [
            inner
            for part in level
            for inner in (part.values() if isinstance(part, dict) else part)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _line(data: bytes, message: str) -> str:
    place = re.search(r"(?:\(byte|position) (\d+)", message)
    before = data[: int(place[1])] if place else data
    return f"line {before.count(bytes([10])) + 1}, column {len(before) - (before.rfind(bytes([10])) + 1) + 1}"


def _reason(message: str) -> str:
    if "truncated" in message:
        return "the file is empty or ends in the middle; it is cut off."
    reason = message.removeprefix("JSON is malformed: ").partition(" (byte")[0]
    return f"this is not JSON ({reason}); the file is damaged or was edited wrongly."


def _migrated(document: Document, file: str) -> Document:
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise GraphFileError(file, "version", "the version of the file must be a whole number from 1.")
    if version > current_version():
        told = (
            f"a newer program wrote this (version {version}; up to {current_version()} is known here). Update Sinopia."
        )
        raise GraphFileError(file, "version", told)
    try:
        return migrate(document, version)
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise GraphFileError(
            file, "", f"the parts of version {version} are not where they must be ({error})."
        ) from error


def _misfit(file: str, error: msgspec.ValidationError) -> GraphFileError:
    reason, _, place = str(error).partition(" - at ")
    place = place.strip("`").removeprefix("$").removeprefix(".")
    expected = re.fullmatch(r"Expected `(.+)`, got `(.+)`", reason)
    missing = re.fullmatch(r"Object missing required field `(.+)`", reason)
    if expected:
        wanted, found = (
            " or ".join(_WORDS.get(kind, kind) for kind in kinds.split(" | ")) for kinds in expected.groups()
        )
        reason = f"here must be {wanted}, not {found}"
    elif missing:
        reason = f"{missing[1]} is missing"
    return GraphFileError(file, place, f"{reason}. The file was edited wrongly or written by another program.")


_WORDS: Mapping[str, str] = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object {…}",
}


def _complete(graph: Graph, document: Mapping[str, Any]) -> Graph:
    """Today's values with whatever `document` holds beyond them."""
    raws = document.get("components", ())
    components = _each(graph.components, raws)
    whole = tuple(replace(part, **_inside(part, raw)) for part, raw in zip(components, raws, strict=True))
    return _with_extra(Graph(**_inside(graph, document), components=whole), document, besides={"format", "version"})


def _inside(part: Graph | Component, raw: Mapping[str, Any]) -> dict[str, Any]:
    return {kind: _each(getattr(part, kind), raw.get(kind, ())) for kind in _INSIDE}


def _each(parts: Iterable[Part], raws: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(_with_extra(part, raw) for part, raw in zip(parts, raws, strict=True))


def _with_extra(part: Part, raw: Mapping[str, Any], besides: Iterable[str] = ()) -> Part:
    unknown = raw.keys() - _FIELDS[type(part)] - set(besides)
    return replace(part, extra={name: value for name, value in raw.items() if name in unknown}) if unknown else part


_FIELDS: Mapping[type, frozenset[str]] = {
    kind: frozenset(kind.__struct_encode_fields__) - {EXTRA} for kind in (Node, Link, Frame, Component, Graph)
}


def _flat(graph: Graph) -> dict[str, Any]:
    """Plain data of a graph with the unknown fields of every part back in their places."""
    document: dict[str, Any] = msgspec.to_builtins(graph)
    if "components" in document:
        document["components"] = [_flat_inside(component) for component in document["components"]]
    return _flat_inside(document)


def _flat_inside(part: dict[str, Any]) -> dict[str, Any]:
    inside = {kind: [_unfolded(entry) for entry in part[kind]] for kind in _INSIDE if kind in part}
    return _unfolded({**part, **inside})


def _unfolded(entry: dict[str, Any]) -> dict[str, Any]:
    extra = entry.pop(EXTRA, None)
    return {**entry, **extra} if extra else entry


_write = json.JSONEncoder(allow_nan=False, ensure_ascii=False).encode


def _laid_out(document: Mapping[str, Any]) -> str:
    """JSON whose lists have a line for each entry, so that people and version control can read a change."""
    lines = []
    for name, value in document.items():
        entries = ",\n  ".join(map(_write, value)) if isinstance(value, list) else ""
        lines.append(f" {_write(name)}: " + (f"[\n  {entries}\n ]" if entries else _write(value)))
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _unwritable(graph: Graph) -> str:
    """Where the value is that JSON cannot hold."""
    for node in (*graph.nodes, *(node for component in graph.components for node in component.nodes)):
        for name, value in node.params.items():
            try:
                _write(value)
            except (TypeError, ValueError):
                return f"node {node.title or node.id}, parameter {name}"
    return "a part beside the nodes' parameters"
