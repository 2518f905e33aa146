"""Undo in fields: what is typed is taken back first, then it is the document's turn; by real keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.qt.application import Studio
from app.qt.canvas.fields import TextField
from app.qt.canvas.selection import Selection
from app.qt.panels.number import NumberSlider
from tests.gui.studios import CTRL, SHIFT, focus, open_studio, strike, write

UNDO, REDO = Qt.Key.Key_Z, Qt.Key.Key_Y


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        yield studio


def steps(studio: Studio) -> int:
    return len(studio.workspace.session.done)


def test_typing_in_a_number_field_is_taken_back_then_the_document(studio: Studio) -> None:
    window, field = studio.window, studio.window.page.size_panel.fields["width"]
    first = window.desk.document.size
    field.setFocus()
    field.selectAll()
    write(window, "256")
    strike(window, Qt.Key.Key_Return)
    assert window.desk.document.size == (256, 128)
    field.selectAll()
    write(window, "51")
    before = steps(studio)
    strike(window, UNDO, CTRL)
    assert (field.text(), steps(studio)) == ("256", before), "only the typing is taken back"
    strike(window, REDO, CTRL)
    assert (field.text(), steps(studio)) == ("51", before)
    strike(window, UNDO, CTRL)
    strike(window, UNDO, CTRL)
    assert (field.text(), window.desk.document.size) == ("128", first), "then the size, one step"
    strike(window, UNDO, CTRL | SHIFT)
    assert (field.text(), window.desk.document.size) == ("256", (256, 128))
    assert focus(window) is field


def test_what_enter_took_over_is_no_typing_any_more(studio: Studio) -> None:
    window, seed = studio.window, studio.window.bar.seed
    first = window.desk.seed
    seed.setFocus()
    seed.selectAll()
    write(window, "99")
    strike(window, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert window.desk.seed == 99
    strike(window, UNDO, CTRL)
    assert (window.desk.seed, seed.text()) == (first, str(first))


def test_a_slider_that_is_typed_into_gives_back_its_number_and_then_the_last_edit(studio: Studio) -> None:
    window, slider = studio.window, studio.window.page.phrases.details.strength
    slider.setFocus()
    strike(window, Qt.Key.Key_Right)
    window.desk.settle()
    moved, before = slider.value, steps(studio)
    QTest.keyClicks(slider, "3")
    field = slider.field
    assert field is not None
    assert field.text() == "3"
    strike(window, UNDO, CTRL)
    assert (field.text(), steps(studio)) == (f"{moved:.2f}", before)
    strike(window, UNDO, CTRL)
    assert (field.text(), slider.value, steps(studio)) == ("1.00", 1.0, before - 1)
    QTest.keyClicks(field, "2")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert slider.field is None
    assert slider.value == 1.0
    assert focus(window) is slider


def test_leaving_a_number_for_another_field_keeps_the_number_and_goes_there(studio: Studio) -> None:
    window, slider = studio.window, studio.window.page.phrases.details.strength
    slider.setFocus()
    QTest.keyClicks(slider, "2")
    window.page.prompt.setFocus()
    assert slider.value == 2.0
    assert slider.field is None
    assert focus(window) is window.page.prompt


def test_a_field_that_asks_nothing_of_the_document_has_an_undo_of_its_own(studio: Studio) -> None:
    window = studio.window
    window.desk.set_seed(5)
    window.desk.settle()
    strike(window, Qt.Key.Key_F3)
    window.gallery.field.setFocus()
    write(window, "owl")
    before = steps(studio)
    strike(window, UNDO, CTRL)
    assert (window.gallery.field.text(), steps(studio)) == ("", before)
    strike(window, UNDO, CTRL)
    assert steps(studio) == before - 1


def test_letters_that_the_document_hears_are_taken_back_by_it(studio: Studio, qtbot: QtBot) -> None:
    window = studio.window
    strike(window, Qt.Key.Key_F2)
    prompt = window.desk.face.prompt
    assert prompt is not None
    window.canvas.canvas.select(Selection.of(nodes=(prompt,)))
    inspector = window.graph.inspector
    qtbot.waitUntil(lambda: "text" in inspector.fields)
    field, text = inspector.fields["text"], window.desk.prompt
    assert isinstance(field, TextField)
    field.page.setFocus()
    strike(window, Qt.Key.Key_End, CTRL)
    before = steps(studio)
    write(window, " at night")
    assert window.desk.prompt == f"{text} at night"
    strike(window, UNDO, CTRL)
    assert (window.desk.prompt, field.page.toPlainText()) == (text, text)
    assert steps(studio) == before
    assert field.page.textCursor().position() == len(text)
    assert inspector.note is not None
    inspector.note.setFocus()
    write(window, "x")
    strike(window, UNDO, CTRL)
    assert inspector.note.toPlainText() == ""
    assert steps(studio) == before


def test_undo_is_never_heard_twice_on_a_slider(studio: Studio) -> None:
    window, slider = studio.window, studio.window.page.phrases.details.repel
    assert isinstance(slider, NumberSlider)
    slider.setFocus()
    for _ in range(2):
        strike(window, Qt.Key.Key_Right)
        window.desk.settle()
    before = steps(studio)
    strike(window, UNDO, CTRL)
    assert steps(studio) == before - 1
