"""The journal: after every finished edit the document is on disk, so that no crash loses more than the edit at hand.

A journal is a folder with numbered segments. A segment begins with the whole document and goes on with what changed,
edit by edit. The record of an edit is handed to the system before `record` returns, which outlasts the death of this
process; a thread of its own then has the system put it on the disk, which outlasts a power cut. Small edits are packed
on the way. Large ones are written as they are, which is ten times as quick and is not felt.

There are two exceptions, so that no edit holds up the window: an edit of more than `HUGE` bytes is written aside, and
one that would have to wait longer than `PATIENCE` for a segment that is being replaced is written right behind that.
Until then the journal is `behind`, and a crash costs what it does not have yet.

When a segment has grown large, another one is made aside, in which everything is packed; meanwhile edits go on into the
old one. The new one counts, and the old one goes, once it has all of them.

    JournalError      a journal cannot be read
"""

from __future__ import annotations

import shutil
import threading
import time
import zlib
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.model.document import Document, cost
from app.model.journal_files import Disk, Segment
from app.model.journal_records import (
    BEGINNING,
    CHANGE,
    CONTENT,
    NAME,
    SAVED,
    Beginning,
    Change,
    Listener,
    Saved,
    Teller,
    TileNames,
    framed_value,
    packed_later,
    records,
    unpacked,
)
from app.model.locks import FileLock
from app.model.signal import Signal
from nodes.graph.edit import new_id

LOCK_NAME = "lock"
SEGMENTS = "*.journal"

SMALLEST_COMPACTION = 16 * 2**20
GROWTH = 4
"""A segment is replaced when it is this many times as large as at its beginning, and at least the size above."""

QUICKLY_REPLACED = 4 * 2**20
"""Bytes of a segment up to which replacing it is not felt, so that it is done at once."""

HUGE = 96 * 2**20
"""Bytes that two documents do not share from which on even writing them as they are would be felt."""

PATIENCE = 0.08
"""Seconds for which an edit waits for what is being written; after that it is written behind it."""


class JournalError(Exception):
    """A journal cannot be read; the message names it."""


@dataclass(frozen=True)
class Recovered:
    """What a journal held: the document, its project file (None for one never saved), and whether that file has it."""

    folder: Path
    document: Document
    project: Path | None
    saved: bool
    since: float
    changed: float


@dataclass(frozen=True, eq=False)
class _Wish:
    """A document to be kept; whether its project file (`project`, "" for none) holds it."""

    document: Document
    saved: bool
    project: str


