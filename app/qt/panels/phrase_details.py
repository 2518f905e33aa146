"""How the chosen phrase acts, and what can be done with its layer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.model import edits
from app.model.layers import Layer
from app.qt.actions import Actions, plain_text
from app.qt.desk import Desk
from app.qt.panels.number import NumberSlider, Range
from app.qt.panels.parts import BUTTON, CLOSE, column, icon_button
from app.qt.theme import GRID, ICON_SIZE, Icons
from nodes.graph.edit import new_id

_STRENGTH = Range(0.0, 4.0, 1.0, digits=2, curve=2.0)
_SHARE = Range(0.0, 100.0, 0.0, "%", digits=0)
_FULL = Range(0.0, 100.0, 100.0, "%", digits=0)
_OPACITY = Range(0.0, 100.0, 60.0, "%", digits=0)
_EDGE = Range(1.0, 64.0, 8.0, "px", digits=0, curve=2.0)

_EDGES = ("phrase.feather", "phrase.grow", "phrase.shrink")


class PhraseDetails(QWidget):
    """`edge`: by how many pixels paint is feathered, grown or shrunk."""

    def __init__(self, desk: Desk, icons: Icons) -> None:
        super().__init__()
        self._desk = desk
        self.strength = NumberSlider("Strength", _STRENGTH, "How strongly the paint draws the phrase there")
        self.repel = NumberSlider("Repel", _SHARE, "How strongly the phrase is kept away from where it is not")
        self.begin = NumberSlider("From", _SHARE, "The share of the steps after which the paint begins to act")
        self.finish = NumberSlider("To", _FULL, "The share of the steps after which the paint acts no more")
        self.opacity = NumberSlider("Shown", _OPACITY, "How strongly the paint is shown; the picture does not change")
        self.edge = NumberSlider("Edge", _EDGE, "By how much the buttons below it feather, grow or shrink the paint")
        self.solo = icon_button(icons, "solo", "Show this layer alone", self._toggle_solo, checkable=True)
        self._edges = QHBoxLayout()
        layout = column(self, margin=0, spacing=CLOSE)
        layout.addLayout(_row(self.strength, self.repel))
        layout.addLayout(_row(self.begin, self.finish))
        layout.addLayout(_row(self.opacity, self.edge))
        layout.addLayout(self._buttons(icons))
        fields = (("strength", 1.0), ("repel", 100.0), ("begin", 100.0), ("finish", 100.0), ("opacity", 100.0))
        for name, scale in fields:
            slider: NumberSlider = getattr(self, name)
            slider.dragged.connect(lambda value, name=name, scale=scale: self._change(name, value / scale))
            slider.released.connect(desk.settle)

    def add_actions(self, actions: Actions) -> None:
        """Put the buttons below the edge that feather, grow and shrink."""
        for name in _EDGES:
            self._edges.addWidget(_action_button(actions[name]))

    def show_layer(self, layer: Layer | None) -> None:
        """Show how a layer acts; nothing for none."""
        self.setVisible(layer is not None)
        if layer is not None:
            self.strength.set_value(layer.strength)
            self.repel.set_value(layer.repel * 100.0)
            self.begin.set_value(layer.begin * 100.0)
            self.finish.set_value(layer.finish * 100.0)
            self.opacity.set_value(layer.opacity * 100.0)
            self.solo.setChecked(layer.solo)

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

    def _buttons(self, icons: Icons) -> QHBoxLayout:
        """What is done with the layer at the left, with the edge of its paint below the edge, and away at the right."""
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(0)
        buttons.addWidget(self.solo)
        buttons.addWidget(icon_button(icons, "up", "Move the layer up", lambda: self.shift(1)))
        buttons.addWidget(icon_button(icons, "down", "Move the layer down", lambda: self.shift(-1)))
        buttons.addWidget(icon_button(icons, "duplicate", "Duplicate the layer", self.duplicate))
        buttons.addStretch(1)
        buttons.addLayout(self._edges)
        buttons.addStretch(1)
        buttons.addWidget(icon_button(icons, "delete", "Delete the layer", self.delete))
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

    def _toggle_solo(self) -> None:
        layer = self._desk.active_phrase
        if layer is not None:
            self._desk.change_layer("Show a phrase alone", replace(layer, solo=not layer.solo))


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID)
    for widget in widgets:
        row.addWidget(widget)
    return row


def _action_button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setFixedSize(BUTTON, BUTTON)
    button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    button.setAccessibleName(plain_text(action))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
