"""One installer at a time in one folder."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def only_installer(path: Path) -> Iterator[int]:
    """Wait until no other installer holds `path`, then hold it; yields the descriptor.

    The system frees the lock when its last holder is gone, so a killed installer leaves none behind. Children that
    inherit the descriptor hold it too: a pip that outlives its installer keeps the next one waiting until it is done.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def _wait(descriptor: int) -> None:
    told = False
    while True:
        try:
            return _take(descriptor)
        except OSError:
            if not told:
                print("Another installer is at work in this folder; waiting for it to finish.", flush=True)
            told = True
            time.sleep(0.2)
