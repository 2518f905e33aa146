"""The queue: what runs and what waits, each with its picture; rows change places and are taken out."""

from __future__ import annotations

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.model.aside import Aside
from app.model.durations import estimated_time
from app.model.jobs import Jobs
from app.model.waiting import QueueRow, moved, queue_rows, time_left
from app.qt.panels.queue_list import QueueList
from app.qt.panels.queue_pictures import QueuePictures
from app.qt.theme import GRID, Icons
from nodes.registry import Registry

_NONE_RUNS = "Nothing runs and nothing waits. Ctrl+Enter puts a picture into the queue; Ctrl+Shift+Enter puts it first."


class QueuePanel(QWidget):
    """Shows the jobs that are not over, and asks `jobs` for changes. `told` and `clear` are for its header."""

    def __init__(self, jobs: Jobs, registry: Registry, aside: Aside, icons: Icons) -> None:
        super().__init__()
        self._jobs = jobs
        self._rows: tuple[QueueRow, ...] = ()
        self.pictures = QueuePictures(jobs, registry, aside)
        self.list = QueueList(icons, self._picture)
        self.list.wanted.connect(self._move)
        self.list.taken_out.connect(self._take_out)
        self.pictures.arrived.connect(self.list.viewport().update)
        self.told = QLabel(self)
        self.told.setObjectName("quiet")
        self._empty = QLabel(_NONE_RUNS)
        self._empty.setObjectName("quiet")
        self._empty.setWordWrap(True)
        self.clear = QPushButton("Clear", self)
        self.clear.setObjectName("small")
        self.clear.setToolTip("Take out all that wait; what runs goes on")
        self.clear.clicked.connect(lambda _checked=False: jobs.clear())
        self._lay_out()
        self._disconnect = [
            signal.connect(lambda *_what: self.refresh())
            for signal in (jobs.added, jobs.changed, jobs.removed, jobs.finished)
        ]
        self._disconnect.append(jobs.reordered.connect(self.refresh))
        self.refresh()

    def leave(self) -> None:
        """Listen to the jobs no more."""
        self.pictures.leave()
        for disconnect in self._disconnect:
            disconnect()

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        """What is shown, in order."""
        return self._rows

    def refresh(self) -> None:
        """Show the queue as it is."""
        rows = queue_rows(self._jobs.all)
        if [row.job for row in rows] == [row.job for row in self._rows]:
            self.list.refresh(rows)
        else:
            self.list.fill(rows)
        self._rows = rows
        left = time_left(rows)
        self.told.setText("" if left is None else f"About {estimated_time(left)} left")
        self._empty.setVisible(not rows)
        for widget in (self.list, self.told, self.clear):
            widget.setVisible(bool(rows))
        self.clear.setEnabled(any(row.movable for row in rows))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, 0, GRID, GRID)
        layout.setSpacing(GRID)
        self._empty.setContentsMargins(GRID, GRID, GRID, 0)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        layout.addStretch()
        self.setMinimumHeight(15 * GRID)

    def _picture(self, job: int) -> QPixmap | None:
        return self.pictures.of(self._jobs.job(job))

    def _move(self, job: int, place: int) -> None:
        order = moved(self._rows, job, place)
        if order is not None:
            self._jobs.reorder(order)

    def _take_out(self, jobs: list[int]) -> None:
        for job in jobs:
            self._jobs.cancel(job)
