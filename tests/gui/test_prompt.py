"""The sentence: what the model makes of its words, near words, further prompts, phrases and the caret."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QPaintEvent, QRegion, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from app.model import edits
from app.model.face import face_of
from app.qt.application import Studio
from app.qt.sentence.field import SentenceField
from app.tokens.reader import SentenceReader
from engine.api.shipped import CARD
from nodes.graph.model import End, Link
from tests.gui.studios import CTRL, NO_KEYS, SHIFT, open_studio, select_last_words, strike, write

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # popups, where nothing is on a screen
LEFT = Qt.MouseButton.LeftButton
READER = SentenceReader(CARD.parent)
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    """A studio with nothing written yet, and the cursor in the sentence."""
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        studio.workspace.new()
        studio.window.page.prompt.setFocus()
        yield studio


def checked(qtbot: QtBot, field: SentenceField) -> None:
    """Wait until the text as it is was looked at."""
    qtbot.waitUntil(lambda: field.known is not None)


def place_of(field: SentenceField, words: str) -> QPoint:
    """The middle of words, in the viewport."""
    start = field.toPlainText().index(words)
    cursor = QTextCursor(field.document())
    cursor.setPosition(start)
    left = field.cursorRect(cursor)
    cursor.setPosition(start + len(words))
    return QPoint((left.x() + field.cursorRect(cursor).x()) // 2, left.center().y())


def hover(field: SentenceField, words: str) -> str:
    """What is told when the mouse rests on words."""
    at = place_of(field, words)
    QApplication.sendEvent(field.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, at, field.viewport().mapToGlobal(at)))
    return QToolTip.text()


def open_menu(qtbot: QtBot) -> QMenu:
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


class Painted(QObject):
    """What of a field was drawn anew since this was made."""

    def __init__(self, field: SentenceField) -> None:
        super().__init__(field)
        self.region = QRegion()
        field.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


def test_hovering_a_phrase_tells_what_it_steers(studio: Studio, qtbot: QtBot) -> None:
    window, prompt = studio.window, studio.window.page.prompt
    write(window, "a castle under a blue sky")
    select_last_words(window, 2)
    strike(window, Qt.Key.Key_P, CTRL)
    assert not window.page.prompt.textCursor().hasSelection(), "the words show the colour of their paint"
    checked(qtbot, prompt)
    told = hover(prompt, "blue sky")
    read = READER.read("a castle under a blue sky")
    assert read.told_of(17, 25).startswith("Steers CLIP column")
    assert f"“blue sky”: {read.told_of(17, 25)}" in told
    hover(prompt, "castle")
    qtbot.waitUntil(lambda: QToolTip.text() == "")
    assert window.page.sentence.lines.count.told == read.fullness


def test_words_that_fall_off_the_end_are_told_and_marked(studio: Studio, qtbot: QtBot) -> None:
    window, prompt = studio.window, studio.window.page.prompt
    count = window.page.sentence.lines.count
    lengths = (READER.read("a castle and " * count + "an owl") for count in itertools.count())
    prompt.insertPlainText(next(read.text for read in lengths if read.encoders[0].overflows))
    checked(qtbot, prompt)
    assert "falls off the end of CLIP; only T5 reads it" in count.told
    assert count.objectName() == "warning"
    assert prompt.extraSelections() == []
    text = prompt.toPlainText()
    lengths = (READER.read(text + " and a tree" * count) for count in itertools.count())
    prompt.insertPlainText(next(read.text for read in lengths if read.unread is not None)[len(text) :])
    checked(qtbot, prompt)
    assert count.told.startswith("No encoder reads as far as “")
    (faded,) = prompt.extraSelections()
    assert faded.cursor.selectedText().endswith("tree")
    strike(window, Qt.Key.Key_A, CTRL)
    strike(window, Qt.Key.Key_Delete)
    checked(qtbot, prompt)
    assert (count.told, count.objectName()) == ("", "quiet")


def test_an_unknown_word_is_underlined_once_it_is_written(studio: Studio, qtbot: QtBot) -> None:
    window, prompt = studio.window, studio.window.page.prompt
    write(window, "a zeppelin by a castle")
    checked(qtbot, prompt)
    assert prompt.underlined == ("zeppelin",)
    assert "not among the words that Storybook knows" in hover(prompt, "zeppelin")
    write(window, " statr")
    checked(qtbot, prompt)
    assert prompt.underlined == ("zeppelin",)
    painted = Painted(prompt)
    qtbot.waitUntil(lambda: prompt.underlined == ("zeppelin", "statr"))
    qtbot.waitUntil(lambda: painted.region.contains(place_of(prompt, "statr")))


def test_near_words_are_taken_by_keys_in_one_step_and_the_phrase_stays_bound(studio: Studio, qtbot: QtBot) -> None:
    window, desk, prompt = studio.window, studio.window.desk, studio.window.page.prompt
    write(window, "a castel")
    strike(window, Qt.Key.Key_P, CTRL)
    prompt.setFocus()
    checked(qtbot, prompt)
    steps = len(studio.workspace.session.done)
    strike(window, Qt.Key.Key_Return, ALT)
    menu = open_menu(qtbot)
    assert menu.actions()[1].text() == "castle"
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert desk.prompt == "a castle"
    assert prompt.textCursor().position() == len("a castle")
    (layer,) = desk.phrases
    assert (layer.phrase, layer.start, layer.end, layer.lost) == ("castle", 2, 8, False)
    assert len(studio.workspace.session.done) == steps + 1
    strike(window, Qt.Key.Key_Z, CTRL)
    assert desk.prompt == "a castel"
    assert [layer.phrase for layer in desk.phrases] == ["castel"]


def test_near_words_are_in_the_menu_of_the_mouse(studio: Studio, qtbot: QtBot) -> None:
    window, desk, prompt = studio.window, studio.window.desk, studio.window.page.prompt
    write(window, "an oowl under a zzz")
    checked(qtbot, prompt)
    at = place_of(prompt, "zzz")
    QApplication.sendEvent(
        prompt.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, prompt.viewport().mapToGlobal(at)),
    )
    menu = open_menu(qtbot)
    inside = menu.findChildren(QMenu)
    assert all(each.isWindow() for each in inside), "none is drawn over the menu itself"
    assert not {"Undo", "Redo"} & {each.text().replace("&", "").split("\t")[0] for each in menu.actions()}
    (others,) = [each for each in inside if each.title() == "Every sky it knows"]
    next(action for action in others.actions() if action.text() == "starry sky").trigger()
    menu.close()
    assert desk.prompt == "an oowl under a starry sky"
    checked(qtbot, prompt)
    assert prompt.underlined == ("oowl",)


def test_a_known_word_has_no_near_ones(studio: Studio, qtbot: QtBot) -> None:
    write(studio.window, "a castle")
    checked(qtbot, studio.window.page.prompt)
    strike(studio.window, Qt.Key.Key_Return, ALT)
    assert "Nothing is wrong" in studio.window.messages.text


def test_the_negative_prompt_is_opened_written_and_removed(studio: Studio, qtbot: QtBot) -> None:
    window, desk, lines = studio.window, studio.window.desk, studio.window.page.sentence.lines
    before = desk.document
    assert not lines.negative.isVisible()
    QTest.mouseClick(lines.add_negative, LEFT)
    assert lines.negative.isVisible()
    assert not lines.add_negative.isVisible()
    assert lines.negative.field.hasFocus()
    write(window, "a storm")
    node = desk.face.negative
    assert node is not None
    assert desk.document.nodes[node].params["text"] == "a storm"
    strike(window, Qt.Key.Key_Z, CTRL)
    strike(window, Qt.Key.Key_Z, CTRL)
    assert desk.document == before
    assert not lines.negative.isVisible()
    strike(window, Qt.Key.Key_Z, CTRL | SHIFT)
    QTest.mouseClick(lines.negative.remove, LEFT)
    assert desk.document.graph == before.graph


def test_further_prompts_are_opened_from_the_menu(studio: Studio) -> None:
    window, lines = studio.window, studio.window.page.sentence.lines
    window.actions_["phrase.negative"].trigger()
    assert lines.negative.field.hasFocus()
    window.actions_["phrase.switch"].trigger()
    assert lines.switch.field.hasFocus()
    steps = len(studio.workspace.session.done)
    window.actions_["phrase.negative"].trigger()
    assert lines.negative.field.hasFocus()
    assert len(studio.workspace.session.done) == steps


def test_a_second_sentence_has_its_part_of_the_steps(studio: Studio) -> None:
    window, desk, lines = studio.window, studio.window.desk, studio.window.page.sentence.lines
    write(window, "a castle on snow")
    desk.settle()
    QTest.mouseClick(lines.add_switch, LEFT)
    assert lines.switch.field.toPlainText() == "a castle on snow"
    write(window, "a house")
    assert desk.prompt == "a castle on snow"
    second, switch = desk.face.second_prompt, desk.face.switch
    assert second is not None
    assert switch is not None
    assert desk.document.nodes[second].params["text"] == "a house"
    lines.switch.after.setFocus()
    QTest.keyClick(lines.switch.after, Qt.Key.Key_Right)
    assert desk.document.nodes[switch].params["at"] == pytest.approx(0.51)
    QTest.mouseClick(lines.switch.remove, LEFT)
    assert desk.face.switch is None
    assert desk.prompt == "a castle on snow"


def test_what_only_the_graph_knows_is_said_so(studio: Studio, qtbot: QtBot) -> None:
    desk, lines = studio.window.desk, studio.window.page.sentence.lines
    write(studio.window, "a castle")
    qtbot.waitUntil(lambda: bool(lines.count.told))
    registry = studio.workspace.registry
    switched = edits.add_switch(desk.document, registry)
    switch = face_of(switched, registry).switch
    assert switch is not None
    driven = edits.connect(switched, registry, End(switch, "conditioning"), End("base", "negative"))
    spec = registry.get("sinopia.text-list")
    assert spec is not None
    listed = edits.add_node(driven, spec, "list")
    assert desk.invitation.startswith("Select words")
    desk.edit("Wire", lambda _document: edits.connect(listed, registry, End("list", "texts"), End("prompt", "text")))
    assert "driven by the graph" in desk.invitation
    for field in (lines.negative.field, studio.window.page.prompt):
        assert (field.toPlainText(), field.placeholderText()) == ("", "Driven by the graph.")
    (told,) = (each for each in studio.window.page.phrases.findChildren(QLabel) if each.text().startswith("The sente"))
    assert told.isVisible()
    assert not studio.window.page.sentence.paint.isEnabled()
    qtbot.waitUntil(lambda: lines.count.told == "")
    assert lines.negative.field.isReadOnly()
    assert not lines.negative.remove.isEnabled()
    assert studio.window.page.prompt.isReadOnly()
    assert Link(End("list", "texts"), End("prompt", "text")) in desk.document.graph.links


def test_a_sentence_is_scrolled_only_where_it_does_not_fit(studio: Studio, qtbot: QtBot) -> None:
    write(studio.window, "a castle")
    strike(studio.window, Qt.Key.Key_Return)
    write(studio.window, "on a hill")
    bar = studio.window.page.prompt.verticalScrollBar()
    assert (bar.isVisible(), bar.maximum()) == (False, 0)
    strike(studio.window, Qt.Key.Key_Return)
    qtbot.waitUntil(bar.isVisible)


def test_a_double_click_on_a_phrase_chooses_its_layer(studio: Studio) -> None:
    window, desk, prompt = studio.window, studio.window.desk, studio.window.page.prompt
    write(window, "a red boat under a blue sky")
    select_last_words(window, 2)
    strike(window, Qt.Key.Key_P, CTRL)
    prompt.setFocus()
    strike(window, Qt.Key.Key_Home)
    strike(window, Qt.Key.Key_Right, CTRL)
    strike(window, Qt.Key.Key_Right, CTRL | SHIFT, 2)
    strike(window, Qt.Key.Key_P, CTRL)
    sky, boat = desk.phrases
    assert desk.active == boat.id
    QTest.mouseDClick(prompt.viewport(), LEFT, NO_KEYS, place_of(prompt, "sky"))
    assert desk.active == sky.id
    assert prompt.textCursor().selectedText() == "blue sky"
    QTest.mouseDClick(prompt.viewport(), LEFT, NO_KEYS, place_of(prompt, "under"))
    assert desk.active == sky.id
    assert prompt.textCursor().selectedText() == "under"


def test_typing_goes_on_while_words_are_looked_at(studio: Studio, qtbot: QtBot) -> None:
    prompt = studio.window.page.prompt
    heard: list[object] = []
    prompt.checked.connect(heard.append)
    write(studio.window, "a castle and a zeppelin")
    checked(qtbot, prompt)
    assert prompt.known is not None
    assert prompt.known.text == "a castle and a zeppelin"
    assert len(heard) < 10
