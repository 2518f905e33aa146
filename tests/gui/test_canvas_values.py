"""The parts of the canvas that are plain values: searching letters, snapping, shapes, what wires carry, dots, text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.document import Document
from app.model.edits import Box, add_asset, add_node
from app.model.edits.style import PictureFile
from app.qt.canvas.adjacency import Adjacency
from app.qt.canvas.carried import Carried, carried
from app.qt.canvas.changes import Align, Spread, aligned, distributed, moved
from app.qt.canvas.clipboard import from_text, looks_like_graph, to_text
from app.qt.canvas.matching import Candidate, letters_fit, search
from app.qt.canvas.said import said
from app.qt.canvas.selection import Selection
from app.qt.canvas.shapes import Shapes
from app.qt.canvas.snapping import snapped
from app.qt.canvas.wires import dots_of, with_dots
from nodes.graph.errors import GraphFileError
from nodes.graph.model import Component, End, Graph, Link, Node
from nodes.registry import built_in
from nodes.specs.declare import Kind, Parameter, PortType
from tests.gui.canvas_hand import graph_of, painter, wire

REGISTRY = built_in()
SPECS = [Candidate(spec.type, spec.title, spec.family, spec.help, spec.aliases) for spec in REGISTRY]


# Searching ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letters", "title"),
    [
        ("den", "Denoise"),
        ("sr", "Seed Range"),
        ("pm", "Phrase Masks"),
        ("ksampler", "Denoise"),
        ("img2img", "Refine"),
        ("PROMPT", "Prompt"),
        ("scheduler", "Sigmas"),
        ("save", "Save Image"),
    ],
)
def test_a_few_letters_find_the_node_first(letters: str, title: str) -> None:
    assert search(letters, SPECS)[0].candidate.title == title


def test_no_letters_find_everything_in_its_own_order() -> None:
    assert [found.candidate for found in search("", SPECS)] == SPECS


def test_what_matched_is_told() -> None:
    (best, *_) = search("sr", SPECS)
    assert [best.candidate.title[place] for place in best.places] == ["S", "R"]
    assert search("ksampler", SPECS)[0].alias == "ksampler"


@given(st.text(alphabet="abcdef ", max_size=12), st.data())
def test_letters_of_a_text_in_their_order_always_fit(text: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.sets(st.sampled_from(range(len(text))), max_size=4))) if text else []
    letters = "".join(text[place] for place in places).replace(" ", "")
    fit = letters_fit(letters, text)
    # The walk is greedy, so it may miss an odd scatter; a run of neighbours is never missed.
    if places and places == list(range(places[0], places[-1] + 1)) and " " not in text[places[0] : places[-1] + 1]:
        assert fit is not None
    if fit is not None:
        assert "".join(text[place] for place in fit.places) == letters


# Snapping and lines ---------------------------------------------------------------------------------------------------

MEASURES = st.integers(-400, 400).map(float)
BOXES = st.builds(Box, MEASURES, MEASURES, st.integers(8, 300).map(float), st.integers(8, 300).map(float))


@given(BOXES, MEASURES, MEASURES, st.lists(BOXES, max_size=4))
def test_snapping_moves_no_further_than_it_may(box: Box, dx: float, dy: float, others: list[Box]) -> None:
    rest = snapped(box, dx, dy, others, reach=6.0)
    assert abs(rest.dx - dx) <= 6.0
    assert abs(rest.dy - dy) <= 6.0
    lines_x = {edge for other in others for edge in (other.x, other.x + other.width)}
    on_line = {box.x + rest.dx, box.x + box.width + rest.dx} & lines_x
    assert on_line or (box.x + rest.dx) % 8 == 0


@given(st.lists(BOXES, min_size=2, max_size=5), st.sampled_from(Align))
def test_aligned_nodes_share_their_line(boxes: list[Box], how: Align) -> None:
    named = {f"n{number}": box for number, box in enumerate(boxes)}
    document = aligned(_placed(named), named, how)
    axis, share = how.value
    lines = {
        round(getattr(document.nodes[name], axis) + share * (box.width if axis == "x" else box.height), 6)
        for name, box in named.items()
    }
    assert len(lines) == 1


@given(st.lists(BOXES, min_size=3, max_size=6))
def test_distributed_nodes_have_equal_gaps(boxes: list[Box]) -> None:
    named = {f"n{number}": box for number, box in enumerate(boxes)}
    document = distributed(_placed(named), named, Spread.ACROSS)
    order = sorted(named, key=lambda name: named[name].x + named[name].width / 2)
    gaps = [
        document.nodes[after].x - document.nodes[before].x - named[before].width for before, after in pairwise(order)
    ]
    assert max(gaps) - min(gaps) < 1e-6
    assert document.nodes[order[0]].x == named[order[0]].x


def _placed(boxes: dict[str, Box]) -> Document:
    return Document(Graph(tuple(Node(name, "sinopia.seed", x=box.x, y=box.y) for name, box in boxes.items())))


def test_dots_go_with_both_their_nodes_and_not_with_one() -> None:
    link = with_dots(wire("solve.image > save.image"), [(10.0, 20.0)])
    document = Document(Graph(painter().nodes, (link,)))
    both = moved(document, Selection.of(nodes=("solve", "save")), 5.0, 5.0)
    assert dots_of(both.graph.links[0]) == ((15.0, 25.0),)
    one = moved(document, Selection.of(nodes=("solve",)), 5.0, 5.0)
    assert dots_of(one.graph.links[0]) == ((10.0, 20.0),)


def test_dots_that_are_no_points_are_left_out() -> None:
    strange = Link(End("a", "x"), End("b", "y"), extra={"via": [[1, 2], "here", [3], [None, 4]]})
    assert dots_of(strange) == ((1.0, 2.0),)


# What wires carry -----------------------------------------------------------------------------------------------------


def test_a_switch_passes_on_what_comes_in() -> None:
    nodes = (*painter().nodes, Node("switch", "sinopia.switch"))
    graph = graph_of(nodes, ("prompt.conditioning > switch.first",))
    assert carried(graph, Shapes(REGISTRY))[End("switch", "value")] == Carried(PortType.CONDITIONING)


def test_lists_run_on_until_something_takes_them_whole() -> None:
    nodes = (
        Node("range", "sinopia.seed-range"),
        Node("solve", "sinopia.denoise"),
        Node("sheet", "sinopia.grid"),
    )
    graph = graph_of(nodes, ("range.seeds > solve.seed", "solve.image > sheet.images"))
    found = carried(graph, Shapes(REGISTRY))
    assert found[End("range", "seeds")].is_list
    assert found[End("solve", "image")] == Carried(PortType.IMAGE, is_list=True)
    assert found[End("sheet", "image")] == Carried(PortType.IMAGE)


def test_circles_are_no_trouble() -> None:
    nodes = (Node("a", "sinopia.resize"), Node("b", "sinopia.resize"))
    graph = graph_of(nodes, ("a.image > b.image", "b.image > a.image"))
    assert carried(graph, Shapes(REGISTRY))[End("a", "image")] == Carried(PortType.IMAGE)


def test_an_instance_of_a_component_has_the_ports_of_the_definition() -> None:
    component = Component(
        "look",
        "Look",
        nodes=(Node("inner", "sinopia.refine", params={"strength": 0.7}),),
        inputs={"picture": (End("inner", "image"),)},
        outputs={"result": End("inner", "image")},
        params={"amount": End("inner", "strength")},
    )
    shape = Shapes(REGISTRY, (component,)).of(Node("a", "component:look"))
    assert shape is not None
    assert shape.inputs["picture"].type is PortType.IMAGE
    assert shape.outputs["result"].type is PortType.IMAGE
    assert shape.defaults["amount"] == 0.7


def test_a_component_inside_itself_is_no_trouble() -> None:
    component = Component("a", nodes=(Node("x", "component:a"),), outputs={"o": End("x", "o")})
    shape = Shapes(REGISTRY, (component,)).of(Node("n", "component:a"))
    assert shape is not None
    assert shape.outputs["o"].type is PortType.ANY


NAMES = st.sampled_from("abcd")
LINKS = st.lists(st.builds(lambda a, b: Link(End(a, "o"), End(b, "i")), NAMES, NAMES), max_size=8)


@given(st.lists(LINKS, min_size=1, max_size=4))
def test_adjacency_follows_any_row_of_graphs(rows: list[list[Link]]) -> None:
    adjacency = Adjacency()
    for links in rows:
        adjacency.follow(Graph(links=tuple(links)))
        keys = {(link.source, link.target) for link in links}
        assert set(adjacency.links) == keys
        for name in "abcd":
            assert set(adjacency.leaving(name)) == {key for key in keys if key[0].node == name}
            assert set(adjacency.arriving(name)) == {key for key in keys if key[1].node == name}


# Words and text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameter", "value", "told"),
    [
        (Parameter("width", Kind.INTEGER, 1, "", unit="px"), 128, "128 px"),
        (Parameter("at", Kind.NUMBER, 1, "", unit="fraction of the steps"), 0.25, "0.25"),
        (Parameter("end", Kind.NUMBER, None, "", optional=True), None, "automatic"),
        (Parameter("isolate", Kind.BOOLEAN, False, ""), True, "yes"),
        (Parameter("heard", Kind.CHOICES, [], "", choices=("a", "b")), ["a", "b"], "all"),
        (Parameter("weights", Kind.NUMBERS, [], ""), [1.0, 0.5], "1, 0.5"),
        (Parameter("layers", Kind.PHRASES, [], ""), [{}, {}], "2 painted"),
    ],
)
def test_values_in_words(parameter: Parameter, value: object, told: str) -> None:
    assert said(parameter, value) == told  # type: ignore[arg-type]  # every value of the table is plain data


def test_a_fragment_survives_the_clipboard_with_its_pictures() -> None:
    document, reference = add_asset(Document(), PictureFile(b"not really a picture", "png"))
    spec = REGISTRY.get("sinopia.load-image")
    assert spec is not None
    document = add_node(document, spec, "picture", 8.0, 16.0, {"file": reference})
    text = to_text(document)
    assert looks_like_graph(text)
    assert from_text(text, REGISTRY) == document


def test_a_picture_under_a_wrong_name_is_left_out() -> None:
    document, reference = add_asset(Document(), PictureFile(b"one", "png"))
    text = to_text(document).replace(reference, "assets/" + "0" * 64 + ".png")
    assert not from_text(text, REGISTRY).assets


@pytest.mark.parametrize("text", ["", "hello", "{}", '{"format": "sinopia/graph", "version": 1, "nodes": 3}'])
def test_other_texts_are_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(GraphFileError, match="clipboard"):
        from_text(text, REGISTRY)
