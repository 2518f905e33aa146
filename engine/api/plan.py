"""What the engine is asked to do: steps in order, each named by a key over all that its result depends on.

Keys are hex digests that are equal in every process and on every machine. A key of None means that something about the
step cannot be named (NaN, a value that is no plain data, a node that must always run): it is never kept, and neither is
anything that depends on it.
"""

from __future__ import annotations

import struct
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
    """Name what a node does by itself: its type, its version, `params`, and the SHA-256 of each file by reference.

    `params` are those that affect the result and that no wire drives.
    """
    named = tagged_bytes([type_id, version, dict(params), dict(contents)])
    return None if named is None else _digest(b"seed", named)


def item_key(seed: str | None, parents: Iterable[tuple[str, str | None]]) -> str | None:
    """Name the result of one run of a node: `parents` are (port, key of the value that came in there).

    Ports may come in any order; the values of one port keep theirs.
    """
    parts = [seed]
    for port, key in sorted(parents, key=_port):
        parts += (port, key)
    # Ports are identifiers and keys are hex, so no part contains the separator.
    return None if None in parts else _digest(b"item", "\0".join(filter(None, parts)).encode())


def output_key(key: str | None, port: str) -> str | None:
    """Name the value at one output port of a step."""
    return None if key is None else _digest(b"output", f"{key}\0{port}".encode())


def index_key(key: str | None, index: int) -> str | None:
    """Name an item of a list by its place in the list named `key`."""
    return None if key is None else _digest(b"index", f"{key}\0{index}".encode())


def value_key(value: Json) -> str | None:
    """Name a plain value by itself; None when it has no name (NaN)."""
    named = tagged_bytes(value)
    return None if named is None else _digest(b"value", named)


def tagged_bytes(value: object) -> bytes | None:
    """Write plain data so that different values, and different types (1, 1.0, true, "1"), give different bytes.

    The order of a mapping's keys changes nothing. None when some part is NaN or no plain data.
    """
    written: list[bytes] = []
    pending = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, (list, tuple)):
            written.append(b"l%d:" % len(part))
            pending.extend(reversed(part))
        elif isinstance(part, dict):
            if not all(isinstance(name, str) for name in part):
                return None
            written.append(b"m%d:" % len(part))
            for name in sorted(part, reverse=True):
                pending += (part[name], name)
        else:
            atom = _tagged_atom(part)
            if atom is None:
                return None
            written.append(atom)
    return b"".join(written)


def _tagged_atom(value: object) -> bytes | None:
    if value is None:
        return b"n"
    if isinstance(value, bool):  # before int: True is an int
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"i%x;" % value
    if isinstance(value, float):
        return b"d" + struct.pack(">d", value) if value == value else None
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
        return b"s%d:" % len(text) + text
    return None


def _port(parent: tuple[str, str | None]) -> str:
    return parent[0]


def _digest(purpose: bytes, content: bytes) -> str:
    return blake2b(content, digest_size=16, person=b"sinopia " + purpose).hexdigest()
