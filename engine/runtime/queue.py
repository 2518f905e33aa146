"""Jobs that wait their turn, and the one that runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from engine.runtime.context import Job


class JobQueue:
    """First come, first served, unless reordered. `on_change(running, waiting)` hears of every change, in order."""

    def __init__(self, on_change: Callable[[str | None, tuple[str, ...]], None]) -> None:
        self._on_change = on_change
        self._changed = threading.Condition()
        self._waiting: list[Job] = []
        self._running: Job | None = None
        self._closed = False

    def add(self, job: Job) -> None:
        """Put a job at the end."""
        with self._changed:
            self._waiting.append(job)
            self._tell()

    def take(self) -> Job | None:
        """Wait for the next job, which then counts as running; None once the queue is closed."""
        with self._changed:
            if self._running is not None:
                self._running = None
                self._tell()
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            self._running = self._waiting.pop(0)
            self._tell()
            return self._running

    def cancel(self, job: str) -> bool:
        """Cancel a running job, or take a waiting one out; True for the latter."""
        with self._changed:
            if self._running is not None and self._running.id == job:
                self._running.token.cancel()
            kept = [waiting for waiting in self._waiting if waiting.id != job]
            removed = len(kept) < len(self._waiting)
            self._waiting = kept
            if removed:
                self._tell()
            return removed

    def reorder(self, first: Sequence[str]) -> None:
        """Put these waiting jobs first, in this order."""
        with self._changed:
            places = {job: place for place, job in enumerate(first)}
            self._waiting.sort(key=lambda job: places.get(job.id, len(places)))
            self._tell()

    def close(self) -> None:
        """Cancel what runs and give out no more."""
        with self._changed:
            self._closed = True
            if self._running is not None:
                self._running.token.cancel()
            self._changed.notify_all()

    def _tell(self) -> None:
        running = None if self._running is None else self._running.id
        self._on_change(running, tuple(job.id for job in self._waiting))
        self._changed.notify_all()
