"""The rows of the queue: dragged, moved by keys or by the buttons on the row at hand, and taken out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QKeyEvent, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QMenu, QWidget

from app.model.waiting import QueueRow
from app.qt.panels.parts import icon_button
from app.qt.panels.queue_look import ROW, ROW_HEIGHT, QueueLook
from app.qt.theme import GRID, Icons

_JOB = "application/x-sinopia-job"
_BUTTON = 3 * GRID
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 2}
_REMOVE = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class QueueList(QListWidget):
    """`wanted`: this job shall stand before that row. `taken_out`: these jobs shall go."""

    wanted = Signal(int, int)
    taken_out = Signal(list)

    def __init__(self, icons: Icons, picture: Callable[[int], QPixmap | None]) -> None:
        super().__init__()
        self.setItemDelegate(QueueLook(picture, self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setAccessibleName("Queue")
        self.setToolTip("Drag a row, or move it with Alt+Up and Alt+Down; Del takes it out")
        self.tools = RowTools(icons, self.viewport())
        self.tools.up.clicked.connect(lambda _checked=False: self._step(Qt.Key.Key_Up))
        self.tools.down.clicked.connect(lambda _checked=False: self._step(Qt.Key.Key_Down))
        self.tools.remove.clicked.connect(lambda _checked=False: self._take_out_at_hand())
        self._at_hand: int | None = None
        self.currentRowChanged.connect(self._hand)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._place_tools())

    def fill(self, rows: tuple[QueueRow, ...]) -> None:
        """Show these rows; what was chosen stays chosen."""
        chosen = set(self._chosen)
        current = self.currentItem().data(ROW).job if self.currentItem() is not None else None
        held = self._row_at_hand()
        self.clear()
        for place, row in enumerate(rows):
            item = QListWidgetItem(row.prompt)
            item.setData(ROW, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.prompt}, {row.about}, {row.state}")
            if not row.movable:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDragEnabled)
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            self.addItem(item)
            if row.job == current:
                self.setCurrentRow(place)
            item.setSelected(row.job in chosen)
        jobs = [row.job for row in rows]
        self._hand(jobs.index(held.job) if held is not None and held.job in jobs else self.currentRow())

    def refresh(self, rows: tuple[QueueRow, ...]) -> None:
        """Show how the same rows stand now."""
        for place, row in enumerate(rows):
            self.item(place).setData(ROW, row)
        self._place_tools()

    def sizeHint(self) -> QSize:
        """Room for three rows; more are scrolled to."""
        return QSize(30 * GRID, 3 * ROW_HEIGHT)

    def take_out(self) -> None:
        """Let the chosen jobs go."""
        self.taken_out.emit(self._chosen)

    def mimeTypes(self) -> list[str]:
        return [_JOB]

    def mimeData(self, items: Sequence[QListWidgetItem]) -> QMimeData:
        data = QMimeData()
        data.setData(_JOB, str(items[0].data(ROW).job).encode() if items else b"")
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
        item = self.currentItem()
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in _STEPS and item is not None:
            self._move(self.row(item), Qt.Key(event.key()))
        elif event.key() in _REMOVE:
            self.take_out()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Del is the list's own while it is chosen there, whatever else it means in the window."""
        own = (*_REMOVE, *_STEPS)
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in own:
            event.accept()
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The row below the mouse is the one at hand."""
        super().mouseMoveEvent(event)
        if not event.buttons():
            self._hand(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.tools.underMouse():
            self._hand(self.currentRow())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_tools()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All that can be done with a row."""
        item = self.itemAt(event.pos())
        if item is None:
            return
        self._hand(self.row(item))
        menu, movable = QMenu(self), item.data(ROW).movable
        job = item.data(ROW).job
        steps = (
            ("Draw First", lambda: self.wanted.emit(job, 0)),
            ("Move Up\tAlt+Up", lambda: self._step(Qt.Key.Key_Up)),
            ("Move Down\tAlt+Down", lambda: self._step(Qt.Key.Key_Down)),
        )
        for title, run in steps:
            action = menu.addAction(title)
            action.triggered.connect(lambda _checked=False, run=run: run())
            action.setEnabled(movable)
        menu.addSeparator()
        leave = menu.addAction(f"{'Take Out' if movable else 'Stop'}\tDel")
        leave.triggered.connect(lambda _checked=False: self.taken_out.emit([job]))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    @property
    def _chosen(self) -> list[int]:
        return [item.data(ROW).job for item in self.selectedItems()]

    def _row_at_hand(self) -> QueueRow | None:
        item = None if self._at_hand is None else self.item(self._at_hand)
        return None if item is None else item.data(ROW)

    def _hand(self, row: int) -> None:
        self._at_hand = row if 0 <= row < self.count() else None
        self._place_tools()

    def _place_tools(self) -> None:
        """Put the buttons on the row at hand."""
        row = self._row_at_hand()
        self.tools.setVisible(row is not None)
        if row is None or self._at_hand is None:
            return
        area = self.visualItemRect(self.item(self._at_hand))
        self.tools.show_row(row)
        self.tools.move(area.topRight() + QPoint(1 - self.tools.width() - GRID // 2, GRID // 2))

    def _step(self, way: Qt.Key) -> None:
        if self._at_hand is not None:
            self._move(self._at_hand, way)

    def _move(self, row: int, way: Qt.Key) -> None:
        self.wanted.emit(self.item(row).data(ROW).job, max(0, row + _STEPS[way]))

    def _take_out_at_hand(self) -> None:
        row = self._row_at_hand()
        if row is not None:
            self.taken_out.emit([row.job])


class RowTools(QWidget):
    """What can be done with the row at hand."""

    def __init__(self, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("row-tools")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.up = icon_button(icons, "up", "Draw it sooner (Alt+Up)")
        self.down = icon_button(icons, "down", "Draw it later (Alt+Down)")
        self.remove = icon_button(icons, "cancel", "")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for button in (self.up, self.down, self.remove):
            button.setFixedSize(_BUTTON, _BUTTON)
            button.setIconSize(QSize(2 * GRID, 2 * GRID))
            layout.addWidget(button)
        self.resize(3 * _BUTTON, _BUTTON)
        self.hide()

    def show_row(self, row: QueueRow) -> None:
        """Offer what this row allows."""
        for button in (self.up, self.down):
            button.setVisible(row.movable)
        told = "Take it out of the queue (Del)" if row.movable else "Stop it (Del)"
        self.remove.setToolTip(told)
        self.remove.setAccessibleName(told)
        self.resize((3 if row.movable else 1) * _BUTTON, _BUTTON)
