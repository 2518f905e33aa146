"""Pictures that were taken out of the gallery: they wait in a folder of it, to be put back or to be let go for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.model.engine_words import megabytes


@dataclass(frozen=True)
class Removed:
    """The files that wait, and their bytes."""

    files: tuple[Path, ...] = ()
    size: int = 0

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.files)

    @property
    def told(self) -> str:
        """How many and how large, in words: "3 pictures, 1 MB"; "" for none."""
        plural = "" if self.count == 1 else "s"
        return f"{self.count} picture{plural}, {megabytes(self.size)}" if self.count else ""


def look_for_removed(folder: Path) -> Removed:
    """What waits in a folder of removed pictures. In any thread."""
    found: list[tuple[Path, int]] = []
    for path in sorted(folder.rglob("*")):
        with suppress(OSError):  # it has just gone
            if path.is_file():
                found.append((path, path.stat().st_size))
    return Removed(tuple(path for path, _size in found), sum(size for _path, size in found))


def let_go(files: Sequence[Path], folder: Path, throw: Callable[[Path], bool]) -> tuple[Path, ...]:
    """Give each file to `throw`, and take away the folders that are empty then; the files that `throw` refused."""
    refused = tuple(path for path in files if path.is_file() and not throw(path))
    for inner in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        with suppress(OSError):  # it still holds something
            inner.rmdir()
    return refused


def free_path(path: Path) -> Path:
    """`path`, or one beside it with a number, that no file has."""
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return found
