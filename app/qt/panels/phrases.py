"""The list of painted phrases, how they overlap, and how the chosen one acts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from app.model import edits
from app.model.layers import Layer
from app.paint.overlap import Overlap
from app.qt.desk import Desk
from app.qt.panels.parts import panel_column, quiet
from app.qt.panels.phrase_details import PhraseDetails
from app.qt.panels.phrase_list import PhraseList
from app.qt.panels.phrase_row import PhraseRow
from app.qt.theme import GRID, Icons

_OVERLAPS: tuple[tuple[Overlap, str, str], ...] = (
    ("stack", "Stack", "Where layers overlap, the upper one hides the lower"),
    ("mix", "Mix", "Where layers overlap, all act together"),
)

_INVITATION = "Select words in the sentence and press Ctrl+P: they become a layer to paint on."
_DRIVEN = "The sentence is driven by the graph. Words can be painted once it is written here."


@dataclass(frozen=True)
class _Shown:
    layers: tuple[Layer, ...]
    active: str | None
    beside: str
    overlap: Overlap
    driven: bool


class PhrasePanel(QWidget):
    """Phrases from the uppermost down, as they lie over each other on the canvas.

    `overlap` is for its header. `wants_words`: a layer is to be bound to the selected words. `given`: a PNG is to be
    the paint of a layer.
    """

    wants_words = Signal(str)
    given = Signal(str, Path)

    def __init__(self, desk: Desk, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._icons = desk, icons
        self._rows: dict[str, PhraseRow] = {}
        self._beside = ""
        self._shown: _Shown | None = None
        self._list = PhraseList()
        self.overlap = OverlapChoice(desk, self)
        self._empty = quiet(_INVITATION)
        self._details = PhraseDetails(desk, icons)
        layout = panel_column(self)
        for widget in (self._list, self._empty, self._details):
            layout.addWidget(widget)
        desk.changed.connect(self.refresh)
        self.refresh()

    @property
    def details(self) -> PhraseDetails:
        """How the chosen phrase acts."""
        return self._details

    def row(self, layer: str) -> PhraseRow:
        """The row of a layer."""
        return self._rows[layer]

    def show_beside(self, layer: str) -> None:
        """Show in whose words the cursor of the sentence is; "" for none."""
        self._beside = layer
        self.refresh()

    def refresh(self) -> None:
        """Show the phrases as they are."""
        desk = self._desk
        now = _Shown(desk.phrases, desk.active, self._beside, desk.overlap, desk.sentence_driven)
        if now == self._shown:
            return
        known, self._shown = self._shown, now
        if known is None or [each.id for each in known.layers] != [each.id for each in now.layers]:
            self._rebuild(now.layers)
        alone = any(layer.solo for layer in now.layers)
        for layer in now.layers:
            active, beside = layer.id == now.active, layer.id == now.beside
            self._rows[layer.id].show_layer(layer, active=active, beside=beside, alone=alone)
        self._list.setVisible(bool(now.layers))
        self._empty.setVisible(not now.layers)
        self._empty.setText(_DRIVEN if now.driven else _INVITATION)
        self.overlap.show_overlap(now.overlap, there=len(now.layers) > 1)
        self._details.show_layer(self._desk.active_phrase)

    def _rebuild(self, layers: tuple[Layer, ...]) -> None:
        self._rows = {layer.id: self._new_row(layer) for layer in reversed(layers)}
        self._list.fill(tuple(self._rows.values()))

    def _new_row(self, layer: Layer) -> PhraseRow:
        row = PhraseRow(self._desk, self._icons, layer)
        row.chosen.connect(self._desk.activate)
        row.carried.connect(lambda _layer, height: self._list.carry(height))
        row.dropped.connect(self._drop)
        row.wants_words.connect(self.wants_words)
        row.given.connect(self.given)
        return row

    def _drop(self, layer: str, height: int) -> None:
        masks = self._desk.face.masks
        if masks is not None:
            place = self._list.drop(self._rows[layer], height)
            self._desk.edit("Move a phrase", edits.move_layer, masks, layer, place)


class OverlapChoice(QWidget):
    """What becomes of places that several layers cover."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk = desk
        self.buttons: dict[Overlap, QToolButton] = {}
        group = QButtonGroup(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, GRID, 0)  # to end where the rows below it do
        layout.setSpacing(0)
        for overlap, text, told in _OVERLAPS:
            button = QToolButton()
            button.setObjectName("segment")
            button.setText(text)
            button.setToolTip(told)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, overlap=overlap: self._choose(overlap))
            group.addButton(button)
            layout.addWidget(button)
            self.buttons[overlap] = button

    def show_overlap(self, overlap: Overlap, *, there: bool) -> None:
        """Show the rule that holds, if there is anything that could overlap."""
        self.setVisible(there)
        self.buttons[overlap].setChecked(True)

    def _choose(self, overlap: Overlap) -> None:
        masks = self._desk.face.masks
        if masks is not None:
            self._desk.edit("Overlap", edits.set_parameter, masks, "overlap", overlap)
