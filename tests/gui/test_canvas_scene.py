"""The items follow the graph: only what differs is touched, and what is shown is what is so."""

from __future__ import annotations

from dataclasses import replace as replace_document
from itertools import combinations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.examples.projects import EXAMPLES
from app.model.document import Document
from app.model.edits import PictureFile, add_asset
from app.model.session import Session
from app.qt.canvas.card import Card
from app.qt.canvas.facts import Facts, NodeFacts, happened
from app.qt.canvas.frame_item import TITLE_HEIGHT
from app.qt.canvas.hits import Hit
from app.qt.canvas.look import DARK, LETTERS, LIGHT, WORLD
from app.qt.canvas.node_item import BLOCK_BELOW
from app.qt.canvas.overview import OVERVIEW_BELOW
from app.qt.canvas.tips import tip_of
from app.qt.canvas.view import CanvasView
from engine.api.errors import Problem as Trouble
from engine.api.errors import ProblemCode
from engine.api.messages import JobStarted, NodeDone, NodeFailed, Progress
from engine.api.report import Reason, StepOutcome, Why
from nodes.graph.model import Component, End, Frame, Graph, Node
from nodes.registry import built_in
from nodes.specs.declare import PortType
from tests.gui.canvas_hand import Hand, graph_of, painter, studio, wire


def _moved(graph: Graph, name: str, x: float) -> Graph:
    return replace(graph, nodes=tuple(replace(n, x=x) if n.id == name else n for n in graph.nodes))


def _with(graph: Graph, name: str, **changes: object) -> Graph:
    return replace(graph, nodes=tuple(replace(n, **changes) if n.id == name else n for n in graph.nodes))


def _show(hand: Hand, graph: Graph) -> None:
    hand.session.apply("Change", type(hand.session.document)(graph))


