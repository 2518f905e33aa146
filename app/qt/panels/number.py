"""The slider of the whole studio: it shows its number and takes typing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.qt.canvas.look import mixed
from app.qt.canvas.scale import Typed
from app.qt.eliding import elided

HEIGHT = 28
_BAR = 3
AUTOMATIC = "automatic"
_FINE = 0.1
_STEPS = 100.0
_UP = (Qt.Key.Key_Right, Qt.Key.Key_Up)
_DOWN = (Qt.Key.Key_Left, Qt.Key.Key_Down)


class Measure(Protocol):
    """How numbers lie along a slider between 0 and 1, how they are rounded, said and read.

    `default` is where a double click leads; None leaves the number to the program.
    """

    @property
    def default(self) -> float | None: ...

    def share(self, value: float) -> float: ...

    def at(self, share: float, *, fine: bool = False) -> float: ...

    def stepped(self, value: float, steps: float, *, fine: bool = False) -> float: ...

    def said(self, value: float) -> str: ...

    def bare(self, value: float) -> str: ...

    def typed(self, text: str) -> Typed: ...


@dataclass(frozen=True)
class Range:
    """What a slider can say: from `low` to `high`, `default` on a double click; `unit` stands behind the number.

    `curve`: 1 spreads values evenly, more gives small ones more room. `digits` after the point.
    """

    low: float
    high: float
    default: float
    unit: str = ""
    digits: int = 2
    curve: float = 1.0

    def clamped(self, value: float) -> float:
        """The nearest value of the range."""
        return min(max(round(value, self.digits), self.low), self.high)

    def share(self, value: float) -> float:
        """Where a value lies, 0..1."""
        return float(((self.clamped(value) - self.low) / (self.high - self.low)) ** (1.0 / self.curve))

    def at(self, share: float, *, fine: bool = False) -> float:
        """The value at a place, 0..1."""
        return self.clamped(self.low + min(max(share, 0.0), 1.0) ** self.curve * (self.high - self.low))

    def stepped(self, value: float, steps: float, *, fine: bool = False) -> float:
        """The value some places further, at least by its last digit."""
        stepped = self.at(self.share(value) + steps / _STEPS * (_FINE if fine else 1.0))
        return stepped if stepped != value else self.clamped(value + steps * 10.0**-self.digits)

    def said(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:.{self.digits}f}{' ' if self.unit else ''}{self.unit}"

    def bare(self, value: float) -> str:
        """A value as it is typed."""
        return f"{value:.{self.digits}f}"

    def typed(self, text: str) -> Typed:
        """Read a number as people write it; one beyond the range is brought to its end."""
        bare = text.strip().removesuffix(self.unit).strip().replace(",", ".")
        try:
            return Typed(self.clamped(float(bare)))
        except ValueError:
            return Typed(fault=f"“{text.strip()}” is not a number. Write one like {self.bare(self.default)}.")


class _NumberField(QLineEdit):
    """`given_up`: what was typed shall not count."""

    given_up = Signal()

    def event(self, event: QEvent) -> bool:
        """Escape is the field's own, whatever it means in the window."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if escape and event.type() == QEvent.Type.KeyPress:
            self.given_up.emit()
            return True
        return super().event(event)


