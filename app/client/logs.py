"""The engines' logs: one file for each process, the oldest thrown away, the end of one quoted when it dies."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

# How many logs are left to look at.
KEPT = 10

# How much of a log is quoted, in bytes.
TAIL = 4000


def new_log(folder: Path) -> Path:
    """A new log file in `folder`; OSError when there is no writing there."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in sorted(folder.glob("engine-*.log"))[: 1 - KEPT]:
        with contextlib.suppress(OSError):  # on Windows, an engine of another studio may hold it open
            old.unlink()
    path = folder / f"engine-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**9:09d}.log"
    path.touch(exist_ok=False)
    return path


def tail(log: Path) -> str:
    """The last lines of a log; empty when there are none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL))
            return file.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""
