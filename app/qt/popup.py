"""A small card of fields over a window, for what is set seldom."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QWidget


class Popup(QFrame):
    """Lies over the window of `parent`, `width` pixels wide; Escape closes it, and so do keys that go elsewhere."""

    def __init__(self, parent: QWidget, width: int) -> None:
        super().__init__(parent.window())
        self.setObjectName("popup")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFixedWidth(width)

    def open_at(self, at: QPoint, first: QWidget) -> None:
        """Show it at a point of the window, with the keys in its field `first`."""
        self.move(at)
        self.show()
        self.raise_()
        first.setFocus()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow_focus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _follow_focus(self, _before: QWidget | None, now: QWidget | None) -> None:
        """A list that a choice opens is a window of its own, and keeps this open."""
        if now is not None and now.window() is self.window() and now is not self and not self.isAncestorOf(now):
            self.close()
