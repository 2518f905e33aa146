"""The top of the Paint workspace: the sentence with its further lines, and the button that makes words a layer."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.model.home import find_home
from app.qt.bridge import AsideWorker
from app.qt.desk import Desk
from app.qt.prompt import PromptEditor
from app.qt.sentence.field import SentenceField
from app.qt.sentence.lines import PromptLines
from app.qt.sentence.word_check import WordCheck
from app.qt.theme import GRID, ICON_SIZE, RESOURCES, Icons
from app.tokens.checking import checker


class SentenceBar(QWidget):
    """Owns the thread in which words are looked at; `leave` ends it."""

    def __init__(self, desk: Desk, icons: Icons) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._worker = AsideWorker(self)
        self._check = checker(RESOURCES, find_home().models)
        self._checks: list[WordCheck] = []
        self.prompt = PromptEditor(desk, icons, self._new_check())
        self.lines = PromptLines(desk, icons, self._new_check)
        self.paint = QPushButton("Paint this phrase")
        self.paint.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.prompt.checked.connect(self.lines.count.show_checked)
        self._lay_out()

    def leave(self) -> None:
        """Look at no more words."""
        for check in self._checks:
            check.stop()
        self._worker.close()

    def fit_height(self) -> None:
        """Leave each field room for its lines."""
        for field in (self.prompt, *self.lines.fields):
            field.fit_height()

    def offer_near(self) -> None:
        """Offer words for the one at the cursor, in the field that is written in."""
        fields: tuple[SentenceField, ...] = (self.prompt, *self.lines.fields)
        next((field for field in fields if field.hasFocus()), self.prompt).offer_near()

    def _new_check(self) -> WordCheck:
        check = WordCheck(self._worker, self._check, self)
        self._checks.append(check)
        return check

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID // 2)
        layout.setSpacing(GRID)
        written = QVBoxLayout()
        written.setSpacing(GRID // 2)
        written.addWidget(self.prompt)
        written.addWidget(self.lines)
        layout.addLayout(written, 1)
        layout.addWidget(self.paint, 0, Qt.AlignmentFlag.AlignTop)
