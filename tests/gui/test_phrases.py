"""The phrase panel: lost phrases, the order by hand, overlap, edges, layers from files; by real events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.model.layer_files import Form
from app.paint import operations
from app.paint.exchange.png import write_mask
from app.qt.application import Studio
from app.qt.panels.phrase_row import PhraseRow
from tests.gui.studios import CTRL, NO_KEYS, SHIFT, open_studio, strike, write

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        yield studio


def order(studio: Studio) -> list[str]:
    return [layer.phrase for layer in studio.window.desk.phrases]


def row(studio: Studio, phrase: str) -> PhraseRow:
    layer = next(layer for layer in studio.window.desk.phrases if layer.phrase == phrase)
    return studio.window.page.phrases.row(layer.id)


def drop(target: QWidget, *files: Path) -> bool:
    """Drop files on a widget; whether it wanted them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    at, copy = QPointF(10.0, 10.0), Qt.DropAction.CopyAction
    entered = QDragEnterEvent(at.toPoint(), copy, data, LEFT, NO_KEYS)
    QApplication.sendEvent(target, entered)
    if entered.isAccepted():
        QApplication.sendEvent(target, QDropEvent(at, copy, data, LEFT, NO_KEYS))
    return entered.isAccepted()


def test_a_lost_phrase_says_so_and_is_bound_to_selected_words(studio: Studio) -> None:
    window, desk, prompt = studio.window, studio.window.desk, studio.window.page.prompt
    painted = {layer.phrase: desk.mask(layer.id) for layer in desk.phrases}
    assert not row(studio, "castle").badge.isVisible()
    prompt.setFocus()
    strike(window, Qt.Key.Key_A, CTRL)
    write(window, "a tower")
    lost = row(studio, "castle")
    assert lost.badge.isVisible()
    assert "no longer in the sentence" in lost.toolTip()
    QTest.mouseClick(lost.rebind, LEFT)
    assert "Select the words" in window.messages.text
    assert next(layer for layer in desk.phrases if layer.phrase == "castle").lost
    strike(window, Qt.Key.Key_Left, CTRL | SHIFT)
    QTest.mouseClick(lost.rebind, LEFT)
    (bound,) = [layer for layer in desk.phrases if not layer.lost]
    assert (bound.phrase, bound.start, bound.end) == ("tower", 2, 7)
    assert desk.mask(bound.id) == painted["castle"]
    assert not row(studio, "tower").badge.isVisible()
    strike(window, Qt.Key.Key_Z, CTRL)
    assert all(layer.lost for layer in desk.phrases)


def test_a_phrase_is_dragged_to_its_place(studio: Studio) -> None:
    before = order(studio)
    lowest, uppermost = row(studio, before[0]), row(studio, before[-1])
    steps = len(studio.workspace.session.done)
    goal = lowest.mapFromGlobal(uppermost.mapToGlobal(QPoint(60, 2)))
    QTest.mousePress(lowest, LEFT, NO_KEYS, QPoint(60, 16))
    QTest.mouseMove(lowest, QPoint(60, 0))
    QTest.mouseMove(lowest, goal)
    QTest.mouseRelease(lowest, LEFT, NO_KEYS, goal)
    assert order(studio) == [*before[1:], before[0]]
    assert len(studio.workspace.session.done) == steps + 1
    strike(studio.window, Qt.Key.Key_Z, CTRL)
    assert order(studio) == before
    again = row(studio, before[1])
    QTest.mousePress(again, LEFT, NO_KEYS, QPoint(60, 16))
    QTest.mouseMove(again, QPoint(60, 30))
    QTest.mouseRelease(again, LEFT, NO_KEYS, QPoint(60, 30))
    assert order(studio) == before


def test_layers_stack_or_mix(studio: Studio) -> None:
    desk, panel = studio.window.desk, studio.window.page.phrases
    assert panel.overlap.buttons["stack"].isChecked()
    QTest.mouseClick(panel.overlap.buttons["mix"], LEFT)
    assert desk.document.nodes[desk.face.masks or ""].params["overlap"] == "mix"
    studio.workspace.session.undo()
    assert desk.overlap == "stack"
    assert panel.overlap.buttons["stack"].isChecked()
    while len(desk.phrases) > 1:
        panel.details.delete()
    assert not panel.overlap.isVisible()


