"""Settings, keys, templates, history: what is chosen by real events counts at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from app.model.settings import SeedMode, Theme, load_settings
from app.paint.toolbox import Tool
from app.qt.application import Studio
from app.qt.dialogs.keys import KeysSheet
from app.qt.theme import LIGHT
from tests.gui.studios import CTRL, SHIFT, action, open_studio, strike, write

LEFT = Qt.MouseButton.LeftButton
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        yield studio


def _line(sheet: KeysSheet, title: str) -> QTreeWidgetItem:
    return next(item for item in sheet.lines() if item.text(0) == title)


def _press_for(sheet: KeysSheet, title: str, key: Qt.Key, keys: Qt.KeyboardModifier) -> None:
    line = _line(sheet, title)
    sheet.list.setCurrentItem(line)
    QTest.mouseClick(sheet.change, LEFT)
    field = sheet.list.itemWidget(line, 1)
    QTest.keyClick(field, key, keys)


def test_settings_count_at_once_and_are_kept(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    sheet = window.offers.show_settings()
    QTest.keyClick(sheet.theme, Qt.Key.Key_Down)
    sheet.theme.activated.emit(1)
    assert window.icons.theme is LIGHT
    QTest.keyClick(sheet.pressure_flow, Qt.Key.Key_Space)
    assert window.page.view.settings.brush.pressure_flow == 1.0
    QTest.keyClick(sheet.preview, Qt.Key.Key_Space)
    assert not window.running.shows_previews
    sheet.undo.setFocus()
    QTest.keyClick(sheet.undo, Qt.Key.Key_Home)
    action(window, "run.seed-fixed").trigger()
    assert sheet.settings.generation.seed_mode is SeedMode.FIXED
    qtbot.waitUntil(lambda: load_settings(studio.home.settings)[0] == window.preferences.settings)
    kept, notices = load_settings(studio.home.settings)
    assert notices == ()
    assert kept.appearance.theme is Theme.LIGHT
    assert kept.generation.preview is False
    QTest.mouseClick(sheet.reset, LEFT)
    assert window.preferences.settings.generation.preview
    assert window.icons.theme is not LIGHT


def test_a_smaller_memory_for_undo_forgets_the_oldest_steps(studio: Studio) -> None:
    session = studio.workspace.session
    for seed in range(20):
        studio.window.desk.set_seed(seed)
        studio.window.desk.settle()
    count = len(session.done)
    session.set_budget(1)
    assert len(session.done) == 1 < count


def test_keys_are_looked_up_by_words_and_by_keys(studio: Studio) -> None:
    strike(studio.window, Qt.Key.Key_F12)
    (sheet,) = studio.window.findChildren(KeysSheet)
    QTest.keyClicks(sheet.search, "layer above")
    assert [item.text(0) for item in sheet.lines()] == ["Layer Above"]
    sheet.search.clear()
    QTest.keyClicks(sheet.search, "ctrl+shift+p")
    assert "Commands" in [item.text(0) for item in sheet.lines()]


def test_other_keys_are_pressed_and_count_at_once(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    sheet = window.offers.show_keys()
    _press_for(sheet, "Eraser", Qt.Key.Key_U, Qt.KeyboardModifier.NoModifier)
    assert _line(sheet, "Eraser").text(1) == "U"
    sheet.close()
    window.activateWindow()
    window.page.view.setFocus()
    tools = []
    for key in (Qt.Key.Key_E, Qt.Key.Key_U):
        strike(window, key)
        tools.append(window.page.view.tool)
    assert tools == [Tool.BRUSH, Tool.ERASER]
    qtbot.waitUntil(lambda: load_settings(studio.home.settings)[0].shortcuts == {"tool.eraser": "U"})


def test_the_canvas_hears_its_new_keys(studio: Studio) -> None:
    window = studio.window
    sheet = window.offers.show_keys()
    _press_for(sheet, "Mute", Qt.Key.Key_J, Qt.KeyboardModifier.NoModifier)
    sheet.close()
    strike(window, Qt.Key.Key_F2)
    strike(window, Qt.Key.Key_A, CTRL)
    strike(window, Qt.Key.Key_J)
    assert any(node.muted for node in window.desk.document.graph.nodes)


def test_keys_that_another_action_has_are_asked_for(studio: Studio) -> None:
    window = studio.window
    sheet = window.offers.show_keys()
    _press_for(sheet, "New", Qt.Key.Key_O, CTRL)
    assert "Open" in sheet.told.text()
    assert window.preferences.settings.shortcuts == {}
    QTest.mouseClick(sheet.take, LEFT)
    assert window.preferences.settings.shortcuts == {"file.new": "Ctrl+O", "file.open": ""}
    sheet.list.setCurrentItem(_line(sheet, "Open"))
    QTest.mouseClick(sheet.reset, LEFT)
    assert window.preferences.settings.shortcuts == {"file.new": ""}
    QTest.mouseClick(sheet.reset_all, LEFT)
    assert window.preferences.settings.shortcuts == {}
    assert action(window, "file.open").shortcut().toString() == "Ctrl+O"


def test_escape_leaves_the_keys(studio: Studio) -> None:
    sheet = studio.window.offers.show_keys()
    _press_for(sheet, "New", Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert sheet.isVisible()
    assert studio.window.preferences.settings.shortcuts == {}


def test_a_template_begins_an_untitled_picture(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    window.offers.save_template("harbour")
    studio.workspace.new()
    strike(window, Qt.Key.Key_N, CTRL | SHIFT)
    shelf = window.offers.show_templates()
    titles = [[made.item(row).text() for row in range(made.count())] for made in shelf.lists]
    assert titles == [["Empty", "Demo", *titles[0][2:]], ["harbour"]]
    bare = shelf.lists[1].item(0).icon().pixmap(64, 64).toImage()
    qtbot.waitUntil(lambda: shelf.lists[1].item(0).icon().pixmap(64, 64).toImage() != bare, timeout=30_000)
    shelf.lists[1].setCurrentRow(0)
    QTest.mouseClick(shelf.begin, LEFT)
    qtbot.waitUntil(lambda: "castle" in window.desk.prompt)
    assert window.windowTitle().startswith("Untitled")
    assert not window.isWindowModified()
    assert studio.workspace.path is None


def test_projects_opened_lately_lie_on_the_shelf(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window = studio.window
    studio.workspace.save(tmp_path / "mine.sinopia")
    studio.workspace.new()
    shelf = window.offers.show_recent()
    assert [shelf.lists[0].item(row).text() for row in range(shelf.lists[0].count())] == ["mine"]
    QTest.keyClick(shelf.lists[0], Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.windowTitle().startswith("mine"))
    assert window.desk.prompt


def test_the_history_leads_to_any_step(studio: Studio) -> None:
    window, session = studio.window, studio.workspace.session
    action(window, "edit.history").trigger()
    prompts = [window.desk.prompt]
    for words in (" one", " two", " three"):
        window.page.prompt.setFocus()
        strike(window, Qt.Key.Key_End, CTRL)
        write(window, words)
        window.desk.settle()
        prompts.append(window.desk.prompt)
    panel = window.history.list
    assert panel.count() == 4
    for row in (1, 3, 0, 2):
        QTest.mouseClick(panel.viewport(), LEFT, pos=panel.visualItemRect(panel.item(row)).center())
        assert window.desk.prompt == prompts[row]
        assert len(session.done) == panel.currentRow() == row


def test_words_to_read(studio: Studio) -> None:
    assert "Apache License" in studio.window.offers.show_about().text.toPlainText()
    assert "Denoise" in studio.window.offers.show_nodes().text.toPlainText()
