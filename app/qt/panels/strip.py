"""The strip of results: click one to see it below the paint, double-click to go back to how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QSize,
    Qt,
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import QAction, QIcon, QImageReader, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from app.qt.panels.parts import BUTTON
from app.qt.pictures import read_image
from app.qt.plain import plain_tip
from app.qt.star import paint_star
from app.qt.theme import ICON_SIZE

THUMBNAIL = 72
MOST = 100
_AT_ONCE = 4  # reading more pictures in a row would be felt
_ROLE = Qt.ItemDataRole.UserRole


class Part(Enum):
    """What is taken over from a picture; the value is what menus call it."""

    ALL = "Restore All"
    SEED = "Take Only Its Seed"
    PROMPT = "Take Only Its Sentence"
    PAINT = "Take Only Its Paint"


@dataclass(frozen=True)
class Kept:
    """A picture in the strip."""

    path: Path
    prompt: str = ""
    seed: int | None = None
    starred: bool = False

    @property
    def told(self) -> str:
        """What there is to say of it."""
        return "\n".join(filter(None, (self.path.name, self.prompt, "" if self.seed is None else f"Seed {self.seed}")))


class ResultsStrip(QWidget):
    """Results, the latest first. `chosen` is to be looked at; of `wanted`, this part is to be restored.

    `picked`: whether a picture is chosen.
    """

    chosen = Signal(Kept)
    wanted = Signal(Kept, Part)
    picked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.more: list[QAction] = []
        """What else the menu of a picture offers; it acts on `current`."""
        self._earlier: list[Kept] = []
        self._filling = QTimer(self)
        self._filling.setInterval(0)
        self._filling.timeout.connect(self._fill_some)
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(THUMBNAIL + 16)
        self._list = _Thumbnails()
        self._empty = QLabel("Pictures that you generate are kept here")
        self._empty.setObjectName("quiet")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.addWidget(self._empty)
        layout.addWidget(self._list)
        self._list.hide()
        self.gallery_button = QToolButton()
        self.gallery_button.setFixedSize(BUTTON, BUTTON)
        self.gallery_button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        layout.addWidget(self.gallery_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._list.itemClicked.connect(lambda item: self.chosen.emit(item.data(_ROLE)))
        self._list.entered_item.connect(lambda item: self.chosen.emit(item.data(_ROLE)))
        self._list.itemDoubleClicked.connect(lambda item: self.wanted.emit(item.data(_ROLE), Part.ALL))
        self._list.currentRowChanged.connect(lambda row: self.picked.emit(row >= 0))
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._show_menu)

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The pictures, the latest first."""
        return tuple(self._list.item(row).data(_ROLE) for row in range(self._list.count()))

    @property
    def current(self) -> Kept | None:
        """The picture that was clicked last."""
        row = self._list.currentRow()
        return self.kept[row] if row >= 0 else None

    def add(self, kept: Kept) -> None:
        """Put a picture first."""
        self._list.insertItem(0, _item(kept))
        self._list.setCurrentRow(0)
        self._list.scrollToTop()
        while self._list.count() > MOST:
            self._list.takeItem(MOST)
        self._show_list()

    def fill(self, earlier: Sequence[Kept]) -> None:
        """Put pictures of earlier days behind those that are there, the latest first; a few at a time."""
        there = {kept.path for kept in self.kept}
        self._earlier = [kept for kept in earlier if kept.path not in there][: MOST - len(there)]
        self._filling.start()

    def clear(self) -> None:
        """Show none any more."""
        self._earlier = []
        self._list.clear()
        self._list.hide()
        self._empty.show()

    def renew(self, kept: Kept) -> None:
        """What is known of a picture has changed."""
        self._earlier = [kept if each.path == kept.path else each for each in self._earlier]
        for row, each in enumerate(self.kept):
            if each.path == kept.path:
                self._list.item(row).setData(_ROLE, kept)

    def take_out(self, path: Path) -> None:
        """A picture has gone."""
        self._earlier = [kept for kept in self._earlier if kept.path != path]
        row = next((row for row, kept in enumerate(self.kept) if kept.path == path), None)
        if row is not None:
            self._list.takeItem(row)
        if not self._list.count():
            self._list.hide()
            self._empty.show()

    def _fill_some(self) -> None:
        some, self._earlier = self._earlier[:_AT_ONCE], self._earlier[_AT_ONCE:]
        for kept in some:
            self._list.addItem(_item(kept))
        if self._list.count():
            self._show_list()
        if not self._earlier:
            self._filling.stop()

    def _show_list(self) -> None:
        self._empty.hide()
        self._list.show()

    def place_of(self, row: int) -> QPoint:
        """The middle of a picture, in the coordinates of `view`."""
        return self._list.visualItemRect(self._list.item(row)).center()

    @property
    def view(self) -> QListWidget:
        """The list itself."""
        return self._list

    def _show_menu(self, at: QPoint) -> None:
        item = self._list.itemAt(at)
        if item is None:
            return
        kept: Kept = item.data(_ROLE)
        menu = QMenu(self)
        menu.addAction("Show Below the Paint").triggered.connect(lambda _=False: self.chosen.emit(kept))
        for part in Part:
            action = menu.addAction(part.value)
            action.triggered.connect(lambda _=False, part=part: self.wanted.emit(kept, part))
        menu.addSeparator()
        menu.addActions(self.more)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._list.viewport().mapToGlobal(at))


class _Tile(QStyledItemDelegate):
    """A picture, with a star in its corner where it is a favourite."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        kept: Kept = index.data(_ROLE)
        if kept.starred:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_star(painter, QPointF(option.rect.right() - 14.0, option.rect.top() + 15.0))
            painter.restore()


class _Thumbnails(QListWidget):
    """One row of pictures that can be dragged out as files."""

    entered_item = Signal(QListWidgetItem)

    def __init__(self) -> None:
        super().__init__()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setIconSize(QSize(THUMBNAIL, THUMBNAIL))
        self.setSpacing(0)
        self.setDragEnabled(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Results")
        self.setItemDelegate(_Tile(self))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        moved = event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
        item = self.currentItem()
        if moved and item is not None:
            self.entered_item.emit(item)

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(item.data(_ROLE).path)) for item in items])
        return data


def _item(kept: Kept) -> QListWidgetItem:
    image = read_image(kept.path, 2 * THUMBNAIL)
    if not image.isNull() and max(image.width(), image.height()) < 2 * THUMBNAIL:
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image = image.scaled(2 * THUMBNAIL, 2 * THUMBNAIL, keep, smooth)
    image.setDevicePixelRatio(2.0)
    pixmap = QPixmap.fromImage(image)
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # or Qt would tint the picture that is chosen
    item = QListWidgetItem(icon, "")
    item.setData(_ROLE, kept)
    size = QImageReader(str(kept.path)).size()
    told = f"{kept.told}\n{size.width()} × {size.height()} pixels" if size.isValid() else kept.told
    item.setToolTip(plain_tip(told))
    item.setSizeHint(QSize(THUMBNAIL + 8, THUMBNAIL + 8))
    return item