class Journal:
    """Keeps one open document safe. `record` and `saved` may be called from one thread at a time."""

    def __init__(self, folder: Path, project: Path | None = None, smallest: int = SMALLEST_COMPACTION) -> None:
        """Keep the journal in a folder of its own below `folder`; nothing is written yet."""
        self.folder = folder / new_id()
        self.trouble: Signal[str] = Signal()
        """The journal cannot be written: a sentence. Told once, until it can be written again."""
        self._project = "" if project is None else str(project)
        self._smallest = smallest
        self._saved = False
        self._in_trouble = False
        self._disk = Disk()
        self._newest: _Wish | None = None  # set before the turn is asked for: who has it looks here before it leaves
        self._aside: list[threading.Thread] = []
        self._turn = threading.Lock()  # guards all that follows
        self._lock = FileLock(self.folder / LOCK_NAME)
        self._names = TileNames()
        self._teller = Teller(self._names)
        self._segment: Segment | None = None
        self._older: list[Segment] = []
        self._number = 0
        self._written: _Wish | None = None
        self._replacing = False
        self._failed_aside: Exception | None = None

    def begin(self, document: Document, saved: bool) -> None:
        """Write all of a document that was just opened; `saved` says that its project file holds it.

        What fails is tried again, and told, with the first edit; until then nothing is in danger.
        """
        self._saved = saved
        self._newest = self._wish(document)
        self._go_aside(self._catch_up)

    def record(self, document: Document) -> None:
        """Keep a document after a finished edit."""
        self._saved = False
        self._keep(self._wish(document))

    @property
    def behind(self) -> bool:
        """Whether the last edit is not in the hands of the system yet. To be asked by the thread that records."""
        failure = self._failed_aside
        if failure is not None:
            self._tell_trouble(failure)
        return self._newest is not None and self._newest is not self._written

    def saved(self, document: Document, project: Path) -> None:
        """Note that the project file holds `document`, which is then no longer in danger."""
        self._project = str(project)
        self._saved = True
        self._keep(self._wish(document))

    def sync(self) -> None:
        """Wait until all that was recorded is on the disk."""
        self._wait_for_aside()
        self._disk.wait()

    def close(self) -> None:
        """The document is closed in good order; there is nothing to recover."""
        self._newest = None
        self._wait_for_aside()
        for segment in self._all_segments():
            self._disk.retire(segment)
        self._disk.stop()
        self._segment = None
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wish(self, document: Document) -> _Wish:
        return _Wish(document, self._saved, self._project)

    def _keep(self, wish: _Wish) -> None:
        before, self._newest = self._newest, wish
        if before is not None and cost(before.document, wish.document) > HUGE:
            self._go_aside(self._catch_up)
        elif self._turn.acquire(timeout=PATIENCE):
            try:
                failure, self._failed_aside = self._write_newest(), None
            finally:
                self._turn.release()
            if failure is not None:
                self._tell_trouble(failure)

    # Aside

    def _go_aside(self, work: Callable[[], None]) -> None:
        self._aside = [thread for thread in self._aside if thread.is_alive()]
        thread = threading.Thread(target=work, name="journal-aside", daemon=True)
        self._aside.append(thread)
        thread.start()

    def _wait_for_aside(self) -> None:
        while self._aside:
            self._aside.pop().join()

    def _catch_up(self) -> None:
        """Write what was asked for last; and what nobody had the patience to wait with."""
        while self._newest not in (None, self._written) and self._failed_aside is None:
            with self._turn:
                self._failed_aside = self._write_newest()

    def _replace(self) -> None:
        """Make another segment in place of the one that has grown too large."""
        with self._turn:
            old, wish = self._segment, self._written
            known = {} if old is None else dict(old.contents)
            self._number += 1
            number = self._number
        try:
            if old is not None and wish is not None:
                self._replace_by(self._packed_segment(old, known, wish, number), old)
        except (OSError, ValueError):
            if old is not None:
                old.first_size = old.size  # all is safe in it; it is tried again when it has grown as much again
        finally:
            self._replacing = False
        self._catch_up()

    def _packed_segment(self, old: Segment, known: Container[str], wish: _Wish, number: int) -> tuple[Segment, Teller]:
        teller = Teller(self._names)
        change, contents = teller.tell(wish.document, known)
        contents |= {name: old.read(name) for name in teller.used() - contents.keys()}
        contents = {name: packed_later(content) for name, content in contents.items()}
        segment = Segment(self._path(number), unfinished=True)
        try:
            segment.append(contents, _opening(wish, change))
        except OSError:
            segment.remove()
            raise
        return segment, teller

    def _replace_by(self, made: tuple[Segment, Teller], old: Segment) -> None:
        """What came meanwhile is told to the new segment too, and then it counts."""
        segment, teller = made
        with self._turn:
            wish = self._written
            try:
                if self._segment is old and wish is not None:
                    change, contents = teller.tell(wish.document, segment.contents)
                    segment.append(contents, [framed_value(CHANGE, change), *_saved_frame(wish)])
                    segment.finish()
                    self._come_after(segment, teller)
            finally:
                if self._segment is not segment:  # it failed, or the old one was given up meanwhile
                    segment.remove()

    # Where it is this thread's turn

    def _write_newest(self) -> Exception | None:
        """Write; why it failed, if it did."""
        wish = self._newest
        if wish is None or wish is self._written:
            return None
        failure = self._write(wish)
        if failure is None:
            self._written, self._in_trouble = wish, False
        disk = self._disk.failure()
        if disk is not None:
            self._give_up_segment()
        return failure or disk

    def _write(self, wish: _Wish) -> Exception | None:
        try:
            self._append(wish)
        except (OSError, ValueError):
            return self._write_anew(wish)
        return None

    def _write_anew(self, wish: _Wish) -> Exception | None:
        """The segment at hand may end in half a record, behind which nothing is read; another one may succeed."""
        self._give_up_segment()
        try:
            self._start_segment(wish)
        except (OSError, ValueError) as error:
            return error
        return None

    def _append(self, wish: _Wish) -> None:
        segment = self._segment
        if segment is None or (self._overgrown(segment) and segment.size < QUICKLY_REPLACED and not self._replacing):
            self._start_segment(wish)
            return
        change, contents = self._teller.tell(wish.document, segment.contents)
        segment.append(contents, [framed_value(CHANGE, change), *_saved_frame(wish)])
        self._disk.sync(segment.handle)
        if self._overgrown(segment) and segment.size >= QUICKLY_REPLACED and not self._replacing:
            self._replacing = True
            self._go_aside(self._replace)

    def _overgrown(self, segment: Segment) -> bool:
        return segment.size > max(self._smallest, GROWTH * segment.first_size)

    def _start_segment(self, wish: _Wish) -> None:
        """Begin a segment with all of the document; those before it go when it is safe.

        Contents that the segment at hand has are copied, not packed again.
        """
        if not self._lock.acquire():
            raise OSError(f"{self.folder} is in use")
        teller, old = Teller(self._names), self._segment
        change, contents = teller.tell(wish.document, () if old is None else old.contents)
        if old is not None:
            contents |= {name: old.read(name) for name in teller.used() - contents.keys()}
        self._number += 1
        segment = Segment(self._path(self._number))
        # Until it is written whole, it is one more that the next shall take the place of.
        self._older.append(segment)
        segment.append(contents, _opening(wish, change))
        self._older.remove(segment)
        self._come_after(segment, teller)

    def _come_after(self, segment: Segment, teller: Teller) -> None:
        """From now on this segment counts; all before it go once it is on the disk."""
        superseded = self._all_segments()
        self._teller, self._segment, self._older = teller, segment, []
        self._disk.sync(segment.handle)
        for each in superseded:
            self._disk.retire(each)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.journal"

    def _all_segments(self) -> list[Segment]:
        return self._older if self._segment is None else [*self._older, self._segment]

    def _give_up_segment(self) -> None:
        self._older, self._segment = self._all_segments(), None

    def _tell_trouble(self, error: Exception) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            reason = getattr(error, "strerror", None) or str(error)
            self.trouble.emit(f"Your work cannot be kept safe in {self.folder} ({reason}). Save the project now.")


