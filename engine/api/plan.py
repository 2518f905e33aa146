"""What the engine is asked to do: steps in order, each named by a key over all that its result depends on.

Keys are hex digests that are equal in every process and on every machine. A key of None means that something about the
step cannot be named (NaN, a value that is no plain data, a node that must always run): it is never kept, and neither is
anything that depends on it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct, field

if TYPE_CHECKING:
    Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
else:
    # msgspec reads annotations when the program runs and knows no type that contains itself.
    Json = Any


class Source(Struct, frozen=True):
    """The output port `port` of the step for node `node`."""

    node: str
    port: str


class Asset(Struct, frozen=True):
    """A file that a step reads: its absolute path on this machine, and its content's name (SHA-256, hex)."""

    path: str
    sha256: str


class Step(Struct, frozen=True, omit_defaults=True):
    """One node to run.

    `run`: its function as "module:function", resolved in the engine only. `key`: names the results by all they depend
    on; `seed_key`: by the node alone, without what comes over wires, so that `item_key` can name each item of a list.
    `params`: every declared parameter, defaults filled in. `inputs`: by port, or by parameter where a wire drives it.
    `many`: ports that take several wires as one tuple. `collects`: ports that swallow a list whole. `lists`: outputs
    that start a list. `lazy`: the parameter (or port) whose value names the only one of `lazy_ports` to evaluate.
    `assets`: the files behind references in `params`.
    """

    node: str
    type: str
    title: str
    run: str
    key: str | None
    seed_key: str | None
    params: dict[str, Json]
    inputs: dict[str, tuple[Source, ...]]
    outputs: tuple[str, ...]
    many: tuple[str, ...] = ()
    collects: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    lazy: str | None = None
    lazy_ports: tuple[str, ...] = ()
    assets: dict[str, Asset] = field(default_factory=dict)
    target: bool = False


class Plan(Struct, frozen=True):
    """Steps such that each comes after all it depends on, and the nodes whose results are wanted."""

    steps: tuple[Step, ...]
    targets: tuple[str, ...]


def seed_key(type_id: str, version: int, params: Mapping[str, Json], contents: Mapping[str, str]) -> str | None:
    """Name what a node does by itself: its type, its version, `params`, and the SHA-256 of each file by its place.

    `params` are those that affect the result and that no wire drives.
    """
    named = canonical_text([type_id, version, params, contents])
    return None if named is None else _digest(b"seed", named)


def item_key(seed: str | None, parents: Iterable[tuple[str, str | None]]) -> str | None:
    """Name the result of one run of a node: `parents` are (port, key of the value that came in there).

    Ports may come in any order; the values of one port keep theirs.
    """
    parts = [seed]
    for port, key in sorted(parents, key=_port):
        parts += (port, key)
    # Ports are identifiers and keys are hex, so no part contains the separator.
    return None if None in parts else _digest(b"item", "\0".join(filter(None, parts)))


def output_key(key: str | None, port: str) -> str | None:
    """Name the value at one output port of a step."""
    return None if key is None else _digest(b"output", f"{key}\0{port}")


def index_key(key: str | None, index: int) -> str | None:
    """Name an item of a list by its place in the list named `key`."""
    return None if key is None else _digest(b"index", f"{key}\0{index}")


def value_key(value: Json) -> str | None:
    """Name a plain value by itself; None when it has no name (NaN)."""
    named = canonical_text(value)
    return None if named is None else _digest(b"value", named)


def canonical_text(value: object) -> str | None:
    """Write plain data so that different values, and different types (1, 1.0, true, "1"), give different texts.

    The order of a mapping's keys changes nothing. None when some part is NaN, infinite or no plain data.
    """
    try:
        text = _write(value)
    except (TypeError, ValueError, RecursionError):
        return None
    return text if _plain_names(value) else None


_write = json.JSONEncoder(sort_keys=True, allow_nan=False, separators=(",", ":")).encode
"""Numbers are written exactly: an integer never with a dot, a float always with one or an exponent."""


def _plain_names(value: object) -> bool:
    """Whether every mapping in `value` has texts as keys; JSON would write the key 1 like the key "1"."""
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if not all(map(_is_text, part)):
                return False
            pending.extend(part.values())
        elif isinstance(part, (list, tuple)):
            pending.extend(part)
    return True


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _port(parent: tuple[str, str | None]) -> str:
    return parent[0]


def _digest(purpose: bytes, content: str) -> str:
    return blake2b(content.encode(), digest_size=16, person=b"sinopia " + purpose).hexdigest()
