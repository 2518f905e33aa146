"""What is known of the chosen picture, and what can be taken from it."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QLayout, QPushButton, QVBoxLayout, QWidget

from app.model.durations import measured_time
from app.model.gallery import Entry
from app.model.provenance import Provenance
from app.model.timeline_words import sampler_said
from app.qt.actions import Actions, plain_text
from app.qt.panels.parts import heading, rule
from app.qt.theme import GRID, Icons

WIDTH = 36 * GRID
_RESTORING = (("run.restore-seed", "Seed"), ("run.restore-prompt", "Sentence"), ("run.restore-paint", "Paint"))
_TOLD = ("Model", "Steps", "Sampler", "CFG scale")
_NAMES = {"CFG scale": "Guidance"}


class Details(QWidget):
    """Facts of one picture, and buttons for what can be done with it."""

    def __init__(self, actions: Actions, icons: Icons) -> None:
        super().__init__()
        self._icons = icons
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self._prompt = _text()
        self._negative = _text(dim=True)
        self._facts = QFormLayout()
        self._facts.setHorizontalSpacing(2 * GRID)
        self._facts.setVerticalSpacing(GRID // 2)
        self._hint = QLabel("Choose a picture to see how it was made")
        self._hint.setObjectName("quiet")
        self._hint.setWordWrap(True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._body = self._made_body(actions)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self._body, 1)
        self.show_entry(None, Path())

    @property
    def text(self) -> str:
        """All that is told, one fact a line."""
        rows = (self._facts.itemAt(row, role) for row in range(self._facts.rowCount()) for role in _ROLES)
        told = [label.text() for item in rows if item is not None and isinstance(label := item.widget(), QLabel)]
        return "\n".join([self._prompt.text(), *told])

    def show_entry(self, entry: Entry | None, path: Path, told: Provenance | None = None) -> None:
        """Show what is known of a picture; more of it once its file was read."""
        self._hint.setVisible(entry is None)
        self._body.setVisible(entry is not None)
        if entry is None:
            return
        self._prompt.setText((told.prompt if told is not None else "") or entry.prompt or "Without a sentence")
        negative = told.negative if told is not None else ""
        self._negative.setText(f"Not: {negative}")
        self._negative.setVisible(bool(negative))
        while self._facts.rowCount():
            self._facts.removeRow(0)
        for name, value in _facts(entry, path, told):
            label, field = QLabel(name), _text()
            label.setObjectName("quiet")
            field.setText(value)
            self._facts.addRow(label, field)

    def _made_body(self, actions: Actions) -> QWidget:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(heading("Picture"))
        layout.addWidget(self._prompt)
        layout.addWidget(self._negative)
        layout.addSpacing(GRID)
        layout.addLayout(self._facts)
        layout.addSpacing(GRID)
        layout.addWidget(rule())
        layout.addWidget(heading("Take up again"))
        layout.addWidget(self._button(actions["run.restore"], "Restore All"))
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for name, title in _RESTORING:
            row.addWidget(self._button(actions[name], title))
        layout.addLayout(row)
        layout.addStretch(1)
        star = self._button(actions["run.star"], "Star")
        actions["run.star"].changed.connect(lambda: star.setText(plain_text(actions["run.star"])))
        _pair(layout, star, self._button(actions["run.compare"], "Compare"))
        _pair(
            layout, self._button(actions["run.show-file"], "Show File"), self._button(actions["run.remove"], "Remove")
        )
        return body

    def _button(self, action: QAction, title: str) -> QPushButton:
        button = QPushButton(title)
        button.setObjectName("small")
        button.setToolTip(action.toolTip())
        button.clicked.connect(lambda _checked=False: action.trigger())
        action.enabledChanged.connect(button.setEnabled)
        button.setEnabled(action.isEnabled())
        return button


_ROLES = (QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole)


def _facts(entry: Entry, path: Path, told: Provenance | None) -> list[tuple[str, str]]:
    facts = {} if told is None else told.facts
    seed = entry.seed if entry.seed is not None or told is None else told.seed
    rows = [
        ("Seed", "" if seed is None else str(seed)),
        ("Item", "" if told is None else told.item),
        ("Size", f"{entry.width} × {entry.height}" if entry.width else ""),
        *((_NAMES.get(name, name), _said(name, facts.get(name, ""))) for name in _TOLD),
        ("Made", time.strftime("%d %b %Y, %H:%M", time.localtime(entry.made)) if entry.made else ""),
        ("Took", measured_time(entry.seconds) if entry.seconds else ""),
        ("File", path.name),
    ]
    return [(name, value) for name, value in rows if value]


def _said(name: str, value: str) -> str:
    """A sampler by the name that people know it by, and numbers without noughts that say nothing."""
    if name == "Sampler":
        return sampler_said(value)
    return value.removesuffix(".0") if name == "CFG scale" else value


def _pair(layout: QVBoxLayout, *buttons: QWidget) -> None:
    row: QLayout = QHBoxLayout()
    row.setSpacing(GRID)
    for button in buttons:
        row.addWidget(button)
    layout.addLayout(row)


def _text(*, dim: bool = False) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if dim:
        label.setObjectName("quiet")
    return label
