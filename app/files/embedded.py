"""What a PNG carries beside its pixels: the project that made it, and the text that other programs read.

The reader walks the chunks by itself: it holds no more in memory than the texts asked for, whatever else a file has.
"""

from __future__ import annotations

import base64
import binascii
import io
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from app.files.container import Opened, pack, unpack
from app.files.errors import UnreadableError
from app.files.parameters import parameters_text
from app.files.project import Project
from nodes.registry import Registry

PROJECT_KEYWORD, PARAMETERS_KEYWORD, ITEM_KEYWORD = "sinopia", "parameters", "item"
SIGNATURE = b"\x89PNG\r\n\x1a\n"

LARGEST_TEXT = 64 * 2**20
LARGEST_EMBEDDED = 24 * 2**20
"""A project larger than this travels in pictures without its reference pictures."""

_MOST_CHUNKS = 100_000
_READ = frozenset({PROJECT_KEYWORD, PARAMETERS_KEYWORD, ITEM_KEYWORD})
_KINDS = (b"tEXt", b"zTXt", b"iTXt")


class EmbeddedError(Exception):
    """The texts of a picture cannot be read; the message is a sentence."""


def picture_facts(project: Project, registry: Registry) -> dict[str, str]:
    """The texts to put into every picture that `project` makes, by keyword.

    Raises:
        GraphFileError: the graph holds what JSON cannot.
        ArchiveError: the project is larger than containers may be.
    """
    data = pack(Project(project.graph, project.paint, project.assets), registry)
    if len(data) > LARGEST_EMBEDDED:
        data = pack(Project(project.graph, project.paint), registry)
    facts = {PROJECT_KEYWORD: base64.b64encode(data).decode("ascii")}
    parameters = parameters_text(project.graph, registry)
    return {**facts, PARAMETERS_KEYWORD: parameters} if parameters else facts


def embedded_project(texts: Mapping[str, str], file: str, registry: Registry) -> Opened | None:
    """The project in the texts of a picture; None when it carries none.

    Raises:
        UnreadableError: there is one, but it is damaged.
    """
    text = texts.get(PROJECT_KEYWORD)
    if text is None:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        advice = "Open the picture as it was saved; programs that edit or send pictures often change such texts."
        raise UnreadableError(file, "The project in this picture is damaged.", advice) from error
    return unpack(data, file, registry)


def read_texts(data: bytes | BinaryIO) -> dict[str, str]:
    """What a PNG tells of its project, its parameters and its item, by keyword; the first of each counts.

    Other chunks are passed over.

    Raises:
        EmbeddedError: it is no PNG, or a text is larger than `LARGEST_TEXT` or damaged.
    """
    stream = io.BytesIO(data) if isinstance(data, bytes) else data
    if stream.read(len(SIGNATURE)) != SIGNATURE:
        raise EmbeddedError("It is no PNG picture.")
    found: dict[str, str] = {}
    for kind, body in _text_chunks(stream):
        keyword, _, rest = body.partition(b"\0")
        name = keyword.decode("latin-1")
        if name in _READ and name not in found:
            found[name] = _text(kind, rest)
    return found


def _text_chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Every text chunk until the end, or until the file is no longer made of chunks."""
    for _ in range(_MOST_CHUNKS):
        head = stream.read(8)
        if len(head) < 8 or head[4:] == b"IEND":
            return
        length, kind = struct.unpack(">I4s", head)
        if kind not in _KINDS:
            stream.seek(length + 4, io.SEEK_CUR)
            continue
        if length > LARGEST_TEXT:
            raise EmbeddedError(
                f"A text in it is {length // 2**20} MB long; at most {LARGEST_TEXT // 2**20} MB are read."
            )
        body, check = stream.read(length), stream.read(4)
        if len(body) < length or len(check) < 4 or zlib.crc32(kind + body) != int.from_bytes(check, "big"):
            raise EmbeddedError("It is damaged or cut off inside a text.")
        yield kind, body


def _text(kind: bytes, rest: bytes) -> str:
    if kind == b"tEXt":
        return rest.decode("latin-1")
    if kind == b"zTXt":
        return _inflated(rest[1:]).decode("latin-1")
    packed, rest = rest[:1] == b"\1", rest[2:]
    _language, _, rest = rest.partition(b"\0")
    _translated, _, text = rest.partition(b"\0")
    return (_inflated(text) if packed else text).decode("utf-8", "replace")


def _inflated(data: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(data, LARGEST_TEXT)
    except zlib.error as error:
        raise EmbeddedError(f"A text in it is damaged ({error}).") from error
    if unpacking.unconsumed_tail:
        raise EmbeddedError(f"A text in it unpacks to more than {LARGEST_TEXT // 2**20} MB.")
    return text
