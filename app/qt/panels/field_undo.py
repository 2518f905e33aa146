"""Undo where one writes: what is being typed is taken back first; with nothing typed it is the document's turn."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

_Standard = QKeySequence.StandardKey
_HEARD = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
_ENTER = (_Standard.InsertParagraphSeparator, _Standard.InsertLineSeparator)


class _Written(Protocol):
    """A field that is written in, and knows what was typed there and is not yet taken over."""

    def can(self, key: _Standard) -> bool:
        """Whether undo, or redo, is about what was typed."""
        ...

    def do(self, key: _Standard) -> None:
        """Take back what was typed, or type it again."""
        ...

    def forget(self) -> None:
        """What was typed is taken over."""
        ...


class FieldUndo(QObject):
    """Looks after the field that has the focus, whichever it is; `undo` and `redo` are those of the document."""

    def __init__(self, window: QWidget, undo: QAction, redo: QAction) -> None:
        super().__init__(window)
        self._actions = ((_Standard.Undo, undo), (_Standard.Redo, redo))
        self._watched: QWidget | None = None
        self._field: _Written | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Undo and redo are the field's while something was typed in it; else the keys of the window hear them."""
        field = self._field
        if event.type() not in _HEARD or not isinstance(event, QKeyEvent) or field is None:
            return False
        key = next((key for key, action in self._actions if _means(event, key, action)), None)
        pressed = event.type() == QEvent.Type.KeyPress
        if key is None:
            if pressed and any(event.matches(enter) for enter in _ENTER):
                QTimer.singleShot(0, self, self._taken_over)
            return False
        if field.can(key):
            event.accept()
            if pressed:
                field.do(key)
        elif not pressed:
            field.forget()  # or redo would later bring back here what another undo has passed by
            event.ignore()
        return True

    def _taken_over(self) -> None:
        if self._field is not None and self._watched is not None and isValid(self._watched):
            self._field.forget()

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._field = None if now is None else _written(now)
        self._watched = None if self._field is None else now
        if self._watched is not None:
            self._watched.installEventFilter(self)
            self._taken_over()  # when it was left


class _Line:
    """Text counts as typed until Enter takes it over, or a value is shown anew."""

    def __init__(self, line: QLineEdit) -> None:
        self._line = line

    def can(self, key: _Standard) -> bool:
        line = self._line
        return line.isRedoAvailable() if key is _Standard.Redo else line.isModified() and line.isUndoAvailable()

    def do(self, key: _Standard) -> None:
        self._line.redo() if key is _Standard.Redo else self._line.undo()

    def forget(self) -> None:
        line = self._line
        if line.isUndoAvailable() or line.isRedoAvailable():
            place, start, length = line.cursorPosition(), line.selectionStart(), len(line.selectedText())
            line.setText(line.text())
            line.setCursorPosition(place)
            if start >= 0:
                line.setSelection(start, length)


class _Page:
    """A page whose letters the document hears one by one has no undo of its own: `isUndoRedoEnabled` is off."""

    def __init__(self, page: QPlainTextEdit | QTextEdit) -> None:
        self._document = page.document()

    def can(self, key: _Standard) -> bool:
        return self._document.isRedoAvailable() if key is _Standard.Redo else self._document.isUndoAvailable()

    def do(self, key: _Standard) -> None:
        self._document.redo() if key is _Standard.Redo else self._document.undo()

    def forget(self) -> None:
        self._document.clearUndoRedoStacks()


def _means(event: QKeyEvent, key: _Standard, action: QAction) -> bool:
    return event.matches(key) or QKeySequence(event.keyCombination()) in action.shortcuts()


def _written(widget: QWidget) -> _Written | None:
    """What is written in, in a widget that has the focus; None where nothing is, or nothing may be."""
    if isinstance(widget, (QPlainTextEdit, QTextEdit)):
        return None if widget.isReadOnly() else _Page(widget)
    line = widget.lineEdit() if isinstance(widget, (QAbstractSpinBox, QComboBox)) else widget
    return _Line(line) if isinstance(line, QLineEdit) and not line.isReadOnly() else None
