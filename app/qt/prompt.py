"""The sentence: plain text in which every painted phrase wears its colour."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QMenu, QTextEdit, QWidget

from app.model import edits
from app.model.anchors import from_utf16, to_utf16
from app.model.layers import Layer
from app.paint.palette import swatch
from app.qt.desk import Desk
from app.qt.paintview.hatches import phrase_colour
from app.qt.sentence.field import SentenceField, Written
from app.qt.sentence.word_check import WordCheck
from app.qt.theme import Icons

_GROUND = 0.3
_Below = QTextCharFormat.UnderlineStyle
_LINES_BELOW = (_Below.SingleUnderline, _Below.DashUnderline, _Below.DotLine, _Below.DashDotLine)
"""Hatches would make words hard to read; lines below them tell phrases apart without colour."""

_SENTENCE = Written(
    "Sentence",
    lambda face: face.prompt,
    "Write what the picture shows, then select words and paint where they go",
    lines=2,
)


class PromptEditor(SentenceField):
    """Edits the sentence of a desk.

    `wants_paint`: the selected words are to be painted. `beside`: the phrase that the cursor is in; "" for none.
    """

    wants_paint = Signal()
    beside = Signal(str)

    def __init__(self, desk: Desk, icons: Icons, check: WordCheck, parent: QWidget | None = None) -> None:
        super().__init__(desk, icons, _SENTENCE, check, parent)
        self._worn: tuple[Layer, ...] = ()
        self._beside = ""
        self.cursorPositionChanged.connect(self._tell_beside)
        self.refresh()

    def refresh(self) -> None:
        """Show the sentence and its phrases as they are."""
        super().refresh()
        phrases = () if self.isReadOnly() else self._desk.phrases
        if phrases != self._worn:
            self._worn = phrases
            self.setExtraSelections(self.marks())
        self._tell_beside()

    def marks(self) -> list[QTextEdit.ExtraSelection]:
        """The phrases in their colours, and over them what the model does not know."""
        worn = [self.mark(layer.start, layer.end, _look_of(layer)) for layer in self._worn if not layer.lost]
        return [*worn, *super().marks()]

    def phrase_at(self, character: int) -> Layer | None:
        """The uppermost phrase that holds a character of the sentence."""
        there = (layer for layer in self._worn if not layer.lost and layer.start <= character < layer.end)
        return next(reversed(tuple(there)), None)

    def rebind(self, layer: str) -> None:
        """Bind a layer to the selected words."""
        masks = self._desk.face.masks
        if not self.textCursor().hasSelection():
            self._desk.told.emit("Select the words in the sentence that the paint shall belong to, then press Rebind.")
            self.setFocus()
        elif masks is not None:
            self._desk.edit("Bind to other words", edits.rebind_layer, masks, layer, *self.selected_characters())

    def told_of(self, character: int) -> str:
        """What the phrase there steers, or what is wrong with the word."""
        layer, known = self.phrase_at(character), self.known
        told = [super().told_of(character)]
        if layer is not None and known is not None:
            told.append(f"“{layer.phrase}”: {known.reading.told_of(layer.start, layer.end)}")
        return "\n".join(filter(None, told))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on a phrase chooses its layer and selects its words; elsewhere it selects a word."""
        character = self.character_at(event.position().toPoint())
        layer = None if character is None else self.phrase_at(character)
        super().mouseDoubleClickEvent(event)
        if layer is None:
            return
        cursor = self.textCursor()
        cursor.setPosition(to_utf16(self._text, layer.start))
        cursor.setPosition(to_utf16(self._text, layer.end), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self._desk.activate(layer.id)

    def add_commands(self, menu: QMenu) -> None:
        """Paint the selected words, or bind the chosen phrase to them."""
        active, some = self._desk.active_phrase, self.textCursor().hasSelection()
        paint = menu.addAction("Paint This Phrase")
        paint.setEnabled(some)
        paint.triggered.connect(lambda _checked=False: self.wants_paint.emit())
        if active is not None:
            rebind = menu.addAction(f"Bind “{active.title}” to These Words")
            rebind.setEnabled(some)
            rebind.triggered.connect(lambda _checked=False: self.rebind(active.id))

    def _tell_beside(self) -> None:
        place = from_utf16(self._text, self.textCursor().position())
        layer = (self.phrase_at(place) or self.phrase_at(place - 1)) if self.hasFocus() else None
        beside = "" if layer is None else layer.id
        if beside != self._beside:
            self._beside = beside
            self.beside.emit(beside)


def _look_of(layer: Layer) -> QTextCharFormat:
    """The look of the words of a layer: its colour, and a line that tells it from others."""
    worn = swatch(layer.colour)
    look = QTextCharFormat()
    ground = phrase_colour(worn)
    ground.setAlphaF(_GROUND)
    look.setBackground(ground)
    look.setUnderlineStyle(_LINES_BELOW[layer.colour % len(_LINES_BELOW)])
    look.setUnderlineColor(phrase_colour(worn))
    return look
