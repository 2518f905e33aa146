"""What hands do on the canvas, with real mouse events; what counts is what the document says afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.model import edits
from app.qt.canvas.interactions.link import DrawWire
from app.qt.canvas.look import NODE_WIDTH
from app.qt.canvas.selection import Selection
from app.qt.canvas.wires import dots_of
from engine.api.messages import NodeDone
from engine.api.report import PictureHandle, Reason, StepOutcome, Why
from nodes.graph.model import Frame, Node
from tests.gui.canvas_hand import ALT, CTRL, MIDDLE, RIGHT, SHIFT, Hand, graph_of, painter, studio, wire


@pytest.fixture
def hand(qtbot: QtBot) -> Hand:
    return studio(qtbot, painter())


# Wires ----------------------------------------------------------------------------------------------------------------


def test_a_wire_is_drawn_from_an_output_to_an_input(hand: Hand) -> None:
    hand.drag(hand.out("seed", "seed"), hand.port("solve", "seed"))
    assert "seed.seed > solve.seed" in hand.wires()
    assert hand.edits == ["Connect"]


def test_a_wire_is_drawn_backwards_too(hand: Hand) -> None:
    hand.drag(hand.port("solve", "seed"), hand.out("seed", "seed"))
    assert "seed.seed > solve.seed" in hand.wires()


def test_a_wire_on_a_used_input_takes_the_place_of_the_old_one(hand: Hand) -> None:
    hand.drag(hand.out("model", "high"), hand.port("solve", "denoiser"))
    assert "model.high > solve.denoiser" in hand.wires()
    assert "model.base > solve.denoiser" not in hand.wires()


def test_an_input_that_does_not_fit_says_why_and_takes_nothing(hand: Hand) -> None:
    before = hand.graph
    hand.drag(hand.out("prompt", "conditioning"), hand.port("solve", "size"), drop=False)
    assert isinstance(hand.view.hand.gesture, DrawWire)
    assert hand.view.hand.gesture.reason == "Size takes Size and Crop, not Conditioning."
    hand.release(hand.port("solve", "size"))
    assert hand.graph is before


def test_while_a_wire_is_drawn_what_it_does_not_fit_is_dimmed(hand: Hand) -> None:
    def ink(node: str, port: str) -> int:
        """How far a port stands out from its ground."""
        at, ground = hand.view.mapFromScene(hand.port(node, port)), hand.view.canvas.look.node
        image = hand.view.viewport().grab(QRect(at - QPoint(6, 6), QSize(13, 13))).toImage()
        colours = (image.pixelColor(x, y) for x in range(13) for y in range(13))
        return max(abs(colour.lightness() - ground.lightness()) for colour in colours)

    at_rest = ink("solve", "denoiser"), ink("solve", "prompt")
    hand.drag(hand.out("prompt", "conditioning"), QPointF(200, 640), drop=False)
    dragging = ink("solve", "denoiser"), ink("solve", "prompt")
    assert dragging[0] < 0.7 * at_rest[0]
    assert dragging[1] > 0.9 * at_rest[1]
    hand.key(Qt.Key.Key_Escape)
    assert ink("solve", "denoiser") == at_rest[0]


def test_a_wire_that_would_close_a_circle_says_so(qtbot: QtBot) -> None:
    nodes = (Node("a", "sinopia.resize", x=0, y=0), Node("b", "sinopia.resize", x=400, y=0))
    hand = studio(qtbot, graph_of(nodes, ("a.image > b.image",)))
    hand.drag(hand.out("b", "image"), hand.port("a", "image"), drop=False)
    assert isinstance(hand.view.hand.gesture, DrawWire)
    assert "circle" in hand.view.hand.gesture.reason
    hand.release(hand.port("a", "image"))
    assert hand.wires() == {"a.image > b.image"}


def test_a_wire_taken_off_its_input_and_dropped_is_gone(hand: Hand) -> None:
    hand.drag(hand.port("save", "image"), QPointF(650, 500))
    assert "solve.image > save.image" not in hand.wires()
    assert hand.edits == ["Unplug a wire"]


def test_a_wire_taken_off_its_input_can_go_to_another(hand: Hand) -> None:
    hand.drag(hand.port("solve", "prompt"), hand.port("solve", "negative"))
    assert hand.wires() >= {"prompt.conditioning > solve.negative"}
    assert "prompt.conditioning > solve.prompt" not in hand.wires()


def test_a_wire_put_back_is_no_edit(hand: Hand) -> None:
    before = hand.graph
    hand.drag(hand.port("save", "image"), QPointF(700, 300), hand.port("save", "image"))
    assert hand.graph == before
    assert hand.edits == []


def test_ctrl_takes_all_wires_of_an_output(hand: Hand) -> None:
    hand.drag(hand.out("model", "base"), hand.out("model", "low"), keys=CTRL)
    assert "model.low > solve.denoiser" in hand.wires()
    assert "model.base > solve.denoiser" not in hand.wires()


def test_a_wire_dropped_on_a_node_ends_where_it_fits(hand: Hand) -> None:
    hand.drag(hand.out("seed", "seed"), hand.header("solve"))
    # A seed fits several parameters: the artist is asked, with the one of its very kind first.
    search = hand.view.choosing.search
    assert search is not None
    offered = [found.candidate.key for found in search.shown()]
    assert offered[0] == "seed"
    assert "steps" in offered
    hand.key(Qt.Key.Key_Return)
    assert "seed.seed > solve.seed" in hand.wires()


def test_a_wire_dropped_on_a_node_with_one_fitting_port_needs_no_question(hand: Hand) -> None:
    hand.view.commit("Unplug", hand.session.document)
    hand.drag(hand.out("model", "refiner"), hand.header("save"))
    assert "model.refiner > save.image" not in hand.wires()
    hand.drag(hand.out("solve", "image"), hand.header("save"))
    assert "solve.image > save.image" in hand.wires()


def test_a_wire_dropped_on_empty_canvas_offers_only_what_fits(hand: Hand) -> None:
    before = hand.graph
    hand.drag(hand.out("solve", "image"), QPointF(700, 500))
    search = hand.view.choosing.search
    assert search is not None
    titles = {found.candidate.title for found in search.shown()}
    assert "Resize" in titles
    assert "Ensemble" not in titles
    hand.type("resize")
    hand.key(Qt.Key.Key_Return)
    (resize,) = hand.added(before)
    assert resize.type == "sinopia.resize"
    assert f"solve.image > {resize.id}.image" in hand.wires()
    assert abs(resize.x - 700) <= 8
    assert hand.edits == ["Add Resize"]


def test_the_search_lies_over_the_map(hand: Hand) -> None:
    hand.drag(hand.out("solve", "image"), hand.view.mapToScene(hand.view.viewport().rect().bottomRight()))
    search, minimap = hand.view.choosing.search, hand.view.minimap
    assert search is not None
    middle = search.geometry().intersected(minimap.geometry()).center()
    assert minimap.geometry().contains(middle)
    over = hand.view.childAt(middle)
    assert over is not None
    assert over is search or search.isAncestorOf(over)


def test_a_wire_from_an_input_offers_what_gives_that(hand: Hand) -> None:
    before = hand.graph
    hand.drag(hand.port("solve", "sigmas"), QPointF(150, 600))
    hand.key(Qt.Key.Key_Return)
    (sigmas,) = hand.added(before)
    assert f"{sigmas.id}.sigmas > solve.sigmas" in hand.wires()
    assert sigmas.x + NODE_WIDTH == pytest.approx(150, abs=8)


def test_escape_takes_a_wire_back(hand: Hand) -> None:
    before = hand.graph
    hand.drag(hand.port("save", "image"), QPointF(650, 500), drop=False)
    assert len(hand.view.canvas.links) == len(before.links) - 1
    hand.key(Qt.Key.Key_Escape)
    hand.release(QPointF(650, 500))
    assert hand.graph is before
    assert len(hand.view.canvas.links) == len(before.links)


def test_a_drawn_line_cuts_the_wires_it_crosses(hand: Hand) -> None:
    middle = hand.view.canvas.links[wire("solve.image > save.image").source, wire("solve.image > save.image").target]
    at = middle.path().pointAtPercent(0.5)
    hand.drag(at - QPointF(0, 40), at + QPointF(0, 40), button=RIGHT, keys=CTRL)
    assert hand.wires() == {"prompt.conditioning > solve.prompt", "model.base > solve.denoiser"}


def test_a_wire_dragged_aside_gets_a_dot_that_can_be_moved_and_taken_off(hand: Hand) -> None:
    link = wire("solve.image > save.image")
    item = hand.view.canvas.links[link.source, link.target]
    at = item.path().pointAtPercent(0.5)
    hand.drag(at, QPointF(704, 240))
    assert dots_of(hand.graph.links[-1]) == ((704.0, 240.0),)
    hand.drag(QPointF(704, 240), QPointF(720, 320))
    assert dots_of(hand.graph.links[-1]) == ((720.0, 320.0),)
    hand.double_click(QPointF(720, 320))
    assert dots_of(hand.graph.links[-1]) == ()
    assert {"solve.image > save.image"} <= hand.wires()


# Moving ---------------------------------------------------------------------------------------------------------------


def test_a_node_is_moved_and_rests_on_the_grid(hand: Hand) -> None:
    hand.drag(hand.header("seed"), hand.header("seed") + QPointF(101, 163))
    assert (hand.node("seed").x, hand.node("seed").y) == (104, 560)
    assert hand.edits == ["Move a node"]


def test_the_document_is_left_alone_until_the_button_is_up(hand: Hand) -> None:
    before = hand.graph
    start = hand.header("seed")
    hand.drag(start, start + QPointF(80, 80), drop=False)
    assert hand.graph is before
    assert hand.view.canvas.nodes["seed"].node.x == 80
    hand.key(Qt.Key.Key_Escape)
    hand.release(start + QPointF(80, 80))
    assert hand.graph is before
    assert hand.view.canvas.nodes["seed"].node.x == 0


def test_shift_keeps_to_one_axis(hand: Hand) -> None:
    hand.drag(hand.header("seed"), hand.header("seed") + QPointF(80, 22), keys=SHIFT)
    assert (hand.node("seed").x, hand.node("seed").y) == (80, 400)


def test_alt_moves_freely(hand: Hand) -> None:
    hand.drag(hand.header("seed"), hand.header("seed") + QPointF(101, 163), keys=ALT)
    assert (hand.node("seed").x, hand.node("seed").y) == (101, 563)


def test_a_moved_node_comes_into_line_with_another(hand: Hand) -> None:
    # 3 px beside the left edge of `solve` at x = 400, which is off no grid line; the line attracts.
    hand.drag(hand.header("seed"), hand.header("seed") + QPointF(403, 300))
    assert hand.node("seed").x == 400


def test_all_that_is_selected_moves_together(hand: Hand) -> None:
    hand.view.canvas.select(Selection.of(nodes=("prompt", "model")))
    hand.drag(hand.header("model"), hand.header("model") + QPointF(0, 400))
    assert hand.node("prompt").y == 400
    assert hand.node("model").y == 600
    assert hand.edits == ["Move 2 nodes"]


def test_a_frame_takes_what_lies_in_it_along(qtbot: QtBot) -> None:
    frame = Frame("frame", "Inputs", x=-40, y=-64, width=300, height=400)
    hand = studio(qtbot, graph_of(painter().nodes, frames=(frame,)))
    hand.drag(QPointF(100, -48), QPointF(180, 32))
    assert (hand.node("prompt").x, hand.node("prompt").y) == (80, 80)
    assert hand.node("solve").x == 400
    assert (hand.graph.frames[0].x, hand.graph.frames[0].y) == (40, 16)


def test_a_node_dropped_on_a_wire_is_inserted(qtbot: QtBot) -> None:
    graph = graph_of((*painter().nodes, Node("resize", "sinopia.resize", x=500, y=500)), ("solve.image > save.image",))
    hand = studio(qtbot, graph)
    hand.drag(hand.header("resize"), hand.header("resize") + QPointF(120, -490))
    assert hand.wires() == {"solve.image > resize.image", "resize.image > save.image"}
    assert hand.edits == ["Insert Resize"]
    # What follows stood in the way and was shifted aside.
    assert hand.node("save").x >= hand.node("resize").x + 208


def test_alt_lets_a_node_lie_on_a_wire(qtbot: QtBot) -> None:
    graph = graph_of((*painter().nodes, Node("resize", "sinopia.resize", x=500, y=500)), ("solve.image > save.image",))
    hand = studio(qtbot, graph)
    hand.drag(hand.header("resize"), hand.header("resize") + QPointF(120, -490), keys=ALT)
    assert hand.wires() == {"solve.image > save.image"}


def test_a_frame_is_resized_by_its_corner(qtbot: QtBot) -> None:
    hand = studio(qtbot, graph_of((), frames=(Frame("frame", "Room", x=0, y=0, width=240, height=160),)))
    hand.drag(QPointF(240, 160), QPointF(301, 223))
    assert (hand.graph.frames[0].width, hand.graph.frames[0].height) == (304, 224)
    hand.drag(QPointF(0, 100), QPointF(1000, 100))
    assert hand.graph.frames[0].width == 64, "a frame keeps a least size"


# Selecting ------------------------------------------------------------------------------------------------------------


def test_a_click_selects_and_a_click_beside_selects_nothing(hand: Hand) -> None:
    hand.click(hand.header("solve"))
    assert hand.view.canvas.selection == Selection.of(nodes=("solve",))
    hand.click(QPointF(700, 500))
    assert not hand.view.canvas.selection


def test_ctrl_adds_to_the_selection_and_takes_away(hand: Hand) -> None:
    hand.click(hand.header("solve"))
    hand.click(hand.header("seed"), keys=CTRL)
    assert hand.view.canvas.selection.nodes == {"solve", "seed"}
    hand.click(hand.header("solve"), keys=CTRL)
    assert hand.view.canvas.selection.nodes == {"seed"}


def test_a_box_selects_what_it_touches(hand: Hand) -> None:
    hand.drag(QPointF(-40, -40), QPointF(100, 300))
    assert hand.view.canvas.selection.nodes == {"prompt", "model"}


def test_a_box_between_nodes_selects_wires(hand: Hand) -> None:
    link = wire("solve.image > save.image")
    at = hand.view.canvas.links[link.source, link.target].path().pointAtPercent(0.5)
    hand.drag(at - QPointF(20, 30), at + QPointF(20, 30))
    assert hand.view.canvas.selection == Selection.of(links=((link.source, link.target),))


def test_a_lasso_selects_what_it_goes_around(hand: Hand) -> None:
    middle = hand.view.canvas.nodes["model"].box.center()
    corners = [QPointF(-150, -60), QPointF(150, -60), QPointF(150, 60), QPointF(-150, 60)]
    hand.key(Qt.Key.Key_Q)
    hand.drag(*[middle + corner for corner in corners])
    assert hand.view.canvas.selection.nodes == {"model"}


# Seeing ---------------------------------------------------------------------------------------------------------------


def test_the_middle_button_moves_the_canvas(hand: Hand) -> None:
    before = hand.view.visible()
    hand.press(QPointF(500, 300), MIDDLE)
    place = hand.view.mapFromScene(QPointF(500, 300))
    hand.move(hand.view.mapToScene(place.x() - 120, place.y() - 60), MIDDLE)
    hand.release(QPointF(500, 300), MIDDLE)
    assert hand.view.visible().x() == pytest.approx(before.x() + 120, abs=1)
    assert hand.view.visible().y() == pytest.approx(before.y() + 60, abs=1)
    assert hand.edits == []


def test_the_wheel_zooms_at_the_pointer(hand: Hand) -> None:
    at = QPointF(620, 410)
    place = hand.view.viewportTransform().map(at)
    hand.wheel(at, 3)
    assert hand.view.zoom == pytest.approx(1.2**3)
    after = hand.view.viewportTransform().map(at)
    assert abs(after.x() - place.x()) <= 1
    assert abs(after.y() - place.y()) <= 1
    hand.wheel(at, -3)
    assert hand.view.zoom == 1.0


def test_ctrl_shift_click_looks_at_a_node(hand: Hand, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hand.view.looked) as told:
        hand.click(hand.header("solve"), keys=CTRL | SHIFT)
    assert told.args == [("solve",)]
    assert hand.view.quick_look.node == "solve"


def test_a_second_button_takes_a_gesture_back(hand: Hand) -> None:
    before, start = hand.graph, hand.header("seed")
    hand.drag(start, start + QPointF(90, 90), drop=False)
    hand.press(start + QPointF(90, 90), RIGHT)
    hand.release(start + QPointF(90, 90), RIGHT)
    hand.release(start + QPointF(90, 90))
    assert hand.graph is before
    assert hand.view.canvas.nodes["seed"].node.x == 0


def test_an_edit_from_elsewhere_ends_a_gesture(hand: Hand) -> None:
    start = hand.header("seed")
    hand.drag(start, start + QPointF(90, 90), drop=False)
    hand.session.apply("Elsewhere", type(hand.session.document)(graph_of(painter().nodes)))
    assert hand.view.hand.gesture is None
    hand.release(start + QPointF(90, 90))
    assert hand.node("seed").x == 0
    assert hand.edits == ["Elsewhere"]


def test_a_number_on_a_node_is_turned_as_one_edit(hand: Hand) -> None:
    line = next(line for line in hand.view.canvas.nodes["solve"].card.lines if line.name == "steps")
    at = hand.view.canvas.nodes["solve"].box.topLeft() + QPointF(100, line.top + 10)
    hand.drag(at, at + QPointF(48, 3))
    turned = hand.node("solve").params["steps"]
    assert isinstance(turned, int)
    assert turned > 30
    assert hand.edits == ["Change Steps"]
    assert (hand.node("solve").x, hand.node("solve").y) == (400, 0)
    hand.drag(at, at + QPointF(48, 0), keys=SHIFT)
    finely = hand.node("solve").params["steps"]
    assert isinstance(finely, int)
    assert turned < finely < 2 * turned
    hand.drag(at, at + QPointF(48, 0), drop=False)
    hand.key(Qt.Key.Key_Escape)
    hand.release(at)
    assert hand.node("solve").params["steps"] == finely
    hand.click(at)
    assert len(hand.edits) == 2


def test_values_on_a_node_are_set_by_a_double_click(hand: Hand, qtbot: QtBot) -> None:
    card = hand.view.canvas.nodes["solve"].card
    lines = {line.name: QPointF(100, line.top + 10) for line in card.lines}
    corner = hand.view.canvas.nodes["solve"].box.topLeft()
    hand.double_click(corner + lines["steps"])
    assert hand.view.inline.field is not None
    hand.view.inline.field.setPlainText("12")
    hand.key(Qt.Key.Key_Return)
    assert hand.node("solve").params["steps"] == 12
    hand.double_click(corner + lines["sampler"])
    hand.type("heun")
    hand.key(Qt.Key.Key_Return)
    assert hand.node("solve").params["sampler"] == "heun"
    hand.double_click(corner + lines["steps"])
    assert hand.view.inline.field is not None
    hand.view.inline.field.setPlainText("many")
    with qtbot.waitSignal(hand.view.told) as told:
        hand.key(Qt.Key.Key_Return)
    assert "is not a number" in told.args[0]
    assert hand.node("solve").params["steps"] == 12


def test_a_quick_look_shows_the_picture_file_and_goes_by_any_click(hand: Hand, tmp_path: Path) -> None:
    image = QImage(640, 320, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    image.save(str(tmp_path / "large.png"))
    handle = PictureHandle("solve", str(tmp_path / "large.png"), 640, 320)
    look = hand.view.quick_look
    hand.click(hand.header("solve"), keys=CTRL | SHIFT)
    assert look.isVisible()
    assert look.picture.isNull()
    why = Why(Reason.NEVER_RUN)
    hand.view.facts.hear(NodeDone("job", "solve", StepOutcome.RAN, why, 1.0, pictures=(handle,)), {})
    assert look.picture.size() == image.size()
    shown = look.grab().toImage()
    assert shown.pixelColor(look.width() // 2, look.height() // 2 - 20) == QColor("teal")
    QTest.mouseClick(look, Qt.MouseButton.LeftButton)
    assert not look.isVisible()
    asked: list[object] = []
    hand.view.looked.connect(asked.append)
    hand.view.canvas.select(Selection.of(nodes=("solve",)))
    hand.view.commands.run("canvas.look")
    assert look.node == "solve"
    assert asked == [], "what is there need not be made"
    QTest.keyClick(look, Qt.Key.Key_Escape)
    assert look.node is None
    (tmp_path / "large.png").unlink()
    hand.view.commands.run("canvas.look")
    assert asked == [("solve",)], "what is no longer there is made"


def test_a_quick_look_says_when_the_graph_has_changed_and_draws_again_on_demand(hand: Hand, tmp_path: Path) -> None:
    image = QImage(64, 64, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    image.save(str(tmp_path / "solve.png"))
    facts, look, document = hand.view.facts, hand.view.quick_look, hand.session.document
    done = NodeDone(
        "job", "solve", StepOutcome.RAN, Why(Reason.NEVER_RUN), 1.0,
        pictures=(PictureHandle("solve", str(tmp_path / "solve.png"), 64, 64),),
    )  # fmt: skip
    facts.hear(done, {})
    hand.view.freshness.note("solve", document)
    asked: list[object] = []
    hand.view.looked.connect(asked.append)
    hand.click(hand.header("solve"), keys=CTRL | SHIFT)
    assert (look.stale, look.again.isVisible(), asked) == (False, False, [])
    strong = look.grab().toImage().pixelColor(look.width() // 2, look.height() // 3)
    hand.session.apply("Move", edits.move_nodes(hand.session.document, {"solve": (500.0, 0.0)}))
    assert not look.stale, "where a node lies changes nothing"
    hand.session.apply("Write", edits.set_parameter(hand.session.document, "prompt", "text", "a fox"))
    assert (look.stale, look.again.isVisible()) == (True, True)
    pale = look.grab().toImage().pixelColor(look.width() // 2, look.height() // 3)
    assert pale.lightness() < strong.lightness()
    QTest.mouseClick(look.again, Qt.MouseButton.LeftButton)
    assert asked == [("solve",)]
    assert look.isVisible()
    hand.session.undo()
    assert not look.stale
    hand.session.redo()
    hand.view.freshness.note("solve", hand.session.document)
    facts.hear(done, {})
    assert not look.stale
