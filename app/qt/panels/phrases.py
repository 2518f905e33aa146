"""The list of painted phrases, and how the chosen one acts."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.model import edits
from app.model.layers import Layer
from app.paint.palette import swatch
from app.qt.desk import Desk
from app.qt.paintview.hatches import hatch_brush, phrase_colour
from app.qt.panels.number import NumberSlider, Range
from app.qt.panels.parts import column, emptied, icon_button, quiet
from app.qt.theme import GRID, Icons
from nodes.graph.edit import new_id

_SWATCH = 20


class PhrasePanel(QWidget):
    """Phrases from the uppermost down, as they lie over each other on the canvas."""

    def __init__(self, desk: Desk, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._icons = desk, icons
        self._rows: dict[str, PhraseRow] = {}
        self._shown: tuple[tuple[Layer, ...], str | None] | None = None
        layout = column(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        layout.addLayout(self._list)
        self._empty = quiet("Select words in the sentence and press Ctrl+P: they become a layer to paint on.")
        layout.addWidget(self._empty)
        self._details = PhraseDetails(desk, icons)
        layout.addWidget(self._details)
        desk.changed.connect(self.refresh)
        self.refresh()

    @property
    def details(self) -> PhraseDetails:
        """How the chosen phrase acts."""
        return self._details

    def row(self, layer: str) -> PhraseRow:
        """The row of a layer."""
        return self._rows[layer]

    def refresh(self) -> None:
        """Show the phrases as they are."""
        now = self._desk.phrases, self._desk.active
        if now == self._shown:
            return
        known = self._shown
        self._shown = now
        if known is None or [each.id for each in known[0]] != [each.id for each in now[0]]:
            self._rebuild(now[0])
        for layer in now[0]:
            self._rows[layer.id].show_layer(layer, active=layer.id == now[1])
        self._empty.setVisible(not now[0])
        self._details.show_layer(self._desk.active_phrase)

    def _rebuild(self, layers: tuple[Layer, ...]) -> None:
        emptied(self._list)
        self._rows = {}
        for layer in reversed(layers):
            row = PhraseRow(self._desk, self._icons, layer)
            row.chosen.connect(self._desk.activate)
            self._list.addWidget(row)
            self._rows[layer.id] = row


class PhraseRow(QWidget):
    """One phrase: its colour and hatch, its words, whether it is seen and whether it can be painted on."""

    chosen = Signal(str)

    def __init__(self, desk: Desk, icons: Icons, layer: Layer) -> None:
        super().__init__()
        self._desk, self._icons, self._layer = desk, icons, layer
        self.setObjectName("row")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(4 * GRID)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 2, 0)
        layout.setSpacing(GRID)
        self._swatch = PhraseSwatch(layer.colour)
        self._title = QLabel()
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._eye = icon_button(icons, "eye", "Show or hide", self._toggle_visible)
        self._lock = icon_button(icons, "unlock", "Lock or unlock", self._toggle_locked)
        layout.addWidget(self._swatch)
        layout.addWidget(self._title, 1)
        layout.addWidget(self._lock)
        layout.addWidget(self._eye)

    def show_layer(self, layer: Layer, *, active: bool) -> None:
        """Show what there is to say of a layer."""
        self._layer = layer
        self._swatch.set_colour(layer.colour)
        self._title.setText(layer.title)
        self._title.setObjectName("warning" if layer.lost else "")
        told = f"“{layer.phrase}” is no longer in the sentence: it paints nothing. Write it again, or delete it."
        self.setToolTip(told if layer.lost else f"{layer.title}: {swatch(layer.colour).name}")
        self.setAccessibleName(layer.title)
        self.setProperty("active", "true" if active else "false")
        self.style().polish(self)
        self.style().polish(self._title)
        self._icons.give(self._eye, "eye" if layer.visible else "eye-off")
        self._icons.give(self._lock, "lock" if layer.locked else "unlock")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit(self._layer.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self._layer.id)
        else:
            super().keyPressEvent(event)

    def _toggle_visible(self) -> None:
        label = "Hide a phrase" if self._layer.visible else "Show a phrase"
        self._desk.change_layer(label, replace(self._layer, visible=not self._layer.visible))

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
        worn = swatch(self._colour)
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(phrase_colour(worn), 1.5))
            painter.setBrush(QBrush(QColor(0x1C, 0x1C, 0x1C)))
            painter.drawRoundedRect(area, 4.0, 4.0)
            painter.setBrush(hatch_brush(worn, 1.0, 1.0))
            painter.drawRoundedRect(area, 4.0, 4.0)


_STRENGTH = Range(0.0, 4.0, 1.0, digits=2, curve=2.0)
_SHARE = Range(0.0, 100.0, 0.0, "%", digits=0)
_FULL = Range(0.0, 100.0, 100.0, "%", digits=0)
_OPACITY = Range(0.0, 100.0, 60.0, "%", digits=0)


class PhraseDetails(QWidget):
    """How the chosen phrase acts, and what can be done with its layer."""

    def __init__(self, desk: Desk, icons: Icons) -> None:
        super().__init__()
        self._desk = desk
        layout = column(self, margin=0)
        self.strength = NumberSlider("Strength", _STRENGTH, "How strongly the paint draws the phrase there")
        self.repel = NumberSlider("Repel outside", _SHARE, "How strongly the phrase is kept away from where it is not")
        self.begin = NumberSlider("From", _SHARE, "The share of the steps after which the paint begins to act")
        self.finish = NumberSlider("To", _FULL, "The share of the steps after which the paint acts no more")
        self.opacity = NumberSlider("Shown", _OPACITY, "How strongly the paint is shown; the picture does not change")
        window = QHBoxLayout()
        window.setSpacing(GRID)
        window.addWidget(self.begin)
        window.addWidget(self.finish)
        layout.addWidget(self.strength)
        layout.addWidget(self.repel)
        layout.addLayout(window)
        layout.addWidget(self.opacity)
        layout.addLayout(self._buttons(icons))
        fields = (("strength", 1.0), ("repel", 100.0), ("begin", 100.0), ("finish", 100.0), ("opacity", 100.0))
        for name, scale in fields:
            slider: NumberSlider = getattr(self, name)
            slider.dragged.connect(lambda value, name=name, scale=scale: self._change(name, value / scale))
            slider.released.connect(desk.settle)

    def show_layer(self, layer: Layer | None) -> None:
        """Show how a layer acts; nothing for none."""
        self.setVisible(layer is not None)
        if layer is not None:
            self.strength.set_value(layer.strength)
            self.repel.set_value(layer.repel * 100.0)
            self.begin.set_value(layer.begin * 100.0)
            self.finish.set_value(layer.finish * 100.0)
            self.opacity.set_value(layer.opacity * 100.0)

    def _buttons(self, icons: Icons) -> QHBoxLayout:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID // 2)
        buttons.addWidget(icon_button(icons, "up", "Move the layer up", lambda: self.shift(1)))
        buttons.addWidget(icon_button(icons, "down", "Move the layer down", lambda: self.shift(-1)))
        buttons.addWidget(icon_button(icons, "duplicate", "Duplicate the layer", self.duplicate))
        buttons.addStretch(1)
        buttons.addWidget(icon_button(icons, "delete", "Delete the layer", self.delete))
        buttons.setContentsMargins(0, 0, 0, 0)
        return buttons

    def _change(self, name: str, value: float) -> None:
        layer = self._desk.active_phrase
        if layer is None:
            return
        changed = replace(layer, **{name: value})  # type: ignore[arg-type]  # only the numbers named above
        if name == "begin":
            changed = replace(changed, finish=max(changed.finish, value))
        elif name == "finish":
            changed = replace(changed, begin=min(changed.begin, value))
        self._desk.change_layer(name.capitalize(), changed, dragging=True)

    def shift(self, by: int) -> None:
        """Move the chosen layer up (1) or down (-1)."""
        layer, masks = self._desk.active_phrase, self._desk.face.masks
        if layer is not None and masks is not None:
            place = [each.id for each in self._desk.phrases].index(layer.id) + by
            self._desk.edit("Move a phrase", edits.move_layer, masks, layer.id, max(place, 0))

    def duplicate(self) -> None:
        """Put a copy of the chosen layer on top of it."""
        layer, masks = self._desk.active_phrase, self._desk.face.masks
        if layer is not None and masks is not None:
            self._desk.edit("Duplicate a phrase", edits.duplicate_layer, masks, layer.id, new_id())

    def delete(self) -> None:
        """Delete the chosen layer."""
        layer, masks = self._desk.active_phrase, self._desk.face.masks
        if layer is not None and masks is not None:
            self._desk.edit("Delete a phrase", edits.remove_layers, masks, [layer.id])
