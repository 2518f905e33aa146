"""How a row of the queue is drawn: its picture, the first words, what it is about, and how far it is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.model.durations import estimated_time
from app.model.waiting import QueueRow
from app.qt.eliding import elided
from app.qt.panels.queue_pictures import SIDE
from app.qt.theme import GRID

ROW_HEIGHT = 7 * GRID
ROW = Qt.ItemDataRole.UserRole

_CHOSEN, _NEAR, _GROUND = 0.1, 0.05, 0.15
_BAR = 3
_DIGITS = 3
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class QueueLook(QStyledItemDelegate):
    """`picture` gives the picture of a job, or None; then the last digits of its seed stand there."""

    def __init__(self, picture: Callable[[int], QPixmap | None], parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = picture

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, ROW_HEIGHT)  # as wide as the list, and no wider when a scroll bar comes

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: QueueRow = index.data(ROW)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setOpacity(_CHOSEN if chosen else _NEAR)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(option.palette.text())  # the style sheet makes the other brushes of a list transparent
            painter.drawRoundedRect(option.rect, 4.0, 4.0)
            painter.setOpacity(1.0)
        frame = QRect(option.rect.left() + GRID, option.rect.top() + GRID, SIDE, SIDE)
        _picture(painter, frame, self._picture(row.job), row, option.palette)
        _words(painter, option.rect.adjusted(SIDE + 2 * GRID, GRID - 2, -GRID, -GRID), row, option)
        painter.restore()


def _picture(painter: QPainter, frame: QRect, pixmap: QPixmap | None, row: QueueRow, palette: QPalette) -> None:
    if pixmap is None or pixmap.isNull():
        painter.setPen(palette.mid().color())
        painter.setBrush(palette.base())
        painter.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), 4.0, 4.0)
        painter.setPen(palette.placeholderText().color())
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, row.seed[-_DIGITS:])
        return
    size = pixmap.deviceIndependentSize()
    corner = frame.x() + (SIDE - size.width()) / 2, frame.y() + (SIDE - size.height()) / 2
    painter.drawPixmap(QRectF(*corner, size.width(), size.height()), pixmap, QRectF(pixmap.rect()))


def _words(painter: QPainter, room: QRect, row: QueueRow, option: QStyleOptionViewItem) -> None:
    """The sentence above; below it what the row is about, and at the right how it stands."""
    palette, font = option.palette, option.font
    line = (room.height() - _BAR) // 2
    upper = QRect(room.left(), room.top(), room.width(), line)
    lower = upper.translated(0, line)
    painter.setPen(palette.text().color())
    painter.drawText(upper, _LEFT, elided(row.prompt, font, upper.width()))
    stands = row.state if row.seconds is None else f"{row.state}, {estimated_time(row.seconds)}"
    painter.setPen(palette.placeholderText().color())
    small = QFont(font)
    small.setPixelSize(12)
    painter.setFont(small)
    painter.drawText(lower, _RIGHT, stands)
    free = lower.width() - painter.fontMetrics().horizontalAdvance(stands) - GRID
    painter.drawText(lower, _LEFT, elided(row.about, small, free))
    if row.fraction is not None:
        bar = QRect(room.left(), room.bottom() - _BAR + 3, room.width(), _BAR)
        _progress(painter, bar, row.fraction, palette.highlight().color(), palette.text().color())


def _progress(painter: QPainter, bar: QRect, fraction: float, colour: QColor, ground: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setOpacity(_GROUND)
    painter.setBrush(ground)
    painter.drawRoundedRect(bar, 1.5, 1.5)
    painter.setOpacity(1.0)
    painter.setBrush(colour)
    bar.setWidth(round(bar.width() * fraction))
    painter.drawRoundedRect(bar, 1.5, 1.5)
