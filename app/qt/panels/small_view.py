"""The painted canvas, small, beside the nodes: what is painted and what came of it, as it changes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.model.jobs import Jobs
from app.paint.toolbox import Tool
from app.qt.desk import Desk
from app.qt.paintview.view import PaintView
from app.qt.pictures import pixels_of
from app.qt.theme import GRID

_LEAST, _LIKED = 18 * GRID, 30 * GRID


class SmallView(QWidget):
    """To be looked at; it follows the desk, and the picture in the making, only while it is seen."""

    def __init__(self, desk: Desk, jobs: Jobs) -> None:
        super().__init__()
        self._desk = desk
        self._resting = False
        self._latest: bytes | None = None
        self.view = PaintView(desk)
        self.view.bind_keys({})
        self.view.set_tool(Tool.PAN)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.view.setAccessibleName("Small paint view")
        self.setMinimumHeight(_LEAST)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        desk.changed.connect(self._follow)
        desk.rested.connect(self._rest)
        self._disconnect = (
            jobs.previewed.connect(lambda _job, preview: self._preview(preview.png)),
            jobs.finished.connect(lambda _job: self._preview(None)),
        )

    def leave(self) -> None:
        """Listen to the jobs no more."""
        for disconnect in self._disconnect:
            disconnect()

    def sizeHint(self) -> QSize:
        """Small: the values beside it need the room."""
        return QSize(_LIKED, _LIKED)

    def set_surround(self, colour: QColor) -> None:
        """The colour around the canvas."""
        self.view.set_surround(colour)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()
        self._show_preview()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.view.set_preview(None)

    def _rest(self, resting: bool) -> None:
        self._resting = resting
        self._follow()

    def _preview(self, png: bytes | None) -> None:
        self._latest = png
        if self.isVisible():
            self._show_preview()

    def _show_preview(self) -> None:
        """Paint that has stepped back makes way for what the picture looks like so far."""
        image = QImage() if self._latest is None or not self._resting else QImage.fromData(self._latest)
        self.view.set_preview(None if image.isNull() else pixels_of(image))

    def _follow(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self.view.set_picture_opacity(1.0)
        self.view.refresh()
        self.view.fit()
