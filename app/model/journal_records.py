"""What a journal says of a document: each record tells only what changed, and contents are told once, by a name.

A record is framed by its length and its checksum, so that a journal cut off anywhere is read up to its last whole
record.
"""

from __future__ import annotations

import os
import struct
import weakref
import zlib
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from itertools import count
from typing import Any, Generic, TypeVar

import msgspec
import numpy as np
from msgspec import Struct

from app.model.document import Document, frozen
from app.model.sequences import differing
from app.paint.tiles import TILE, Pixels, TileMask
from nodes.graph.model import Component, Frame, Graph, Link, Node

Item = TypeVar("Item")

NAME = 16
"""Bytes of a name."""

_FRAME = struct.Struct("<II")  # length and CRC-32 of what follows

CHANGE, CONTENT, BEGINNING, SAVED = b"C", b"B", b"H", b"S"
_PACKED, _RAW, _PLAIN = b"z", b"r", b"-"
"""How a content is held: packed, not packed yet because that would have taken too long, or not worth packing."""

PACKED_AT_ONCE = 2**20
"""Bytes of new pixels up to which they are packed while the artist waits; writing them raw is ten times as quick."""


class Beginning(Struct, frozen=True, omit_defaults=True):
    """The first record: of which project file this is the journal ("" for none yet), and since when (seconds)."""

    project: str = ""
    since: float = 0.0


class Saved(Struct, frozen=True):
    """The document as it was told last is what the project file holds."""

    project: str


class Splice(Struct, Generic[Item], frozen=True, array_like=True):
    """From `start` on, `removed` items gave way to `items`."""

    start: int
    removed: int
    items: tuple[Item, ...]


class MaskRecord(Struct, frozen=True, array_like=True):
    """A mask by its size and the (column, row, name of the content) of each tile."""

    width: int
    height: int
    tiles: tuple[tuple[int, int, str], ...]


class Change(Struct, frozen=True, omit_defaults=True):
    """What changed in a document; None where nothing did, and for what is gone from a mapping."""

    nodes: Splice[Node] | None = None
    links: Splice[Link] | None = None
    frames: Splice[Frame] | None = None
    components: Splice[Component] | None = None
    extra: dict[str, Any] | None = None
    size: tuple[int, int] | None = None
    paint: dict[str, MaskRecord | None] = {}
    assets: dict[str, str | None] = {}
    other: dict[str, str | None] = {}


@dataclass(frozen=True, eq=False)
class Held:
    """A content as a journal holds it. `body` is not copied: large edits are written as they lie in memory."""

    how: bytes
    body: bytes | memoryview

    @property
    def size(self) -> int:
        """Bytes in the journal."""
        return len(self.how) + (len(self.body) if isinstance(self.body, bytes) else self.body.nbytes)

    @classmethod
    def of(cls, content: bytes) -> Held:
        """What was read from a journal."""
        return cls(content[:1], content[1:])


