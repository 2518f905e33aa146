"""Every step of the work, to go back to any of them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.model.session import Session
from app.qt.theme import GRID

BEGINNING = "As it was opened"


class HistoryPanel(QWidget):
    """The oldest step above; what is undone stands below the chosen one, quiet, and can be chosen again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[tuple[str, ...], int] | None = None
        self.list = QListWidget()
        self.list.setAccessibleName("History")
        self.list.setUniformItemSizes(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, 0, GRID, GRID)
        layout.addWidget(self.list)
        self.list.itemClicked.connect(lambda _item: self._go())
        self.list.itemActivated.connect(lambda _item: self._go())
        self._disconnect = session.changed.connect(lambda _before, _after: self.refresh())
        self.refresh()

    def leave(self) -> None:
        """Listen to the session no more."""
        self._disconnect()

    def sizeHint(self) -> QSize:
        """Room for a dozen steps."""
        return QSize(30 * GRID, 40 * GRID)

    def refresh(self) -> None:
        """Show the steps as they are; lines are made anew only from where they differ."""
        done, undone = self._session.done, self._session.undone
        labels = (BEGINNING, *(entry.label for entry in (*done, *undone)))
        now = labels, len(done)
        if now == self._shown:
            return
        self._shown = now
        self._show_labels(labels)
        for row in range(self.list.count()):
            item, undone_step = self.list.item(row), row > len(done)
            item.setData(Qt.ItemDataRole.ForegroundRole, self.palette().placeholderText() if undone_step else None)
        self.list.setCurrentRow(len(done))
        self.list.scrollToItem(self.list.item(len(done)))

    def _show_labels(self, labels: tuple[str, ...]) -> None:
        while self.list.count() > len(labels):
            self.list.takeItem(self.list.count() - 1)
        for row, label in enumerate(labels):
            if row >= self.list.count():
                self.list.addItem(QListWidgetItem(label))
            elif self.list.item(row).text() != label:
                self.list.item(row).setText(label)

    def _go(self) -> None:
        self._session.go_to(self.list.currentRow())
