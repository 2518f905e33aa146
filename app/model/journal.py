"""The journal: after every finished edit the document is on disk, so that no crash loses more than the edit at hand.

A journal is a folder with numbered segments. A segment begins with the whole document and goes on with what changed,
edit by edit. When it has grown large a new one takes its place, and the old one goes once the new one is safe. The
record of an edit has been handed to the system before `record` returns, which outlasts the death of this process; a
thread of its own then has the system put it on the disk, which outlasts a power cut. Only what takes so long that the
artist would feel it (many layers imported at once, a large document just opened) is written aside, and what comes
meanwhile waits behind it.

    JournalError      a journal cannot be read
"""

from __future__ import annotations

import os
import queue
import shutil
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.model.document import Document, cost
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
    framed_content,
    framed_value,
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

LARGE = 4 * 2**20
"""Bytes of new pixels and files from which on packing and writing them would be felt."""


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


@dataclass(frozen=True)
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
        self._lock = FileLock(self.folder / LOCK_NAME)
        self._teller = Teller()
        self._segment: _Segment | None = None
        self._older: list[_Segment] = []
        self._number = 0
        self._saved = False
        self._in_trouble = False
        self._turn = threading.Lock()  # guards the four that follow
        self._aside: threading.Thread | None = None
        self._aside_is_long = False
        self._waiting: _Wish | None = None
        self._failed_aside: Exception | None = None
        self._disk = _Disk()

    def begin(self, document: Document, saved: bool) -> None:
        """Write all of a document that was just opened; `saved` says that its project file holds it.

        What fails is tried again, and told, with the first edit; until then nothing is in danger.
        """
        self._saved = saved
        with self._turn:
            self._go_aside(self._wish(document))

    def record(self, document: Document) -> None:
        """Keep a document after a finished edit."""
        self._saved = False
        self._write(self._wish(document))

    def saved(self, document: Document, project: Path) -> None:
        """Note that the project file holds `document`, which is then no longer in danger."""
        self._project = str(project)
        self._saved = True
        self._write(self._wish(document))

    def sync(self) -> None:
        """Wait until all that was recorded is on the disk."""
        self._wait_for_aside()
        self._disk.wait()

    def close(self) -> None:
        """The document is closed in good order; there is nothing to recover."""
        with self._turn:
            self._waiting = None
        self._wait_for_aside()
        for segment in self._all_segments():
            self._disk.retire(segment)
        self._disk.stop()
        self._segment = None
        self._lock.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wish(self, document: Document) -> _Wish:
        return _Wish(document, self._saved, self._project)

    def _write(self, wish: _Wish) -> None:
        if not self._aside_is_long:
            self._wait_for_aside()
        with self._turn:
            if self._aside is not None:
                self._waiting = wish  # the newest is all that counts
                return
            failure, self._failed_aside = self._failed_aside, None
            if cost(self._teller.told, wish.document) > LARGE:
                self._go_aside(wish)
            else:
                failure = self._write_here(wish)
        if failure is not None:
            self._tell_trouble(failure)

    def _write_here(self, wish: _Wish) -> Exception | None:
        """Write at once; a large segment that has grown too much is replaced aside, when all is safe in the old one."""
        failure = self._written(wish, replace=self._segment is None or self._segment.size < LARGE)
        disk = self._disk.failure()
        if disk is not None:
            self._give_up_segment()
        elif self._segment is not None and self._overgrown(self._segment):
            self._go_aside(wish)
        return failure or disk

    def _go_aside(self, wish: _Wish) -> None:
        self._aside_is_long = cost(Document(), wish.document) > LARGE
        self._aside = threading.Thread(target=self._write_aside, args=[wish], name="journal-aside", daemon=True)
        self._aside.start()

    def _write_aside(self, wish: _Wish) -> None:
        """Write this, and then whatever came meanwhile."""
        while True:
            failure = self._written(wish, replace=True)
            with self._turn:
                self._failed_aside = failure or self._failed_aside
                if self._waiting is None:
                    self._aside = None
                    return
                wish, self._waiting = self._waiting, None

    def _wait_for_aside(self) -> None:
        with self._turn:
            aside = self._aside
        if aside is not None:
            aside.join()

    def _written(self, wish: _Wish, *, replace: bool) -> Exception | None:
        """Write; why it failed, if it did. `replace`: an overgrown segment may give way to a new one."""
        try:
            self._append(wish, replace=replace)
        except (OSError, ValueError):
            return self._written_anew(wish)
        self._in_trouble = False
        return None

    def _written_anew(self, wish: _Wish) -> Exception | None:
        """The segment at hand may end in half a record, behind which nothing is read; another one may succeed."""
        self._give_up_segment()
        try:
            self._start_segment(wish)
        except (OSError, ValueError) as error:
            return error
        self._in_trouble = False
        return None

    def _overgrown(self, segment: _Segment) -> bool:
        return segment.size > max(self._smallest, GROWTH * segment.first_size)

    def _append(self, wish: _Wish, *, replace: bool) -> None:
        if self._segment is None or (replace and self._overgrown(self._segment)):
            self._start_segment(wish)
            return
        change, contents = self._teller.tell(wish.document, self._segment.contents)
        self._segment.append(contents, [framed_value(CHANGE, change), *_saved_frame(wish)])
        self._disk.sync(self._segment.handle)

    def _start_segment(self, wish: _Wish) -> None:
        """Begin a segment with all of the document; those before it go when it is safe.

        Contents that the segment at hand has are copied, not packed again.
        """
        if not self._lock.acquire():
            raise OSError(f"{self.folder} is in use")
        teller, old = Teller(), self._segment
        change, contents = teller.tell(wish.document, () if old is None else old.contents)
        if old is not None:
            contents |= {name: old.read(name) for name in teller.used() - contents.keys()}
        beginning = framed_value(BEGINNING, Beginning(wish.project, time.time()))
        self._number += 1
        segment = _Segment(self.folder / f"{self._number:08d}.journal")
        # Until it is written whole, it is one more that the next shall take the place of.
        self._older.append(segment)
        segment.append(contents, [beginning, framed_value(CHANGE, change), *_saved_frame(wish)])
        self._older.remove(segment)
        superseded = self._all_segments()
        self._teller, self._segment, self._older = teller, segment, []
        self._disk.sync(segment.handle)
        for each in superseded:
            self._disk.retire(each)

    def _all_segments(self) -> list[_Segment]:
        return self._older if self._segment is None else [*self._older, self._segment]

    def _give_up_segment(self) -> None:
        self._older, self._segment = self._all_segments(), None

    def _tell_trouble(self, error: Exception) -> None:
        if not self._in_trouble:
            self._in_trouble = True
            reason = getattr(error, "strerror", None) or str(error)
            self.trouble.emit(f"Your work cannot be kept safe in {self.folder} ({reason}). Save the project now.")


