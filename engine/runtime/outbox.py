"""Events on their way to the client: sent in batches from one thread, so that a slow reader never holds up a node.

Progress and previews of the running node replace each other while they wait: only the newest is worth sending.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.messages import AnyEvent, NodeDone, NodeFailed, Preview, Progress, encode_events
from engine.runtime.pictures import preview_png

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How long events gather before they are sent, in seconds: below what an eye notices, above what a quick node takes.
GATHER = 0.01


@dataclass(frozen=True, eq=False)
class _Shown:
    """A preview that is not a PNG yet."""

    job: str
    node: str
    item: int
    pixels: NDArray[np.uint8]

    def drawn(self) -> Preview:
        """The event."""
        return Preview(self.job, self.node, self.item, *preview_png(self.pixels))


class Outbox:
    """Filled from any thread with `put` and `show`, emptied by the one thread that is in `run`."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._filled = threading.Event()
        self._hurry = threading.Event()
        self._closed = False
        self._events: list[AnyEvent | _Shown] = []
        self._progress: Progress | None = None
        self._preview: _Shown | None = None

    def put(self, event: AnyEvent) -> None:
        """Send `event` soon."""
        with self._lock:
            if isinstance(event, Progress):
                self._progress = event
            else:
                if isinstance(event, (NodeDone, NodeFailed)):
                    self._close_node(kept=isinstance(event, NodeDone))
                self._events.append(event)
        self._filled.set()

    def _close_node(self, *, kept: bool) -> None:
        """The node that was running has ended: its last preview stays its face, unless it failed."""
        if kept and self._preview is not None:
            self._events.append(self._preview)
        self._progress = self._preview = None

    def put_now(self, event: AnyEvent) -> None:
        """Send `event` without waiting for others."""
        self.put(event)
        self._hurry.set()

    def show(self, job: str, node: str, item: int, pixels: NDArray[np.uint8]) -> None:
        """Send a preview soon, unless a newer one comes first; it becomes a PNG only when it is sent."""
        with self._lock:
            self._preview = _Shown(job, node, item, pixels)
        self._filled.set()

    def close(self) -> None:
        """Send what is there and leave `run`."""
        self._closed = True
        self._hurry.set()
        self._filled.set()

    def run(self) -> None:
        """Send until closed, or until the client has gone."""
        try:
            while not self._closed:
                self._filled.wait()
                self._hurry.wait(GATHER)
                self._flush()
            self._flush()
        except OSError:
            return  # the reader thread sees the same and ends the process

    def _flush(self) -> None:
        self._filled.clear()
        self._hurry.clear()
        with self._lock:
            waiting = [*self._events, *(last for last in (self._progress, self._preview) if last is not None)]
            self._events, self._progress, self._preview = [], None, None
        if waiting:
            self._send(encode_events([event.drawn() if isinstance(event, _Shown) else event for event in waiting]))
