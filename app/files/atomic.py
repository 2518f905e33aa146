"""Writing a file so that it is entirely the old one or entirely the new one at any moment; earlier ones are kept."""

from __future__ import annotations

import contextlib
import glob
import os
import secrets
import shutil
import time
from pathlib import Path

BACKUPS = 3
"""How many earlier versions are kept: `name~` is the latest, then `name~2`, `name~3`."""

STALE_AFTER = 3600.0
"""Seconds after which a half-written file belongs to no save that still runs."""


def write_atomically(path: Path, content: bytes, backups: int = BACKUPS) -> None:
    """Replace the file at `path`, or make it. What was there moves to `backup_path`.

    A crash or a full disk at any moment leaves the old file whole. Raises OSError, and then nothing has changed.
    """
    path = path.resolve()  # a link keeps leading to the file that it leads to
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(13, "the file is read-only", str(path))
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")
    _sweep(path)
    try:
        _write_through(part, content)
        if path.exists():
            shutil.copymode(path, part)
            _keep_old(path, backups)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def backup_path(path: Path, number: int = 1) -> Path:
    """Where the version of a file lies that was saved `number` times ago."""
    return path.with_name(f"{path.name}~" + (str(number) if number > 1 else ""))


def latest_backup(path: Path) -> Path | None:
    """The newest earlier version of a file that is still there."""
    return next((old for n in range(1, BACKUPS + 1) if (old := backup_path(path, n)).is_file()), None)


def _sweep(path: Path) -> None:
    """Remove what saves of this file that were killed long ago left behind."""
    for part in path.parent.glob(f".{glob.escape(path.name[:100])}.*.part"):
        with contextlib.suppress(OSError):
            if part.stat().st_mtime < time.time() - STALE_AFTER:
                part.unlink()


def _write_through(part: Path, content: bytes) -> None:
    with part.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _keep_old(path: Path, backups: int) -> None:
    """Let `path` also be its first backup. The file itself never goes missing in between."""
    if backups == 0:
        return
    for number in range(backups, 1, -1):
        older = backup_path(path, number - 1)
        if older.exists():
            older.replace(backup_path(path, number))
    first = backup_path(path)
    first.unlink(missing_ok=True)
    try:
        os.link(path, first)
    except OSError:  # a file system without hard links
        shutil.copy2(path, first)


def _sync_folder(folder: Path) -> None:
    """Make the new names outlast a power cut, where the system has a way to ask for that."""
    if os.name == "nt":
        return  # NTFS journals its names by itself and opens no folders
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
