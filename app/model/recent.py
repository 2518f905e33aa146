"""Projects opened lately, and projects to begin with."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from app.files.archive import Archive, ArchiveError
from app.files.atomic import write_atomically
from app.files.container import THUMBNAIL_ENTRY
from app.files.saving import ENDING
from engine.api.decoding import decode_json

MOST = 20


class Recent(Struct, frozen=True):
    """A project that was open; `opened` in seconds since 1970."""

    path: str
    opened: float

    @property
    def title(self) -> str:
        """What it is called."""
        return Path(self.path).stem

    @property
    def there(self) -> bool:
        """Whether the file is still there."""
        return Path(self.path).is_file()


@dataclass(frozen=True)
class Template:
    """A project to begin with. `own`: the artist's, not one that came with the program."""

    title: str
    path: Path
    own: bool


def load_recent(path: Path) -> tuple[Recent, ...]:
    """The projects opened lately, latest first. A list that cannot be read is no loss and begins anew."""
    try:
        return decode_json(path.read_bytes(), tuple[Recent, ...])[:MOST]
    except (OSError, msgspec.DecodeError):
        return ()


def note_recent(path: Path, project: Path, now: float | None = None) -> tuple[Recent, ...]:
    """Put a project first in the list; the new list. A list that cannot be written is no loss."""
    entry = Recent(str(project.resolve()), time.time() if now is None else now)
    entries = (entry, *(each for each in load_recent(path) if not _same(each.path, entry.path)))[:MOST]
    return _kept(path, entries)


def find_templates(own: Path, shipped: Iterable[Path]) -> tuple[Template, ...]:
    """The templates that came with the program, then the artist's by name."""
    mine = sorted(own.glob(f"*{ENDING}")) if own.is_dir() else []
    return (
        *(Template(path.stem.replace("-", " ").capitalize(), path, own=False) for path in shipped),
        *(Template(path.stem, path, own=True) for path in mine),
    )


def read_thumbnail(project: Path) -> bytes | None:
    """The small picture in a project file; None when there is none that can be read."""
    try:
        return Archive(project.read_bytes()).read(THUMBNAIL_ENTRY)
    except (OSError, ArchiveError, KeyError):
        return None


def _kept(path: Path, entries: Sequence[Recent]) -> tuple[Recent, ...]:
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, msgspec.json.format(msgspec.json.encode(entries)), backups=0)
    return tuple(entries)


def _same(one: str, other: str) -> bool:
    return os.path.normcase(one) == os.path.normcase(other)
