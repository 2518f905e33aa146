"""The noise timeline folded: one thin line of who draws when, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.model.timeline_run import Played
from app.model.timeline_values import Solve
from app.qt.theme import GRID
from app.qt.timeline.layout import laid_out
from app.qt.timeline.look import look_of

_THICK = 4.0


class ThinLine(QWidget):
    """Shows the row that is drawn, else the first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._solve: Solve | None = None
        self._played: Played | None = None
        self.setAccessibleName("Noise timeline, folded")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_solve(self, solve: Solve | None, played: Played | None) -> None:
        """Show a row and how far it is."""
        if (solve, played) != (self._solve, self._played):
            self._solve, self._played = solve, played
            self.update()

    def sizeHint(self) -> QSize:
        """Thin."""
        return QSize(30 * GRID, GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The spans in a row, and below them how far it is."""
        solve, played = self._solve, self._played
        if solve is None:
            return
        layout, look = laid_out((solve,), float(self.width())), look_of(self.palette())
        top = (self.height() - _THICK) / 2.0
        with QPainter(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            for span in solve.spans:
                lit = played is not None and played.source == span.source
                room = layout.span(0, solve, span)
                painter.fillRect(QRectF(room.left(), top, room.width() - 1.0, _THICK), look.fill(solve, span, lit=lit))
            if played is not None:
                x = layout.x_of(played.sigma)
                left = layout.x_of(solve.sigma_from)
                painter.fillRect(QRectF(left, top + _THICK, x - left, 1.5), look.accent)
                painter.fillRect(QRectF(x - 1.0, top - 2.0, 2.0, _THICK + 4.0), look.accent)
