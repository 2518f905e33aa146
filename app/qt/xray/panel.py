"""The band below the canvas while X-ray is on: which phrase, which noise level, and what the colours mean."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.model.layers import Layer
from app.model.timeline_words import noise_said
from app.model.xray import Advice, Look, percent
from app.paint.palette import swatch
from app.qt.paintview.hatches import phrase_colour
from app.qt.panels.parts import BUTTON, emptied, heading, icon_button
from app.qt.theme import GRID, Icons
from app.qt.xray.curve import NoiseCurve
from app.qt.xray.legend import Legend

_DOT = 12
_LONGEST = 28


class XrayPanel(QWidget):
    """`phrase_chosen`, `node_chosen`: ids. `record`: a run that records is wanted. `closed`: enough was seen."""

    phrase_chosen = Signal(str)
    node_chosen = Signal(str)
    record = Signal()
    closed = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.curve, self.legend = NoiseCurve(), Legend()
        self.nodes, self.reading, self.text, self.button = QComboBox(), QLabel(), QLabel(), QPushButton()
        self.chips: dict[str, QToolButton] = {}
        self._told: tuple[tuple[str, str, int], ...] = ()
        self._row = QHBoxLayout()
        self._pages = QStackedLayout()
        self._lay_out(icons)
        self.button.clicked.connect(lambda _checked=False: self.record.emit())
        self.nodes.activated.connect(lambda at: self.node_chosen.emit(self.nodes.itemData(at)))
        self.nodes.setAccessibleName("Node")
        self.nodes.setToolTip("Which node's look at the phrase is shown")

    def show_phrases(self, layers: Sequence[Layer], active: str | None) -> None:
        """The painted phrases, to be clicked through."""
        told = tuple((layer.id, layer.title, layer.colour) for layer in layers)
        if told != self._told:
            self._told = told
            emptied(self._row)
            self.chips = {layer.id: self._chip(layer) for layer in layers}
            for chip in self.chips.values():
                self._row.addWidget(chip)
        for name, chip in self.chips.items():
            chip.setChecked(name == active)

    def show_nodes(self, nodes: Sequence[tuple[str, str]], chosen: str | None) -> None:
        """The nodes that told, as (id, title); there is nothing to choose between fewer than two."""
        known = [(self.nodes.itemData(at), self.nodes.itemText(at)) for at in range(self.nodes.count())]
        if known != list(nodes):
            self.nodes.clear()
            for node, title in nodes:
                self.nodes.addItem(title, node)
        self.nodes.setCurrentIndex(max(0, self.nodes.findData(chosen)))
        self.nodes.setVisible(len(nodes) > 1)

    def show_look(self, looks: Sequence[Look], look: Look, colour: int) -> None:
        """The curve of a phrase, and the scale of its map."""
        self.curve.show_looks(looks, look, phrase_colour(swatch(colour)))
        self.legend.show_peak(look.phrase.peak)
        self.reading.setText(f"Noise {noise_said(look.level.sigma)}: {percent(look.phrase.mean)} of the attention")
        self._pages.setCurrentIndex(0)

    def show_advice(self, advice: Advice) -> None:
        """Why there is no map, and what to do."""
        self.reading.clear()
        self.text.setText(advice.text)
        self.button.setText(advice.button)
        self.button.setVisible(bool(advice.button))
        self._pages.setCurrentIndex(1)

    @property
    def advises(self) -> bool:
        """Whether it says what to do instead of showing numbers."""
        return self._pages.currentIndex() == 1

    def _lay_out(self, icons: Icons) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID // 2)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(heading("X-ray"))
        top.addSpacing(GRID)
        self._row.setSpacing(GRID // 2)
        top.addLayout(self._row)
        top.addStretch(1)
        top.addWidget(self.reading)
        top.addSpacing(GRID)
        top.addWidget(self.nodes)
        top.addWidget(icon_button(icons, "cancel", "Close the X-ray", self.closed.emit))
        layout.addLayout(top)
        layout.addLayout(self._pages)  # first, or its pages would be windows of their own for a moment
        self._pages.addWidget(self._numbers())
        self._pages.addWidget(self._empty())

    def _numbers(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, GRID, 0)
        row.setSpacing(2 * GRID)
        row.addWidget(self.legend)
        row.addWidget(self.curve, 1)
        return page

    def _empty(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, GRID, 0)
        row.setSpacing(2 * GRID)
        self.text.setObjectName("quiet")
        self.text.setWordWrap(True)
        row.addWidget(self.text, 1)
        row.addWidget(self.button)
        return page

    def _chip(self, layer: Layer) -> QToolButton:
        chip = QToolButton()
        chip.setText(_short(layer.title))
        chip.setToolTip(f"Where the model looked for “{layer.title}”")
        chip.setAccessibleName(layer.title)
        chip.setIcon(_dot(phrase_colour(swatch(layer.colour))))
        chip.setIconSize(QSize(_DOT, _DOT))
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setCheckable(True)
        chip.setFixedHeight(BUTTON)
        chip.setStyleSheet(f"padding: 0 {GRID}px")
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # The desk says which phrase is active; a click on the active one must not take its mark away.
        chip.clicked.connect(lambda _checked=False: self._choose(chip, layer.id))
        return chip

    def _choose(self, chip: QToolButton, layer: str) -> None:
        chip.setChecked(True)
        self.phrase_chosen.emit(layer)


def _short(title: str) -> str:
    return title if len(title) <= _LONGEST else title[: _LONGEST - 1].rstrip() + "…"


def _dot(colour: QColor) -> QIcon:
    pixmap = QPixmap(2 * _DOT, 2 * _DOT)
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(2.0)
    with QPainter(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(0, 0, 0, 90), 1.0))
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(0.5, 0.5, _DOT - 1.0, _DOT - 1.0), 3.0, 3.0)
    return QIcon(pixmap)
