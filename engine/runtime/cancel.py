"""Cancelling one job: a flag of its own, never a global one."""

from __future__ import annotations

import threading

from engine.api.errors import Cancelled


class CancelToken:
    """Set from one thread, checked from another."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop at its next check."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` when the job was asked to stop."""
        if self._event.is_set():
            raise Cancelled
