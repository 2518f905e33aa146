"""Components on the canvas: made, shared, made unique, taken apart, kept in a library."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.qt.canvas.selection import Selection
from nodes.graph.model import Node
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
