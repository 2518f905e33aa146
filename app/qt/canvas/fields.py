"""One field for each kind of declared value. A field shows a value and tells what a hand made of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QIcon, QPixmap, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.paint.palette import swatch
from app.qt.canvas.said import said, title_of
from app.qt.canvas.scale import Scale, typed
from app.qt.panels.number import NumberSlider
from engine.api.plan import Json
from nodes.specs.declare import LARGEST_SEED, Kind, Parameter
from nodes.specs.values import value_fault

_TEXT_HEIGHT = 92


class Field(QWidget):
    """`changed`: a new value by hand. `settled`: the hand is off again. `defaulted`: the default is wanted.

    `wanted`: something bigger than a field has to choose (a picture file, painting).
    """

    changed = Signal(object)
    settled = Signal()
    defaulted = Signal()
    wanted = Signal()

    continuous = False
    """Whether one turn of the hand tells many values, until `settled`."""

    def __init__(self, parameter: Parameter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._fault = QLabel(self)
        self._fault.setObjectName("warning")
        self._fault.setWordWrap(True)
        self._fault.hide()
        self.setToolTip(parameter.help)
        self.build()
        self._column.addWidget(self._fault)

    def build(self) -> None:
        """Make the widgets."""
        raise NotImplementedError

    def show_value(self, value: Json) -> None:
        """Show a value; nobody is told."""
        raise NotImplementedError

    @property
    def fault(self) -> str:
        """What is wrong with what stands in the field; empty when nothing is."""
        return self._fault.text()

    def complain(self, fault: str) -> None:
        """Tell what is wrong with what stands in the field."""
        self._fault.setText(fault)
        self._fault.setVisible(bool(fault))

    def offer(self, value: Json) -> None:
        """Tell a value that came from a hand, unless it does not suit."""
        fault = value_fault(self.parameter, value)
        self.complain("" if fault is None else f"{title_of(self.parameter)} {fault.message}.")
        if fault is None:
            self.changed.emit(value)

    def add_heading(self) -> None:
        """The name above the field."""
        label = QLabel(title_of(self.parameter), self)
        label.setObjectName("quiet")
        self._column.addWidget(label)


class SliderField(Field):
    """A bounded number; an optional one can be left to the program."""

    continuous = True

    def build(self) -> None:
        """A slider."""
        scale = Scale.of(self.parameter)
        assert scale is not None
        self.slider = NumberSlider(title_of(self.parameter), scale, self.parameter.help, self)
        self.slider.dragged.connect(self.offer)
        self.slider.released.connect(self.settled)
        self.slider.defaulted.connect(self.defaulted)
        self.slider.refused.connect(self.complain)
        self._column.addWidget(self.slider)
        self.setFocusProxy(self.slider)

    def show_value(self, value: Json) -> None:
        """Move the slider."""
        number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
        self.slider.set_value(number)
        self.complain(_told(self.parameter, value))


class NumberField(Field):
    """A number without bounds, which only typing can set."""

    def build(self) -> None:
        """A line."""
        self.add_heading()
        self.line = QLineEdit(self)
        self.line.setAccessibleName(title_of(self.parameter))
        self.line.editingFinished.connect(self._read)
        self._row = QHBoxLayout()
        self._row.addWidget(self.line)
        self._column.addLayout(self._row)

    def show_value(self, value: Json) -> None:
        """Write the number."""
        self.line.setText("" if value is None else said(self.parameter, value))
        self.complain(_told(self.parameter, value))

    def _read(self) -> None:
        read = typed(self.parameter, self.line.text())
        if read.fault:
            self.complain(read.fault)
        else:
            self.offer(read.value)
            self.settled.emit()


class SeedField(NumberField):
    """A seed: typed, or thrown anew."""

    def build(self) -> None:
        """A line and a button."""
        super().build()
        self.dice = QPushButton("New", self)
        self.dice.setToolTip("Another seed, by chance")
        self.dice.clicked.connect(self._throw)
        self._row.addWidget(self.dice)

    def _throw(self) -> None:
        high = self.parameter.maximum
        # As far as numbers of this size can be typed and remembered; all seeds are equally good.
        self.offer(secrets.randbelow(min(int(high) if high is not None else LARGEST_SEED, 2**32)))
        self.settled.emit()


class CheckField(Field):
    """Yes or no."""

    def build(self) -> None:
        """A check box."""
        self.box = QCheckBox(title_of(self.parameter), self)
        self.box.clicked.connect(self.offer)
        self._column.addWidget(self.box)

    def show_value(self, value: Json) -> None:
        """Check it or not."""
        self.box.setChecked(value is True)


class ChoiceField(Field):
    """One of several; where nothing need be chosen, the program's own choice too."""

    def build(self) -> None:
        """A list that drops down."""
        self.add_heading()
        self.combo = _QuietCombo(self)
        self.combo.setAccessibleName(title_of(self.parameter))
        if self.parameter.optional:
            self.combo.addItem(said(self.parameter, None).capitalize(), None)
        for choice in self.parameter.choices:
            self.combo.addItem(self.parameter.choice_label(choice), choice)
        self.combo.activated.connect(lambda index: self.offer(self.combo.itemData(index)))
        self._column.addWidget(self.combo)

    def show_value(self, value: Json) -> None:
        """Choose it."""
        held = (index for index in range(self.combo.count()) if self.combo.itemData(index) == value)
        self.combo.setCurrentIndex(next(held, -1))
        self.complain(_told(self.parameter, value))


