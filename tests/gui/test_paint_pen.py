"""What pressure and tilt of a pen change, and where the artist sets it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.paint.brush import Brush
from app.paint.rect import Rect
from app.paint.toolbox import Tool, ToolSettings
from app.qt.application import Studio
from app.qt.paintview.view import PaintView
from app.qt.panels.pen_options import PenOptions
from tests.gui.painting import MemoryScene, Pen, leave
from tests.gui.studios import open_studio, type_into

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def scene() -> MemoryScene:
    return MemoryScene.of("a castle")


@pytest.fixture
def view(qtbot: QtBot, scene: MemoryScene) -> Iterator[PaintView]:
    view = PaintView(scene)
    qtbot.addWidget(view)
    view.resize(560, 440)
    view.set_settings(ToolSettings(brush=Brush(size=40.0, hardness=1.0, tilt=1.0)))
    with qtbot.waitExposed(view):
        view.show()
    yield view
    assert not view.busy


def dab(view: PaintView, scene: MemoryScene, tilt: tuple[float, float]) -> Rect:
    """Where a pen that leans leaves paint, after one tap."""
    blank = scene.masks["a castle"]
    pen = Pen(view)
    pen.press(128.0, 96.0, 1.0, tilt)
    pen.release(128.0, 96.0)
    painted, scene.masks["a castle"] = scene.masks["a castle"].bounds(), blank
    view.refresh()
    return painted


def test_a_pen_that_leans_draws_its_mark_out_along_its_lean(view: PaintView, scene: MemoryScene) -> None:
    upright, across, down = (dab(view, scene, tilt) for tilt in ((0.0, 0.0), (60.0, 0.0), (0.0, 60.0)))
    assert abs(upright.width - upright.height) <= 1
    assert across.width > 1.3 * upright.width
    assert across.height < 0.8 * upright.height
    assert (abs(across.width - down.height) <= 1, abs(across.height - down.width) <= 1) == (True, True)


def test_the_lean_stays_with_the_hand_when_the_canvas_is_turned(view: PaintView, scene: MemoryScene) -> None:
    before = dab(view, scene, (60.0, 0.0))
    view.look(view.projection.turned(90.0, 280.0, 220.0))
    after = dab(view, scene, (60.0, 0.0))
    assert after.height > 2 * after.width
    assert abs(before.width - after.height) <= 1


def test_the_outline_of_the_brush_leans_too(view: PaintView) -> None:
    pen, looks = Pen(view), []
    for tilt in ((0.0, 0.0), (60.0, 0.0)):
        pen.hover(128.0, 96.0, tilt)
        looks.append(view.grab().toImage())
    leave(view)
    assert looks[0] != looks[1]


def opened(studio: Studio) -> PenOptions:
    QTest.mouseClick(studio.window.page.options.pen, LEFT)
    found: list[PenOptions] = studio.window.findChildren(PenOptions)
    return found[-1]


def test_what_the_pen_changes_is_set_beside_the_brush_and_kept(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path
) -> None:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        view = studio.window.page.view
        assert (view.settings.brush.pressure_size, view.settings.brush.pressure_flow) == (1.0, 0.0)
        options = opened(studio)
        QTest.keyClick(options.size_box, Qt.Key.Key_Space)
        QTest.keyClick(options.flow_box, Qt.Key.Key_Space)
        QTest.mousePress(options.tilt, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(100, 10))
        QTest.mouseMove(options.tilt, QPoint(160, 10))
        QTest.mouseRelease(options.tilt, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(160, 10))
        tips = (view.settings.brush, view.settings.eraser)
        assert [(tip.pressure_size, tip.pressure_flow) for tip in tips] == [(0.0, 1.0)] * 2
        assert tips[0].tilt == tips[1].tilt > 0.6
        view.setFocus()
        assert not options.isVisible()
        options = opened(studio)
        QTest.mouseClick(studio.window.page.options.pen, LEFT)
        assert not options.isVisible()
        options = opened(studio)
        Pen(view).draw([(60.0, 60.0), (90.0, 60.0)])
        assert not options.isVisible()
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        held = studio.window.page.view.settings
        assert (held.brush.pressure_size, held.brush.pressure_flow, held.brush.tilt) == (0.0, 1.0, tips[0].tilt)
        assert held.eraser.tilt == tips[0].tilt
        assert opened(studio).flow_box.isChecked()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_card_and_the_sheet_of_settings_show_one_pen(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> None:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        view, sheet = studio.window.page.view, studio.window.offers.show_settings()
        card = opened(studio)
        QTest.keyClick(card.flow_box, Qt.Key.Key_Space)
        type_into(card.tilt, "0")
        assert sheet.pressure_flow.isChecked()
        assert (sheet.tilt.value, view.settings.brush.tilt) == (0.0, 0.0)
        QTest.keyClick(sheet.pressure_size, Qt.Key.Key_Space)
        assert view.settings.eraser.tilt == 0.0  # what the card changed is not taken back
        type_into(sheet.tilt, "100")
        assert (view.settings.brush.tilt, view.settings.eraser.tilt) == (1.0, 1.0)
        assert (card.size_box.isChecked(), card.tilt.value) == (False, 100.0)


def test_each_tool_shows_what_it_can_be_set_to(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> None:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        view, options = studio.window.page.view, studio.window.page.options
        assert (options.flow.isVisible(), options.gap.isVisible(), options.hint.isVisible()) == (True, False, False)
        view.set_tool(Tool.FILL)
        assert (options.flow.isVisible(), options.gap.isVisible(), options.hint.isVisible()) == (False, True, False)
        options.gap.setFocus()
        QTest.keyClicks(options.gap, "6")
        assert options.gap.field is not None
        QTest.keyClick(options.gap.field, Qt.Key.Key_Return)
        assert view.settings.gap == 6
        view.set_tool(Tool.LASSO)
        assert (options.gap.isVisible(), options.hint.text()) == (False, "Draw around a place. Ctrl takes away.")
