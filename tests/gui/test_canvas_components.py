"""Components on the canvas: made, shared, made unique, taken apart, kept in a library."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from app.model.document import Document
from app.model.edits import (
    change_link,
    make_component,
    move_nodes,
    remove_nodes,
    rename_shown,
    set_parameter,
    toggle_shown,
)
from app.model.focus import Focus
from app.model.session import Session
from app.qt.canvas.inspector import Inspector
from app.qt.canvas.selection import Selection
from app.qt.canvas.wires import dots_of, with_dots
from engine.api.messages import Progress
from nodes.graph.expand import expand
from nodes.graph.model import End, Node
from nodes.registry import built_in
from tests.gui.canvas_hand import CTRL, SHIFT, Hand, painter, studio


@pytest.fixture
def hand(qtbot: QtBot) -> Hand:
    return studio(qtbot, painter())


def _make(hand: Hand, *nodes: str) -> Node:
    """Make a component of nodes and name it Look."""
    before = hand.graph
    hand.view.canvas.select(Selection.of(nodes=nodes))
    hand.key(Qt.Key.Key_G, CTRL | SHIFT)
    hand.type("Look")
    hand.key(Qt.Key.Key_Return)
    (instance,) = hand.added(before)
    return instance


def test_a_selection_becomes_one_node_wired_as_before(hand: Hand) -> None:
    instance = _make(hand, "prompt", "solve")
    assert set(hand.session.document.nodes) == {"model", "seed", "save", instance.id}
    assert hand.wires() == {f"model.base > {instance.id}.denoiser", f"{instance.id}.image > save.image"}
    card = hand.view.canvas.nodes[instance.id].card
    assert card.title == "Look"
    assert {(spot.name, spot.kind.value) for spot in card.spots} >= {("denoiser", "Denoiser"), ("image", "Image")}
    assert hand.graph.components[0].title == "Look"


def test_its_wires_keep_the_dots_that_still_lie_on_their_way(hand: Hand) -> None:
    link = next(link for link in hand.graph.links if link.source.node == "solve")
    led = change_link(hand.session.document, link, with_dots(link, [(300.0, 300.0), (760.0, 300.0)]))
    hand.session.apply("Lead", led)
    instance = _make(hand, "prompt", "solve")
    (out,) = (link for link in hand.graph.links if link.source.node == instance.id)
    assert dots_of(out) == ((760.0, 300.0),)


def test_what_was_set_inside_is_set_outside(hand: Hand) -> None:
    instance = _make(hand, "prompt", "solve")
    assert hand.graph.components[0].params.keys() == {"text"}
    block = hand.view.canvas.nodes[instance.id].card.blocks[0]
    assert block.lines == ("a rabbit by a castle",)


def test_instances_follow_one_definition_until_one_is_made_unique(hand: Hand) -> None:
    instance = _make(hand, "prompt")
    hand.view.canvas.select(Selection.of(nodes=(instance.id,)))
    hand.key(Qt.Key.Key_D, CTRL)
    copies = [node for node in hand.graph.nodes if node.component is not None]
    assert len(copies) == 2
    assert len(hand.graph.components) == 1
    hand.view.commands.run("canvas.make-unique")
    assert len({node.component for node in hand.graph.nodes if node.component is not None}) == 2


def test_taken_apart_it_is_what_it_was(hand: Hand) -> None:
    instance = _make(hand, "prompt", "solve")
    hand.view.canvas.select(Selection.of(nodes=(instance.id,)))
    hand.view.commands.run("canvas.take-apart")
    kinds = sorted(node.type for node in hand.graph.nodes)
    assert kinds == sorted(node.type for node in painter().nodes)
    assert len(hand.graph.links) == len(painter().links)
    assert hand.graph.components == ()


def test_commands_for_components_say_when_none_is_selected(hand: Hand, qtbot: QtBot) -> None:
    hand.click(hand.header("solve"))
    with qtbot.waitSignal(hand.view.told) as told:
        hand.view.commands.run("canvas.take-apart")
    assert told.args == ["Select one component first."]
    assert hand.edits == []


def test_a_kept_component_is_found_where_nodes_are_added(hand: Hand, qtbot: QtBot, tmp_path: Path) -> None:
    instance = _make(hand, "prompt", "solve")
    hand.view.parts.folder = tmp_path
    hand.view.canvas.select(Selection.of(nodes=(instance.id,)))
    with qtbot.waitSignal(hand.view.told) as told:
        hand.view.commands.run("canvas.keep-component")
    assert "“Look” is in the library" in told.args[0]

    other = studio(qtbot, painter())
    other.view.parts.folder = tmp_path
    before = other.graph
    other.double_click(QPointF(640, 560))
    other.type("look")
    other.key(Qt.Key.Key_Return)
    (placed,) = other.added(before)
    assert placed.component == other.graph.components[0].id
    assert (placed.x, placed.y) == (640, 560)


def test_a_kept_component_that_is_gone_is_told(hand: Hand, qtbot: QtBot, tmp_path: Path) -> None:
    hand.view.parts.folder = tmp_path
    with qtbot.waitSignal(hand.view.told) as told:
        hand.view.parts.insert("kept:gone.sinopia", QPointF())
    assert "gone.sinopia" in told.args[0]
    assert hand.edits == []


# Edited in place ------------------------------------------------------------------------------------------------------


def _twins(hand: Hand) -> tuple[Node, Node]:
    """Two instances of one component of the prompt and the solve."""
    first = _make(hand, "prompt", "solve")
    before = hand.graph
    hand.view.canvas.select(Selection.of(nodes=(first.id,)))
    hand.key(Qt.Key.Key_D, CTRL)
    (second,) = hand.added(before)
    return first, second


def _body(hand: Hand, node: str) -> QPointF:
    """A place on a node with neither a port nor a value."""
    box = hand.view.canvas.nodes[node].box
    return QPointF(box.center().x(), box.bottom() - 20)


def test_a_component_is_entered_edited_and_left_and_all_instances_follow(hand: Hand) -> None:
    first, second = _twins(hand)
    view, whole = hand.view, hand.graph
    hand.double_click(_body(hand, second.id))
    assert set(view.canvas.nodes) == {"prompt", "solve"}
    assert view.trail.isVisible()
    assert view.trail.words == ["Graph", "Look"]
    view.canvas.select(Selection.of(nodes=("prompt",)))
    hand.key(Qt.Key.Key_Delete)
    assert set(view.canvas.nodes) == {"solve"}
    (definition,) = hand.graph.components
    assert [node.id for node in definition.nodes] == ["solve"]
    hand.key(Qt.Key.Key_Up, CTRL)
    assert {first.id, second.id} <= set(view.canvas.nodes)
    assert view.canvas.selection == Selection.of(nodes=(second.id,))
    assert not view.trail.isVisible()
    for instance in (first, second):
        assert "Text" not in {line.title for line in view.canvas.nodes[instance.id].card.lines}
    hand.session.undo()
    assert hand.graph == whole


def test_undo_works_inside_and_leads_out_when_the_component_goes(hand: Hand) -> None:
    instance = _make(hand, "prompt", "solve")
    hand.view.walking.enter(instance.id)
    hand.drag(hand.header("solve"), hand.header("solve") + QPointF(64, 32))
    assert [node.x for node in hand.graph.components[0].nodes] == [0, 464]
    hand.session.undo()
    assert hand.view.canvas.nodes["solve"].x() == 400
    while hand.session.undo():
        pass
    assert hand.view.focus.places == ()
    assert set(hand.view.canvas.nodes) == {"prompt", "model", "seed", "solve", "save"}


def test_the_way_back_is_a_row_of_buttons_and_the_view_is_as_it_was(hand: Hand) -> None:
    outer = _make(hand, "prompt", "solve")
    hand.view.walking.enter(outer.id)
    hand.view.canvas.select(Selection.of(nodes=("solve",)))
    hand.key(Qt.Key.Key_G, CTRL | SHIFT)
    hand.key(Qt.Key.Key_Escape)
    hand.view.walking.leave()
    hand.view.navigation.zoom_to(0.6)
    hand.view.centre_on(QPointF(123, 45))
    hand.view.walking.enter(outer.id)
    (inner,) = (name for name, item in hand.view.canvas.nodes.items() if item.node.component is not None)
    hand.view.walking.enter(inner)
    assert hand.view.trail.words == ["Graph", "Look", "Component"]
    assert hand.view.trail.width() > 120, "all steps have room"
    first, _second = (step for step in hand.view.trail.findChildren(QToolButton) if step.isVisible())
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert hand.view.focus.places == ()
    assert hand.view.zoom == 0.6
    assert (hand.view.visible().center() - QPointF(123, 45)).manhattanLength() < 4


def test_inside_it_is_seen_what_instances_feed(hand: Hand, qtbot: QtBot) -> None:
    instance = _make(hand, "solve")
    hand.view.walking.enter(instance.id)
    inspector = Inspector(hand.view.focus, hand.view.registry, hand.view.facts)
    qtbot.addWidget(inspector)
    inspector.show_nodes(["solve"])
    said = [label.text() for label in inspector.findChildren(QLabel)]
    assert {"Denoiser ← from outside", "Prompt ← from outside"} <= set(said)
    wired = {spot.name: spot.wired for spot in hand.view.canvas.nodes["solve"].card.spots}
    assert (wired["prompt"], wired["image"], wired["style"]) == (True, True, False)
    inspector.leave()


def test_what_is_deleted_inside_takes_its_outer_wires_along(hand: Hand) -> None:
    instance = _make(hand, "prompt", "solve")
    hand.view.walking.enter(instance.id)
    hand.view.canvas.select(Selection.of(nodes=("solve",)))
    hand.key(Qt.Key.Key_Delete)
    hand.view.walking.leave()
    assert hand.wires() == set()
    hand.session.undo()
    assert f"{instance.id}.image > save.image" in hand.wires()


def test_a_component_cannot_be_put_into_itself(hand: Hand, qtbot: QtBot) -> None:
    instance = _make(hand, "prompt", "solve")
    hand.view.canvas.select(Selection.of(nodes=(instance.id,)))
    hand.key(Qt.Key.Key_C, CTRL)
    hand.view.walking.enter(instance.id)
    before = hand.graph
    with qtbot.waitSignal(hand.view.told) as told:
        hand.key(Qt.Key.Key_V, CTRL)
    assert told.args == ["“Look” cannot lie inside itself. Choose another component."]
    assert hand.graph == before
    hand.key(Qt.Key.Key_Tab)
    assert hand.view.choosing.search is not None
    assert "Look" not in [found.candidate.title for found in hand.view.choosing.search.shown()]


def test_problems_and_progress_inside_are_shown_inside(hand: Hand, qtbot: QtBot) -> None:
    instance = _make(hand, "solve")
    hand.view.walking.enter(instance.id)
    hand.view.facts.hear(Progress("job", f"{instance.id}/solve", 0, 1, 5, 20, ""), {})
    assert hand.view.canvas.nodes["solve"].card.facts.progress == 0.25
    hand.view.canvas.select(Selection.of(nodes=("solve",)))
    hand.view.commit("Steps", set_parameter(hand.view.document, "solve", "steps", -1))
    qtbot.waitUntil(lambda: "steps is -1" in hand.view.canvas.nodes["solve"].card.problem)
    hand.view.walking.leave()
    assert hand.view.canvas.nodes[instance.id].card.facts.progress == 0.25
    qtbot.waitUntil(lambda: "steps is -1" in hand.view.canvas.nodes[instance.id].card.problem)


def test_an_instance_is_run_by_the_inner_nodes_that_give_its_outputs(hand: Hand, qtbot: QtBot) -> None:
    instance = _make(hand, "prompt", "solve")
    with qtbot.waitSignal(hand.view.looked) as told:
        hand.click(hand.header(instance.id), keys=CTRL | SHIFT)
    assert told.args == [(f"{instance.id}/solve",)]


def test_a_setting_is_shown_outside_and_renamed_with_its_wires_and_values(hand: Hand, qtbot: QtBot) -> None:
    first, second = _twins(hand)
    hand.view.walking.enter(first.id)
    hand.view.canvas.select(Selection.of(nodes=("solve",)))
    hand.view.commands.run("canvas.show-outside")
    hand.type("show steps")
    hand.key(Qt.Key.Key_Return)
    hand.view.walking.leave()
    for instance in (first, second):
        hand.view.commit("Set", set_parameter(hand.view.document, instance.id, "steps", 7))
    hand.view.walking.enter(first.id)
    inspector = Inspector(hand.view.focus, hand.view.registry, hand.view.facts)
    qtbot.addWidget(inspector)
    for heading, fresh in (("settings steps", "Detail"), ("inputs denoiser", "Model"), ("outputs image", "Picture")):
        field = inspector.names[heading]
        field.setText(fresh)
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert [hand.session.document.nodes[each.id].params["Detail"] for each in (first, second)] == [7, 7]
    assert hand.wires() == {f"model.base > {first.id}.Model", f"{first.id}.Picture > save.image"}
    assert expand(hand.graph).problems == ()
    inspector.leave()


def test_a_component_travels_by_a_file(hand: Hand, qtbot: QtBot, tmp_path: Path) -> None:
    instance = _make(hand, "prompt", "solve")
    path = tmp_path / "anything.sinopia"
    with qtbot.waitSignal(hand.view.told):
        hand.view.parts.save_to(instance.id, path)
    other = studio(qtbot, painter())
    before = other.graph
    other.view.parts.insert_file(path, QPointF(640, 560))
    (placed,) = other.added(before)
    assert placed.component == other.graph.components[0].id
    assert other.graph.components[0].title == "Look"


@given(st.lists(st.tuples(st.sampled_from(["delete", "show", "rename", "move"]), st.integers(0, 9)), max_size=12))
@settings(max_examples=40, deadline=None)
def test_any_edits_inside_are_undone_and_leave_a_graph_that_expands(edits: list[tuple[str, int]]) -> None:
    session = Session(Document(painter()))
    document, instance = make_component(session.document, ("prompt", "solve"), "Look")
    session.apply("Make", document)
    before, focus = session.document, Focus(session)
    focus.enter(instance)
    for what, number in edits:
        _edit_inside(focus, what, number)
    graph = session.document.graph
    assert not [problem for problem in expand(graph).problems if problem.port is not None], "no wire leads nowhere"
    while len(session.done) > 1:
        session.undo()
    assert session.document == before


def _edit_inside(focus: Focus, what: str, number: int) -> None:
    nodes, held = focus.document.graph.nodes, focus.component
    assert held is not None
    if what == "delete" and nodes:
        focus.apply("Delete", remove_nodes(focus.document, [nodes[number % len(nodes)].id], built_in(), False))
    elif what == "move" and nodes:
        focus.apply("Move", move_nodes(focus.document, {nodes[0].id: (number, number)}))
    elif what == "show" and nodes:
        end = End(nodes[number % len(nodes)].id, "text" if nodes[number % len(nodes)].id == "prompt" else "steps")
        shown = toggle_shown(focus.session.document, held.id, end, output=False, setting=True)
        focus.session.apply("Show", shown)
    elif what == "rename" and held.inputs:
        name = list(held.inputs)[number % len(held.inputs)]
        focus.session.apply(
            "Rename", rename_shown(focus.session.document, held.id, name, f"n{number}x{len(name)}", output=False)
        )