def _saved_frame(wish: _Wish) -> list[bytes]:
    return [framed_value(SAVED, Saved(wish.project))] if wish.saved else []


class _Segment:
    """One file of a journal. `contents`: where each packed content lies in it, (offset, length)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        self.size = 0
        self.first_size = 0
        self.contents: dict[str, tuple[int, int]] = {}

    def append(self, contents: Mapping[str, bytes], values: Iterable[bytes]) -> None:
        """Hand contents, and then the records that name them, to the system in one go."""
        place, frames, places = self.size, [], {}
        for name, content in contents.items():
            frame = framed_content(name, content)
            places[name] = (place + len(frame) - len(content), len(content))
            place += len(frame)
            frames.append(frame)
        data = memoryview(b"".join((*frames, *values)))
        self.size += len(data)
        self.first_size = self.first_size or self.size
        while data:
            data = data[os.write(self.handle, data) :]
        self.contents |= places

    def read(self, name: str) -> bytes:
        """A packed content."""
        offset, length = self.contents[name]
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(length)


class _Disk:
    """Has the system put files on the disk, in a thread of its own, because that can take as long as it likes."""

    def __init__(self) -> None:
        self._wishes: queue.SimpleQueue[int | _Segment | threading.Event | None] = queue.SimpleQueue()
        self._failures: queue.SimpleQueue[OSError] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def sync(self, handle: int) -> None:
        """Put a file on the disk."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()
        self._wishes.put(handle)

    def retire(self, segment: _Segment) -> None:
        """Remove a segment, after all that was wished before."""
        self._wishes.put(segment)

    def wait(self) -> None:
        """Wait until all wishes are fulfilled."""
        if self._thread is not None:
            done = threading.Event()
            self._wishes.put(done)
            done.wait()

    def stop(self) -> None:
        """Fulfil all wishes and end."""
        if self._thread is not None:
            self._wishes.put(None)
            self._thread.join()
            self._thread = None

    def failure(self) -> OSError | None:
        """Why something could not be put on the disk, once."""
        return None if self._failures.empty() else self._failures.get()

    def _run(self) -> None:
        while True:
            wishes = [self._wishes.get()]
            while not self._wishes.empty():
                wishes.append(self._wishes.get())
            for handle in {wish for wish in wishes if isinstance(wish, int)}:
                self._try(handle)
            for wish in wishes:
                if isinstance(wish, threading.Event):
                    wish.set()
                elif isinstance(wish, _Segment):
                    os.close(wish.handle)
                    wish.path.unlink(missing_ok=True)
            if None in wishes:
                return

    def _try(self, handle: int) -> None:
        try:
            os.fsync(handle)
        except OSError as error:
            self._failures.put(error)


def read_journal(folder: Path) -> Recovered:
    """What the newest whole segment in a folder tells. JournalError when there is none."""
    for path in sorted(folder.glob(SEGMENTS), reverse=True):
        found = _read_segment(folder, path)
        if found is not None:
            return found
    raise JournalError(f"The journal {folder} holds no document.")


def _read_segment(folder: Path, path: Path) -> Recovered | None:
    try:
        data = path.read_bytes()
        changed = path.stat().st_mtime
    except OSError as error:
        raise JournalError(f"The journal {path} cannot be read ({error.strerror}).") from error
    reader = _Reader(data)
    try:
        reader.read()
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        raise JournalError(f"The journal {path} is from another version or damaged ({error}).") from error
    if not reader.changes:
        return None
    project = Path(reader.project) if reader.project else None
    return Recovered(folder, reader.listener.document, project, reader.saved, reader.since, changed)


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


def find_recoverable(folder: Path) -> tuple[Recovered, ...]:
    """The documents that other, dead processes left unsaved below `folder`, latest first.

    Journals that hold nothing in danger are removed. One that cannot be read is left where it is.
    """
    found = []
    for each in folder.iterdir() if folder.is_dir() else ():
        lock = FileLock(each / LOCK_NAME)
        if each.is_dir() and lock.acquire():
            recovered = _recovered(each)
            lock.release()
            if recovered is not None and recovered.saved:
                forget(recovered)
            elif recovered is not None:
                found.append(recovered)
    return tuple(sorted(found, key=lambda recovered: -recovered.changed))


def _recovered(folder: Path) -> Recovered | None:
    try:
        return read_journal(folder)
    except JournalError:
        return None


def forget(recovered: Recovered) -> None:
    """Remove a journal whose document is safe elsewhere, or not wanted."""
    shutil.rmtree(recovered.folder, ignore_errors=True)
