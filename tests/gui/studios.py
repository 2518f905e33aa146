"""A whole studio for tests: real window, real files, real engine process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.client.settings import EngineSettings
from app.files.saving import save_project
from app.model.conversion import MaskEncoder, to_project
from app.model.edits import set_parameters
from app.model.home import Home
from app.model.starting import starting_document
from app.qt.application import Studio
from app.qt.panels.number import NumberSlider
from app.qt.window import StudioWindow
from nodes.registry import Registry, built_in

NO_KEYS = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier

LONG = 300_000
"""Milliseconds after which a run on a slow machine counts as failed."""


@contextmanager
def open_studio(
    qtbot: QtBot, qapp: QApplication, home: Path, project: Path | None = None, registry: Registry | None = None
) -> Iterator[Studio]:
    """A studio whose window is shown and active; its engine loads its libraries only when a job needs them."""
    studio = Studio(
        qapp, Home(home), EngineSettings(warm=(), patience=60.0, logs=home / "logs"), registry or built_in()
    )
    try:
        studio.begin(project)
        with qtbot.waitActive(studio.window):
            studio.window.show()
            studio.window.activateWindow()
        yield studio
    finally:
        studio.workspace.session.mark_saved(studio.workspace.session.document)
        studio.window.close()
        studio.close()
        studio.window.deleteLater()


def quick_project(path: Path) -> Path:
    """A project without a sentence that takes few steps to its picture."""
    registry = built_in()
    document = starting_document(registry)
    document = set_parameters(document, {"base": {"steps": 3}, "enlarged": {"steps": 2}})
    save_project(to_project(document, MaskEncoder()), path, registry)
    return path


def strike(window: StudioWindow, key: Qt.Key, keys: Qt.KeyboardModifier = NO_KEYS, times: int = 1) -> None:
    """Strike a key where the focus is."""
    for _ in range(times):
        QTest.keyClick(focus(window), key, keys)


def write(window: StudioWindow, text: str) -> None:
    """Write where the focus is."""
    QTest.keyClicks(focus(window), text)


def type_into(slider: NumberSlider, text: str) -> None:
    """Type a number over that of a slider."""
    slider.setFocus()
    QTest.keyClicks(slider, text[0])
    assert slider.field is not None
    QTest.keyClicks(slider.field, text[1:])
    QTest.keyClick(slider.field, Qt.Key.Key_Return)


def focus(window: StudioWindow) -> QWidget:
    """The widget that hears the keys."""
    held: QWidget | None = window.focusWidget()
    return window if held is None else held


def select_last_words(window: StudioWindow, count: int) -> None:
    """Select the last words of the sentence by keys."""
    strike(window, Qt.Key.Key_End)
    strike(window, Qt.Key.Key_Left, CTRL | SHIFT, count)


def action(window: StudioWindow, name: str) -> QAction:
    """An action of the window."""
    return window.actions_[name]
