"""The inspector's fields under real mouse and key events; what counts is what the document says afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.model.document import Document
from app.model.focus import Focus
from app.model.session import Session
from app.qt.canvas.facts import Facts, NodeFacts
from app.qt.canvas.fields import (
    CheckField,
    ChoiceField,
    ChoicesField,
    LineField,
    PhrasesField,
    SeedField,
    SliderField,
    TextField,
    field_for,
)
from app.qt.canvas.inspector import Inspector
from app.qt.canvas.scale import Scale, typed
from app.qt.panels.number import NumberSlider
from engine.api.report import StepOutcome
from nodes.graph.model import Node
from nodes.registry import built_in
from nodes.specs.declare import Kind, Parameter
from nodes.specs.values import value_fault
from tests.gui.canvas_hand import graph_of, painter, wire

LEFT, NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
BOUNDED = [
    parameter
    for spec in built_in()
    for parameter in spec.parameters
    if parameter.kind in (Kind.INTEGER, Kind.NUMBER) and Scale.of(parameter) is not None
]


@pytest.fixture
def session() -> Session:
    graph = painter()
    masks = Node("masks", "sinopia.phrase-masks", params={"layers": [{"id": "a", "phrase": "a rabbit"}]})
    return Session(Document(replace(graph, nodes=(*graph.nodes, masks, Node("x", "elsewhere.glow", params={"p": 1})))))


@pytest.fixture
def facts() -> Facts:
    return Facts()


@pytest.fixture
def inspector(qtbot: QtBot, session: Session, facts: Facts) -> Inspector:
    shown = Inspector(Focus(session), built_in(), facts)
    shown.resize(320, 900)
    qtbot.addWidget(shown)
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def _slider(inspector: Inspector, name: str) -> NumberSlider:
    field = inspector.fields[name]
    assert isinstance(field, SliderField)
    return field.slider


def _mouse(widget: QWidget, kind: QEvent.Type, x: float, held: bool, keys: Qt.KeyboardModifier = NONE) -> None:
    place = QPointF(x, widget.height() / 2)
    button = NO_BUTTON if kind == QEvent.Type.MouseMove else LEFT
    there = QPointF(widget.mapToGlobal(place.toPoint()))
    QApplication.sendEvent(widget, QMouseEvent(kind, place, there, button, LEFT if held else NO_BUTTON, keys))


def _drag(widget: QWidget, start: float, end: float, keys: Qt.KeyboardModifier = NONE) -> None:
    _mouse(widget, QEvent.Type.MouseButtonPress, start, True, keys)
    for step in range(1, 6):
        _mouse(widget, QEvent.Type.MouseMove, start + (end - start) * step / 5, True, keys)
    _mouse(widget, QEvent.Type.MouseButtonRelease, end, False, keys)


def _wheel(widget: QWidget, notches: int) -> QWheelEvent:
    place = QPointF(widget.rect().center())
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(place, place, QPoint(), QPoint(0, 120 * notches), NO_BUTTON, NONE, phase, False)
    QApplication.sendEvent(widget, event)
    return event


def _type(widget: QWidget, text: str) -> None:
    for letter in text:
        QApplication.sendEvent(
            widget.focusWidget() if widget.focusWidget() is not None else widget,
            QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, NONE, letter),
        )


def _value(session: Session, node: str, name: str) -> object:
    return session.document.nodes[node].params.get(name)


# Scales ---------------------------------------------------------------------------------------------------------------


@given(st.sampled_from(BOUNDED), st.floats(0, 1))
def test_every_place_on_a_slider_is_a_value_that_suits(parameter: Parameter, share: float) -> None:
    scale = Scale.of(parameter)
    assert scale is not None
    value = scale.at(share)
    assert value_fault(parameter, value) is None
    assert scale.at(0) == parameter.minimum
    assert scale.at(1) == parameter.maximum
    # The figure shown is the place pointed at, but for rounding.
    assert scale.at(share - 0.02) <= value <= scale.at(share + 0.02)


@given(st.sampled_from(BOUNDED), st.floats(0, 1), st.sampled_from([1.0, -1.0]))
def test_a_step_goes_the_right_way_and_stays_inside(parameter: Parameter, share: float, steps: float) -> None:
    scale = Scale.of(parameter)
    assert scale is not None
    value = scale.at(share)
    stepped = scale.stepped(value, steps)
    assert value_fault(parameter, stepped) is None
    at_end = value in (scale.low, scale.high)
    assert at_end or (stepped - value) * steps > 0


@pytest.mark.parametrize(("text", "value"), [("12", 12), ("0,5", 0.5), (" 3 px ", 3), ("1e-3", 0.001), ("", None)])
def test_numbers_are_read_as_people_write_them(text: str, value: float | None) -> None:
    parameter = Parameter("width", Kind.NUMBER, 1.0, "", unit="px", minimum=0, maximum=100, optional=True)
    assert typed(parameter, text).value == value
    assert typed(parameter, text).fault == ""


@pytest.mark.parametrize(("text", "told"), [("many", "is not a number"), ("3000", "from 1 to 1000"), ("1.5", "whole")])
def test_what_is_no_such_number_is_told(text: str, told: str) -> None:
    parameter = Parameter("steps", Kind.INTEGER, 20, "", minimum=1, maximum=1000)
    assert told in typed(parameter, text).fault


# Sliders --------------------------------------------------------------------------------------------------------------


def test_a_drag_is_one_edit(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["solve"])
    slider = _slider(inspector, "guidance")
    _drag(slider, 20, 20 + slider.width() / 10)
    assert _value(session, "solve", "guidance") == pytest.approx(8.0, abs=0.3)
    _drag(slider, 20, 20 - slider.width() / 10)
    assert [entry.label for entry in session.done] == ["Change Guidance", "Change Guidance"]
    session.undo()
    session.undo()
    assert _value(session, "solve", "guidance") is None
    assert slider.value == 3.0


def test_shift_drags_finely(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["solve"])
    slider = _slider(inspector, "guidance")
    _drag(slider, 20, 20 + slider.width() / 10, SHIFT)
    assert _value(session, "solve", "guidance") == pytest.approx(3.5, abs=0.06)


def test_typing_takes_exact_numbers_and_refuses_others(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["solve"])
    slider = _slider(inspector, "steps")
    slider.setFocus()
    _type(slider, "3")
    assert slider.field is not None
    _type(slider.field, "7")
    QTest.keyClick(slider.field, Qt.Key.Key_Return)
    assert _value(session, "solve", "steps") == 37
    _type(slider, "9999")
    assert slider.field is not None
    slider.field.setText("9999")
    QTest.keyClick(slider.field, Qt.Key.Key_Return)
    assert _value(session, "solve", "steps") == 37
    assert "from 1 to 1000" in inspector.fields["steps"].fault


def test_a_double_click_gives_the_default(inspector: Inspector, session: Session) -> None:
    session.apply("Set", _with(session, "solve", steps=99))
    inspector.show_nodes(["solve"])
    _mouse(_slider(inspector, "steps"), QEvent.Type.MouseButtonDblClick, 30, True)
    assert _value(session, "solve", "steps") is None
    assert _slider(inspector, "steps").value == 20


def test_the_wheel_turns_only_what_has_the_focus(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["solve"])
    slider = _slider(inspector, "steps")
    inspector.setFocus()
    assert not _wheel(slider, 1).isAccepted()
    assert _value(session, "solve", "steps") is None
    slider.setFocus()
    assert _wheel(slider, 1).isAccepted()
    value = _value(session, "solve", "steps")
    assert isinstance(value, int)
    assert value > 20


def test_an_optional_number_is_automatic_until_it_is_set(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["solve"])
    slider = _slider(inspector, "sigma_start")
    assert slider.automatic
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert _value(session, "solve", "sigma_start") is not None
    QTest.keyClick(slider, Qt.Key.Key_Delete)
    assert _value(session, "solve", "sigma_start") is None
    assert slider.automatic


def _with(session: Session, name: str, **params: object) -> Document:
    nodes = [replace(n, params={**n.params, **params}) if n.id == name else n for n in session.document.graph.nodes]
    return Document(replace(session.document.graph, nodes=tuple(nodes)))


# Other kinds ----------------------------------------------------------------------------------------------------------


def test_every_declared_parameter_has_a_field_that_shows_its_default(qtbot: QtBot) -> None:
    for spec in built_in():
        for parameter in spec.parameters:
            field = field_for(parameter)
            qtbot.addWidget(field)
            field.show_value(parameter.default)
            assert field.fault == "", f"{spec.type}.{parameter.name}"


def test_a_text_is_written_letter_by_letter_and_is_one_edit(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["prompt"])
    field = inspector.fields["text"]
    assert isinstance(field, TextField)
    field.page.setFocus()
    field.page.selectAll()
    for letter in "a fox":
        QTest.keyClicks(field.page, letter)
    inspector.setFocus()
    assert _value(session, "prompt", "text") == "a fox"
    assert [entry.label for entry in session.done] == ["Change Text"]


def test_undo_is_seen_in_the_field(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["prompt"])
    field = inspector.fields["text"]
    assert isinstance(field, TextField)
    field.page.setPlainText("a fox")
    session.undo()
    assert field.page.toPlainText() == "a rabbit by a castle"


def test_choices_checks_and_seeds(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["solve"])
    sampler, encoders, seed = (inspector.fields[name] for name in ("sampler", "encoders", "seed"))
    assert isinstance(sampler, ChoiceField)
    sampler.combo.setFocus()
    QTest.keyClick(sampler.combo, Qt.Key.Key_End)
    assert _value(session, "solve", "sampler") == sampler.parameter.choices[-1]
    assert isinstance(encoders, ChoicesField)
    encoders.buttons["t5"].click()
    assert _value(session, "solve", "encoders") == ["clip_text", "clip_image"]
    assert isinstance(seed, SeedField)
    seed.dice.click()
    thrown = _value(session, "solve", "seed")
    assert isinstance(thrown, int)
    assert seed.line.text() == str(thrown), "the seed shown is the seed used"
    seed.line.setText("-5")
    QTest.keyClick(seed.line, Qt.Key.Key_Return)
    assert _value(session, "solve", "seed") == thrown
    assert seed.fault


def test_a_check_box_and_the_painted_phrases(inspector: Inspector, session: Session, qtbot: QtBot) -> None:
    inspector.show_nodes(["masks"])
    isolate, layers = inspector.fields["isolate"], inspector.fields["layers"]
    assert isinstance(isolate, CheckField)
    isolate.box.click()
    assert _value(session, "masks", "isolate") is True
    assert isinstance(layers, PhrasesField)
    with qtbot.waitSignal(inspector.paint_wanted) as told:
        layers.button.click()
    assert told.args == ["masks", "layers"]


def test_a_list_of_numbers(qtbot: QtBot) -> None:
    field = field_for(Parameter("weights", Kind.NUMBERS, [], "", minimum=0, maximum=10))
    qtbot.addWidget(field)
    assert isinstance(field, LineField)
    field.line.setText("1; 0.5")
    with qtbot.waitSignal(field.changed) as told:
        QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert told.args == [[1.0, 0.5]]
    field.line.setText("heavy")
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert "no list of numbers" in field.fault


# The panel ------------------------------------------------------------------------------------------------------------


def test_a_driven_value_names_its_source_instead_of_a_field(inspector: Inspector, session: Session) -> None:
    graph = session.document.graph
    session.apply("Wire", Document(replace(graph, links=(*graph.links, wire("seed.seed > solve.seed")))))
    inspector.show_nodes(["solve"])
    assert "seed" not in inspector.fields
    session.undo()
    assert "seed" in inspector.fields


def test_several_nodes_of_one_type_change_together(inspector: Inspector, session: Session) -> None:
    graph = session.document.graph
    other = Node("other", "sinopia.denoise", x=400, y=600)
    session.apply("Add", Document(replace(graph, nodes=(*graph.nodes, other))))
    inspector.show_nodes(["solve", "other", "seed"])
    assert inspector.nodes == ("solve", "other")
    slider = _slider(inspector, "guidance")
    _drag(slider, 20, 60)
    assert _value(session, "solve", "guidance") == _value(session, "other", "guidance") is not None


def test_title_and_note(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["solve"])
    assert inspector.title is not None
    inspector.title.setText("Base")
    QTest.keyClick(inspector.title, Qt.Key.Key_Return)
    assert session.document.nodes["solve"].title == "Base"
    assert inspector.note is not None
    inspector.note.setPlainText("Try fewer steps")
    assert session.document.nodes["solve"].note == "Try fewer steps"


def test_a_node_that_goes_leaves_nothing_behind(inspector: Inspector, session: Session) -> None:
    inspector.show_nodes(["solve"])
    session.apply("Remove", Document(graph_of(())))
    assert inspector.nodes == ()
    assert inspector.fields == {}


def test_an_unknown_type_is_told(inspector: Inspector) -> None:
    inspector.show_nodes(["x"])
    assert inspector.fields == {}
    assert inspector.nodes == ("x",)


def test_inputs_results_and_what_happened_are_told(
    inspector: Inspector, session: Session, facts: Facts, qtbot: QtBot
) -> None:
    inspector.show_nodes(["save"])
    session.apply("Cut", Document(replace(session.document.graph, links=())))
    assert "Image ← nothing wired yet" in _said(inspector)
    session.undo()
    assert "Image ← Denoise" in _said(inspector)
    inspector.show_nodes(["solve"])
    assert "It did not run yet." in _said(inspector)
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    told = NodeFacts(seconds=3.0, outcome=StepOutcome.RAN, why="steps changed", notes=("Drawn at 32 x 32.",))
    facts.put("solve", told.with_preview(image))
    assert "Ran in 3.0 s, because steps changed.\n\nDrawn at 32 x 32." in _said(inspector)
    assert inspector.result is not None
    assert inspector.result.isVisible()
    buttons = (button for button in inspector.findChildren(QPushButton) if button.isVisible())
    run = next(button for button in buttons if button.text() == "Run to Here")
    with qtbot.waitSignal(inspector.run_wanted) as wanted:
        QTest.mouseClick(run, LEFT)
    assert wanted.args == ["solve"]
    with qtbot.waitSignal(inspector.look_wanted):
        QTest.mouseClick(inspector.result, LEFT)


def test_values_and_choices_are_called_by_their_titles(inspector: Inspector) -> None:
    inspector.show_nodes(["solve"])
    sampler, encoders = inspector.fields["sampler"], inspector.fields["encoders"]
    assert isinstance(sampler, ChoiceField)
    assert sampler.combo.findText("DPM++ 2M") >= 0
    assert isinstance(encoders, ChoicesField)
    assert [button.text() for button in encoders.buttons.values()] == ["CLIP", "T5", "Style"]
    for spec in built_in():
        for parameter in spec.parameters:
            assert parameter.label[0].isupper()
            assert "_" not in parameter.label
            assert not any("_" in parameter.choice_label(choice) for choice in parameter.choices)


def _said(inspector: Inspector) -> list[str]:
    QApplication.processEvents()
    return [label.text() for label in inspector.findChildren(QLabel) if label.isVisible()]
