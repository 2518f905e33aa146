"""The queue: what runs and what waits; rows are dragged, or moved by keys, and taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDropEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.model.durations import estimated_time
from app.model.jobs import Jobs
from app.model.waiting import QueueRow, moved, queue_rows, time_left
from app.qt.eliding import elided
from app.qt.theme import GRID

ROW_HEIGHT = 6 * GRID
_ROLE = Qt.ItemDataRole.UserRole
_GROUND = 0.15
_JOB = "application/x-sinopia-job"
_NONE_RUNS = "Nothing runs and nothing waits. Ctrl+Enter puts a picture into the queue; Ctrl+Shift+Enter puts it first."


class QueuePanel(QWidget):
    """Shows the jobs that are not over, and asks `jobs` for changes."""

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._rows: tuple[QueueRow, ...] = ()
        self.list = _Rows()
        self.list.wanted.connect(self._move)
        self.list.taken_out.connect(self._take_out)
        self._told = QLabel()
        self._told.setObjectName("quiet")
        self._empty = QLabel(_NONE_RUNS)
        self._empty.setObjectName("quiet")
        self._empty.setWordWrap(True)
        self.remove = _button("Remove", "Take the chosen jobs out, or stop them (Del)", self.list.take_out)
        self.clear = _button("Clear", "Take out all that wait", jobs.clear)
        self._lay_out()
        self._disconnect = [
            signal.connect(lambda *_what: self.refresh())
            for signal in (jobs.added, jobs.changed, jobs.removed, jobs.finished)
        ]
        self._disconnect.append(jobs.reordered.connect(self.refresh))
        self.list.itemSelectionChanged.connect(self._follow)
        self.refresh()

    def leave(self) -> None:
        """Listen to the jobs no more."""
        for disconnect in self._disconnect:
            disconnect()

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        """What is shown, in order."""
        return self._rows

    def refresh(self) -> None:
        """Show the queue as it is."""
        rows = queue_rows(self._jobs.all)
        if [row.job for row in rows] == [row.job for row in self._rows]:
            for place, row in enumerate(rows):
                self.list.item(place).setData(_ROLE, row)
        else:
            self.list.fill(rows)
        self._rows = rows
        self._follow()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self._told, 1)
        foot.addWidget(self.remove)
        foot.addWidget(self.clear)
        layout.addLayout(foot)
        layout.setStretch(1, 1)
        self.setMinimumHeight(15 * GRID)

    def _follow(self) -> None:
        left = time_left(self._rows)
        self._told.setText("" if left is None else f"About {estimated_time(left)} left")
        self._empty.setVisible(not self._rows)
        self.list.setVisible(bool(self._rows))
        self.remove.setEnabled(bool(self.list.selectedItems()))
        self.clear.setEnabled(any(row.movable for row in self._rows))

    def _move(self, job: int, place: int) -> None:
        order = moved(self._rows, job, place)
        if order is not None:
            self._jobs.reorder(order)

    def _take_out(self, jobs: list[int]) -> None:
        for job in jobs:
            self._jobs.cancel(job)


class _Rows(QListWidget):
    """`wanted`: this job shall stand before that row. `taken_out`: these jobs shall go."""

    wanted = Signal(int, int)
    taken_out = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.setItemDelegate(_Look(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setAccessibleName("Queue")
        self.setToolTip("Drag a row, or move it with Alt+Up and Alt+Down; Del takes it out")

    def fill(self, rows: tuple[QueueRow, ...]) -> None:
        """Show these rows; what was chosen stays chosen."""
        chosen = set(self._chosen)
        current = self.currentItem().data(_ROLE).job if self.currentItem() is not None else None
        self.clear()
        for place, row in enumerate(rows):
            item = QListWidgetItem(row.prompt)
            item.setData(_ROLE, row)
            if not row.movable:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDragEnabled)
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            self.addItem(item)
            if row.job == current:
                self.setCurrentRow(place)
            item.setSelected(row.job in chosen)

    def take_out(self) -> None:
        """Let the chosen jobs go."""
        self.taken_out.emit(self._chosen)

    def mimeTypes(self) -> list[str]:
        return [_JOB]

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        data = QMimeData()
        data.setData(_JOB, str(items[0].data(_ROLE).job).encode() if items else b"")
        return data

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for another order; the rows themselves follow the engine, not the hand."""
        at = event.position().toPoint()
        item = self.itemAt(at)
        place = self.count() if item is None else self.row(item) + (at.y() > self.visualItemRect(item).center().y())
        self.wanted.emit(int(event.mimeData().data(_JOB).toStdString()), place)
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 2}
        item = self.currentItem()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in steps and item is not None:
            self.wanted.emit(item.data(_ROLE).job, max(0, self.row(item) + steps[Qt.Key(event.key())]))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.take_out()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Del is the list's own while it is chosen there, whatever else it means in the window."""
        own = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Up, Qt.Key.Key_Down)
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in own:
            event.accept()
            return True
        return super().event(event)

    @property
    def _chosen(self) -> list[int]:
        return [item.data(_ROLE).job for item in self.selectedItems()]


class _Look(QStyledItemDelegate):
    """Draws a row: the first words, what it is about, and how far it is."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: QueueRow = index.data(_ROLE)
        palette, rect = option.palette, option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.button())
            painter.drawRoundedRect(rect, 4.0, 4.0)
        room = rect.adjusted(GRID, 4, -GRID, -4)
        upper = QRect(room.left(), room.top(), room.width(), room.height() // 2)
        lower = upper.translated(0, room.height() // 2)
        aside = row.state if row.seconds is None else f"{row.state}, {estimated_time(row.seconds)}"
        metrics = QFontMetrics(option.font)
        free = upper.width() - metrics.horizontalAdvance(aside) - 2 * GRID
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(palette.text().color())
        words = elided(row.prompt, option.font, free)
        painter.drawText(upper, middle | Qt.AlignmentFlag.AlignLeft, words)
        painter.setPen(palette.placeholderText().color())
        painter.drawText(upper, middle | Qt.AlignmentFlag.AlignRight, aside)
        painter.drawText(lower, middle | Qt.AlignmentFlag.AlignLeft, row.about)
        if row.fraction is not None:
            _progress(painter, rect, row.fraction, palette.highlight().color(), palette.text().color())
        painter.restore()


def _progress(painter: QPainter, rect: QRect, fraction: float, colour: QColor, ground: QColor) -> None:
    bar = QRect(rect.left() + GRID, rect.bottom() - 3, rect.width() - 2 * GRID, 3)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setOpacity(_GROUND)
    painter.setBrush(ground)
    painter.drawRoundedRect(bar, 1.5, 1.5)
    painter.setOpacity(1.0)
    painter.setBrush(colour)
    bar.setWidth(round(bar.width() * fraction))
    painter.drawRoundedRect(bar, 1.5, 1.5)


def _button(title: str, told: str, run: Callable[[], object]) -> QPushButton:
    button = QPushButton(title)
    button.setToolTip(told)
    button.clicked.connect(lambda _checked=False: run())
    return button
