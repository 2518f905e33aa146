"""Settings: whatever is chosen counts at once and is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.model.settings import Device, SeedMode, Settings, Theme
from app.qt.dialogs.sheet import Sheet, scrolled
from app.qt.panels.number import NumberSlider, Range
from app.qt.panels.parts import heading, quiet, rule
from app.qt.panels.pen_options import TILT, TILT_TOLD
from app.qt.theme import GRID

_SIZE = QSize(640, 720)
_UNDO = Range(16.0, 8192.0, 512.0, "MB", digits=0, curve=2.5)
_THEMES = {Theme.DARK: "Dark", Theme.LIGHT: "Light", Theme.SYSTEM: "As the system"}
_SEEDS = {SeedMode.NEW: "A new one is drawn and shown", SeedMode.FIXED: "The one shown stays"}
_DEVICES = {Device.AUTO: "The fastest there is", Device.CPU: "CPU", Device.CUDA: "CUDA graphics card"}
_SCALES = {0.75: "75 %", 1.0: "100 %", 1.25: "125 %", 1.5: "150 %", 1.75: "175 %", 2.0: "200 %"}


class SettingsSheet(Sheet):
    """`chosen`: other settings."""

    chosen = Signal(object)

    def __init__(self, settings: Settings, file: Path, gallery: Path, parent: QWidget | None = None) -> None:
        super().__init__("Settings", _SIZE, parent)
        self._settings, self._gallery = settings, gallery
        self._follow: list[Callable[[], object]] = []
        self._row = 0
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, GRID, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(GRID)
        self._grid.setColumnMinimumWidth(0, 20 * GRID)
        self._grid.setColumnStretch(1, 1)
        self._made_appearance()
        self._made_generation()
        self._made_painting()
        self._made_keeping()
        self._grid.setRowStretch(self._row, 1)
        self.column.addWidget(scrolled(inside), 1)
        self.column.addWidget(rule())
        self.column.addLayout(self._made_foot(file))
        self.show_settings(settings)

    @property
    def settings(self) -> Settings:
        """As they are now."""
        return self._settings

    def show_settings(self, settings: Settings) -> None:
        """Show settings that were changed elsewhere."""
        self._settings = settings
        for follow in self._follow:
            follow()

    def _made_appearance(self) -> None:
        self._head("Appearance")
        self.theme = self._choice("Theme", "appearance", "theme", _THEMES)
        self.scale = self._choice("Size of text and icons", "appearance", "scale", _SCALES)
        self._say("From the next start on.")
        told = "Panels and menus change without gliding"
        self.reduce_motion = self._tick("Reduce motion", told, "appearance", "reduce_motion")

    def _made_generation(self) -> None:
        self._head("Generation")
        self.device = self._choice("Compute on", "generation", "device", _DEVICES)
        self.seed_mode = self._choice("Seed before each run", "generation", "seed_mode", _SEEDS)
        self.preview = self._tick("Previews", "Show the picture while it forms", "generation", "preview")

    def _made_painting(self) -> None:
        self._head("Pen")
        self.pressure_size = self._tick("Pressure", "Changes the size of the brush", "painting", "pressure_size")
        self.pressure_flow = self._tick("", "Changes its flow", "painting", "pressure_flow")
        self.tilt = NumberSlider("Makes the mark long", TILT, TILT_TOLD)
        self.tilt.dragged.connect(lambda value: self._set("painting", "tilt", value / 100.0))
        self._follow.append(lambda: self.tilt.set_value(100.0 * self._settings.painting.tilt))
        self._add("Tilt", self.tilt)

    def _made_keeping(self) -> None:
        self._head("Keeping")
        self.undo = NumberSlider("Memory for undo", _UNDO, "The oldest steps are forgotten when they need more")
        self.undo.dragged.connect(lambda value: self._set("keeping", "undo_megabytes", int(value)))
        self._follow.append(lambda: self.undo.set_value(float(self._settings.keeping.undo_megabytes)))
        self._add("Undo", self.undo)
        self.folder = QLineEdit()
        self.folder.setReadOnly(True)
        self.folder.setAccessibleName("Results go to")
        self._follow.append(lambda: self.folder.setText(self._settings.keeping.gallery_folder or str(self._gallery)))
        choose, usual = QPushButton("Choose…"), QPushButton("Usual")
        choose.clicked.connect(self._choose_folder)
        usual.clicked.connect(lambda: self._set("keeping", "gallery_folder", ""))
        self._add("Results go to", _row(self.folder, choose, usual))
        self._say("Pictures that are there already stay where they are.")
        told = "Pictures carry the project that made them"
        self.embed = self._tick("Provenance", told, "keeping", "embed_project")

    def _made_foot(self, file: Path) -> QHBoxLayout:
        foot = QHBoxLayout()
        where = quiet(f"Kept in {file}")
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        foot.addWidget(where, 1)
        self.reset = QPushButton("Back to the Defaults")
        self.reset.clicked.connect(self._reset)
        foot.addWidget(self.reset)
        return foot

    # Rows

    def _head(self, title: str) -> None:
        if self._row:
            self._grid.setRowMinimumHeight(self._row, GRID)
            self._row += 1
        self._grid.addWidget(heading(title), self._row, 0, 1, 2)
        self._row += 1

    def _add(self, title: str, widget: QWidget) -> None:
        label = quiet(title)
        label.setBuddy(widget)
        self._grid.addWidget(label, self._row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(widget, self._row, 1)
        self._row += 1

    def _say(self, sentence: str) -> None:
        self._grid.addWidget(quiet(sentence), self._row, 1)
        self._row += 1

    def _choice(self, title: str, section: str, name: str, choices: dict[Any, str]) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(title)
        for value, told in choices.items():
            box.addItem(told, value.value if isinstance(value, Enum) else value)
        values = list(choices)
        box.activated.connect(lambda index: self._set(section, name, values[index]))
        self._follow.append(lambda: box.setCurrentIndex(_nearest(values, self._value(section, name))))
        self._add(title, box)
        return box

    def _tick(self, title: str, told: str, section: str, name: str) -> QCheckBox:
        box = QCheckBox(told)
        box.toggled.connect(lambda on: self._set(section, name, on))
        self._follow.append(lambda: _show(box, on=bool(self._value(section, name))))
        self._add(title, box)
        return box

    # Changes

    def _value(self, section: str, name: str) -> object:
        return getattr(getattr(self._settings, section), name)

    def _set(self, section: str, name: str, value: object) -> None:
        changed = msgspec.structs.replace(getattr(self._settings, section), **{name: value})
        self._choose(msgspec.structs.replace(self._settings, **{section: changed}))

    def _reset(self) -> None:
        """Keys have a reset of their own."""
        usual = Settings()
        self._choose(
            msgspec.structs.replace(
                self._settings, appearance=usual.appearance, generation=usual.generation,
                keeping=usual.keeping, painting=usual.painting,
            )
        )  # fmt: skip

    def _choose(self, settings: Settings) -> None:
        if settings != self._settings:
            self.show_settings(settings)
            self.chosen.emit(settings)

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Where Results Go", self.folder.text())
        if name:
            self._set("keeping", "gallery_folder", name)


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID)
    for widget in widgets:
        layout.addWidget(widget, 1 if isinstance(widget, QLineEdit) else 0)
    row.setFocusProxy(widgets[0])
    return row


def _nearest(values: list[Any], wanted: object) -> int:
    if wanted in values:
        return values.index(wanted)
    numbers: Iterable[tuple[float, int]] = (
        (abs(value - wanted), index)
        for index, value in enumerate(values)
        if isinstance(value, float) and isinstance(wanted, float)
    )
    return min(numbers, default=(0.0, 0))[1]


def _show(box: QCheckBox, *, on: bool) -> None:
    box.blockSignals(True)
    box.setChecked(on)
    box.blockSignals(False)
