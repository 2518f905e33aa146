"""Looking for what is wrong with a document, a moment after it changed and beside the window's own work."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QObject, QThreadPool, QTimer, Signal

from app.model.document import Document
from app.model.model_cards import Models
from app.model.problems import Problems, check
from nodes.registry import Registry

DELAY = 80
"""Milliseconds after a change until it is looked at: the last of a row of changes is the one that counts."""


class Checker(QObject):
    """`found`: what is wrong with the document that was looked at last, by node (`app.model.problems.Problems`)."""

    found = Signal(object)
    _done = Signal(object, object)

    def __init__(self, registry: Registry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.models: Models | None = None  # those that there are; None: what a node names is not looked for
        self._registry = registry
        self._document, self._inside = Document(), ""
        self._busy = False
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(DELAY)
        self._soon.timeout.connect(self._begin)
        self._done.connect(self._end)

    def follow(self, document: Document, inside: str = "") -> None:
        """Look at this document soon; `inside` is what stands before the ids of the nodes that are shown."""
        if document is not self._document or inside != self._inside:
            self._document, self._inside = document, inside
            self._soon.start()

    def show_models(self, models: Models) -> None:
        """Look again, for there are other models now."""
        self.models = models
        self._soon.start()

    def stop(self) -> None:
        """Look at nothing more, and wait for what is being looked at."""
        self._soon.stop()
        self._pool.waitForDone()

    def _begin(self) -> None:
        if not self._busy:
            self._busy = True
            self._pool.start(_look(weakref.ref(self), self._document, self._inside, self._registry, self.models))

    def _end(self, looked_at: tuple[Document, str], problems: Problems) -> None:
        """Back on the thread of the window."""
        self._busy = False
        document, inside = looked_at
        if document is self._document and inside == self._inside:
            self.found.emit(problems)
        else:
            self._soon.start()


def _look(
    asking: weakref.ref[Checker], document: Document, inside: str, registry: Registry, models: Models | None
) -> Callable[[], None]:
    """Work for a thread of its own. It must not be what keeps the asking one alive: Qt's timers die where they live."""

    def work() -> None:
        problems = check(document, registry, inside, models)
        checker = asking()
        if checker is not None:
            # Nobody wants to know any more when the window was closed meanwhile.
            with suppress(RuntimeError):
                checker._done.emit((document, inside), problems)

    return work
