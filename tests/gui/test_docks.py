"""Panels are folded, detached, closed and moved; every workspace remembers how they lay."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from app.model import edits
from app.model.engine_state import EngineCondition, EngineState
from app.model.layouts import Place
from app.qt.application import Studio
from app.qt.dock import Column
from app.qt.docks import Docks
from app.qt.pictures import encoded
from app.qt.theme import GRID
from engine.api.messages import Preview
from tests.gui.studios import action, open_studio, strike

LEFT = Qt.MouseButton.LeftButton
_Area = Qt.DockWidgetArea


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        yield studio


def _shown(docks: Docks) -> set[str]:
    names = ("phrases", "style", "size", "inspector", "small-view", "results")
    return {name for name in names if not docks[name].isHidden()}


def test_each_workspace_has_its_panels(studio: Studio) -> None:
    window = studio.window
    assert _shown(window.docks) == {"phrases", "style", "size", "results"}
    strike(window, Qt.Key.Key_F2)
    assert _shown(window.docks) == {"inspector", "small-view", "results"}
    strike(window, Qt.Key.Key_F1)
    assert _shown(window.docks) == {"phrases", "style", "size", "results"}


def test_a_panel_is_folded_by_mouse_and_by_key(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    style, others = window.docks["style"], [window.docks[name] for name in ("phrases", "size")]
    QApplication.processEvents()
    before = sum(dock.height() for dock in others)
    QTest.mouseClick(style.header.fold, LEFT)
    qtbot.waitUntil(lambda: style.height() == style.header.height())
    qtbot.waitUntil(lambda: sum(dock.height() for dock in others) > before)
    assert not window.page.style_panel.isVisible()
    assert style.header.width() == style.width()
    style.header.setFocus()
    strike(window, Qt.Key.Key_Space)
    assert not style.folded
    assert window.page.style_panel.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_detached_panel_still_works_and_hears_the_keys_of_the_window(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    size = window.docks["size"]
    size.toggle_floating()
    assert size.isWindow()
    field = window.page.size_panel.fields["width"]
    with qtbot.waitActive(size):
        size.activateWindow()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "256")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.desk.document.size == (256, 128)
    window.docks["size"].toggle_floating()
    assert not size.isWindow()


def test_layouts_come_back_the_next_day(studio: Studio, qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    window = studio.window
    window.docks["style"].set_folded(folded=True)
    action(window, "panel.size").trigger()
    window.show_workspace(graph=True)
    window.docks.addDockWidget(_Area.LeftDockWidgetArea, window.docks["inspector"])
    window.close()
    with open_studio(qtbot, qapp, studio.home.root) as again:
        docks = again.window.docks
        assert _shown(docks) == {"phrases", "style", "results"}
        assert docks["style"].folded
        assert not action(again.window, "panel.size").isChecked()
        again.window.show_workspace(graph=True)
        assert docks.dockWidgetArea(docks["inspector"]) is _Area.LeftDockWidgetArea
        assert not docks["style"].folded
        action(again.window, "window.reset").trigger()
        assert docks.dockWidgetArea(docks["inspector"]) is _Area.RightDockWidgetArea


def test_the_queue_opens_as_a_tab_that_takes_no_room_from_others(studio: Studio, qtbot: QtBot) -> None:
    window, docks = studio.window, studio.window.docks
    others = [docks[name] for name in ("phrases", "style")]
    qtbot.waitUntil(lambda: abs(docks["size"].height() - docks["size"].liked_height) <= 4)
    before = sum(dock.height() for dock in others)
    QTest.mouseClick(window.bar.queue, LEFT)
    QApplication.processEvents()
    assert docks["queue"].in_front
    assert not docks["size"].in_front
    qtbot.waitUntil(lambda: docks["queue"].tabbed and docks["size"].tabbed)
    assert sum(dock.height() for dock in others) >= before - 8 * GRID
    action(window, "edit.history").trigger()
    QApplication.processEvents()
    assert docks["history"].in_front
    assert action(window, "run.queue").isChecked()
    QTest.mouseClick(window.bar.queue, LEFT)
    QApplication.processEvents()
    assert docks["queue"].in_front, "what lies behind a tab comes forward before it is closed"
    assert window.bar.queue.isChecked()
    QTest.mouseClick(docks["queue"].header.shut, LEFT)
    assert docks["queue"].isHidden()
    assert not window.bar.queue.isChecked()


def test_the_open_queue_is_remembered_in_its_place(
    studio: Studio, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    window = studio.window
    action(window, "run.queue").trigger()
    QApplication.processEvents()
    window.close()
    with open_studio(qtbot, qapp, studio.home.root) as again:
        docks = again.window.docks
        qtbot.waitUntil(lambda: docks["queue"].in_front and docks["queue"].tabbed)
        assert docks["size"] in docks.tabifiedDockWidgets(docks["queue"])
        assert action(again.window, "run.queue").isChecked()
        again.window.show_workspace(graph=True)
        assert docks["queue"].isHidden(), "each workspace has a queue of its own to open"
        action(again.window, "run.queue").trigger()
        assert docks["small-view"] in docks.tabifiedDockWidgets(docks["queue"])


def test_a_damaged_layout_file_costs_only_the_layout(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> None:
    sinopia_home.mkdir(parents=True, exist_ok=True)
    (sinopia_home / "layouts.json").write_bytes(b'{"paint": {"layout": {"state": "AAAA"}, "digest": "no"}, "graph": 7}')
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        assert _shown(studio.window.docks) == {"phrases", "style", "size", "results"}


def test_a_band_has_its_header_at_the_left_until_it_is_folded(studio: Studio) -> None:
    results = studio.window.docks["results"]
    QApplication.processEvents()
    assert results.header.height() > results.header.width()
    results.set_folded(folded=True)
    QApplication.processEvents()
    assert results.header.width() == results.width()
    assert results.header.label.isVisible()


def test_the_small_view_shows_what_is_painted(studio: Studio) -> None:
    window = studio.window
    strike(window, Qt.Key.Key_F2)
    QApplication.processEvents()
    before = window.small_view.grab().toImage()
    lowest = window.desk.phrases[0]
    window.desk.commit("Clear", lowest.id, window.desk.mask(lowest.id).blank(*window.desk.size))
    assert window.small_view.grab().toImage() != before


def test_bands_make_way_where_the_canvas_would_be_too_low(studio: Studio, qtbot: QtBot) -> None:
    window, docks = studio.window, studio.window.docks
    bands = (docks["timeline"], docks["results"])
    window.resize(960, 640)
    qtbot.waitUntil(lambda: any(band.folded for band in bands))
    assert window.page.height() >= 320
    assert docks.remember()[Place.PAINT].folded == (), "the artist folded none"
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: not any(band.folded for band in bands))


def test_a_band_that_was_folded_by_hand_stays_folded(studio: Studio, qtbot: QtBot) -> None:
    window, docks = studio.window, studio.window.docks
    QTest.mouseClick(docks["results"].header.fold, LEFT)
    window.resize(960, 640)
    qtbot.waitUntil(lambda: docks["timeline"].folded)
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: not docks["timeline"].folded)
    assert docks["results"].folded


def test_no_tool_lies_on_another_however_low_the_window_is(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.resize(960, 640)
    qtbot.waitUntil(lambda: window.docks["timeline"].folded)
    window.docks["timeline"].set_folded(folded=False)
    buttons = window.page.findChildren(QToolButton, "tool")
    qtbot.waitUntil(lambda: len({button.x() for button in buttons}) == 2)
    for one, other in combinations(buttons, 2):
        assert not one.geometry().intersects(other.geometry())
    lowest = max(button.geometry().bottom() for button in buttons)
    assert lowest < window.page.height()


def test_panels_share_the_height_by_what_they_hold_until_a_border_is_dragged(studio: Studio, qtbot: QtBot) -> None:
    window, docks = studio.window, studio.window.docks
    style, size = docks["style"], docks["size"]
    qtbot.waitUntil(lambda: abs(size.height() - size.liked_height) <= 4)
    height = style.height()
    for node in edits.style_pictures(window.desk.document, window.page.style_panel.node or ""):
        window.desk.edit("Cut", edits.remove_nodes, (node,))
    qtbot.waitUntil(lambda: style.height() < height)
    border = QPoint(size.geometry().center().x(), size.y() - 2)
    QTest.mousePress(docks, LEFT, pos=border)
    QTest.mouseMove(docks, border - QPoint(0, 30))
    QTest.mouseRelease(docks, LEFT, pos=border - QPoint(0, 30))
    assert docks.remember()[Place.PAINT].shaped
    taller = size.height()
    studio.workspace.session.undo()
    qtbot.wait(50)
    assert abs(size.height() - taller) <= 4
    action(window, "window.reset").trigger()
    assert not docks.remember()[Place.PAINT].shaped


def test_six_phrases_are_seen_whole_at_the_usual_size_of_the_window(studio: Studio, qtbot: QtBot) -> None:
    window, docks = studio.window, studio.window.docks
    for words in ("an owl", "a big round orange pumpkin with a hat"):
        before = window.desk.prompt
        window.page.prompt.setPlainText(f"{before} and {words}")
        assert window.desk.paint_phrase(len(before) + 5, len(before) + 5 + len(words))
    assert len(window.desk.phrases) == 6
    window.resize(1440, 900)

    def scrolled(name: str) -> bool:
        column = docks[name].findChild(Column)
        assert column is not None
        return column.verticalScrollBar().isVisible()

    qtbot.waitUntil(lambda: not any(scrolled(name) for name in ("phrases", "style", "size")))
    window.resize(960, 640)
    qtbot.waitUntil(lambda: scrolled("phrases"))
    rows = [window.page.phrases.row(layer.id) for layer in window.desk.phrases]
    inside = docks["phrases"].widget()
    assert all(row.geometry().right() <= inside.width() for row in rows)
    assert min(docks[name].height() for name in ("phrases", "style", "size")) >= 10 * GRID


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_status_bar_tells_every_part_of_what_is_loaded_at_a_press(studio: Studio) -> None:
    status = studio.window.status
    assert not status.holding.isVisible()
    models = {"storybook/base": 2_000_000, "storybook/low": 3_000_000}
    height = status.height()
    status.show_state(EngineState(EngineCondition.READY, device="cpu", models=models))
    assert status.holding.text() == "CPU · Storybook loaded, 5 MB"
    assert status.height() == height
    QTest.mouseClick(status.holding, LEFT)
    assert status.facts is not None
    told = [label.text() for label in status.facts.findChildren(QLabel)]
    assert told == ["Computes on", "CPU", "Storybook loaded", "5 MB", "    base", "2 MB", "    low", "3 MB"]
    status.facts.close()


def test_the_small_view_shows_the_picture_in_the_making(studio: Studio) -> None:
    window, view = studio.window, studio.window.small_view
    red = QImage(8, 8, QImage.Format.Format_RGB32)
    red.fill(Qt.GlobalColor.red)
    job = studio.jobs.submit(window.desk.document)
    studio.jobs.cancel_all()  # only what is told of it counts here
    window.desk.rest(resting=True)
    studio.jobs.previewed.emit(job, Preview("1", "base", 0, 8, 8, encoded(red)))
    strike(window, Qt.Key.Key_F2)
    QApplication.processEvents()
    middle = view.rect().center()
    assert view.grab().toImage().pixelColor(middle).red() > 200, "also when one comes later"
    studio.jobs.finished.emit(job)
    assert view.grab().toImage().pixelColor(middle).red() < 200