def _opening(wish: _Wish, change: Change) -> list[bytes]:
    """The records with which a segment begins."""
    beginning = framed_value(BEGINNING, Beginning(wish.project, time.time()))
    return [beginning, framed_value(CHANGE, change), *_saved_frame(wish)]


def _saved_frame(wish: _Wish) -> list[bytes]:
    return [framed_value(SAVED, Saved(wish.project))] if wish.saved else []


def read_journal(folder: Path) -> Recovered:
    """What the newest whole segment in a folder tells. JournalError when there is none."""
    failure: JournalError | None = None
    for path in sorted(folder.glob(SEGMENTS), reverse=True):
        try:
            found = _read_segment(folder, path)
        except JournalError as error:
            failure = failure or error
            continue
        if found is not None:
            return found
    raise failure or JournalError(f"The journal {folder} holds no document.")


def _read_segment(folder: Path, path: Path) -> Recovered | None:
    try:
        data = path.read_bytes()
        changed = path.stat().st_mtime
    except OSError as error:
        raise JournalError(f"The journal {path} cannot be read ({error.strerror}).") from error
    reader = _Reader(data)
    try:
        reader.read()
    except UNREADABLE as error:
        raise JournalError(f"The journal {path} is from another version or damaged ({error}).") from error
    if not reader.changes:
        return None
    project = Path(reader.project) if reader.project else None
    return Recovered(folder, reader.listener.document, project, reader.saved, reader.since, changed)


UNREADABLE = (
    msgspec.DecodeError, LookupError, ValueError, TypeError, ArithmeticError, RecursionError, MemoryError, zlib.error
)  # fmt: skip
"""What can come of records of another version, or of none."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.project, self.since, self.saved, self.changes = "", 0.0, False, 0
        self.listener = Listener(self._content)
        self._data = data
        self._contents: dict[str, memoryview] = {}

    def read(self) -> None:
        for _place, kind, body in records(self._data):
            if kind == CONTENT:
                self._contents[body[:NAME].hex()] = body[NAME:]
            elif kind == CHANGE:
                self.listener.hear(msgspec.json.decode(body, type=Change))
                self.changes, self.saved = self.changes + 1, False
            elif kind == SAVED:
                self.project, self.saved = msgspec.json.decode(body, type=Saved).project, True
            elif kind == BEGINNING:
                beginning = msgspec.json.decode(body, type=Beginning)
                self.project, self.since = beginning.project, beginning.since

    def _content(self, name: str) -> bytes:
        return unpacked(bytes(self._contents[name]))


def forget(recovered: Recovered) -> None:
    """Remove a journal whose document is safe elsewhere, or not wanted."""
    shutil.rmtree(recovered.folder, ignore_errors=True)