class ChoicesField(Field):
    """Some of several."""

    def build(self) -> None:
        """A button for each, in the order of the declaration."""
        self.add_heading()
        row = QHBoxLayout()
        row.setSpacing(4)
        self.buttons: dict[str, QToolButton] = {}
        for choice in self.parameter.choices:
            button = QToolButton(self)
            button.setText(self.parameter.choice_label(choice))
            button.setCheckable(True)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self._read)
            row.addWidget(button)
            self.buttons[choice] = button
        self._column.addLayout(row)

    def show_value(self, value: Json) -> None:
        """Press those that are chosen."""
        chosen = value if isinstance(value, list) else []
        for choice, button in self.buttons.items():
            button.setChecked(choice in chosen)

    def _read(self) -> None:
        self.offer([choice for choice, button in self.buttons.items() if button.isChecked()])


class LineField(Field):
    """A short text, such as the name of a file, or a list of numbers."""

    def build(self) -> None:
        """A line."""
        self.add_heading()
        self.line = QLineEdit(self)
        self.line.setAccessibleName(title_of(self.parameter))
        self.line.editingFinished.connect(self._read)
        self._column.addWidget(self.line)

    def show_value(self, value: Json) -> None:
        """Write it."""
        self.line.setText(_numbers_said(value) if self.parameter.kind is Kind.NUMBERS else str(value or ""))
        self.complain(_told(self.parameter, value))

    def _read(self) -> None:
        if self.parameter.kind is not Kind.NUMBERS:
            self.offer(self.line.text().strip())
            return
        try:
            self.offer([float(part) for part in self.line.text().replace(";", ",").split(",") if part.strip()])
        except ValueError:
            self.complain(f"“{self.line.text()}” is no list of numbers. Write them like 1, 0.5, 2.")


class TextField(Field):
    """A text of several lines; every letter is told, and leaving it settles."""

    continuous = True

    def build(self) -> None:
        """A page."""
        self.add_heading()
        self.page = QPlainTextEdit(self)
        self.page.setAccessibleName(title_of(self.parameter))
        self.page.setFixedHeight(_TEXT_HEIGHT)
        self.page.setTabChangesFocus(True)
        self.page.setUndoRedoEnabled(False)  # every letter is an edit of the document, which takes it back
        self.page.textChanged.connect(self._read)
        self.page.installEventFilter(self)
        self._column.addWidget(self.page)

    def show_value(self, value: Json) -> None:
        """Write it, unless it stands there already: the cursor must not jump."""
        text = str(value or "")
        if self.page.toPlainText() != text:
            cursor = self.page.textCursor()
            place = cursor.position()
            self.page.blockSignals(True)
            self.page.setPlainText(text)
            self.page.blockSignals(False)
            cursor.setPosition(min(place, self.page.document().characterCount() - 1))
            self.page.setTextCursor(cursor)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaving the page settles."""
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            self.settled.emit()
        return False

    def _read(self) -> None:
        self.offer(self.page.toPlainText())


class PictureField(Field):
    """A picture file of the project."""

    def build(self) -> None:
        """A button that shows whether there is one."""
        self.add_heading()
        self.button = QPushButton(self)
        self.button.setIconSize(QSize(48, 48))
        self.button.clicked.connect(self.wanted)
        self._column.addWidget(self.button)

    def show_value(self, value: Json) -> None:
        """Say whether a picture is there."""
        self.button.setText("Choose another picture…" if value else "Choose a picture…")


class PhrasesField(Field):
    """Painted phrases: they are painted elsewhere, here one sees which there are."""

    def build(self) -> None:
        """A line for each, and a button that leads to the paint."""
        self.add_heading()
        self.rows = QVBoxLayout()
        self.rows.setSpacing(2)
        self._column.addLayout(self.rows)
        self.button = QPushButton("Paint…", self)
        self.button.clicked.connect(self.wanted)
        self._column.addWidget(self.button)

    def show_value(self, value: Json) -> None:
        """Name the phrases."""
        while (item := self.rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number, entry in enumerate(value if isinstance(value, list) else []):
            told = entry if isinstance(entry, dict) else {}
            colour = told.get("colour", number)
            self.rows.addWidget(
                _phrase_row(str(told.get("phrase", "?")), colour if isinstance(colour, int) else number)
            )


def _phrase_row(phrase: str, colour: int) -> QWidget:
    dot = QPixmap(10, 10)
    dot.fill(QColor(swatch(max(colour, 0)).hex))
    row = QToolButton()
    row.setIcon(QIcon(dot))
    row.setText(phrase)
    row.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    row.setAutoRaise(True)
    row.setEnabled(False)
    return row


class _QuietCombo(QComboBox):
    """The wheel turns it only when it has the focus: otherwise one scrolls past it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


_FIELDS: Mapping[Kind, Callable[[Parameter], Field]] = {
    Kind.SEED: SeedField,
    Kind.BOOLEAN: CheckField,
    Kind.CHOICE: ChoiceField,
    Kind.CHOICES: ChoicesField,
    Kind.TEXT: TextField,
    Kind.LINES: TextField,
    Kind.NAME: LineField,
    Kind.NUMBERS: LineField,
    Kind.PICTURE: PictureField,
    Kind.PHRASES: PhrasesField,
}


def field_for(parameter: Parameter) -> Field:
    """The field of a declared parameter."""
    make = _FIELDS.get(parameter.kind)
    if make is not None:
        return make(parameter)
    return SliderField(parameter) if Scale.of(parameter) is not None else NumberField(parameter)


def _told(parameter: Parameter, value: Json) -> str:
    fault = None if value == parameter.default else value_fault(parameter, value)
    return "" if fault is None else f"{title_of(parameter)} {fault.message}."


def _numbers_said(value: Json) -> str:
    numbers = value if isinstance(value, list) else []
    return ", ".join(f"{number:g}" for number in numbers if isinstance(number, (int, float)))
