"""The painted canvas, small, beside the nodes: what is painted and what came of it, as it changes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.paint.toolbox import Tool
from app.qt.desk import Desk
from app.qt.paintview.view import PaintView
from app.qt.theme import GRID

_LEAST, _LIKED = 18 * GRID, 30 * GRID


class SmallView(QWidget):
    """To be looked at; it follows the desk only while it is seen."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
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
        desk.rested.connect(lambda _resting: self._follow())

    def sizeHint(self) -> QSize:
        """Small: the values beside it need the room."""
        return QSize(_LIKED, _LIKED)

    def set_surround(self, colour: QColor) -> None:
        """The colour around the canvas."""
        self.view.set_surround(colour)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.view.set_preview(None)

    def _follow(self) -> None:
        if self.isVisible():
            self._refresh()

    def _refresh(self) -> None:
        self.view.set_picture_opacity(1.0)
        self.view.refresh()
        self.view.fit()
