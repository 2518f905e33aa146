"""Writing in place: a title, a note or a prompt is edited where it is seen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFont, QKeyEvent, QPalette, QTextCursor
from PySide6.QtWidgets import QFrame, QGraphicsView, QPlainTextEdit

from app.qt.canvas.look import Look


class InlineEdit:
    """One field at a time over a view. What was written counts when the field is left; Escape takes it back."""

    def __init__(self, view: QGraphicsView) -> None:
        self.field: QPlainTextEdit | None = None
        self._view = view

    def open(
        self, place: QRectF, text: str, written: Callable[[str], None], look: Look, font: QFont, *, one_line: bool
    ) -> None:
        """Edit `text` at a place of the scene; `written` gets what it has become, if that is something else."""
        self.close()
        field = _Field(text, written, one_line, self._view)
        self.field = field
        field.left.append(self._left)
        zoom = self._view.transform().m11()
        chosen = QFont(font)
        chosen.setPixelSize(max(round(font.pixelSize() * zoom), 11))
        field.setFont(chosen)
        field.setPalette(_palette(field.palette(), look))
        field.setGeometry(self._view.mapFromScene(place).boundingRect().adjusted(-4, -3, 4, 3))
        field.show()
        field.setFocus()
        field.selectAll() if one_line else field.moveCursor(QTextCursor.MoveOperation.End)

    def close(self) -> None:
        """Leave the field, if there is one; what was written counts."""
        if self.field is not None:
            self._view.setFocus()

    def _left(self) -> None:
        self.field = None
        self._view.setFocus()


class _Field(QPlainTextEdit):
    def __init__(self, text: str, written: Callable[[str], None], one_line: bool, view: QGraphicsView) -> None:
        super().__init__(text, view.viewport())
        self.left: list[Callable[[], None]] = []
        self._before, self._written, self._one_line = text, written, one_line
        self._done = False
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(2)
        if one_line:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.installEventFilter(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes back; Enter is done, in texts of several lines with Ctrl."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self._finish(keep=False)
        elif enter and (self._one_line or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self._finish(keep=True)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaving the field is being done with it; shortcuts of the window are not meant while writing."""
        if event.type() == QEvent.Type.FocusOut and not self.hasFocus():
            self._finish(keep=True)
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        return False

    def _finish(self, *, keep: bool) -> None:
        if self._done:
            return
        self._done = True
        text = self.toPlainText().replace("\n", " ").strip() if self._one_line else self.toPlainText()
        self.hide()
        for call in self.left:
            call()
        if keep and text != self._before:
            self._written(text)
        self.deleteLater()


def _palette(palette: QPalette, look: Look) -> QPalette:
    palette.setColor(QPalette.ColorRole.Base, look.inset)
    palette.setColor(QPalette.ColorRole.Text, look.text)
    palette.setColor(QPalette.ColorRole.Highlight, look.accent)
    return palette
