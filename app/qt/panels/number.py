"""A slider that shows its number and takes typing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

_FINE = 0.1
_STEPS = 100.0
_HEIGHT = 28


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
        return float(((value - self.low) / (self.high - self.low)) ** (1.0 / self.curve))

    def at(self, share: float) -> float:
        """The value at a place, 0..1."""
        return self.clamped(self.low + min(max(share, 0.0), 1.0) ** self.curve * (self.high - self.low))

    def said(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:.{self.digits}f}{' ' if self.unit else ''}{self.unit}"


class NumberSlider(QWidget):
    """Drag it, Shift for fine; type a number; a double click gives the default; the wheel turns it when focused.

    `dragged`: another value, by hand. `released`: the hand is off again.
    """

    dragged = Signal(float)
    released = Signal()

    def __init__(self, title: str, told: Range, help_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._range, self._value = title, told, told.default
        self._from: tuple[float, float] | None = None
        self._field: QLineEdit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)
        self.setToolTip(help_text)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    @property
    def value(self) -> float:
        """The number shown."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show a number; nobody is told."""
        self._value = self._range.clamped(value)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, _HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._from = event.position().x(), self._range.share(self._value)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        moved = (event.position().x() - self._from[0]) / max(self.width(), 1) * fine
        self._drag(self._range.at(self._from[1] + moved))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is not None:
            self._from = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._from = None
        self._drag(self._range.default)
        self.released.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            self._step(1.0 if event.angleDelta().y() > 0 else -1.0, event.modifiers())
            event.accept()
        else:
            event.ignore()  # the panel scrolls

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Down):
            self._step(1.0 if key in (Qt.Key.Key_Right, Qt.Key.Key_Up) else -1.0, event.modifiers())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._type(self._number())
        elif event.text() and event.text() in "0123456789.-":
            self._type(event.text(), selected=False)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Digits are for this slider, not for the keys of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.text().isdigit():
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, area = self.palette(), QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            edge = palette.placeholderText() if self.hasFocus() else palette.button()
            painter.setPen(QPen(edge, 1.0))
            painter.setBrush(palette.base())
            painter.drawRoundedRect(area, 4.0, 4.0)
            painter.setClipRect(area.adjusted(1, 1, -1, -1))
            filled = QRectF(area.left(), area.top(), area.width() * self._range.share(self._value), area.height())
            painter.fillRect(filled.adjusted(1, 1, 0, -1), _faint(palette.button().color(), enabled=self.isEnabled()))
            painter.setClipping(False)
            inner = area.adjusted(8, 0, -8, 0)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setPen(palette.placeholderText().color())
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, self._title)
            painter.setPen(palette.text().color())
            painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, self._range.said(self._value))

    def _step(self, by: float, keys: Qt.KeyboardModifier) -> None:
        share = by / _STEPS * (_FINE if keys & Qt.KeyboardModifier.ShiftModifier else 1.0)
        smallest = by * 10.0**-self._range.digits
        stepped = self._range.at(self._range.share(self._value) + share)
        self._drag(stepped if stepped != self._value else self._range.clamped(self._value + smallest))

    def _drag(self, value: float) -> None:
        if value != self._value:
            self.set_value(value)
            self.dragged.emit(value)

    def _number(self) -> str:
        return f"{self._value:.{self._range.digits}f}"

    def _type(self, text: str, *, selected: bool = True) -> None:
        field = QLineEdit(text, self)
        field.setGeometry(self.rect())
        field.setAccessibleName(self._title)
        if selected:
            field.selectAll()
        field.editingFinished.connect(self._typed)
        field.show()
        field.setFocus()
        self._field = field

    def _typed(self) -> None:
        field, self._field = self._field, None
        if field is None:
            return
        try:
            value = float(field.text().replace(",", "."))
        except ValueError:
            value = self._value
        field.deleteLater()
        self.setFocus()
        self._drag(self._range.clamped(value))
        self.released.emit()


def _faint(colour: QColor, *, enabled: bool) -> QColor:
    faint = QColor(colour)
    faint.setAlphaF(1.0 if enabled else 0.4)
    return faint