class NumberSlider(QWidget):
    """Drag it, Shift for fine; type a number; a double click gives the default; the wheel turns it when focused.

    `dragged`: another value, by hand; None for automatic. `released`: the hand is off again. `defaulted`: the default
    was asked for, after it was told by `dragged`. `refused`: a sentence about what was typed; empty when all is well.
    """

    dragged = Signal(object)
    released = Signal()
    defaulted = Signal()
    refused = Signal(str)

    def __init__(self, title: str, told: Measure, help_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field: QLineEdit | None = None
        self._title, self._measure = title, told
        self._value: float | None = told.default
        self._grip: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        self.setToolTip(help_text)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    @property
    def automatic(self) -> bool:
        """Whether the number is left to the program."""
        return self._value is None

    @property
    def value(self) -> float:
        """The number shown; the one to begin with where it is left to the program."""
        return self._measure.at(self._share()) if self._value is None else self._value

    def set_value(self, value: float | None) -> None:
        """Show a number; nobody is told."""
        self._value = value
        self.update()
        if self.field is not None and not self.field.isModified() and self.field.text() != self._bare():
            self.field.setText(self._bare())
            self.field.selectAll()

    def sizeHint(self) -> QSize:
        """Wide enough for its words."""
        return QSize(160, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for a narrow panel."""
        return QSize(96, HEIGHT)

    # Dragging ---------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the number where it is."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position().x(), self._share()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The whole width is the whole range; with Shift, ten widths are."""
        if self._grip is None:
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        x, share = self._grip
        share += (event.position().x() - x) / max(self.width(), 1) * (_FINE if fine else 1.0)
        # Taken anew at every step, so that pressing Shift in the middle does not make the number jump.
        self._grip = event.position().x(), min(max(share, 0.0), 1.0)
        self._drag(self._measure.at(share, fine=fine))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._grip is not None:
            self._grip = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the default."""
        self._grip = None
        self._reset()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn the number, when this has the focus; otherwise the panel scrolls."""
        if self.hasFocus():
            self._step(event.angleDelta().y() / 120, event.modifiers())
            event.accept()
        else:
            event.ignore()

    # Keys -------------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows step; digits and Enter begin typing; Delete gives the default."""
        key = Qt.Key(event.key())
        if key in _UP or key in _DOWN:
            self._step(1.0 if key in _UP else -1.0, event.modifiers())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._type()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._reset()
        elif event.text() and event.text() in "0123456789.-":
            self._type().insert(event.text())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Digits are for this slider, not for the keys of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.text().isdigit():
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys come here."""
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that they do not."""
        self.update()

    def _step(self, steps: float, keys: Qt.KeyboardModifier) -> None:
        fine = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        self._drag(self._measure.stepped(self.value, steps, fine=fine))

    def _reset(self) -> None:
        self._drag(self._measure.default)
        self.defaulted.emit()
        self.released.emit()

    def _drag(self, value: float | None) -> None:
        if value != self._value:
            self.set_value(value)
            self.dragged.emit(value)

    def _share(self) -> float:
        shown = self._measure.default if self._value is None else self._value
        return 0.0 if shown is None else self._measure.share(shown)

    # Typing -----------------------------------------------------------------------------------------------------------

    def _type(self) -> QLineEdit:
        """Open a field over the slider, with the number chosen, so that what is typed takes its place."""
        field = _NumberField(self._bare(), self)
        field.setGeometry(self.rect())
        field.setAccessibleName(self._title)
        field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        field.selectAll()
        field.editingFinished.connect(self._typed)
        field.given_up.connect(self._close_field)
        field.show()
        field.setFocus()
        self.field = field
        return field

    def _bare(self) -> str:
        return "" if self._value is None else self._measure.bare(self._value)

    def _close_field(self) -> None:
        field, self.field = self.field, None
        if field is None:
            return
        if field.hasFocus():  # else the artist is already elsewhere
            self.setFocus()
        field.hide()
        field.deleteLater()

    def _typed(self) -> None:
        if self.field is None:
            return
        read = self._measure.typed(self.field.text())
        self._close_field()
        self.refused.emit(read.fault)
        if not read.fault:
            self._drag(read.value)
        self.released.emit()

    # Painting ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The share of the range as a bar, the name on the left, the number on the right."""
        palette, area = self.palette(), QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            base, ink = palette.base().color(), palette.text().color()
            painter.setPen(QPen(mixed(base, ink, 0.5 if self.hasFocus() else 0.14), 1.0))
            painter.setBrush(base)
            painter.drawRoundedRect(area, 4.0, 4.0)
            if self._value is not None:
                # Below the words, so that these have one ground whatever the value is.
                inside = area.adjusted(3, 0, -3, 0)
                painter.fillRect(
                    QRectF(inside.left(), area.bottom() - _BAR - 1, inside.width() * self._share(), _BAR),
                    mixed(base, ink, 0.6 if self.isEnabled() else 0.2),
                )
            self._paint_words(painter, area.adjusted(8, 0, -8, -2))

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        palette, middle = self.palette(), Qt.AlignmentFlag.AlignVCenter
        number = AUTOMATIC if self._value is None else self._measure.said(self._value)
        quiet = palette.placeholderText() if self.isEnabled() else palette.text()
        metrics = painter.fontMetrics()
        left = room.width() - metrics.horizontalAdvance(number) - 6
        title = elided(self._title, painter.font(), left)
        painter.setPen(quiet.color())
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, title)
        if self._value is not None:
            painter.setPen(palette.text().color())
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, number)