def test_the_edge_says_by_how_much_paint_is_feathered_and_grown(studio: Studio, qtbot: QtBot) -> None:
    desk, details = studio.window.desk, studio.window.page.phrases.details
    layer = desk.active_phrase
    assert layer is not None
    before = desk.mask(layer.id)
    details.edge.setFocus()
    QTest.keyClicks(details.edge, "1")
    assert details.edge.field is not None
    QTest.keyClicks(details.edge.field, "2")
    QTest.keyClick(details.edge.field, Qt.Key.Key_Return)
    buttons = {button.accessibleName(): button for button in details.findChildren(QToolButton)}
    for name, changed in (
        ("Feather", operations.feather(before, 12.0)),
        ("Grow", operations.grow(before, 12)),
        ("Shrink", operations.shrink(before, 12)),
    ):
        QTest.mouseClick(buttons[name], LEFT)
        qtbot.waitUntil(lambda: desk.mask(layer.id) != before)
        assert desk.mask(layer.id) == changed
        studio.workspace.session.undo()
        assert desk.mask(layer.id) == before


def test_a_layer_is_shown_alone(studio: Studio) -> None:
    desk, panel = studio.window.desk, studio.window.page.phrases
    first, *others = desk.phrases
    QTest.mouseClick(panel.row(first.id).eye, LEFT, ALT)
    assert [layer.solo for layer in desk.phrases] == [True, *(False for _ in others)]
    QTest.mouseClick(panel.row(first.id).eye, LEFT)
    assert not any(layer.solo for layer in desk.phrases)
    assert all(layer.visible for layer in desk.phrases)
    desk.activate(first.id)
    QTest.mouseClick(panel.details.solo, LEFT)
    assert desk.phrases[0].solo
    assert panel.details.solo.isChecked()


def test_the_phrase_under_the_cursor_is_marked_in_the_list(studio: Studio) -> None:
    window, prompt = studio.window, studio.window.page.prompt
    prompt.setFocus()
    strike(window, Qt.Key.Key_Home, CTRL)
    assert row(studio, "castle").property("beside") == "false"
    strike(window, Qt.Key.Key_Right, times=4)
    assert row(studio, "castle").property("beside") == "true"
    assert row(studio, "blue sky").property("beside") == "false"
    strike(window, Qt.Key.Key_End, CTRL)
    assert row(studio, "castle").property("beside") == "false"
    assert row(studio, "blue sky").property("beside") == "true"


@pytest.mark.parametrize("form", Form)
def test_layers_go_out_and_come_back_by_drop(studio: Studio, qtbot: QtBot, tmp_path: Path, form: Form) -> None:
    window, desk = studio.window, studio.window.desk
    painted = {layer.phrase: desk.mask(layer.id) for layer in desk.phrases}
    window.exchange.export_layers(tmp_path / "mine", form)
    qtbot.waitUntil(lambda: "The layers are in" in window.messages.text)
    files = sorted(tmp_path.iterdir())
    for _ in painted:
        window.page.phrases.details.delete()
    if form is Form.MASKS:
        window.exchange.import_layers(files)  # pictures that are dropped are looks
    else:
        assert drop(window, *files)
    qtbot.waitUntil(lambda: len(desk.phrases) == len(painted))
    assert window.messages.text == f"{len(painted)} layers taken over."
    assert set(order(studio)) == set(painted)
    if form is not Form.COLOUR_MAP:  # a map holds where, not how strongly, and only what is uppermost
        assert {layer.phrase: desk.mask(layer.id) for layer in desk.phrases} == painted
    assert studio.workspace.session.undo() == "Import layers"
    assert not desk.phrases


def test_a_png_dropped_on_a_phrase_is_its_paint(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window, desk = studio.window, studio.window.desk
    layer = desk.phrases[0]
    mask = operations.invert(desk.mask(layer.id))
    (tmp_path / "x.png").write_bytes(write_mask(operations.fitted(mask, 64, 64)))
    assert drop(window.page.phrases.row(layer.id), tmp_path / "x.png")
    qtbot.waitUntil(lambda: "taken over" in window.messages.text)
    assert desk.mask(layer.id) == operations.fitted(operations.fitted(mask, 64, 64), *desk.size)
    assert "was fitted to the canvas" in window.messages.text


def test_a_wrong_file_is_told_in_one_sentence(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    window, before = studio.window, studio.window.desk.document
    (tmp_path / "broken.ora").write_bytes(b"nothing")
    assert drop(window, tmp_path / "broken.ora")
    qtbot.waitUntil(lambda: window.messages.text != "")
    assert window.messages.text == "broken.ora is not an OpenRaster file, or it is damaged; save it again."
    assert window.desk.document is before
