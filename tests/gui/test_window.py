"""The window without runs: sentence, phrases, panels, files, workspaces, all by real events."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu
from pytestqt.qtbot import QtBot

from app.model import edits
from app.model.actions import ACTIONS, MENUS
from app.model.projects import read_document
from app.paint.toolbox import Tool
from app.qt.actions import plain_text
from app.qt.application import DEMO, Studio
from app.qt.canvas.selection import Selection
from app.qt.dialogs.palette import CommandPalette
from app.qt.theme import LIGHT
from tests.gui.painting import Mouse
from tests.gui.studios import CTRL, NO_KEYS, SHIFT, action, open_studio, select_last_words, strike, type_into, write

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        yield studio


@pytest.fixture
def blank(studio: Studio) -> Studio:
    """A studio with nothing written yet."""
    studio.workspace.new()
    studio.window.page.prompt.setFocus()
    return studio


def test_the_first_start_shows_the_demo(studio: Studio) -> None:
    desk = studio.window.desk
    demo = read_document(DEMO, studio.workspace.registry).document
    assert desk.document == demo
    assert len({layer.colour for layer in desk.phrases}) == len(desk.phrases) > 2
    assert studio.window.windowTitle() == "Untitled[*] – Sinopia"
    assert not studio.window.isWindowModified()


def test_phrases_follow_the_writing(blank: Studio) -> None:
    window, desk = blank.window, blank.window.desk
    write(window, "a red boat")
    select_last_words(window, 2)
    strike(window, Qt.Key.Key_P, CTRL)
    window.page.prompt.setFocus()
    strike(window, Qt.Key.Key_Home)
    write(window, "under a storm ")
    (layer,) = desk.phrases
    assert (layer.start, layer.end, layer.phrase, layer.lost) == (16, 24, "red boat", False)
    (worn,) = window.page.prompt.extraSelections()
    assert worn.cursor.selectedText() == "red boat"
    strike(window, Qt.Key.Key_A, CTRL)
    strike(window, Qt.Key.Key_Delete)
    assert desk.phrases[0].lost
    assert window.page.prompt.extraSelections() == []
    strike(window, Qt.Key.Key_Z, CTRL)
    assert desk.prompt == "under a storm a red boat"
    assert not desk.phrases[0].lost


def test_letters_beyond_the_first_plane_keep_the_places(blank: Studio) -> None:
    window, desk = blank.window, blank.window.desk
    window.page.prompt.insertPlainText("🦊 and a 🌙 moon")
    strike(window, Qt.Key.Key_Left, CTRL | SHIFT)
    strike(window, Qt.Key.Key_P, CTRL)
    assert [layer.phrase for layer in desk.phrases] == ["moon"]
    assert desk.phrases[0].start == 10


def test_typing_is_one_step_of_undo(blank: Studio) -> None:
    write(blank.window, "a whale")
    assert len(blank.workspace.session.done) == 1
    strike(blank.window, Qt.Key.Key_Z, CTRL)
    assert blank.window.desk.prompt == ""
    strike(blank.window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert blank.window.page.prompt.toPlainText() == "a whale"


def test_nothing_selected_paints_the_word_at_the_cursor(blank: Studio) -> None:
    write(blank.window, "an owl")
    strike(blank.window, Qt.Key.Key_P, CTRL)
    assert [layer.phrase for layer in blank.window.desk.phrases] == ["owl"]


def test_tools_have_keys_that_letters_in_the_sentence_do_not_press(blank: Studio) -> None:
    window = blank.window
    write(window, "beg")
    tools = [window.page.view.tool]
    window.page.view.setFocus()
    strike(window, Qt.Key.Key_E)
    tools.append(window.page.view.tool)
    assert tools == [Tool.BRUSH, Tool.ERASER]
    assert window.actions_["tool.eraser"].isChecked()
    size = window.page.view.settings.eraser.size
    strike(window, Qt.Key.Key_BracketRight)
    assert window.page.view.settings.eraser.size > size
    assert window.page.options.diameter.value == window.page.view.settings.eraser.size


def test_the_mouse_paints_on_the_chosen_phrase(studio: Studio) -> None:
    window, desk = studio.window, studio.window.desk
    lowest, *others = desk.phrases
    QTest.mouseClick(window.page.phrases.row(lowest.id), LEFT, NO_KEYS, QPoint(60, 10))
    assert desk.active == lowest.id
    before = desk.document
    Mouse(window.page.view).drag((25.0, 200.0), (75.0, 205.0))
    assert desk.mask(lowest.id) != edits.paint_of(before, lowest)
    assert all(desk.mask(other.id) is edits.paint_of(before, other) for other in others)
    assert studio.window.isWindowModified()


def test_sliders_are_dragged_typed_and_reset(studio: Studio) -> None:
    desk, slider = studio.window.desk, studio.window.page.phrases.details.strength
    steps = len(studio.workspace.session.done)
    QTest.mousePress(slider, LEFT, NO_KEYS, QPoint(100, 10))
    for x in (110, 120, 130):
        QTest.mouseMove(slider, QPoint(x, 10))
    QTest.mouseRelease(slider, LEFT, NO_KEYS, QPoint(130, 10))
    layer = desk.active_phrase
    assert layer is not None
    assert layer.strength > 1.0
    assert len(studio.workspace.session.done) == steps + 1
    type_into(slider, "2.5")
    assert desk.active_phrase is not None
    assert desk.active_phrase.strength == 2.5
    QTest.mouseDClick(slider, LEFT, NO_KEYS, QPoint(50, 10))
    assert desk.active_phrase.strength == 1.0


def test_layers_are_hidden_moved_and_deleted_in_the_panel(studio: Studio) -> None:
    desk, details = studio.window.desk, studio.window.page.phrases.details
    first, second, *others = names = [layer.id for layer in desk.phrases]
    desk.activate(first)
    details.shift(1)
    assert [layer.id for layer in desk.phrases] == [second, first, *others]
    details.delete()
    assert [layer.id for layer in desk.phrases] == [second, *others]
    studio.workspace.session.undo()
    studio.workspace.session.undo()
    assert [layer.id for layer in desk.phrases] == names


def test_style_pictures_come_and_go(studio: Studio, qtbot: QtBot) -> None:
    desk, panel = studio.window.desk, studio.window.page.style_panel
    picture = DEMO.parent / "pictures" / "golden-watercolour.png"
    assert panel.node is not None
    panel.take([picture])
    qtbot.waitUntil(lambda: edits.style_weights(desk.document, panel.node or "") == [1.0, 1.0])
    panel.take([DEMO])
    qtbot.waitUntil(lambda: "no picture" in studio.window.messages.text)
    studio.workspace.session.undo()
    assert edits.style_weights(desk.document, panel.node) == [1.0]


def test_the_size_shapes_the_canvas(studio: Studio) -> None:
    desk, fields = studio.window.desk, studio.window.page.size_panel.fields
    side = fields["height"].value()
    fields["width"].setValue(2 * side)
    assert desk.document.size == (256, 128)
    size = desk.picture_size
    assert size is not None
    assert (size.width, size.height) == (2 * side, side)
    studio.workspace.session.undo()
    assert desk.document.size == (256, 256)


def test_the_crop_is_dragged_on_the_canvas(studio: Studio) -> None:
    window, desk = studio.window, studio.window.desk
    window.page.view.set_tool(Tool.CROP)
    Mouse(window.page.view).drag((256.0, 128.0), (270.0, 128.0), (288.0, 128.0))
    size = desk.picture_size
    assert size is not None
    assert size.original_width is not None
    assert size.original_width > 128
    assert window.page.size_panel.fields["original_width"].value() == size.original_width


def test_save_open_and_the_title(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window = studio.window
    window.desk.set_seed(99)
    window.desk.settle()
    saved: list[bool] = []
    window.filing.save_to(tmp_path / "mine", lambda: saved.append(True))
    qtbot.waitUntil(lambda: bool(saved))
    assert window.windowTitle() == "mine[*] – Sinopia"
    assert not window.isWindowModified()
    read = read_document(tmp_path / "mine.sinopia", studio.workspace.registry)
    assert read.document == studio.workspace.session.document
    window.filing.new()
    assert window.desk.prompt == ""
    window.filing.open(tmp_path / "mine.sinopia")
    qtbot.waitUntil(lambda: window.desk.seed == 99)
    assert [entry.title for entry in window.filing.recent] == ["mine"]
    window.filing.open(tmp_path / "nothing.sinopia")
    qtbot.waitUntil(lambda: "no such file" in window.messages.text)
    assert window.desk.seed == 99


def test_layers_travel_to_another_program_and_back(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window, desk = studio.window, studio.window.desk
    painted = {layer.phrase: desk.mask(layer.id) for layer in desk.phrases}
    window.exchange.export_layers(tmp_path / "layers.ora")
    qtbot.waitUntil(lambda: "layers.ora" in window.messages.text)
    for _ in painted:
        window.page.phrases.details.delete()
    assert not desk.phrases
    window.exchange.import_layers([tmp_path / "layers.ora"])
    qtbot.waitUntil(lambda: bool(desk.phrases))
    assert {layer.phrase: desk.mask(layer.id) for layer in desk.phrases} == painted
    assert studio.workspace.session.undo() == "Import layers"
    assert not desk.phrases


def test_workspaces_show_one_document(studio: Studio) -> None:
    window = studio.window
    strike(window, Qt.Key.Key_F2)
    assert window.canvas.hasFocus()
    assert window.actions_["view.graph"].isChecked()
    count, phrases = len(window.desk.document.graph.nodes), window.desk.phrases
    strike(window, Qt.Key.Key_A, CTRL)
    strike(window, Qt.Key.Key_Delete)
    assert len(window.desk.document.graph.nodes) == 0
    strike(window, Qt.Key.Key_F1)
    strike(window, Qt.Key.Key_Z, CTRL)
    assert len(window.desk.document.graph.nodes) == count
    assert window.desk.phrases == phrases


def test_leaving_a_component_is_offered_inside_of_one_only(studio: Studio) -> None:
    window, leave = studio.window, action(studio.window, "canvas.leave")
    strike(window, Qt.Key.Key_F2)
    assert not leave.isEnabled()
    window.canvas.canvas.select(Selection.of(nodes=("base",)))
    strike(window, Qt.Key.Key_G, CTRL | SHIFT)
    strike(window, Qt.Key.Key_Return)
    assert not leave.isEnabled()
    strike(window, Qt.Key.Key_Down, CTRL)
    assert leave.isEnabled()
    strike(window, Qt.Key.Key_Up, CTRL)
    assert not leave.isEnabled()


def test_every_action_is_found_in_the_palette(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    strike(window, Qt.Key.Key_P, CTRL | SHIFT)
    (palette,) = window.findChildren(CommandPalette)
    qtbot.waitUntil(palette.isVisible)
    QTest.keyClicks(palette.field, "what model 16")
    assert palette.list.count() == 1
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.actions_["view.cells-16"].isChecked()
    strike(window, Qt.Key.Key_F2)
    window.canvas.canvas.select(Selection())
    strike(window, Qt.Key.Key_P, CTRL | SHIFT)
    palette = next(each for each in window.findChildren(CommandPalette) if each.isVisible())
    assert palette.list.count() == len(ACTIONS), "what cannot be done now is found too"
    QTest.keyClicks(palette.field, "align left")
    said = [label.text() for label in palette.list.itemWidget(palette.list.item(0)).findChildren(QLabel)]
    assert sorted(said) == ["Nodes: Align Left Edges", "select something first"]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)


def test_menus_hold_every_action_once_with_letters_of_their_own(studio: Studio) -> None:
    window = studio.window
    titles = [plain_text(action) for action in window.menuBar().actions()]
    assert titles == list(MENUS)
    found = []
    for menu in window.menuBar().findChildren(QMenu):
        entries = [action for action in menu.actions() if not action.isSeparator()]
        marked = [letter.casefold() for action in entries for letter in re.findall("(?<!&)&([^&])", action.text())]
        assert len(set(marked)) == len(marked) >= len(entries) - 3
        assert len(entries) <= 22, "a menu is seen whole"
        found += [action for action in entries if action.menu() is None]
    assert sorted(map(id, found)) == sorted(id(action) for _listed, action in window.actions_.listed())
    assert len(found) == len(ACTIONS), "nothing that is listed is without something to do"


def test_a_run_that_cannot_be_says_why_and_leads_there(studio: Studio) -> None:
    window = studio.window
    window.desk.edit("Cut", edits.remove_nodes, ("storybook",))
    strike(window, Qt.Key.Key_Return, CTRL)
    assert window.messages.text
    assert window.messages.action.text() == "Show the node"
    QTest.mouseClick(window.messages.action, LEFT)
    assert window.canvas.hasFocus()
    assert not studio.jobs.unfinished


def test_the_theme_and_the_seed_mode_are_kept(qtbot: QtBot, studio: Studio) -> None:
    window = studio.window
    window.actions_["view.light"].trigger()
    window.actions_["run.seed-fixed"].trigger()

    def kept() -> None:
        text = studio.home.settings.read_text(encoding="utf-8")
        assert 'theme = "light"' in text
        assert 'seed_mode = "fixed"' in text

    qtbot.waitUntil(studio.home.settings.is_file)
    qtbot.waitUntil(kept)
    assert window.icons.theme is LIGHT


def test_no_action_is_dead_and_every_icon_is_drawn(studio: Studio) -> None:
    made = dict(studio.window.actions_.listed())
    assert len(made) > 60
    assert {listed.id for listed in made} <= {listed.id for listed in ACTIONS}
    assert all(not action.icon().isNull() for listed, action in made.items() if listed.icon)


def test_the_window_never_loads_torch() -> None:
    """In a process of its own, since other tests may have loaded it here."""
    program = (
        "import sys, tempfile; from pathlib import Path; from PySide6.QtWidgets import QApplication\n"
        "from app.client.settings import EngineSettings; from app.model.home import Home\n"
        "from app.qt.application import Studio\n"
        "application = QApplication(['sinopia']); home = Path(tempfile.mkdtemp())\n"
        "studio = Studio(application, Home(home), EngineSettings(logs=home / 'logs'))\n"
        "studio.begin(); studio.window.show(); application.processEvents()\n"
        "studio.window.close(); studio.close()\n"
        "assert 'torch' not in sys.modules, 'torch was imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_nodes_are_changed_only_where_they_are_seen_and_a_text_is_edited_first(studio: Studio) -> None:
    window = studio.window
    prompt, before = window.page.prompt, window.desk.prompt
    prompt.setFocus()
    action(window, "canvas.select-all").trigger()
    assert prompt.selected_characters() == (0, len(before))
    action(window, "canvas.paste").trigger()
    assert not window.graph.isVisible()
    action(window, "canvas.note").trigger()
    assert window.graph.isVisible()
    assert window.canvas.canvas.selection.frames


def test_a_new_picture_is_begun_by_writing(studio: Studio) -> None:
    window = studio.window
    window.page.view.setFocus()
    studio.workspace.new()
    window.filing.opened.emit()
    write(window, "an owl")
    assert window.desk.prompt == "an owl"
