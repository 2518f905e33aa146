"""Zip archives from strangers: nothing is unpacked before its name, kind and size are known to be harmless.

Only what a project needs is read: plain entries, stored or deflated, in memory. Nothing is ever written to a path that
an archive names.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping

from nodes.specs.references import reference_fault

MOST_ENTRIES = 10_000
LARGEST_ENTRY = 256 * 2**20
LARGEST_TOTAL = 512 * 2**20
LARGEST_RATIO = 200
"""How many times its packed size an entry of more than a megabyte may have. Texts reach 20, bombs 1,000."""

_END = b"PK\x05\x06"
_END_SIZE = 22
_LONGEST_COMMENT = 2**16
_LOCATOR_64 = b"PK\x06\x07"
_LOCATOR_SIZE = 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_ENCRYPTED = 0x1


class ArchiveError(Exception):
    """An archive cannot be read or may not be read; the message is a sentence."""


class DamagedEntryError(ArchiveError):
    """One entry cannot be read, the others may."""


class Archive:
    """A zip archive whose table of contents was found harmless. Entries are unpacked one by one."""

    def __init__(self, data: bytes) -> None:
        """Raises ArchiveError for damage, and for anything a project never has."""
        _require_short_table(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError) as error:
            raise ArchiveError(f"It is damaged or cut off ({error}).") from error
        self._entries = _harmless(self._zip.infolist())

    @property
    def names(self) -> tuple[str, ...]:
        """The entries in the order of the archive."""
        return tuple(self._entries)

    def read(self, name: str) -> bytes:
        """Unpack one entry. Raises DamagedEntryError when its content is not what the table says, KeyError for none."""
        entry = self._entries[name]
        try:
            with self._zip.open(entry) as stream:
                content = stream.read(entry.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
            raise DamagedEntryError(f"Its entry {name} is damaged ({error}).") from error
        if len(content) != entry.file_size:
            raise DamagedEntryError(f"Its entry {name} is not as long as it says.")
        return content


def write_archive(entries: Mapping[str, bytes], packed: frozenset[str]) -> bytes:
    """A zip archive of `entries` in their order; those in `packed` are deflated, the others stored.

    The same entries always give the same bytes. Raises ArchiveError when `Archive` would refuse to read the result.
    """
    if len(entries) > MOST_ENTRIES or sum(map(len, entries.values())) > LARGEST_TOTAL:
        raise ArchiveError(_too_large())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in entries.items():
            if len(content) > LARGEST_ENTRY:
                raise ArchiveError(f"Its entry {name} would be larger than {LARGEST_ENTRY // 2**20} MB.")
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # the same bytes whatever system writes them
            packs = name in packed and _packs_modestly(content)
            entry.compress_type = zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED
            archive.writestr(entry, content)
    return stream.getvalue()


def _packs_modestly(content: bytes) -> bool:
    """Whether deflating stays below the ratio that would make it look like a bomb."""
    return len(content) <= 2**20 or len(zlib.compress(content, 1)) * LARGEST_RATIO > 2 * len(content)


def _require_short_table(data: bytes) -> None:
    """Refuse a table of contents that is too long, before it is read into memory."""
    place = data.rfind(_END, max(0, len(data) - _END_SIZE - _LONGEST_COMMENT))
    if place < 0 or len(data) < place + _END_SIZE:
        raise ArchiveError("It is cut off: the end is missing.")
    entries, size = struct.unpack_from("<HI", data, place + 10)
    before = data[max(0, place - _LOCATOR_SIZE) : place]
    if before.startswith(_LOCATOR_64) or entries > MOST_ENTRIES or size > MOST_ENTRIES * 400:
        raise ArchiveError(_too_large())


def _harmless(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_TOTAL:
        raise ArchiveError(_too_large())
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        if entry.orig_filename.endswith("/"):
            continue  # a folder; nothing is ever made of it
        _require_harmless(entry)
        if entry.filename in found:
            raise ArchiveError(f"It has two entries called {entry.filename}.")
        found[entry.filename] = entry
    return found


def _require_harmless(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename  # zipfile itself shortens names at a zero byte
    if fault := reference_fault(name):
        raise ArchiveError(f"Its entry {name[:100]!r} {fault}.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ArchiveError(f"Its entry {name} is a link to another file.")
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ArchiveError(f"Its entry {name} is encrypted or packed in a way that projects never are.")
    ratio = entry.file_size / max(1, entry.compress_size)
    if entry.file_size > LARGEST_ENTRY or (entry.file_size > 2**20 and ratio > LARGEST_RATIO):
        raise ArchiveError(f"Its entry {name} would unpack to {entry.file_size} bytes, far more than it should.")


def _too_large() -> str:
    return f"It has more than {MOST_ENTRIES} entries or {LARGEST_TOTAL // 2**20} MB of content."
