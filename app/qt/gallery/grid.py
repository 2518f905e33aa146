"""The grid of small pictures."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.model.gallery import Entry
from app.qt.eliding import elided
from app.qt.gallery.shelf import ENTRY, Shelf
from app.qt.star import paint_star
from app.qt.theme import GRID

PICTURE = 21 * GRID
_MARGIN = GRID
_CAPTION, _LINE = 5 * GRID, 18
TILE = QSize(PICTURE + 2 * _MARGIN, PICTURE + _CAPTION + 2 * _MARGIN)


class Grid(QListView):
    """`opened`: a picture shall be seen large. `chosen`: what is selected has changed."""

    opened = Signal()
    chosen = Signal()

    def __init__(self, shelf: Shelf) -> None:
        super().__init__()
        self._shelf = shelf
        self.setModel(shelf)
        self.setItemDelegate(_Tiles(shelf, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self.setObjectName("gallery")
        self.setAccessibleName("Gallery")
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        self.selectionModel().selectionChanged.connect(lambda _new, _old: self.chosen.emit())
        self.selectionModel().currentChanged.connect(lambda _new, _old: self.chosen.emit())

    @property
    def current(self) -> Entry | None:
        """The picture that was chosen last."""
        index = self.currentIndex()
        if not index.isValid() or not self.selectionModel().isSelected(index):
            return next(iter(self.selected), None)
        return self._shelf.entries[index.row()]

    @property
    def selected(self) -> tuple[Entry, ...]:
        """The selected pictures, in the order of the grid."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return tuple(self._shelf.entries[row] for row in rows)

    def choose(self, name: str) -> None:
        """Select one picture and bring it into sight."""
        row = self._shelf.row_of(name)
        if row is not None:
            self.setCurrentIndex(self._shelf.index(row))
            self.scrollTo(self._shelf.index(row))

    def step(self, by: int) -> None:
        """Select the picture so many places on."""
        row = self.currentIndex().row() + by
        if 0 <= row < len(self._shelf.entries):
            self.setCurrentIndex(self._shelf.index(row))


class _Tiles(QStyledItemDelegate):
    """Draws a picture with the beginning of its sentence."""

    def __init__(self, shelf: Shelf, parent: QWidget) -> None:
        super().__init__(parent)
        self._shelf = shelf

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return TILE

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: Entry = index.data(ENTRY)
        rect, palette = option.rect, option.palette
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        frame = QRect(rect.left() + _MARGIN, rect.top() + _MARGIN, PICTURE, PICTURE)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shown = _picture(painter, frame, self._shelf.thumbnail(entry), palette)
        if selected or focused:
            painter.setPen(QPen(palette.highlight().color() if selected else palette.mid().color(), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(shown).adjusted(-3, -3, 3, 3), 4.0, 4.0)
        if entry.starred:
            paint_star(painter, QPointF(shown.right() - 16.0, shown.top() + 17.0))
        _caption(painter, frame, entry, palette, bright=selected)
        painter.restore()


def _picture(painter: QPainter, frame: QRect, pixmap: QPixmap | None, palette: QPalette) -> QRect:
    """Draw a picture into the middle of its frame, or say that there is none; where it lies."""
    if pixmap is None or pixmap.isNull():
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.alternateBase())
        painter.drawRoundedRect(frame, 4.0, 4.0)
        if pixmap is not None:
            painter.setPen(palette.placeholderText().color())
            painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, "Cannot be read")
        return frame
    size = pixmap.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left, top = frame.left() + (frame.width() - size.width()) // 2, frame.top() + (frame.height() - size.height()) // 2
    shown = QRect(left, top, size.width(), size.height())
    painter.drawPixmap(shown, pixmap)
    return shown


def _caption(painter: QPainter, frame: QRect, entry: Entry, palette: QPalette, *, bright: bool) -> None:
    """The beginning of its sentence, and below it the seed, by which pictures of one sentence are told apart."""
    left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    upper = QRect(frame.left(), frame.bottom() + 5, frame.width(), _LINE)
    painter.setPen(palette.text().color() if bright else palette.placeholderText().color())
    painter.drawText(upper, left, elided(entry.prompt or entry.name, painter.font(), upper.width()))
    painter.setPen(palette.placeholderText().color())
    below = entry.name if entry.seed is None else f"Seed {entry.seed}"
    painter.drawText(upper.translated(0, _LINE), left, elided(below, painter.font(), upper.width()))
