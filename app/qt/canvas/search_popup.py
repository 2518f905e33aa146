"""Choosing a node type by typing a few letters; the keyboard is enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.qt.canvas.look import SMALL_FONT_SIZE, Look, font, mixed
from app.qt.canvas.matching import Candidate, Found, search

WIDTH, ROWS = 320, 9
_ROW_HEIGHT = 28
_FOUND = Qt.ItemDataRole.UserRole


class NodeSearch(QFrame):
    """A field and a list over the canvas. `chosen` gives the key of a candidate; `closed` comes after it, or alone."""

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, candidates: Iterable[Candidate], look: Look, question: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._candidates = tuple(candidates)
        self._open = True
        self._look = look
        self.setObjectName("node-search")
        self.setAccessibleName(question)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(question)
        self.field.setFont(font())
        self.list = QListWidget(self)
        self.list.setItemDelegate(_RowDelegate(look, self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.help = QLabel(self)
        self.help.setFont(font(SMALL_FONT_SIZE))
        self.help.setWordWrap(True)
        self.help.setMinimumHeight(32)
        self.help.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._arrange()
        self._dress(look)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._choose)
        self.list.currentItemChanged.connect(self._tell)
        self._search("")

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for widget in (self.field, self.list, self.help):
            column.addWidget(widget)
        self.list.setFixedHeight(min(len(self._candidates), ROWS) * _ROW_HEIGHT + 4)
        self.setFixedWidth(WIDTH)

    def _dress(self, look: Look) -> None:
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, look.window)
        palette.setColor(QPalette.ColorRole.Base, look.node)
        palette.setColor(QPalette.ColorRole.Text, look.text)
        palette.setColor(QPalette.ColorRole.WindowText, look.dim)
        palette.setColor(QPalette.ColorRole.PlaceholderText, look.dim)
        palette.setColor(QPalette.ColorRole.Mid, look.line)
        self.setPalette(palette)
        for widget in (self.field, self.list, self.help):
            widget.setPalette(palette)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.viewport().setAutoFillBackground(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A panel that stands out from the canvas below."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._look.edge, 1.0))
            painter.setBrush(self._look.window)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def shown(self) -> list[Found]:
        """What the list offers now, best first."""
        return [self.list.item(row).data(_FOUND) for row in range(self.list.count())]

    def close_search(self) -> None:
        """Go away."""
        if self._open:
            self._open = False
            self.hide()
            self.closed.emit()
            self.deleteLater()

    def _search(self, letters: str) -> None:
        self.list.clear()
        for found in search(letters, self._candidates):
            item = QListWidgetItem(found.candidate.title)
            item.setData(_FOUND, found)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        if not self.list.count():
            self.help.setText("Nothing of that name. Try another word for what it does.")

    def _tell(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.help.setText(item.data(_FOUND).candidate.help)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None and self._open:
            self._open = False
            self.hide()
            self.chosen.emit(item.data(_FOUND).candidate.key)
            self.closed.emit()
            self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys of the field move through the list."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event)
        if watched is self.field and isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self._lose_focus(event)
        return False

    def _lose_focus(self, event: QFocusEvent) -> None:
        # A menu of the field itself, for pasting, must not close the search.
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.close_search()

    def _take_key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -ROWS, Qt.Key.Key_PageDown: ROWS}
        key = Qt.Key(event.key())
        if key in steps:
            self._step(steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            self._choose(self.list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.close_search()
        else:
            return False
        return True

    def _step(self, step: int) -> None:
        count = self.list.count()
        if not count:
            return
        row = self.list.currentRow() + step
        # Single steps go round; pages stop at the ends.
        self.list.setCurrentRow(row % count if abs(step) == 1 else min(max(row, 0), count - 1))


class _RowDelegate(QStyledItemDelegate):
    """A row: the family's colour, the title with the letters that matched, and what else it was found by."""

    def __init__(self, look: Look, parent: QObject) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All rows are alike."""
        return QSize(WIDTH - 40, _ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        found: Found = index.data(_FOUND)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        look = self._look
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, mixed(look.node, look.accent, 0.45))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.of_family(found.candidate.family))
        painter.drawRoundedRect(QRectF(rect.x() + 8, rect.center().y() - 5, 10, 10), 2, 2)
        _letters(painter, QRectF(rect).adjusted(28, 0, -8, 0), found, look)
        painter.setFont(font(SMALL_FONT_SIZE))
        painter.setPen(look.dim)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(rect.adjusted(0, 0, -10, 0), right, found.alias or found.candidate.family)
        painter.restore()


def _letters(painter: QPainter, room: QRectF, found: Found, look: Look) -> None:
    plain, strong = font(), font(bold=True)
    x = room.x()
    for piece, matched in _pieces(found.candidate.title, found.places):
        chosen = strong if matched else plain
        painter.setFont(chosen)
        painter.setPen(_ink(look, matched=matched, any_matched=bool(found.places)))
        painter.drawText(QRectF(x, room.y(), room.right() - x, room.height()), Qt.AlignmentFlag.AlignVCenter, piece)
        x += QFontMetricsF(chosen).horizontalAdvance(piece)


def _ink(look: Look, *, matched: bool, any_matched: bool) -> QColor:
    return look.text if matched or not any_matched else mixed(look.text, look.dim, 0.6)


def _pieces(title: str, places: Sequence[int]) -> list[tuple[str, bool]]:
    """The title in runs of letters that matched and letters that did not."""
    pieces: list[tuple[str, bool]] = []
    for number, letter in enumerate(title):
        matched = number in places
        if pieces and pieces[-1][1] == matched:
            pieces[-1] = (pieces[-1][0] + letter, matched)
        else:
            pieces.append((letter, matched))
    return pieces
