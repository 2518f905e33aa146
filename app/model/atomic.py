"""Files that are either the old ones or the new ones, whatever happens while they are written."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Replace the file at `path`, making its folder if need be. Raises OSError and then leaves the old file alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_made = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with half_made.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half_made.replace(path)
    except OSError:
        half_made.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` outlast a power cut, where the system has a way to ask for it."""
    if os.name == "nt":
        return  # NTFS journals its names by itself and refuses to open folders
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def set_aside(path: Path, ending: str = "damaged") -> Path:
    """Rename a file that cannot be used so that it is neither lost nor in the way; the new name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.{ending}-{number}")).exists():
        number += 1
    path.rename(aside)
    return aside
