"""The lines under the sentence: what to stay away from, and what to switch to on the way. Folded until wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from app.model import edits
from app.model.document import Document
from app.model.face import Face
from app.qt.desk import Desk
from app.qt.panels.number import NumberSlider, Range
from app.qt.panels.parts import icon_button
from app.qt.sentence.count import WordCount
from app.qt.sentence.field import SentenceField, Written
from app.qt.sentence.word_check import WordCheck
from app.qt.theme import GRID, Icons
from nodes.registry import Registry

_TITLE = 9 * GRID
_AFTER = Range(0.0, 100.0, 50.0, "%", digits=0)

_Edit = Callable[[Document, Registry], Document]


@dataclass(frozen=True)
class Line:
    """A further prompt: `node` that holds it, whether it is `there` at all, and the edits that bring and take it."""

    title: str
    help: str
    written: Written
    there: Callable[[Face], bool]
    add: tuple[str, _Edit]
    remove: tuple[str, _Edit]


NEGATIVE = Line(
    "Negative",
    "Say what the picture should stay away from",
    Written("Negative prompt", lambda face: face.negative, "What the picture should stay away from"),
    lambda face: face.negative is not None or "negative" in face.driven,
    ("Add a negative prompt", edits.add_negative),
    ("Remove the negative prompt", edits.remove_negative),
)
SWITCH = Line(
    "Switch to",
    "Go on with another sentence after a part of the steps: the layout of the first, the look of the second",
    Written("Second sentence", lambda face: face.second_prompt, "What the picture shows from there on"),
    lambda face: face.switch is not None,
    ("Add a second sentence", edits.add_switch),
    ("Remove the second sentence", edits.remove_switch),
)


class PromptLine(QWidget):
    """One further prompt: its name, its text, and a button that takes it away."""

    def __init__(self, line: Line, desk: Desk, icons: Icons, check: WordCheck) -> None:
        super().__init__()
        self._line, self._desk = line, desk
        self.field = SentenceField(desk, icons, line.written, check)
        label, verb = line.remove
        self.remove = icon_button(icons, "cancel", label, lambda: desk.edit(label, verb, desk.registry))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(GRID)
        title = QLabel(line.title)
        title.setObjectName("quiet")
        title.setFixedWidth(_TITLE)
        title.setBuddy(self.field)
        self.row.addWidget(title)
        self.row.addWidget(self.field, 1)
        self.row.addWidget(self.remove)

    @property
    def there(self) -> bool:
        """Whether the graph has it."""
        return self._line.there(self._desk.face)

    def refresh(self) -> None:
        """Show it if it is there."""
        self.setVisible(self.there)
        self.remove.setEnabled(self.field.node is not None)

    def open(self) -> None:
        """Bring it, and write in it."""
        label, verb = self._line.add
        if self.there or self._desk.edit(label, verb, self._desk.registry):
            self.field.setFocus()
            self.field.selectAll()


class SwitchLine(PromptLine):
    """The second sentence, with the part of the steps after which it is followed."""

    def __init__(self, desk: Desk, icons: Icons, check: WordCheck) -> None:
        super().__init__(SWITCH, desk, icons, check)
        self.after = NumberSlider("After", _AFTER, "The share of the steps after which the second sentence is followed")
        self.after.setFixedWidth(15 * GRID)
        self.after.dragged.connect(self._move)
        self.after.released.connect(desk.settle)
        self.row.insertWidget(1, self.after)

    def refresh(self) -> None:
        super().refresh()
        switch = self._desk.face.switch
        if switch is None:
            return
        at = self._desk.document.nodes[switch].params.get("at", 0.5)
        wired = any(link.target.node == switch and link.target.port == "at" for link in self._desk.document.graph.links)
        self.after.setEnabled(not wired)
        self.after.set_value(100.0 * at if isinstance(at, (int, float)) else 50.0)

    def _move(self, value: float) -> None:
        switch = self._desk.face.switch
        if switch is not None:
            self._desk.drag("Switch later or sooner", ("switch", switch), edits.move_switch, switch, value / 100.0)


class PromptLines(QWidget):
    """Both lines, and below them what brings them and how full the encoders are."""

    def __init__(self, desk: Desk, icons: Icons, checks: Callable[[], WordCheck]) -> None:
        super().__init__()
        self._desk = desk
        self.negative = PromptLine(NEGATIVE, desk, icons, checks())
        self.switch = SwitchLine(desk, icons, checks())
        self.count = WordCount()
        self.add_negative = _opener(NEGATIVE, self.negative)
        self.add_switch = _opener(SWITCH, self.switch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.switch)
        layout.addWidget(self.negative)
        foot = QHBoxLayout()
        foot.setSpacing(GRID // 2)
        foot.addWidget(self.add_negative)
        foot.addWidget(self.add_switch)
        foot.addWidget(self.count, 1)
        layout.addLayout(foot)
        desk.changed.connect(self.refresh)
        self.refresh()

    @property
    def fields(self) -> tuple[SentenceField, ...]:
        """Where the further prompts are written."""
        return self.switch.field, self.negative.field

    def refresh(self) -> None:
        """Show the lines that are there, and a way to each that is not."""
        face = self._desk.face
        for line, opener in ((self.negative, self.add_negative), (self.switch, self.add_switch)):
            line.field.refresh()
            line.refresh()
            opener.setVisible(not line.there)
        self.add_negative.setEnabled(face.first is not None)
        self.add_switch.setEnabled(face.prompt is not None)


def _opener(line: Line, opened: PromptLine) -> QToolButton:
    button = QToolButton()
    button.setObjectName("opener")
    button.setText(f"+ {line.title}")
    button.setToolTip(line.help)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda _checked=False: opened.open())
    return button
