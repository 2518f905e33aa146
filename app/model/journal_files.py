"""The files of a journal, and the thread that has the system put them on the disk."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.model.journal_records import Held, framed_content

UNFINISHED = ".part"

_PORTION = 2**20  # bytes that are put together before they are written


class Segment:
    """One file of a journal. `contents`: where each content lies in it, (offset, length).

    A file that is `unfinished` counts only once it is finished.
    """

    def __init__(self, path: Path, *, unfinished: bool = False) -> None:
        self._final = path
        self.path = path.with_name(path.name + UNFINISHED) if unfinished else path
        self.handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        self.size = 0
        self.first_size = 0
        self.contents: dict[str, tuple[int, int]] = {}

    def append(self, contents: Mapping[str, Held], values: Iterable[bytes]) -> None:
        """Hand contents, and then the records that name them, to the system."""
        places, parts, waiting = {}, list[bytes | memoryview](), 0
        for name, content in contents.items():
            head, body = framed_content(name, content)
            self.size += len(head) - len(content.how)
            places[name] = (self.size, content.size)
            self.size += content.size
            parts += (head, body)
            waiting += content.size
            if waiting > _PORTION:
                self._write(b"".join(parts))
                parts, waiting = [], 0
        last = b"".join(values)
        self.size += len(last)
        self._write(b"".join((*parts, last)))
        self.first_size = self.first_size or self.size
        self.contents |= places

    def read(self, name: str) -> Held:
        """A content as it lies there."""
        offset, length = self.contents[name]
        with self.path.open("rb") as file:
            file.seek(offset)
            return Held.of(file.read(length))

    def _write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self.handle, rest) :]

    def finish(self) -> None:
        """It counts from now on."""
        os.close(self.handle)  # some systems do not rename what is open
        self.path.rename(self._final)
        self.path = self._final
        self.handle = os.open(self.path, os.O_RDWR | os.O_APPEND | getattr(os, "O_BINARY", 0))

    def remove(self) -> None:
        """Nothing in it is needed any more."""
        os.close(self.handle)
        self.path.unlink(missing_ok=True)


class Disk:
    """Has the system put files on the disk, in a thread of its own, because that can take as long as it likes."""

    def __init__(self) -> None:
        self._wishes: queue.SimpleQueue[int | Segment | threading.Event | None] = queue.SimpleQueue()
        self._failures: queue.SimpleQueue[OSError] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def sync(self, handle: int) -> None:
        """Put a file on the disk."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()
        self._wishes.put(handle)

    def retire(self, segment: Segment) -> None:
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
                elif isinstance(wish, Segment):
                    wish.remove()
            if None in wishes:
                return

    def _try(self, handle: int) -> None:
        try:
            os.fsync(handle)
        except OSError as error:
            self._failures.put(error)
