"""The only place where other threads reach the window: the engine's events, and work that is done aside.

Both are put into the window's event queue by a Qt signal, in the order in which they came.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.client.events import ClientEvent
from engine.api.messages import Preview, Progress

Found = TypeVar("Found")

_Key = tuple[type, str, str, int]


class EngineBridge(QObject):
    """Carries what the engine's client tells over to the window's thread.

    `heard(event)` comes in the thread in which the bridge was made. Of progress and previews that a busy window has
    not yet looked at only the newest of each node comes, so that a window that was held up does not stay behind.
    """

    heard = Signal(object)
    _waiting = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._events: list[ClientEvent] = []
        self._latest: dict[_Key, int] = {}
        self._waiting.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def listen(self, event: ClientEvent) -> None:
        """Take an event, in any thread; this is what the engine's client is given as its listener."""
        with self._lock:
            key = _replaceable(event)
            place = self._latest.get(key) if key is not None else None
            if place is not None:
                self._events[place] = event
                return
            if key is None:
                # Nothing that came before may be replaced by what comes after: a node's end stays behind its progress.
                self._latest.clear()
            else:
                self._latest[key] = len(self._events)
            self._events.append(event)
            first = len(self._events) == 1
        if first:
            self._waiting.emit()

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            events, self._events = self._events, []
            self._latest.clear()
        for event in events:
            self.heard.emit(event)


class AsideWorker(QObject):
    """Does work in one thread of its own, piece by piece, and answers in the window's thread.

    It is an `app.model.aside.Aside`. After `close` nothing is answered any more.
    """

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="aside")
        self._closed = False
        self._finished.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def __call__(
        self, work: Callable[[], Found], done: Callable[[Found], object], failed: Callable[[Exception], object]
    ) -> None:
        """Begin `work` once all before it is done, and return at once."""
        self._pool.submit(self._do, work, done, failed)

    def close(self) -> None:
        """Wait for the work at hand, and begin nothing more."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _do(
        self, work: Callable[[], Found], done: Callable[[Found], object], failed: Callable[[Exception], object]
    ) -> None:
        try:
            found = work()
        except Exception as error:  # noqa: BLE001  the border of a thread: whoever asked hears of it
            problem = error
            self._finished.emit(lambda: failed(problem))
        else:
            self._finished.emit(lambda: done(found))

    @Slot(object)
    def _answer(self, answer: Callable[[], object]) -> None:
        if not self._closed:
            answer()


def _replaceable(event: ClientEvent) -> _Key | None:
    """What an event is about, if a later one about it makes it worthless."""
    if isinstance(event, (Progress, Preview)):
        return type(event), event.job, event.node, event.item
    return None
