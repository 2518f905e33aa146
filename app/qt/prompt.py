"""The sentence: plain text in which every painted phrase wears its colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from app.model import edits
from app.model.anchors import Change, from_utf16, to_utf16
from app.model.layers import Layer
from app.paint.palette import swatch
from app.qt.desk import Desk
from app.qt.paintview.hatches import phrase_colour

_LINES = 2
_GROUND = 0.3
_Below = QTextCharFormat.UnderlineStyle
_LINES_BELOW = (_Below.SingleUnderline, _Below.DashUnderline, _Below.DotLine, _Below.WaveUnderline)
"""Hatches would make words hard to read; lines below them tell phrases apart without colour."""

_OURS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class PromptEditor(QPlainTextEdit):
    """Edits the sentence of a desk. There is one undo, that of the document.

    `wants_paint`: the selected words are to be painted. `selected`: whether any are.
    """

    wants_paint = Signal()
    selected = Signal(bool)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._text = ""
        self._following = False
        self._worn: tuple[Layer, ...] = ()
        self.setObjectName("prompt")
        self.setAccessibleName("Sentence")
        self.setPlaceholderText("Write what the picture shows, then select words and paint where they go")
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.document().contentsChange.connect(self._on_written)
        self.selectionChanged.connect(lambda: self.selected.emit(self.textCursor().hasSelection()))
        desk.changed.connect(self.refresh)
        self.refresh()

    def fit_height(self) -> None:
        """Leave room for a few lines of the font."""
        margins = self.contentsMargins()
        frame = 2 * self.frameWidth() + margins.top() + margins.bottom()
        lines = _LINES * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin()
        self.setFixedHeight(round(lines) + frame)

    def refresh(self) -> None:
        """Show the sentence and its phrases as they are."""
        driven = self._desk.face.prompt is None
        self.setReadOnly(driven)
        text = "The sentence is driven by the graph." if driven else self._desk.prompt
        if text != self._text:
            self._write(text)
        phrases = () if driven else self._desk.phrases
        if phrases != self._worn:
            self._worn = phrases
            self.setExtraSelections([self._wearing(layer) for layer in phrases if not layer.lost])

    def selected_characters(self) -> tuple[int, int]:
        """What is selected, in characters of the sentence; without a selection the word at the cursor."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        return from_utf16(self._text, cursor.selectionStart()), from_utf16(self._text, cursor.selectionEnd())

    def event(self, event: QEvent) -> bool:
        """Undo and redo are the window's."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and any(event.matches(key) for key in _OURS):
            event.ignore()
            return False
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._desk.settle()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        first = menu.actions()[0] if menu.actions() else None
        paint = menu.addAction("Paint This Phrase")
        paint.setEnabled(self.textCursor().hasSelection())
        paint.triggered.connect(lambda _checked=False: self.wants_paint.emit())
        if first is not None:
            menu.insertAction(first, paint)
            menu.insertSeparator(first)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def _write(self, text: str) -> None:
        """Take over a sentence that was changed elsewhere; the cursor stays where it can."""
        place = self.textCursor().position()
        self._following = True
        try:
            self.setPlainText(text)
        finally:
            self._following = False
        self._text = text
        cursor = self.textCursor()
        cursor.setPosition(min(place, len(self.toPlainText().encode("utf-16-le")) // 2))
        self.setTextCursor(cursor)

    def _on_written(self, at: int, removed: int, added: int) -> None:
        """Letters came or went: the document follows."""
        prompt = self._desk.face.prompt
        before, after = self._text, self.toPlainText()
        if self._following or prompt is None or after == before:
            return
        self._text = after
        change = _change(before, after, at, removed, added)
        if len(before) > len(after) + 1:
            self._desk.settle()  # taking away more than a letter is a step of its own
        self._desk.drag("Write", ("text", prompt), edits.set_prompt, prompt, after, change)

    def _wearing(self, layer: Layer) -> QTextEdit.ExtraSelection:
        """The words of a layer in its colour."""
        selection = QTextEdit.ExtraSelection()
        cursor = self.textCursor()
        cursor.setPosition(to_utf16(self._text, layer.start))
        cursor.setPosition(to_utf16(self._text, layer.end), QTextCursor.MoveMode.KeepAnchor)
        worn = swatch(layer.colour)
        look = QTextCharFormat()
        ground = phrase_colour(worn)
        ground.setAlphaF(_GROUND)
        look.setBackground(ground)
        look.setUnderlineStyle(_LINES_BELOW[layer.colour % len(_LINES_BELOW)])
        look.setUnderlineColor(phrase_colour(worn))
        selection.cursor, selection.format = cursor, look
        return selection


def _change(before: str, after: str, at: int, removed: int, added: int) -> Change | None:
    """What was typed, in characters; None when Qt counted more than that, as it does at the end of the text."""
    start = from_utf16(before, at)
    end, new_end = from_utf16(before, at + removed), from_utf16(after, at + added)
    change = Change(start, end - start, after[start:new_end])
    return change if before[:start] + change.inserted + before[end:] == after else None
