"""A text of the graph to be written in: one undo with everything else, and what the model thinks of its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
    QTextCharFormat,
    QTextCursor,
    QTextLine,
)
from PySide6.QtWidgets import QMenu, QPlainTextEdit, QTextEdit, QToolTip, QWidget

from app.model import edits
from app.model.anchors import Change, from_utf16, to_utf16
from app.model.face import Face
from app.model.first_model import model_behind
from app.model.vocabulary import UnknownWord
from app.qt.desk import Desk
from app.qt.plain import plain_tip
from app.qt.sentence.word_check import WordCheck
from app.qt.theme import Icons
from app.tokens.checking import Checked
from nodes.graph.model import End

DRIVEN = "Driven by the graph."
UNFINISHED = 400
"""Milliseconds for which a word that is still being written is not yet called unknown."""

_WAVE_STEP, _WAVE_HEIGHT, _WAVE_BELOW, _WAVE_PEN = 2.5, 2.0, 2.0, 1.2
_EDGE = 5  # border and padding of the style sheet
_SPARE = 1  # pixel that Qt wants below the last line, or it offers to scroll to what is seen already
_OURS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
_UNDOING = ("edit-undo", "edit-redo")  # as Qt calls what its own menus offer for a text
_RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


@dataclass(frozen=True)
class Written:
    """Which text a field holds: its name, the node that has it, what stands there while it is empty, its height."""

    name: str
    node: Callable[[Face], str | None]
    invitation: str
    lines: int = 1


class SentenceField(QPlainTextEdit):
    """`selected`: whether any words are. `checked` (a `Checked` or None): what the model makes of the text."""

    selected = Signal(bool)
    checked = Signal(object)

    def __init__(
        self, desk: Desk, icons: Icons, written: Written, check: WordCheck, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._icons, self._written, self._check = desk, icons, written, check
        self._text = ""
        self._following = False
        self._known: Checked | None = None
        self._strange: list[QTextCursor] = []
        self._unread: list[QTextEdit.ExtraSelection] = []
        self._unfinished = QTimer(self)
        self._unfinished.setSingleShot(True)
        self._unfinished.setInterval(UNFINISHED)
        self._unfinished.timeout.connect(self._mark)
        self.setObjectName("prompt")
        self.setAccessibleName(written.name)
        self.setPlaceholderText(written.invitation)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        if written.lines == 1:
            self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().contentsChange.connect(self._on_written)
        self.selectionChanged.connect(lambda: self.selected.emit(self.textCursor().hasSelection()))
        self.cursorPositionChanged.connect(self._mark)
        check.told.connect(self._hear)
        desk.changed.connect(self.refresh)

    @property
    def node(self) -> str | None:
        """The node whose text can be written here; None where only the graph can."""
        node = self._written.node(self._desk.face)
        wired = any(link.target == End(node or "", "text") for link in self._desk.document.graph.links)
        return None if wired else node

    @property
    def known(self) -> Checked | None:
        """What the model makes of the text as it is now; None while that is not known."""
        return self._known if self._known is not None and self._known.text == self._text else None

    def fit_height(self) -> None:
        """Leave room for as many lines of the font as the field has."""
        self.ensurePolished()
        if self._written.lines == 1:
            self.document().setDocumentMargin(1.0)
        lines = self._written.lines * self.fontMetrics().lineSpacing() + 2 * self.document().documentMargin()
        self.setFixedHeight(round(lines) + _SPARE + 2 * _EDGE)

    def refresh(self) -> None:
        """Show the text as it is."""
        node = self.node
        self.setReadOnly(node is None)
        self.setPlaceholderText(DRIVEN if node is None else self._written.invitation)
        text = "" if node is None else self._held(node)
        if text != self._text:
            self._write(text)
        if self.isVisible():
            self._ask()

    def selected_characters(self) -> tuple[int, int]:
        """What is selected, in characters of the text; without a selection the word at the cursor."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        return from_utf16(self._text, cursor.selectionStart()), from_utf16(self._text, cursor.selectionEnd())

    def deselect(self) -> None:
        """Select nothing; the cursor stays."""
        cursor = self.textCursor()
        cursor.clearSelection()
        self.setTextCursor(cursor)

    def character_at(self, place: QPoint) -> int | None:
        """The character under a place of the viewport; None where there is none."""
        cursor = self.cursorForPosition(place)
        beside = self.cursorRect(cursor)
        before = place.x() < beside.x()
        cursor.movePosition(QTextCursor.MoveOperation.Left if before else QTextCursor.MoveOperation.Right)
        other = self.cursorRect(cursor)
        around = beside.united(other)
        if other.y() != beside.y() or not around.adjusted(0, 0, 1, 1).contains(place):
            return None
        position = cursor.position() if before else cursor.position() - 1
        return from_utf16(self._text, position)

    def told_of(self, character: int) -> str:
        """What there is to say of a character of the text; "" for nothing."""
        known, word = self.known, self._unknown_at(character)
        if known is not None and word is not None:
            return f"“{word.word}” is not among the words that {known.title} knows. Alt+Enter offers near ones."
        unread = known.reading.unread if known is not None else None
        if known is not None and unread is not None and unread[0] <= character < unread[1]:
            return known.reading.warning
        return ""

    def offer_near(self) -> None:
        """Offer words for the one at the cursor, if the model does not know it."""
        word = self._unknown_at(from_utf16(self._text, self.textCursor().position()), touching=True)
        if word is None:
            self._desk.told.emit("Nothing is wrong with the word at the cursor. Put the cursor on an underlined word.")
            return
        menu = QMenu(self)
        self.add_near(menu, word)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.viewport().mapToGlobal(self.cursorRect().bottomLeft()))
        first = menu.actions()[1:2]
        if first:
            menu.setActiveAction(first[0])

    def add_near(self, menu: QMenu, word: UnknownWord) -> None:
        """Put words that may be written instead into a menu."""
        known = self._known
        if known is None:
            return
        offered = known.vocabulary.suggestions(self._text, word)
        menu.addAction(f"“{word.word}” is unknown to {known.title}").setEnabled(False)
        for instead in offered.alike:
            menu.addAction(instead).triggered.connect(lambda _checked=False, instead=instead: self._take(word, instead))
        others = menu.addMenu(f"Every {offered.kind} it knows")
        for instead in offered.others:
            chosen = others.addAction(instead)
            chosen.triggered.connect(lambda _checked=False, instead=instead: self._take(word, instead))

    def marks(self) -> list[QTextEdit.ExtraSelection]:
        """The looks of words, the lowest first."""
        return self._unread

    def mark(self, start: int, end: int, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
        """A look for characters [start, end) of the text."""
        selection = QTextEdit.ExtraSelection()
        selection.cursor, selection.format = self.cursor_over(start, end), look
        return selection

    def cursor_over(self, start: int, end: int) -> QTextCursor:
        """A cursor that holds characters [start, end) of the text, and moves with them."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(to_utf16(self._text, start))
        cursor.setPosition(to_utf16(self._text, end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    @property
    def underlined(self) -> tuple[str, ...]:
        """The words with a wavy line below them."""
        return tuple(cursor.selectedText() for cursor in self._strange)

    # What Qt tells

    def event(self, event: QEvent) -> bool:
        """Undo and redo are the window's."""
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and any(event.matches(key) for key in _OURS):
            event.ignore()
            return False
        if event.type() == QEvent.Type.PaletteChange:
            self._mark()
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell of the word under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            character = self.character_at(event.pos())
            told = "" if character is None else self.told_of(character)
            QToolTip.showText(event.globalPos(), plain_tip(told), self)  # nothing to tell takes away what is shown
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A wavy line of our own: that of Qt is hardly to be seen, and phrases have lines of theirs."""
        super().paintEvent(event)
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor(self._icons.theme.warning), _WAVE_PEN))
            for cursor in self._strange:
                for left, right, below in self._stretches(cursor):
                    painter.drawPolyline(_wave(left, right, below))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._written.lines == 1 and event.key() in _RETURNS:
            event.ignore()  # one line has no second
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark()
        self._desk.settle()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ask()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu, standard = QMenu(self), self.createStandardContextMenu()
        character = self.character_at(event.pos())
        word = None if character is None else self._unknown_at(character)
        if word is not None:
            self.add_near(menu, word)
            menu.addSeparator()
        self.add_commands(menu)
        menu.addSeparator()
        menu.addActions([each for each in standard.actions() if each.objectName() not in _UNDOING])
        standard.setParent(menu, standard.windowFlags())  # its actions live as long as it does; it is no part of it
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def add_commands(self, menu: QMenu) -> None:
        """Put what can be done with the selected words into a menu."""

    # Within

    def _stretches(self, cursor: QTextCursor) -> Iterator[tuple[float, float, float]]:
        """Where the lines of what a cursor holds begin, end, and stand, in the viewport."""
        block = self.document().findBlock(cursor.selectionStart())
        area = self.blockBoundingGeometry(block).translated(self.contentOffset())
        layout, first = block.layout(), block.position()
        for number in range(layout.lineCount()):
            line = layout.lineAt(number)
            start = max(cursor.selectionStart() - first, line.textStart())
            end = min(cursor.selectionEnd() - first, line.textStart() + line.textLength())
            if start < end:
                below = area.top() + line.y() + line.ascent() + _WAVE_BELOW
                yield area.left() + _across(line, start), area.left() + _across(line, end), below

    def _held(self, node: str) -> str:
        text = self._desk.document.nodes[node].params.get("text", "")
        return text if isinstance(text, str) else ""

    def _ask(self) -> None:
        written = self.node is not None
        self._check.ask(model_behind(self._desk.document, self._desk.face.first) if written else None, self._text)

    def _hear(self, found: Checked | None) -> None:
        self._known = found
        self._unfinished.start()
        self._mark()
        self.checked.emit(self.known)

    def _mark(self) -> None:
        """Underline what the model does not know, and what no encoder reads."""
        if self._following:
            return
        known = self.known
        if known is not None:
            strange = (word for word in known.unknown if not self._being_written(word))
            self._strange = [self.cursor_over(word.start, word.end) for word in strange]
            unread = known.reading.unread
            self._unread = [] if unread is None else [self.mark(*unread, self._faded())]
        self.setExtraSelections(self.marks())
        self.viewport().update()  # wavy lines are none of them

    def _being_written(self, word: UnknownWord) -> bool:
        at_its_end = to_utf16(self._text, word.end) == self.textCursor().position()
        return at_its_end and self.hasFocus() and self._unfinished.isActive()

    def _faded(self) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setForeground(self.palette().placeholderText())
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DashUnderline)
        return look

    def _unknown_at(self, character: int, *, touching: bool = False) -> UnknownWord | None:
        """The unknown word that holds a character, or also ends before it."""
        if self._known is None:
            return None
        known = self.known
        words = self._known.vocabulary.unknown(self._text) if known is None else known.unknown
        return next((word for word in words if word.start <= character < word.end + touching), None)

    def _take(self, word: UnknownWord, instead: str) -> None:
        """Write a word in the place of another; phrases keep their words."""
        node = self.node
        if node is None or self._text[word.start : word.end] != word.word:
            return
        after = self._text[: word.start] + instead + self._text[word.end :]
        change = Change(word.start, word.end - word.start, instead)
        self._desk.settle()
        self._desk.edit(f"Write “{instead}”", edits.set_prompt, node, after, change)
        cursor = self.textCursor()
        cursor.setPosition(to_utf16(after, word.start + len(instead)))
        self.setTextCursor(cursor)

    def _write(self, text: str) -> None:
        """Take over a text that was changed elsewhere; the cursor stays where it can."""
        place = self.textCursor().position()
        self._following = True
        try:
            self.setPlainText(text)
        finally:
            self._following = False
        self._text = text
        self._strange, self._unread = [], []
        cursor = self.textCursor()
        cursor.setPosition(min(place, to_utf16(text, len(text))))
        self.setTextCursor(cursor)

    def _on_written(self, at: int, removed: int, added: int) -> None:
        """Letters came or went: the document follows."""
        node = self.node
        before, after = self._text, self.toPlainText()
        if self._following or node is None or after == before:
            return
        self._text = after
        change = _change(before, after, at, removed, added)
        if len(before) > len(after) + 1:
            self._desk.settle()  # taking away more than a letter is a step of its own
        self._desk.drag("Write", ("text", node), edits.set_prompt, node, after, change)


def _across(line: QTextLine, place: int) -> float:
    return cast("tuple[float, int]", line.cursorToX(place))[0]


def _wave(left: float, right: float, below: float) -> list[QPointF]:
    """A zigzag from left to right."""
    count = max(round((right - left) / _WAVE_STEP), 1)
    return [QPointF(left + step * _WAVE_STEP, below + (_WAVE_HEIGHT if step % 2 else 0.0)) for step in range(count + 1)]


def _change(before: str, after: str, at: int, removed: int, added: int) -> Change | None:
    """What was typed, in characters; None when Qt counted more than that, as it does at the end of the text."""
    start = from_utf16(before, at)
    end, new_end = from_utf16(before, at + removed), from_utf16(after, at + added)
    change = Change(start, end - start, after[start:new_end])
    return change if before[:start] + change.inserted + before[end:] == after else None