class TileNames:
    """Names of tiles, which never change: a name belongs to an array for as long as it lives.

    Reading millions of pixels to name them by what they hold would take longer than writing them. Only tiles of one
    value, of which large fills are made, are named by it.
    """

    def __init__(self) -> None:
        self._stem = os.urandom(NAME // 2).hex()
        self._numbers = count(256)
        self._known: dict[int, tuple[weakref.ref[Pixels], str]] = {}

    def of(self, tile: Pixels) -> str:
        """The name of a tile."""
        known = self._known.get(id(tile))
        if known is not None and known[0]() is tile:
            return known[1]
        value = int(tile[0, 0])
        even = value == tile[-1, -1] and value == tile.min() and value == tile.max()
        name = f"{self._stem}{value if even else next(self._numbers):0{NAME}x}"
        self._known[id(tile)] = weakref.ref(tile, partial(self._forget, id(tile))), name
        return name

    def _forget(self, place: int, gone: weakref.ref[Pixels]) -> None:
        known = self._known.get(place)
        if known is not None and known[0] is gone:
            del self._known[place]


@dataclass
class Teller:
    """Tells a journal what changed since the document told before."""

    tiles: TileNames
    told: Document = field(default_factory=Document)
    masks: dict[str, MaskRecord] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def tell(self, document: Document, known: Container[str]) -> tuple[Change, dict[str, Held]]:
        """What changed, and the contents that it names and that are not `known`, ready for a journal, by name."""
        before, after = self.told, document
        contents = _Contents(known)
        old, new = before.graph, after.graph
        change = Change(
            nodes=splice(old.nodes, new.nodes),
            links=splice(old.links, new.links),
            frames=splice(old.frames, new.frames),
            components=splice(old.components, new.components),
            extra=None if old.extra is new.extra else dict(new.extra),
            size=None if before.size == after.size else after.size,
            paint=self._told_masks(before.paint, after.paint, contents),
            assets=self._told_files(before.assets, after.assets, contents),
            other=self._told_files(before.other, after.other, contents),
        )
        self.told = document
        return change, contents.held()

    def used(self) -> set[str]:
        """The names of all contents of the document told last."""
        files = (self.names[name] for name in (*self.told.assets, *self.told.other))
        return {*files, *(name for mask in self.masks.values() for _column, _row, name in mask.tiles)}

    def _told_masks(
        self, before: Mapping[str, TileMask], after: Mapping[str, TileMask], contents: _Contents
    ) -> dict[str, MaskRecord | None]:
        told: dict[str, MaskRecord | None] = dict.fromkeys(before.keys() - after.keys())
        for name in told:
            del self.masks[name]
        for name, mask in after.items():
            if mask is not before.get(name):
                tiles = tuple((*place, self._tile(tile, contents)) for place, tile in mask.tiles.items())
                self.masks[name] = told[name] = MaskRecord(mask.width, mask.height, tiles)
        return told

    def _tile(self, tile: Pixels, contents: _Contents) -> str:
        name = self.tiles.of(tile)
        contents.add_tile(name, tile)
        return name

    def _told_files(
        self, before: Mapping[str, bytes], after: Mapping[str, bytes], contents: _Contents
    ) -> dict[str, str | None]:
        told: dict[str, str | None] = dict.fromkeys(before.keys() - after.keys())
        for reference, content in after.items():
            if content is not before.get(reference):
                self.names[reference] = told[reference] = contents.add_file(content)
        return told


class _Contents:
    """Contents that a journal has not got yet."""

    def __init__(self, known: Container[str]) -> None:
        self._known = known
        self._tiles: dict[str, Pixels] = {}
        self._files: dict[str, Held] = {}

    def add_tile(self, name: str, tile: Pixels) -> None:
        """A tile, unless it was told before."""
        if name not in self._known:
            self._tiles[name] = tile

    def add_file(self, content: bytes) -> str:
        """A file, unless it was told before, and its name. Pictures are packed already."""
        name = content_name(content)
        if name not in self._known:
            self._files[name] = Held(_PLAIN, content)
        return name

    def held(self) -> dict[str, Held]:
        """All of them as a journal holds them."""
        small = sum(tile.nbytes for tile in self._tiles.values()) <= PACKED_AT_ONCE
        hold = packed if small else raw
        return self._files | {name: hold(tile.data) for name, tile in self._tiles.items()}


class Listener:
    """Makes documents of what a journal tells; contents are looked up by name."""

    def __init__(self, content: Callable[[str], bytes]) -> None:
        self.document = Document()
        self._content = content
        self._tiles: dict[str, np.ndarray[Any, np.dtype[np.uint8]]] = {}

    def hear(self, change: Change) -> None:
        """Follow one change."""
        document, graph = self.document, self.document.graph
        graph = Graph(
            nodes=spliced(graph.nodes, change.nodes),
            links=spliced(graph.links, change.links),
            frames=spliced(graph.frames, change.frames),
            components=spliced(graph.components, change.components),
            extra=graph.extra if change.extra is None else change.extra,
        )
        self.document = Document(
            graph,
            _updated(document.paint, change.paint, self._mask),
            _updated(document.assets, change.assets, self._content),
            change.size or document.size,
            _updated(document.other, change.other, self._content),
        )

    def _mask(self, record: MaskRecord) -> TileMask:
        tiles = {(column, row): self._tile(name) for column, row, name in record.tiles}
        return TileMask(record.width, record.height, frozen(tiles))

    def _tile(self, name: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
        if name not in self._tiles:
            # The bytes belong to nobody else and numpy makes such arrays read-only, as tiles have to be.
            self._tiles[name] = np.frombuffer(self._content(name), np.uint8).reshape(TILE, TILE)
        return self._tiles[name]


def splice(before: Sequence[Item], after: Sequence[Item]) -> Splice[Item] | None:
    """The one stretch in which `after` differs from `before`; None when they share all items."""
    if before is after:
        return None
    gone, come = differing(before, after)
    if gone.start == gone.stop and come.start == come.stop:
        return None
    return Splice(gone.start, gone.stop - gone.start, tuple(after[come]))


def spliced(items: tuple[Item, ...], change: Splice[Item] | None) -> tuple[Item, ...]:
    """The items after a change."""
    if change is None:
        return items
    return (*items[: change.start], *change.items, *items[change.start + change.removed :])


def content_name(content: bytes) -> str:
    """What a file is called."""
    return blake2b(content, digest_size=NAME).hexdigest()


def packed(tile: bytes | memoryview) -> Held:
    """Pixels as a journal holds them. The fastest packing: a journal is written while the artist waits."""
    return Held(_PACKED, zlib.compress(tile, 1))


def raw(tile: memoryview) -> Held:
    """Pixels as a journal holds them when there is no time to pack them."""
    return Held(_RAW, tile)


def packed_later(held: Held) -> Held:
    """A content, packed now if there was no time before."""
    return packed(held.body) if held.how == _RAW else held


def unpacked(content: bytes) -> bytes:
    """A content out of a journal."""
    return zlib.decompress(content[1:]) if content[:1] == _PACKED else content[1:]


def framed(kind: bytes, body: bytes) -> bytes:
    """A record ready to be written."""
    payload = kind + body
    return _FRAME.pack(len(payload), zlib.crc32(payload)) + payload


def framed_content(name: str, content: Held) -> tuple[bytes, bytes | memoryview]:
    """The record of a content: what comes before its body, and the body."""
    head = CONTENT + bytes.fromhex(name) + content.how
    checksum = zlib.crc32(content.body, zlib.crc32(head))
    length = len(head) - len(content.how) + content.size
    return _FRAME.pack(length, checksum) + head, content.body


def framed_value(kind: bytes, value: Struct) -> bytes:
    """The record of a value. JSON, because a parameter may hold integers of any size."""
    return framed(kind, msgspec.json.encode(value))


def records(data: bytes) -> Iterator[tuple[int, bytes, memoryview]]:
    """Every whole record (where it begins, its kind, its body) up to the first that is cut off or damaged."""
    view, place = memoryview(data), 0
    while place + _FRAME.size < len(data):
        length, checksum = _FRAME.unpack_from(data, place)
        payload = view[place + _FRAME.size : place + _FRAME.size + length]
        if len(payload) < length or length == 0 or zlib.crc32(payload) != checksum:
            return
        yield place, bytes(payload[:1]), payload[1:]
        place += _FRAME.size + length


Old = TypeVar("Old")
New = TypeVar("New")


def _updated(
    mapping: Mapping[str, New], changes: Mapping[str, Old | None], read: Callable[[Old], New]
) -> Mapping[str, New]:
    if not changes:
        return mapping
    told = {**mapping, **{name: read(value) for name, value in changes.items() if value is not None}}
    return frozen({name: value for name, value in told.items() if changes.get(name, value) is not None})
