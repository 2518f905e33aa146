"""Commands of the canvas by their keys, and writing in place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.qt import pictures as opened
from app.qt.canvas.drops import holds_pictures
from app.qt.canvas.frame_item import TITLE_HEIGHT
from app.qt.canvas.selection import Selection
from app.qt.panels import picture_reader as reading
from nodes.graph.model import Node
from nodes.registry import built_in
from tests.gui.canvas_hand import ALT, CTRL, NONE, SHIFT, Hand, graph_of, painter, studio


@pytest.fixture
def hand(qtbot: QtBot) -> Hand:
    return studio(qtbot, painter())


# Taking away, muting --------------------------------------------------------------------------------------------------


def test_delete_joins_what_was_on_both_sides(qtbot: QtBot) -> None:
    nodes = (*painter().nodes, Node("resize", "sinopia.resize", x=600, y=0))
    hand = studio(qtbot, graph_of(nodes, ("solve.image > resize.image", "resize.image > save.image")))
    hand.click(hand.header("resize"))
    hand.key(Qt.Key.Key_Delete)
    assert hand.wires() == {"solve.image > save.image"}
    hand.session.undo()
    hand.click(hand.header("resize"))
    hand.key(Qt.Key.Key_Delete, SHIFT)
    assert hand.wires() == set()


def test_delete_takes_wires_and_frames_too(hand: Hand) -> None:
    hand.view.canvas.select(Selection.of(links=[next(iter(hand.view.canvas.links))]))
    hand.key(Qt.Key.Key_Backspace)
    assert len(hand.graph.links) == 2
    assert hand.edits == ["Delete a wire"]


def test_m_mutes_and_wakes(hand: Hand) -> None:
    hand.click(hand.header("solve"))
    hand.key(Qt.Key.Key_M)
    assert hand.node("solve").muted
    hand.key(Qt.Key.Key_M)
    assert not hand.node("solve").muted
    assert hand.edits == ["Mute", "Unmute"]


# Copying --------------------------------------------------------------------------------------------------------------


def test_copies_keep_the_wires_between_them(hand: Hand) -> None:
    before = hand.graph
    hand.view.canvas.select(Selection.of(nodes=("prompt", "solve")))
    hand.key(Qt.Key.Key_C, CTRL)
    hand.key(Qt.Key.Key_V, CTRL)
    copies = {node.type: node for node in hand.added(before)}
    prompt, solve = copies["sinopia.prompt"], copies["sinopia.denoise"]
    assert prompt.params == hand.node("prompt").params
    assert solve.x - prompt.x == 400
    assert f"{prompt.id}.conditioning > {solve.id}.prompt" in hand.wires()
    assert hand.view.canvas.selection.nodes == {prompt.id, solve.id}


def test_copies_go_to_another_window(hand: Hand, qtbot: QtBot) -> None:
    hand.view.canvas.select(Selection.of(nodes=("prompt",)))
    hand.key(Qt.Key.Key_C, CTRL)
    other = studio(qtbot, graph_of(()))
    other.key(Qt.Key.Key_V, CTRL)
    (node,) = other.graph.nodes
    assert (node.type, node.params) == ("sinopia.prompt", {"text": "a rabbit by a castle"})


def test_cut_takes_away_what_paste_brings_back(hand: Hand) -> None:
    hand.click(hand.header("seed"))
    hand.key(Qt.Key.Key_X, CTRL)
    assert "seed" not in hand.session.document.nodes
    hand.key(Qt.Key.Key_V, CTRL)
    assert [node.params for node in hand.graph.nodes if node.type == "sinopia.seed"] == [{"seed": 7}]


def test_duplicates_can_keep_their_feeding_wires(hand: Hand) -> None:
    before = hand.graph
    hand.click(hand.header("solve"))
    hand.key(Qt.Key.Key_D, CTRL | SHIFT)
    (copy,) = hand.added(before)
    assert {f"prompt.conditioning > {copy.id}.prompt", f"model.base > {copy.id}.denoiser"} <= hand.wires()


def test_other_text_on_the_clipboard_is_told_and_changes_nothing(hand: Hand, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("a shopping list")
    with qtbot.waitSignal(hand.view.told) as told:
        hand.key(Qt.Key.Key_V, CTRL)
    assert "no nodes on the clipboard" in told.args[0]
    assert hand.edits == []


def test_a_damaged_graph_on_the_clipboard_is_told(hand: Hand, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText('{"format": "sinopia/graph", "version": 1, "nodes": [')
    with qtbot.waitSignal(hand.view.told):
        hand.key(Qt.Key.Key_V, CTRL)
    assert hand.edits == []


# Frames, notes, order -------------------------------------------------------------------------------------------------


def test_a_frame_goes_around_the_selection_and_gets_a_title(hand: Hand) -> None:
    hand.view.canvas.select(Selection.of(nodes=("prompt", "model")))
    hand.key(Qt.Key.Key_G, CTRL)
    hand.type("Inputs")
    hand.key(Qt.Key.Key_Return)
    (frame,) = hand.graph.frames
    assert frame.title == "Inputs"
    assert hand.view.canvas.inside(frame.id).nodes == {"prompt", "model"}


def test_a_frame_within_a_frame_leaves_both_titles_to_be_read(hand: Hand) -> None:
    for nodes in (("prompt", "model"), ("prompt",)):
        hand.view.canvas.select(Selection.of(nodes=nodes))
        hand.key(Qt.Key.Key_G, CTRL)
        hand.key(Qt.Key.Key_Escape)
    outer, inner = hand.graph.frames
    assert outer.y + TITLE_HEIGHT <= inner.y
    assert outer.x < inner.x < inner.x + inner.width < outer.x + outer.width
    assert hand.edits == ["Frame", "Frame"]


def test_a_note_is_written_and_kept_when_the_field_is_left(hand: Hand) -> None:
    hand.key(Qt.Key.Key_N)
    field = hand.view.inline.field
    assert field is not None
    field.setPlainText("Try a lower sigma here")
    hand.view.setFocus()
    assert hand.graph.frames[0].note == "Try a lower sigma here"
    assert hand.view.inline.field is None


def test_escape_takes_writing_back(hand: Hand) -> None:
    hand.click(hand.header("solve"))
    hand.key(Qt.Key.Key_F2)
    hand.type("Base")
    hand.key(Qt.Key.Key_Escape)
    assert hand.node("solve").title == ""
    assert hand.edits == []


def test_a_node_is_renamed_by_a_double_click_on_its_title(hand: Hand) -> None:
    hand.double_click(hand.header("solve"))
    hand.type("Base")
    hand.key(Qt.Key.Key_Return)
    assert hand.node("solve").title == "Base"


def test_a_prompt_is_written_on_its_node(hand: Hand) -> None:
    block = hand.view.canvas.nodes["prompt"].card.blocks[0]
    hand.double_click(QPointF(100, block.top + 10))
    field = hand.view.inline.field
    assert field is not None
    field.setPlainText("a fox")
    hand.key(Qt.Key.Key_Return, CTRL)
    assert hand.node("prompt").params["text"] == "a fox"


def test_nodes_are_put_in_line(hand: Hand) -> None:
    hand.view.canvas.select(Selection.of(nodes=("solve", "save", "seed")))
    hand.view.commands.run("canvas.align-top")
    assert {hand.node(name).y for name in ("solve", "save", "seed")} == {0}
    hand.view.commands.run("canvas.distribute-across")
    assert hand.node("solve").x == 400
    assert hand.edits == ["Align"], "gaps that are equal already are no edit"


def test_arrow_keys_move_by_the_grid_as_one_edit(hand: Hand) -> None:
    hand.click(hand.header("seed"))
    for _ in range(3):
        hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Down)
    assert (hand.node("seed").x, hand.node("seed").y) == (24, 408)
    assert hand.edits == ["Nudge"]


# Adding and seeing ----------------------------------------------------------------------------------------------------


def test_tab_and_three_letters_add_a_node(hand: Hand) -> None:
    before = hand.graph
    hand.hover(QPointF(600, 500))
    hand.key(Qt.Key.Key_Tab)
    hand.type("ens")
    hand.key(Qt.Key.Key_Return)
    (node,) = hand.added(before)
    assert node.type == "sinopia.ensemble"
    assert hand.view.choosing.search is None
    assert hand.view.hasFocus()
    assert hand.view.canvas.selection.nodes == {node.id}


def test_what_was_added_last_is_offered_first_with_its_help(hand: Hand) -> None:
    for number, letters in enumerate(("seed r", "resize")):
        hand.double_click(QPointF(40, 520 + 120 * number))
        hand.type(letters)
        hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Tab)
    search = hand.view.choosing.search
    assert search is not None
    assert [found.candidate.title for found in search.shown()[:2]] == ["Resize", "Seed Range"]
    assert search.help.text() == "Scales a picture to a size."
    hand.key(Qt.Key.Key_Down)
    assert search.help.text() == "Several seeds in a row: what follows runs once for each."


def test_a_node_is_found_by_another_word_for_it(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    hand.type("ksampler")
    search = hand.view.choosing.search
    assert search is not None
    assert search.shown()[0].candidate.title == "Denoise"


def test_a_double_click_on_empty_canvas_searches_there(hand: Hand) -> None:
    before = hand.graph
    hand.double_click(QPointF(680, 520))
    hand.type("seed r")
    hand.key(Qt.Key.Key_Return)
    (node,) = hand.added(before)
    assert (node.type, node.x, node.y) == ("sinopia.seed-range", 680, 520)


def test_the_list_is_walked_by_keys_and_left_by_escape(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    search = hand.view.choosing.search
    assert search is not None
    hand.key(Qt.Key.Key_Up)
    assert search.list.currentRow() == search.list.count() - 1
    hand.key(Qt.Key.Key_Down)
    assert search.list.currentRow() == 0
    hand.type("zzzz")
    assert search.list.count() == 0
    hand.key(Qt.Key.Key_Return)
    assert hand.edits == []
    hand.key(Qt.Key.Key_Escape)
    assert hand.view.choosing.search is None
    assert hand.edits == []


def test_a_click_on_the_canvas_closes_the_search(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    hand.click(QPointF(640, 560))
    assert hand.view.choosing.search is None


def test_home_shows_everything_or_the_selection(hand: Hand) -> None:
    hand.key(Qt.Key.Key_Home)
    assert hand.view.visible().contains(hand.view.canvas.content())
    hand.view.navigation.zoom_to(0.1)
    hand.view.canvas.select(Selection.of(nodes=("save",)))
    hand.key(Qt.Key.Key_Home)
    assert hand.view.zoom == 1.0
    assert hand.view.visible().center().x() == pytest.approx(hand.view.canvas.nodes["save"].box.center().x(), abs=1)


def test_alt_and_arrows_go_from_node_to_node(hand: Hand) -> None:
    hand.click(hand.header("model"))
    hand.key(Qt.Key.Key_Right, ALT)
    assert hand.view.canvas.selection.nodes == {"solve"}
    hand.key(Qt.Key.Key_Right, ALT)
    assert hand.view.canvas.selection.nodes == {"save"}
    hand.key(Qt.Key.Key_Right, ALT)
    assert hand.view.canvas.selection.nodes == {"save"}, "there is nothing further to the right"


def test_a_wire_is_laid_by_keys_alone(hand: Hand) -> None:
    hand.view.canvas.select(Selection.of(nodes=("seed",)))
    hand.key(Qt.Key.Key_W)
    search = hand.view.choosing.search
    assert search is not None
    assert all("→" in found.candidate.title or "←" in found.candidate.title for found in search.shown())
    hand.type("denoiseseed")
    hand.key(Qt.Key.Key_Return)
    assert "seed.seed > solve.seed" in hand.wires()


def test_a_window_can_take_the_keys_over(hand: Hand) -> None:
    hand.click(hand.header("solve"))
    hand.view.commands.bind({"canvas.mute": ("Ctrl+B",)})
    hand.key(Qt.Key.Key_M)
    assert not hand.node("solve").muted
    hand.key(Qt.Key.Key_B, CTRL)
    assert hand.node("solve").muted


def test_no_two_commands_have_the_same_key(hand: Hand) -> None:
    keys = [key for command in hand.view.commands.all.values() for key in command.keys]
    assert len(keys) == len(set(keys))


def test_a_click_in_the_map_goes_there(hand: Hand) -> None:
    minimap = hand.view.minimap
    minimap.repaint()
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, NONE, minimap.rect().bottomRight())
    assert hand.view.visible().center().x() > 800


# Pictures -------------------------------------------------------------------------------------------------------------


def _drop(hand: Hand, at: QPointF, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    _drop_data(hand, at, data)


def _drop_data(hand: Hand, at: QPointF, data: QMimeData) -> None:
    place, viewport = hand.view.mapFromScene(at), hand.view.viewport()
    action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    entering = QDragEnterEvent(place, action, data, button, NONE)
    QApplication.sendEvent(viewport, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(viewport, QDropEvent(QPointF(place), action, data, button, NONE))


def _picture(path: Path) -> Path:
    image = QImage(32, 24, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    assert image.save(str(path))
    return path


def test_a_dropped_picture_becomes_a_node_that_shows_it(hand: Hand, tmp_path: Path, qtbot: QtBot) -> None:
    before = hand.graph
    _drop(hand, QPointF(600, 500), _picture(tmp_path / "meadow.png"))
    qtbot.waitUntil(lambda: hand.graph != before)
    (node,) = hand.added(before)
    assert (node.type, node.title) == ("sinopia.load-image", "meadow")
    assert node.params["file"] in hand.session.document.assets
    qtbot.waitUntil(lambda: hand.view.canvas.nodes[node.id].card.picture is not None)


def test_no_picture_is_read_by_the_thread_of_the_window(
    hand: Hand, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: dict[str, set[int]] = {}

    def noting(name: str, real: Callable[..., object]) -> Callable[..., object]:
        def noted(*told: object) -> object:
            threads.setdefault(name, set()).add(threading.get_ident())
            return real(*told)

        return noted

    for module, name in ((reading, "decoded"), (opened, "look_through")):
        monkeypatch.setattr(module, name, noting(name, getattr(module, name)))
    before = hand.graph
    _drop(hand, QPointF(600, 500), _picture(tmp_path / "one.png"))
    assert hand.graph == before, "nothing is awaited where it is dropped"
    qtbot.waitUntil(lambda: hand.graph != before)
    (node,) = hand.added(before)
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    assert image.save(str(tmp_path / "two.png"))
    hand.view.drops.choose(tmp_path / "two.png", node.id, "file")
    qtbot.waitUntil(lambda: hand.edits[-1:] == ["Choose a picture"])
    qtbot.waitUntil(lambda: hand.view.canvas.nodes[node.id].card.picture == image)
    assert threads.keys() == {"decoded", "look_through"}
    assert threading.get_ident() not in set[int]().union(*threads.values())


def test_a_picture_for_a_node_that_is_gone_by_then_is_told(hand: Hand, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hand.view.told) as told:
        hand.view.drops.choose(_picture(tmp_path / "one.png"), "gone", "file")
    assert "gone" in told.args[0]
    assert hand.edits == []


def test_a_picture_out_of_a_browser_becomes_a_node(hand: Hand, qtbot: QtBot) -> None:
    before, data = hand.graph, QMimeData()
    image = QImage(32, 24, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    data.setImageData(image)
    _drop_data(hand, QPointF(600, 500), data)
    qtbot.waitUntil(lambda: hand.graph != before)
    (node,) = hand.added(before)
    assert node.type == "sinopia.load-image"


def test_other_files_are_left_to_the_window(hand: Hand, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "other.sinopia"))])
    assert not holds_pictures(data)


def test_a_picture_dropped_on_a_style_is_wired_to_it(qtbot: QtBot, tmp_path: Path) -> None:
    hand = studio(qtbot, graph_of((Node("style", "sinopia.style-reference", x=400, y=200),)))
    _drop(hand, hand.header("style"), _picture(tmp_path / "one.png"))
    qtbot.waitUntil(lambda: len(hand.graph.nodes) == 2)
    (picture,) = [node for node in hand.graph.nodes if node.type == "sinopia.load-image"]
    assert hand.wires() == {f"{picture.id}.image > style.images"}


def test_a_picture_that_cannot_be_read_is_told(hand: Hand, tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hand.view.told) as told:
        _drop(hand, QPointF(600, 500), tmp_path / "gone.png")
    assert "gone.png cannot be read" in told.args[0]
    assert hand.edits == []


def test_a_muted_graph_of_all_nodes_paints_without_a_warning(qtbot: QtBot) -> None:
    types = [spec.type for spec in built_in()]
    nodes = [Node(f"n{i}", kind, x=260.0 * (i % 6), y=320.0 * (i // 6)) for i, kind in enumerate(types)]
    nodes += [replace(node, id=f"m{node.id}", muted=True, x=node.x + 2000) for node in nodes]
    hand = studio(qtbot, graph_of(nodes))
    hand.view.navigation.fit(hand.view.canvas.content())
    for zoom in (0.1, 0.3, 0.6, 1.0, 2.0):
        hand.view.navigation.zoom_to(zoom)
        shown = hand.view.grab().toImage().scaled(64, 64)
        colours = {shown.pixelColor(x, y).name() for x in range(64) for y in range(64)}
        assert len(colours) > 4, f"at {zoom:.0%} hardly anything is painted"
    assert set(hand.view.canvas.nodes) == {node.id for node in nodes}


@pytest.mark.parametrize("key", [Qt.Key.Key_1, Qt.Key.Key_Exclam])
def test_a_key_is_known_by_either_of_its_signs(hand: Hand, key: Qt.Key) -> None:
    hand.view.navigation.zoom_to(0.5)
    hand.key(key, SHIFT)
    assert hand.view.zoom == 1.0
