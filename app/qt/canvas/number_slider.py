"""A slider that shows its number and takes typing; range, unit and default come from the declaration."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app.qt.canvas.look import mixed
from app.qt.canvas.said import title_of
from app.qt.canvas.scale import Scale, typed

HEIGHT = 28
_FINE = 0.1
_UP = (Qt.Key.Key_Right, Qt.Key.Key_Up)
_DOWN = (Qt.Key.Key_Left, Qt.Key.Key_Down)


class NumberSlider(QWidget):
    """Drag it, Shift for fine; type a number; a double-click gives the default; the wheel turns it when focused.

    `moved`: another value, by hand. `released`: the hand is off again. `defaulted`: the default is wanted.
    `refused`: a sentence about what was typed.
    """

    moved = Signal(object)
    released = Signal()
    defaulted = Signal()
    refused = Signal(str)

    def __init__(self, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scale = scale
        self.field: QLineEdit | None = None
        self._title = title_of(scale.parameter)
        self._value: float | None = None
        self._grip: tuple[float, float] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self._title)
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    @property
    def value(self) -> float | None:
        """The number shown; None stands for automatic."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show a number; nobody is told."""
        self._value = value
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for its words."""
        return QSize(180, HEIGHT)

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
        self._move(self.scale.at(share, fine=fine))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if self._grip is not None:
            self._grip = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the default."""
        self._grip = None
        self.defaulted.emit()

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
            self._type("" if self._value is None else f"{self._value:.10g}", select=True)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.defaulted.emit()
        elif event.text() and event.text() in "0123456789.-":
            self._type(event.text(), select=False)
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
        start = self.scale.at(self._share()) if self._value is None else self._value
        self._move(self.scale.stepped(start, steps, fine=fine))

    def _move(self, value: float) -> None:
        if value != self._value:
            self.set_value(value)
            self.moved.emit(value)

    def _share(self) -> float:
        if self._value is not None:
            return self.scale.share(self._value)
        default = self.scale.parameter.default
        return self.scale.share(default) if isinstance(default, (int, float)) else 0.0

    # Typing -----------------------------------------------------------------------------------------------------------

    def _type(self, text: str, *, select: bool) -> None:
        field = QLineEdit(text, self)
        field.setGeometry(self.rect())
        field.setAccessibleName(self._title)
        field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if select:
            field.selectAll()
        field.editingFinished.connect(self._typed)
        field.show()
        field.setFocus()
        self.field = field

    def _typed(self) -> None:
        field, self.field = self.field, None
        if field is None:
            return
        read = typed(self.scale.parameter, field.text())
        field.hide()
        field.deleteLater()
        self.setFocus()
        if read.fault:
            self.refused.emit(read.fault)
        elif read.value != self._value:
            self.set_value(read.value)
            self.moved.emit(read.value)
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
                painter.setClipRect(area.adjusted(1, 1, -1, -1))
                bar = QRectF(0, 0, self.width() * self.scale.share(self._value), self.height())
                painter.fillRect(bar, mixed(base, ink, 0.14 if self.isEnabled() else 0.06))
                painter.setClipping(False)
            self._paint_words(painter, area.adjusted(8, 0, -8, 0))

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        palette, middle = self.palette(), Qt.AlignmentFlag.AlignVCenter
        number = "automatic" if self._value is None else self.scale.said(self._value)
        painter.setPen(palette.placeholderText().color())
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignLeft, self._title)
        if self._value is not None:
            painter.setPen(palette.text().color())
        painter.drawText(room, middle | Qt.AlignmentFlag.AlignRight, number)
