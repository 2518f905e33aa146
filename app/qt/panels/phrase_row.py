"""A phrase in the list: its colour and hatch, its words, and whether it is seen and can be painted on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QWidget

from app.model.layers import Layer
from app.paint.palette import swatch
from app.qt.canvas.look import mixed
from app.qt.desk import Desk
from app.qt.paintview.hatches import hatch_brush, phrase_colour
from app.qt.panels.parts import BUTTON, ElidedLabel, icon_button
from app.qt.pictures import local_files
from app.qt.theme import GRID, Icons

HEIGHT = 26
_SWATCH = 18
_DARK, _BRIGHT = QColor(0x1C, 0x1C, 0x1C), 128


class PhraseRow(QWidget):
    """Click to choose it, drag it to another place in the order, drop a PNG on it to paint with that.

    `chosen`: the layer is wanted. `carried`: it is dragged, with the height of the mouse on the screen; `dropped`: it
    is let go there. `given`: a PNG for it. `wants_words`: it is to be bound to the words that are selected.
    """

    chosen = Signal(str)
    carried = Signal(str, int)
    dropped = Signal(str, int)
    given = Signal(str, Path)
    wants_words = Signal(str)

    def __init__(self, desk: Desk, icons: Icons, layer: Layer) -> None:
        super().__init__()
        self._desk, self._icons, self._layer = desk, icons, layer
        self._pressed: QPoint | None = None
        self._carrying = False
        self.setObjectName("row")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(HEIGHT)
        self.setAcceptDrops(True)
        self._swatch = PhraseSwatch(layer.colour)
        self._title = ElidedLabel()
        self.badge = QLabel("lost")
        self.badge.setObjectName("badge")
        self.badge.setFixedHeight(22)
        self.rebind = QPushButton("Rebind")
        self.rebind.setObjectName("small")
        self.rebind.setToolTip("Select words in the sentence, then press this: the paint belongs to them")
        self.rebind.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.rebind.clicked.connect(lambda _checked=False: self.wants_words.emit(self._layer.id))
        self.eye = icon_button(icons, "eye", "Show or hide; with Alt, show alone", self._toggle_seen)
        self.lock = icon_button(icons, "unlock", "Lock or unlock", self._toggle_locked)
        self._lay_out()

    def show_layer(self, layer: Layer, *, active: bool, beside: bool, alone: bool) -> None:
        """Show what there is to say of a layer: whether it is painted on, whether the cursor of the sentence is in its
        words, and whether some layers are shown alone."""
        self._layer = layer
        self._swatch.set_colour(layer.colour)
        self._title.setText(layer.title)
        self._title.setObjectName("warning" if layer.lost else "")
        self.badge.setVisible(layer.lost)
        self.rebind.setVisible(layer.lost)
        self.lock.setVisible(not layer.lost)
        told = f"“{layer.phrase}” is no longer in the sentence, so its paint does nothing. Write it again or rebind it."
        self.setToolTip(told if layer.lost else f"{layer.title}: {swatch(layer.colour).name}")
        self.setAccessibleName(f"{layer.title}, lost" if layer.lost else layer.title)
        self.setProperty("active", "true" if active else "false")
        self.setProperty("beside", "true" if beside else "false")
        self.style().polish(self)
        self.style().polish(self._title)
        seen = layer.solo if alone else layer.visible
        self._icons.give(self.eye, "solo" if layer.solo else "eye" if seen else "eye-off")
        self._icons.give(self.lock, "lock" if layer.locked else "unlock")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
        self.chosen.emit(self._layer.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        moved = (event.position().toPoint() - self._pressed).manhattanLength()
        if self._carrying or moved >= QApplication.startDragDistance():
            self._carrying = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.carried.emit(self._layer.id, event.globalPosition().toPoint().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        carrying, self._carrying, self._pressed = self._carrying, False, None
        self.unsetCursor()
        if carrying:
            self.dropped.emit(self._layer.id, event.globalPosition().toPoint().y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self._layer.id)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _mask_in(event.mimeData()) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()  # the window may know what to do with it

    def dropEvent(self, event: QDropEvent) -> None:
        path = _mask_in(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.given.emit(self._layer.id, path)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 2, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self._swatch)
        layout.addWidget(self._title, 1)
        for widget in (self.badge, self.rebind, self.lock, self.eye):
            layout.addWidget(widget)
        for button in (self.lock, self.eye):
            button.setFixedSize(BUTTON, HEIGHT)

    def _toggle_seen(self) -> None:
        layer = self._layer
        if QApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier or layer.solo:
            self._desk.change_layer("Show a phrase alone", replace(layer, solo=not layer.solo))
        else:
            label = "Hide a phrase" if layer.visible else "Show a phrase"
            self._desk.change_layer(label, replace(layer, visible=not layer.visible))

    def _toggle_locked(self) -> None:
        label = "Unlock a phrase" if self._layer.locked else "Lock a phrase"
        self._desk.change_layer(label, replace(self._layer, locked=not self._layer.locked))


class PhraseSwatch(QWidget):
    """A phrase's colour with its hatch."""

    def __init__(self, colour: int) -> None:
        super().__init__()
        self._colour = colour
        self.setFixedSize(QSize(_SWATCH, _SWATCH))

    def set_colour(self, colour: int) -> None:
        """Show another one."""
        self._colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        worn, base = swatch(self._colour), self.palette().base().color()
        edge = phrase_colour(worn) if base.lightness() < _BRIGHT else mixed(phrase_colour(worn), _DARK, 0.25)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(edge, 1.5))
            painter.setBrush(QBrush(base))
            painter.drawRoundedRect(area, 4.0, 4.0)
            painter.setBrush(hatch_brush(worn, 1.0, 1.0))
            painter.drawRoundedRect(area, 4.0, 4.0)


def _mask_in(data: QMimeData) -> Path | None:
    """The one PNG that is dragged, if it is one."""
    files = local_files(data)
    return files[0] if len(files) == 1 and files[0].suffix.lower() == ".png" else None
