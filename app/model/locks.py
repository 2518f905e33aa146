"""Locks that the system itself gives back when the process that holds them ends, however it ends."""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path


class FileLock:
    """One file that at most one holder has locked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this holder has it."""
        return self._handle is not None

    def acquire(self) -> bool:
        """Lock the file, making it if need be; False when another holder has it. Raises OSError."""
        if self._handle is not None:
            return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back. The file stays: removing it would let two holders lock two files of one name."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def project_lock(folder: Path, project: Path) -> FileLock:
    """The lock of a project file, kept in `folder` so that nothing appears beside the artist's files."""
    name = os.path.normcase(project.resolve())
    return FileLock(folder / f"{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}.lock")


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
