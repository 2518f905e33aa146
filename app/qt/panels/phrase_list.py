"""The phrases in their order, the uppermost first; a phrase is dragged to its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.qt.panels.parts import emptied
from app.qt.panels.phrase_row import PhraseRow

_GAP = 2
_LINE = 2


class PhraseList(QWidget):
    """Rows with gaps between them; a line shows the gap that a carried row would go to."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[PhraseRow, ...] = ()
        self._gap: int | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, _GAP, 0, _GAP)
        self._column.setSpacing(_GAP)

    def fill(self, rows: Sequence[PhraseRow]) -> None:
        """Show these rows in place of others, the uppermost first."""
        emptied(self._column)
        self._rows = tuple(rows)
        for row in rows:
            self._column.addWidget(row)
            row.show()  # now, not when the loop comes round: a hand may be on its way
        self._column.activate()

    def carry(self, height: int) -> None:
        """Show where a row would go that is let go at a height on the screen."""
        self._gap = self._gap_at(height)
        self.update()

    def drop(self, row: PhraseRow, height: int) -> int:
        """The new place of a row that is let go at a height on the screen, counted from the lowest row, 0."""
        gap, self._gap = self._gap_at(height), None
        self.update()
        place = self._rows.index(row)
        return len(self._rows) - 1 - (gap - 1 if gap > place else gap)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._gap is None:
            return
        above = self._rows[self._gap - 1].geometry().bottom() + 1 if self._gap else 0
        line = QRect(0, above + (_GAP - _LINE) // 2, self.width(), _LINE)
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.fillRect(line, self.palette().highlight())

    def _gap_at(self, height: int) -> int:
        inside = self.mapFromGlobal(QPoint(0, height)).y()
        return sum(row.geometry().center().y() < inside for row in self._rows)
