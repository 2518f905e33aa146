"""Small pictures of the jobs in the queue: how far one has come, or what it will work on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from app.model.aside import Aside
from app.model.document import Document
from app.model.job import Job
from app.model.jobs import Jobs
from app.model.queue_pictures import alike, waiting_picture
from engine.api.messages import Preview
from nodes.registry import Registry

SIDE = 40
"""Sides of a picture in the queue, in logical pixels."""

_RATIO = 2.0
_KEPT = 8  # documents whose pictures are remembered; jobs of one press share one


@dataclass
class _Waiting:
    document: Document
    pixmap: QPixmap | None = None


class QueuePictures(QObject):
    """`arrived`: some job has another picture. Nothing is read or drawn before it is asked for."""

    arrived = Signal()

    def __init__(self, jobs: Jobs, registry: Registry, aside: Aside) -> None:
        super().__init__()
        self._registry, self._aside = registry, aside
        self._previews: dict[int, bytes] = {}
        self._shown: dict[int, QPixmap] = {}
        self._waiting: deque[_Waiting] = deque(maxlen=_KEPT)
        self._disconnect = [jobs.previewed.connect(self._preview), jobs.finished.connect(self._forget)]

    def leave(self) -> None:
        """Listen to the jobs no more."""
        for disconnect in self._disconnect:
            disconnect()

    def of(self, job: Job) -> QPixmap | None:
        """The picture of a job as far as it is known; None where nothing was painted for it, or not yet read."""
        if job.id in self._previews and job.id not in self._shown:
            self._shown[job.id] = _fitted(self._previews[job.id])
        return self._shown.get(job.id) or self._of_document(job.document)

    def _of_document(self, document: Document) -> QPixmap | None:
        known = next((each for each in self._waiting if alike(each.document, document, self._registry)), None)
        if known is None:
            known = _Waiting(document)
            self._waiting.append(known)
            self._ask(known)
        return known.pixmap

    def _ask(self, owed: _Waiting) -> None:
        self._aside(
            lambda: waiting_picture(owed.document, self._registry, round(SIDE * _RATIO)),
            lambda data: self._arrive(owed, data),
            lambda _error: None,  # the job itself tells what is wrong with its document
        )

    def _arrive(self, owed: _Waiting, data: bytes | None) -> None:
        if data is not None:
            owed.pixmap = _fitted(data)
            self.arrived.emit()

    def _preview(self, job: Job, preview: Preview) -> None:
        self._previews[job.id] = preview.png
        self._shown.pop(job.id, None)
        self.arrived.emit()

    def _forget(self, job: Job) -> None:
        self._previews.pop(job.id, None)
        self._shown.pop(job.id, None)


def _fitted(data: bytes) -> QPixmap:
    image, side = QImage.fromData(data), round(SIDE * _RATIO)
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    pixmap = QPixmap.fromImage(image if image.isNull() else image.scaled(side, side, keep, smooth))
    pixmap.setDevicePixelRatio(_RATIO)
    return pixmap
