"""Says so while the last edit is not yet kept: for a moment, when it is huge or the disk is slow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel

from app.qt.theme import GRID

_AGAIN = 50  # milliseconds between two looks


class KeptMark(QLabel):
    """`behind`: whether an edit is still being written to the journal."""

    def __init__(self, behind: Callable[[], bool]) -> None:
        super().__init__("Last edit not kept yet")
        self.setObjectName("quiet")
        self.setToolTip("Until this goes away, a crash could cost it")
        self.setContentsMargins(GRID, 0, GRID, 0)
        self.hide()
        self._behind = behind
        self._timer = QTimer(self)
        self._timer.setInterval(_AGAIN)
        self._timer.timeout.connect(self.look)

    def look(self) -> None:
        """Look now, and again until all is kept."""
        behind = self._behind()
        self.setVisible(behind)
        if behind and not self._timer.isActive():
            self._timer.start()
        elif not behind:
            self._timer.stop()
