"""Live painting: once an edit has settled, a quick picture of it is drawn below the paint; it is not kept."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QObject, QTimer

from app.model.job import Job, JobState
from app.model.jobs import Jobs, Wish
from app.model.live import Decision, Live, quick
from app.qt.desk import Desk
from app.qt.paintview.view import PaintView
from app.qt.pictures import pixels_of, read_image
from nodes.graph.errors import ProblemsError

SETTLING = 120
"""Milliseconds without another edit before a quick run begins."""


class Living(QObject):
    """Does what `app.model.live` decides."""

    def __init__(self, desk: Desk, jobs: Jobs, view: PaintView) -> None:
        super().__init__()
        self._desk, self._jobs, self._view = desk, jobs, view
        self._live = Live()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLING)
        self._timer.timeout.connect(self._edited)
        self._disconnect = [
            desk.session.finished.connect(lambda _document: self._wait()),
            jobs.finished.connect(self._ended),
        ]

    def leave(self) -> None:
        """The window closes."""
        self._timer.stop()
        for disconnect in self._disconnect:
            disconnect()

    def switch(self, *, on: bool) -> None:
        """Turn it on or off."""
        self._do(self._live.switched(on, self._desk.document))
        if not on:
            self._view.set_preview(None)

    def make_way(self) -> None:
        """A picture that is kept is about to be asked for."""
        self._timer.stop()
        self._do(self._live.generating(self._desk.document))

    def _wait(self) -> None:
        if self._live.on:
            self._timer.start()

    def _edited(self) -> None:
        self._do(self._live.edited(self._desk.document))

    def _do(self, decided: tuple[Live, Decision]) -> None:
        self._live, decision = decided
        if decision.cancel is not None:
            self._jobs.cancel(decision.cancel)
        if decision.submit is not None:
            # A document that cannot run says so on its nodes; while one paints, nobody asked for more.
            with suppress(ProblemsError):
                job = self._jobs.submit(
                    quick(decision.submit, self._desk.registry), Wish(live=True, title="Live painting")
                )
                self._live = self._live.submitted(job.id)

    def _ended(self, job: Job) -> None:
        if not job.live:
            return
        newest = job.id == self._live.job
        self._live = self._live.ended(job.id)
        for result in job.results:
            image = read_image(result.path)
            with suppress(OSError):  # a picture that stays behind does no harm
                result.path.unlink()
            if newest and job.state is JobState.DONE and not image.isNull():
                self._view.set_preview(pixels_of(image))
