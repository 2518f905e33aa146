"""What a crash left behind: the journals of dead processes, read however damaged they are."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from app.model.journal import LOCK_NAME, SEGMENTS, JournalError, Recovered, forget, read_journal
from app.model.locks import FileLock

TOLD_NAME = "unreadable.txt"
"""Why a journal cannot be read; it lies beside the segments once the artist was told."""


def find_recoverable(folder: Path, complain: Callable[[str], object] = lambda _: None) -> tuple[Recovered, ...]:
    """The documents that other, dead processes left unsaved below `folder`, latest first.

    Journals that hold nothing in danger are removed. One that cannot be read is left where it is; `complain` is told
    so in a sentence, once for each journal: not again at the next start.
    """
    found = []
    for each in sorted(folder.iterdir()) if folder.is_dir() else ():
        try:
            recovered = _left_behind(each)
        except (JournalError, OSError) as error:
            _tell(each, error, complain)
            continue
        if recovered is not None and recovered.saved:
            forget(recovered)
        elif recovered is not None:
            found.append(recovered)
    return tuple(sorted(found, key=lambda recovered: -recovered.changed))


def _left_behind(folder: Path) -> Recovered | None:
    """What the journal of a dead process holds; None for that of a living one, and for one that was never begun."""
    lock = FileLock(folder / LOCK_NAME)
    if not folder.is_dir() or not lock.acquire():
        return None
    try:
        return read_journal(folder) if any(folder.glob(SEGMENTS)) else None
    finally:
        lock.release()


def _tell(folder: Path, error: Exception, complain: Callable[[str], object]) -> None:
    mark = folder / TOLD_NAME
    if mark.exists():
        return
    reason = "since it is damaged or from another version; it was kept there"
    complain(f"Unsaved work in {folder} cannot be recovered, {reason}.")
    with contextlib.suppress(OSError):  # where nothing can be written, it is told again
        mark.write_text(f"{error}\n", encoding="utf-8")
