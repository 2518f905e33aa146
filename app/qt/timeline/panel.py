"""The noise timeline as a panel: the band, scrolled where there are many rows, the thin line, and the running job."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QSizePolicy, QWidget

from app.model.document import Document, nothing
from app.model.job import Job
from app.model.jobs import Jobs
from app.model.model_cards import Models
from app.model.timeline import timeline
from app.model.timeline_run import Played, played
from app.model.timeline_values import Solve, solves_of
from app.qt.desk import Desk
from app.qt.dock import Dock
from app.qt.timeline.band import TimelineBand
from app.qt.timeline.layout import AXIS, PITCH, TOP
from app.qt.timeline.line import ThinLine

MOST_ROWS = 4
"""More rows are scrolled, so that the picture keeps its room."""


class TimelinePanel(QScrollArea):
    """`node_wanted`: a node of the graph shall be shown."""

    node_wanted = Signal(str)

    def __init__(self, desk: Desk, jobs: Jobs, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._jobs, self._models = desk, jobs, models
        self._followed: tuple[Document, tuple[Solve, ...]] | None = None
        self.band = TimelineBand(desk, models)
        self.line = ThinLine()
        self.setObjectName("panel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setWidget(self.band)
        self.band.setObjectName("panel")
        self.setFocusProxy(self.band)
        self.band.node_wanted.connect(self.node_wanted)
        self.band.reshaped.connect(self._fit)
        desk.changed.connect(self._show_line)
        self._disconnect = [signal.connect(self._follow) for signal in (jobs.changed, jobs.finished)]
        self._fit()
        self._show_line()

    @property
    def played(self) -> Mapping[str, Played]:
        """How far the running job is, by node."""
        return self.band.played

    def show_models(self, models: Models) -> None:
        """Show the document again, for there are other models now."""
        self._models, self._followed = models, None
        self.band.show_models(models)
        self._show_line()

    def join(self, dock: Dock) -> None:
        """Leave the thin line in the header while the dock that holds this is folded."""
        header = dock.header.layout()
        if isinstance(header, QBoxLayout):
            header.setStretchFactor(self.line, 1000)
        self.line.setVisible(dock.folded)
        dock.arranged.connect(lambda: self.line.setVisible(dock.folded))

    def leave(self) -> None:
        """Listen to the jobs no more."""
        for disconnect in self._disconnect:
            disconnect()

    def sizeHint(self) -> QSize:
        """As high as the band, up to a few rows."""
        return QSize(self.band.sizeHint().width(), self.height())

    def _fit(self) -> None:
        rows = min(max(len(self.band.rows), 1), MOST_ROWS)
        self.setFixedHeight(TOP + PITCH * rows + AXIS)

    def _follow(self, _job: Job) -> None:
        """Show how far the job that runs is."""
        unfinished = self._jobs.unfinished
        self._play(played(unfinished[0], self._solves(unfinished[0].document)) if unfinished else nothing())

    def _play(self, at: Mapping[str, Played]) -> None:
        self.band.set_played(at)
        self._show_line(at)

    def _solves(self, document: Document) -> tuple[Solve, ...]:
        """The rows of the document that runs, which may be another by now than the one on the desk."""
        if self._followed is None or self._followed[0] is not document:
            self._followed = document, solves_of(timeline(document, self._desk.registry, self._models))
        return self._followed[1]

    def _show_line(self, at: Mapping[str, Played] | None = None) -> None:
        at = at or self.band.played
        solves = solves_of(self.band.rows)
        running = next((solve for solve in solves if solve.node in at and at[solve.node].running), None)
        shown = running or next(iter(solves), None)
        self.line.show_solve(shown, None if shown is None else at.get(shown.node))
