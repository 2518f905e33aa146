"""Every key and command of the paint tools, struck in the real window with its own shortcuts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.paint import operations
from app.paint.toolbox import Tool
from app.qt.application import Studio
from app.qt.paintview.view import TURN, PaintView
from tests.gui.painting import ERASER, Mouse, Pen, leave
from tests.gui.studios import CTRL, NO_KEYS, SHIFT, action, open_studio, strike


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        studio.window.page.view.setFocus()
        yield studio


def seen(view: PaintView) -> QImage:
    leave(view)
    return view.grab().toImage()


def test_keys_choose_tools_and_change_the_tip(studio: Studio) -> None:
    window, view = studio.window, studio.window.page.view
    keys = "EBQGROVCHZB"
    tools = []
    for key in keys:
        strike(window, Qt.Key(ord(key)))
        tools.append(view.tool)
    assert tools == [
        Tool.ERASER, Tool.BRUSH, Tool.LASSO, Tool.FILL, Tool.RECTANGLE, Tool.ELLIPSE, Tool.MOVE, Tool.CROP, Tool.PAN,
        Tool.ZOOM, Tool.BRUSH,
    ]  # fmt: skip
    strike(window, Qt.Key.Key_X)
    assert view.tool is Tool.ERASER
    strike(window, Qt.Key.Key_X)
    before = view.settings.brush
    strike(window, Qt.Key.Key_BracketRight)
    assert view.settings.brush == before.larger()
    strike(window, Qt.Key.Key_BracketLeft, NO_KEYS, 2)
    assert view.settings.brush == before.larger().smaller().smaller()
    strike(window, Qt.Key.Key_BracketLeft, SHIFT)
    assert view.settings.brush.hardness == before.softer().hardness
    strike(window, Qt.Key.Key_BraceRight, times=2)  # as keyboards send it that have a key of its own
    assert view.settings.brush.hardness == before.harder().hardness


def test_commands_change_the_paint_of_the_chosen_phrase(studio: Studio, qtbot: QtBot) -> None:
    window, desk = studio.window, studio.window.desk
    layer = desk.active
    assert layer is not None
    before = desk.mask(layer)
    strike(window, Qt.Key.Key_I, CTRL)
    assert desk.mask(layer) == operations.invert(before)
    strike(window, Qt.Key.Key_Z, CTRL)
    assert desk.mask(layer) == before
    area = before.to_array().sum(dtype=np.int64)
    for name, grows in (("phrase.grow", True), ("phrase.shrink", False)):
        action(window, name).trigger()
        qtbot.waitUntil(lambda: desk.mask(layer) != before)
        assert bool(desk.mask(layer).to_array().sum(dtype=np.int64) > area) is grows
        strike(window, Qt.Key.Key_Z, CTRL)
    action(window, "phrase.feather").trigger()
    qtbot.waitUntil(lambda: desk.mask(layer) != before)
    values = desk.mask(layer).to_array()
    assert ((values > 32) & (values < 224)).sum() > ((before.to_array() > 32) & (before.to_array() < 224)).sum()
    action(window, "phrase.clear").trigger()
    assert desk.mask(layer).is_blank


def test_the_view_is_turned_ruled_and_seen_as_the_model_sees_it(studio: Studio, qtbot: QtBot) -> None:
    window, view = studio.window, studio.window.page.view
    for key, angle in ((Qt.Key.Key_6, TURN), (Qt.Key.Key_4, 0.0), (Qt.Key.Key_4, 360.0 - TURN), (Qt.Key.Key_5, 0.0)):
        strike(window, key)
        assert view.projection.angle == angle
    strike(window, Qt.Key.Key_Home)
    looks = [seen(view)]
    for cells in (32, 16, 8):
        action(window, f"view.cells-{cells}").trigger()
        qtbot.waitUntil(lambda: seen(view) != looks[-1])
        looks.append(seen(view))
    action(window, "view.painted").trigger()
    assert seen(view) == looks[0]
    action(window, "view.thirds").trigger()
    assert seen(view) != looks[0]


def test_a_stroke_is_straight_mirrored_or_taken_away_by_the_pen(studio: Studio) -> None:
    window, desk, view = studio.window, studio.window.desk, studio.window.page.view
    layer = desk.active
    assert layer is not None
    action(window, "phrase.clear").trigger()
    mouse = Mouse(view)
    mouse.drag((40.0, 40.0))
    mouse.drag((40.0, 200.0), keys=SHIFT)
    assert desk.mask(layer).to_array()[40:200, 40].min() > 200
    action(window, "paint.mirror").trigger()
    mouse.drag((80.0, 100.0), (80.0, 140.0))
    values = desk.mask(layer).to_array()
    assert values[120, 80] == values[120, 255 - 80] > 200
    Pen(view, ERASER).draw([(60.0, 120.0), (100.0, 120.0)])
    assert view.tool is Tool.BRUSH
    assert desk.mask(layer).to_array()[120, 80] == 0
