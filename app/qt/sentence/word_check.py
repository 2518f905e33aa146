"""Holds texts against the model, aside, once the hand pauses."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.qt.bridge import AsideWorker
from app.tokens.checking import Checked, Checker

PAUSE = 40
"""Milliseconds without a letter after which a text is looked at."""


class WordCheck(QObject):
    """Checks one text at a time. `told` (a `Checked`, or None where no model reads): the newest text was looked at."""

    told = Signal(object)

    def __init__(self, worker: AsideWorker, check: Checker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._check = worker, check
        self._asked: tuple[str | None, str] | None = None
        self._stopped = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._begin)

    def ask(self, model: str | None, text: str) -> None:
        """Look at a text as a model reads it, unless that was asked last."""
        if not self._stopped and self._asked != (model, text):
            self._asked = model, text
            self._pause.start()

    def stop(self) -> None:
        """Look at nothing more."""
        self._stopped = True
        self._pause.stop()

    def _begin(self) -> None:
        if self._asked is None:
            return
        model, text = asked = self._asked
        if model is None:
            self.told.emit(None)
            return
        self._worker(
            lambda: self._check(model, text),
            lambda found: self._tell(asked, found),
            lambda _error: self._tell(asked, None),  # a model that cannot be read is told by the run that needs it
        )

    def _tell(self, asked: tuple[str | None, str], found: Checked | None) -> None:
        if asked == self._asked:
            self.told.emit(found)
