"""What Generate would cost, told before it is pressed."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.model import edits
from app.model.jobs import Jobs
from app.model.seeds import seeds_after
from app.model.settings import SeedMode
from app.qt.desk import Desk
from app.qt.panels.run_bar import RunBar
from app.qt.running import Running

QUIET = 400
"""Milliseconds without an edit before it is looked at."""


class Foreseeing(QObject):
    """Looks whenever an edit or a job is finished, and nothing runs."""

    def __init__(self, desk: Desk, jobs: Jobs, running: Running, bar: RunBar) -> None:
        super().__init__()
        self._desk, self._jobs, self._running, self._bar = desk, jobs, running, bar
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET)
        self._timer.timeout.connect(self._look)
        self._disconnect = [
            desk.session.finished.connect(lambda _document: self._timer.start()),
            jobs.finished.connect(lambda _job: self._timer.start()),
        ]
        bar.counted.connect(lambda _count: self._timer.start())
        self._timer.start()

    def leave(self) -> None:
        """The window closes."""
        self._timer.stop()
        for disconnect in self._disconnect:
            disconnect()

    def _look(self) -> None:
        if self._jobs.unfinished:
            return
        desk, mode = self._desk, self._running.seed_mode
        document = desk.document
        if desk.seed is not None and mode is not SeedMode.FIXED:
            (seed,) = seeds_after(desk.seed, mode, 1, chosen=desk.seed_chosen)
            document = edits.set_seed(document, desk.registry, seed)
        self._jobs.foresee(document, self._bar.show_forecast)
