"""Projects to begin with, as pictures: those that came along, the artist's own, those opened lately."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from textwrap import shorten

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QImage, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from app.files.errors import ProjectFileError
from app.model.aside import Aside
from app.model.projects import read_document
from app.model.recent import read_thumbnail
from app.model.sketches import sentences, sketch
from app.qt.dialogs.sheet import Sheet, scrolled
from app.qt.panels.parts import heading, quiet
from app.qt.plain import plain_tip
from app.qt.theme import FONT_PIXELS, GRID, Theme, icon
from nodes.registry import Registry

PICTURE = 160
_SIZE = QSize(760, 600)
_ROLE = Qt.ItemDataRole.UserRole
_MOST_LETTERS = 66
_FOOT = QColor(0, 0, 0, 150)


@dataclass(frozen=True)
class Offered:
    """A project on the shelf; no path for an empty one. `told`: what the tip says."""

    title: str
    path: Path | None
    told: str = ""


@dataclass(frozen=True)
class Cover:
    """What a project looks like: a picture, or what is painted and the sentence below it."""

    png: bytes | None = None
    sentence: str = ""


@dataclass(frozen=True)
class Board:
    """A row of the shelf; `empty` is said when there is nothing on it."""

    title: str
    offered: tuple[Offered, ...]
    empty: str = ""


class Shelf(Sheet):
    """Enter or a double click takes one. `taken`: the path of a project, None for an empty one."""

    taken = Signal(object)

    def __init__(self, title: str, boards: Sequence[Board], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(title, _SIZE, parent)
        self._theme = theme
        self.lists: list[QListWidget] = []
        inside = QWidget()
        self._boards = QVBoxLayout(inside)
        self._boards.setContentsMargins(0, 0, 0, 0)
        self._boards.setSpacing(GRID)
        for board in boards:
            self._add(board)
        self._boards.addStretch(1)
        self.column.addWidget(scrolled(inside), 1)
        self.column.addLayout(self._made_foot())
        self._focus_first()

    def _add(self, board: Board) -> None:
        self._boards.addWidget(heading(board.title))
        if not board.offered:
            self._boards.addWidget(quiet(board.empty))
            return
        made = _Pictures(board.title)
        for offered in board.offered:
            item = QListWidgetItem(_framed(None, self._theme, empty=offered.path is None), offered.title)
            item.setData(_ROLE, offered)
            item.setToolTip(plain_tip(offered.told))
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter)
            item.setSizeHint(QSize(PICTURE + 2 * GRID, PICTURE + 5 * GRID))
            made.addItem(item)
        made.itemActivated.connect(lambda item: self._take(item))  # noqa: PLW0108  a signal keeps a method's owner alive
        made.currentItemChanged.connect(lambda item, _before: self._chosen(made, item))
        self._boards.addWidget(made)
        self.lists.append(made)

    def load_pictures(self, aside: Aside, read: Callable[[Path], Cover]) -> None:
        """Let each project get its picture, one after the other, aside."""
        for made in self.lists:
            for row in range(made.count()):
                path = made.item(row).data(_ROLE).path
                if path is not None:
                    show = _Showing(self, made, row)
                    aside(partial(read, path), show, lambda _error: None)

    def show_cover(self, made: QListWidget, row: int, cover: Cover) -> None:
        """Show what a project looks like."""
        image = QImage.fromData(cover.png or b"")
        made.item(row).setIcon(_framed(None if image.isNull() else image, self._theme, cover.sentence))

    def _made_foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.begin = QPushButton("Open")
        self.begin.setObjectName("primary")
        self.begin.clicked.connect(self._take_current)
        row.addStretch(1)
        row.addWidget(self.begin)
        return row

    def _focus_first(self) -> None:
        if self.lists:
            self.lists[0].setCurrentRow(0)
            self.lists[0].setFocus()
        self.begin.setEnabled(bool(self.lists))

    def _chosen(self, made: QListWidget, item: QListWidgetItem | None) -> None:
        """One choice on the whole shelf."""
        if item is not None:
            for other in self.lists:
                if other is not made:
                    other.clearSelection()
                    other.setCurrentRow(-1)

    def _take_current(self) -> None:
        for made in self.lists:
            item = made.currentItem()
            if item is not None:
                self._take(item)
                return

    def _take(self, item: QListWidgetItem) -> None:
        offered: Offered = item.data(_ROLE)
        self.close()
        self.taken.emit(offered.path)


class _Showing:
    """Puts a picture on the shelf, if that is still there."""

    def __init__(self, shelf: Shelf, made: QListWidget, row: int) -> None:
        self._place: tuple[Shelf, QListWidget, int] | None = (shelf, made, row)
        shelf.destroyed.connect(self._forget)

    def __call__(self, cover: Cover) -> None:
        if self._place is not None:
            shelf, made, row = self._place
            shelf.show_cover(made, row, cover)

    def _forget(self) -> None:
        self._place = None


class _Pictures(QListWidget):
    """Pictures with their names below, in rows."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setSpacing(GRID // 2)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As high as its rows; the whole shelf is what scrolls."""
        super().resizeEvent(event)
        cell, gap = PICTURE + 2 * GRID, GRID // 2
        columns = max(1, (self.viewport().width() - gap) // (cell + gap))
        rows = -(-self.count() // columns)
        self.setFixedHeight(rows * (PICTURE + 5 * GRID + gap) + 2 * gap)


def cover_of(path: Path, registry: Registry) -> Cover:
    """The last result of a project; what is painted and written in it where it has none. In any thread."""
    kept = read_thumbnail(path)
    if kept is not None:
        return Cover(kept)
    try:
        document = read_document(path, registry).document
    except ProjectFileError:
        return Cover()
    return Cover(sketch(document, registry), sentences(document, registry))


def _framed(image: QImage | None, theme: Theme, sentence: str = "", *, empty: bool = False) -> QIcon:
    """A picture in the middle of a square; a bare square without one. Twice as fine as it is shown."""
    side = 2 * PICTURE
    pixmap = QPixmap(side, side)
    pixmap.fill(theme.sunken)
    if image is not None:
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        scaled = image.scaled(side, side, keep, smooth)
        place = QRect((side - scaled.width()) // 2, (side - scaled.height()) // 2, scaled.width(), scaled.height())
        with QPainter(pixmap) as painter:
            painter.drawImage(place, scaled)
    if sentence:
        with QPainter(pixmap) as painter:
            _write_below(painter, side, sentence)
    if empty:
        with QPainter(pixmap) as painter:
            icon("add", theme).paint(painter, QRect(side // 2 - 32, side // 2 - 32, 64, 64))
    pixmap.setDevicePixelRatio(2.0)
    made = QIcon(pixmap)
    made.addPixmap(pixmap, QIcon.Mode.Selected)
    return made


def _write_below(painter: QPainter, side: int, sentence: str) -> None:
    """A sentence over the foot of a square, in as many lines as it takes up to three."""
    font = QFont(painter.font())
    font.setPixelSize(2 * FONT_PIXELS - 4)
    painter.setFont(font)
    flags = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft
    edge, lines = 2 * GRID, 3 * painter.fontMetrics().lineSpacing()
    words = shorten(sentence, _MOST_LETTERS, placeholder=" …")
    needed = painter.boundingRect(QRect(0, 0, side - 2 * edge, side), int(flags), words).height()
    high = min(needed, lines)
    painter.fillRect(QRect(0, side - high - 2 * GRID, side, high + 2 * GRID), _FOOT)
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(QRect(edge, side - high - GRID, side - 2 * edge, high), int(flags), words)