def test_only_what_differs_is_touched(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    canvas = hand.view.canvas
    items, cards = dict(canvas.nodes), {name: item.card for name, item in canvas.nodes.items()}
    _show(hand, _moved(painter(), "seed", 80.0))
    assert canvas.nodes == items
    assert all(canvas.nodes[name].card is card for name, card in cards.items())
    assert canvas.nodes["seed"].pos().x() == 80


def test_wires_follow_their_nodes(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    link = wire("solve.image > save.image")
    _show(hand, _moved(painter(), "save", 900.0))
    end = hand.view.canvas.links[link.source, link.target].path().currentPosition()
    assert end == hand.port("save", "image")


def test_what_goes_takes_its_item_along(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    _show(hand, graph_of(node for node in painter().nodes if node.id != "solve"))
    assert set(hand.view.canvas.nodes) == {"prompt", "model", "seed", "save"}
    assert hand.view.canvas.links == {}
    hand.session.undo()
    assert len(hand.view.canvas.links) == 3


def test_undo_shows_what_was_there(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    _show(hand, _with(painter(), "prompt", title="Words", params={"text": "a fox"}))
    assert hand.view.canvas.nodes["prompt"].card.title == "Words"
    hand.session.undo()
    card = hand.view.canvas.nodes["prompt"].card
    assert card.title == "Prompt"
    assert card.blocks[0].lines == ("a rabbit by a castle",)


def test_a_card_shows_the_values_in_use(qtbot: QtBot) -> None:
    graph = _with(painter(), "solve", params={"guidance": 4.5})
    graph = replace(graph, links=(*graph.links, wire("seed.seed > solve.seed")))
    hand = studio(qtbot, graph)
    lines = {line.title: line for line in hand.view.canvas.nodes["solve"].card.lines}
    assert lines["Seed"].value == "← Seed"
    assert lines["Guidance"].value == "4.5"
    assert lines["Guidance"].is_set
    assert "Stop at noise" not in lines, "a default beyond the first few is not shown"


def test_a_driven_value_follows_the_title_of_its_source(qtbot: QtBot) -> None:
    graph = replace(painter(), links=(*painter().links, wire("seed.seed > solve.seed")))
    hand = studio(qtbot, graph)
    _show(hand, _with(graph, "seed", title="Dice"))
    assert hand.view.canvas.nodes["solve"].card.lines[0].value == "← Dice"


def test_wires_wear_what_they_carry_and_lists_are_thicker(qtbot: QtBot) -> None:
    nodes = (*painter().nodes, Node("range", "sinopia.seed-range", x=0, y=600))
    hand = studio(qtbot, graph_of(nodes, ("range.seeds > solve.seed", "solve.image > save.image")))
    items = hand.view.canvas.links
    image = wire("solve.image > save.image")
    pen = items[image.source, image.target].pen()
    assert pen.color() == DARK.of_type(PortType.IMAGE)
    _show(hand, graph_of(nodes, ("solve.image > save.image",)))
    assert items[image.source, image.target].pen().widthF() < pen.widthF()


def test_an_unknown_type_is_kept_and_shown_with_the_ports_it_is_wired_by(qtbot: QtBot) -> None:
    graph = graph_of((*painter().nodes, Node("x", "elsewhere.glow")), ("solve.image > x.light", "x.bloom > save.image"))
    hand = studio(qtbot, graph)
    card = hand.view.canvas.nodes["x"].card
    assert not card.known
    assert {(spot.name, spot.is_output) for spot in card.spots} == {("light", False), ("bloom", True)}
    hand.view.viewport().repaint()


def test_a_muted_node_passes_and_its_wires_are_dashed(qtbot: QtBot) -> None:
    hand = studio(qtbot, _with(painter(), "solve", muted=True))
    link = wire("solve.image > save.image")
    assert hand.view.canvas.nodes["solve"].card.muted
    assert hand.view.canvas.links[link.source, link.target].pen().dashPattern()


def test_problems_are_told_on_their_nodes_and_go_away(qtbot: QtBot) -> None:
    hand = studio(qtbot, graph_of(painter().nodes))
    nodes = hand.view.canvas.nodes
    qtbot.waitUntil(lambda: "has nothing wired to image" in nodes["save"].card.problem)
    assert nodes["seed"].card.problem == ""
    callout = nodes["save"].card.callout
    assert callout is not None
    assert callout.top > nodes["save"].card.height, "it hangs below, and neither moves nor resizes anything"
    assert " ".join(callout.lines).startswith("Has nothing wired to image")
    hand.drag(hand.out("model", "base"), hand.port("solve", "denoiser"))
    hand.drag(hand.out("prompt", "conditioning"), hand.port("solve", "prompt"))
    hand.drag(hand.out("solve", "image"), hand.port("save", "image"))
    qtbot.waitUntil(lambda: not any(item.card.problem for item in nodes.values()))


def test_of_many_changes_in_a_row_the_last_is_looked_at(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    for steps in (0, 5000, 12):
        _show(hand, _with(painter(), "solve", params={"steps": steps}))
    _show(hand, _with(painter(), "solve", params={"steps": -1}))
    qtbot.waitUntil(lambda: "steps is -1" in hand.view.canvas.nodes["solve"].card.problem)


def test_what_the_engine_tells_is_shown(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    titles = {"solve": "Denoise"}

    def card() -> Card:
        return hand.view.canvas.nodes["solve"].card

    hand.view.facts.hear(JobStarted("job", 3), titles)
    hand.view.facts.hear(Progress("job", "solve", 0, 1, 5, 20, "solving"), titles)
    assert card().facts.progress == 0.25
    why = Why(Reason.PARAMETER, ("steps",))
    hand.view.facts.hear(NodeDone("job", "solve", StepOutcome.RAN, why, seconds=1.5), titles)
    assert card().facts.progress is None
    assert happened(card().facts) == "Ran in 1.5 s, because steps changed."
    trouble = Trouble(ProblemCode.OUT_OF_MEMORY, "The memory is full.", "Make the picture smaller.")
    hand.view.facts.hear(NodeFailed("job", "solve", trouble), titles)
    assert card().problem == "The memory is full. Make the picture smaller."


def test_inner_nodes_of_a_component_count_for_their_instance(qtbot: QtBot) -> None:
    component = Component("c", "Part", nodes=(Node("x", "sinopia.seed"),), outputs={"o": End("x", "seed")})
    hand = studio(qtbot, Graph((Node("a", "component:c"),), components=(component,)))
    hand.view.facts.hear(Progress("job", "a/x", 1, 4, 0, 0, ""), {})
    assert hand.view.canvas.nodes["a"].card.facts.progress == 0.25
    assert hand.view.canvas.nodes["a"].card.title == "Part"


def test_results_never_change_the_size_of_a_node(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    before = hand.view.canvas.nodes["solve"].card
    for width, height in ((64, 48), (48, 64), (64, 8)):
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(QColor("teal"))
        told = NodeFacts(seconds=3.0, outcome=StepOutcome.RAN, why="steps changed", notes=("Long. " * 60,))
        hand.view.facts.put("solve", told.with_preview(image))
        after = hand.view.canvas.nodes["solve"].card
        assert (after.height, after.spots, after.lines) == (before.height, before.spots, before.lines)
        assert after.preview is not None
        assert _colour_at(hand, "solve", 120, after.preview[0] + after.preview[1] / 2) == QColor("teal")


def test_what_happened_and_its_notes_are_told_where_the_pointer_rests(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    told = NodeFacts(seconds=3.0, outcome=StepOutcome.RAN, why="steps changed", notes=("Drawn at 32 x 32.",))
    hand.view.facts.put("solve", told)
    tip = tip_of(hand.view.canvas, Hit(node="solve"))
    assert "Ran in 3.0 s, because steps changed." in tip
    assert "Drawn at 32 x 32." in tip


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_nodes_of_an_example_overlap_nothing_and_fit_their_frames(qtbot: QtBot, name: str) -> None:
    hand = studio(qtbot, EXAMPLES[name](built_in()).graph)
    boxes = [item.box for item in hand.view.canvas.nodes.values()]
    assert not any(one.intersects(other) for one, other in combinations(boxes, 2))
    for frame in hand.view.canvas.frames.values():
        inner = frame.box.adjusted(0, TITLE_HEIGHT, 0, 0)
        assert all(inner.contains(box) for box in boxes if frame.box.intersects(box))


def test_a_picture_that_cannot_be_read_leaves_the_room_empty(qtbot: QtBot) -> None:
    document, reference = add_asset(Document(), PictureFile(b"not really a picture", "png"))
    node = Node("picture", "sinopia.load-image", params={"file": reference})
    hand = studio(qtbot, Graph((node,)))
    hand.session.apply("Open", replace_document(document, graph=Graph((node,))))
    card = hand.view.canvas.nodes["picture"].card
    assert card.picture is None
    assert card.invites


def test_the_smaller_frame_lies_in_front(qtbot: QtBot) -> None:
    frames = (Frame("small", "In", x=20, y=40, width=80, height=80), Frame("large", "Out", width=400, height=400))
    hand = studio(qtbot, graph_of((), frames=frames))
    items = hand.view.canvas.frames
    assert items["small"].zValue() > items["large"].zValue()
    assert hand.view.canvas.inside("large").frames == {"small"}


def test_every_type_has_a_letter_and_a_colour_of_its_own() -> None:
    assert set(LETTERS) == set(PortType)
    assert len(set(LETTERS.values())) == len(LETTERS)
    for look in (DARK, LIGHT):
        assert len({look.of_type(kind).name() for kind in PortType}) == len(PortType)


def test_from_afar_nodes_are_blocks_in_the_same_places(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    hand.view.navigation.zoom_to(OVERVIEW_BELOW * 0.8)
    assert _colour_at(hand, "solve", 100, 100) == DARK.of_family("sampling")
    hand.view.navigation.zoom_to(BLOCK_BELOW * 0.9)
    assert _colour_at(hand, "solve", 100, 100) == DARK.of_family("sampling")


@pytest.mark.parametrize("zoom", [OVERVIEW_BELOW, 0.3, 0.4, BLOCK_BELOW * 0.99])
def test_blocks_wear_their_titles_as_large_on_screen_at_any_zoom(qtbot: QtBot, zoom: float) -> None:
    hand = studio(qtbot, painter())
    hand.view.navigation.zoom_to(zoom)
    hand.view.centre_on(hand.view.canvas.nodes["solve"].box.center())
    seen, corner = _settled(hand), _corner_on_screen(hand, "solve")
    spots = [corner + QPoint(x, y) for y in range(2, 18) for x in range(4, 44)]
    white = [spot.y() for spot in spots if seen.pixelColor(spot).lightness() > 230]
    assert max(white, default=0) - min(white, default=0) >= 6, "letters of eleven pixels"


def test_the_picture_of_a_block_lies_below_its_title(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(QColor("#12ab34"))
    hand.view.facts.put("solve", NodeFacts().with_preview(picture))
    hand.view.navigation.zoom_to(0.4)
    hand.view.centre_on(hand.view.canvas.nodes["solve"].box.center())
    seen, corner, box = _settled(hand), _corner_on_screen(hand, "solve"), hand.view.canvas.nodes["solve"].box
    middle, bottom = round(box.width() * 0.2), round(box.height() * 0.4)
    assert seen.pixelColor(corner + QPoint(middle, bottom - 20)) == QColor("#12ab34")
    assert seen.pixelColor(corner + QPoint(middle, 18)) == DARK.of_family("sampling")


def test_an_unchanged_look_paints_the_same_at_any_moment(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    first = _settled(hand)
    hand.view.navigation.zoom_to(0.7)
    _settled(hand)
    hand.view.navigation.zoom_to(1.0)
    assert _settled(hand) == first


def test_a_view_that_goes_leaves_nothing_to_come(qtbot: QtBot) -> None:
    session = Session(Document(painter()))
    view = CanvasView(session, built_in(), Facts())
    with qtbot.waitExposed(view):
        view.show()
    session.apply("Change", Document(graph_of(painter().nodes)))
    view.canvas.pixmaps.clear()
    view.viewport().repaint()
    view.canvas.pixmaps.owed = True
    view.viewport().repaint()
    view.leave()
    view.deleteLater()
    session.apply("Change", Document(painter()))
    qtbot.wait(150)  # a call into what is gone would be an exception here
    assert not isValid(view)


def test_the_other_theme_reaches_everything(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    hand.view.wear_look(LIGHT)
    assert _colour_at(hand, "solve", 190, 150) == LIGHT.node
    assert _settled(hand).pixelColor(20, 790) == LIGHT.surround


def test_what_would_be_taken_hold_of_lights_up(qtbot: QtBot) -> None:
    hand = studio(qtbot, painter())
    hand.hover(QPointF(-200, -200))
    still = _settled(hand)
    hand.hover(hand.out("seed", "seed"))
    assert _settled(hand) != still
    hand.hover(QPointF(-200, -200))
    assert _settled(hand) == still


def _corner_on_screen(hand: Hand, node: str) -> QPoint:
    return hand.view.viewportTransform().map(hand.view.canvas.nodes[node].box.topLeft()).toPoint()


def _colour_at(hand: Hand, node: str, x: float, y: float) -> QColor:
    at = hand.view.viewportTransform().map(hand.view.canvas.nodes[node].box.topLeft() + QPointF(x, y))
    return _settled(hand).pixelColor(at.toPoint())


def _settled(hand: Hand) -> QImage:
    """The canvas when nothing is owed any more."""
    for _ in range(50):
        hand.view.viewport().repaint()
        if not hand.view.canvas.pixmaps.owed:
            break
    return hand.view.viewport().grab().toImage()


def test_places_beyond_all_bounds_are_shown_at_the_edge(qtbot: QtBot) -> None:
    nodes = (Node("far", "sinopia.resize", x=1e300, y=-1e300), Node("near", "sinopia.resize"))
    frames = (Frame("vast", "Vast", x=-1e12, width=1e300, height=-5),)
    graph = graph_of(nodes, ("far.image > near.image",), frames)
    links = tuple(replace(link, extra={"via": [[1e300, 0]]}) for link in graph.links)
    hand = studio(qtbot, replace(graph, links=links))
    hand.view.navigation.fit(hand.view.canvas.content())
    hand.view.viewport().repaint()
    hand.view.navigation.zoom_to(1.0)
    hand.view.viewport().repaint()
    assert hand.view.canvas.nodes["far"].box.left() == WORLD
    assert hand.node("far").x == 1e300, "the document keeps what the file said"
