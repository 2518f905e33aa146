"""Whatever row of graphs is shown, the canvas ends up as if it had only ever shown the last one."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.qt.canvas.card import Card
from app.qt.canvas.facts import Facts
from app.qt.canvas.look import DARK
from app.qt.canvas.scene import CanvasScene
from app.qt.canvas.selection import NONE, LinkKey, Selection
from app.qt.canvas.thumbnails import Thumbnails
from nodes.graph.model import Component, End, Frame, Graph, Link, Node
from nodes.registry import built_in

REGISTRY = built_in()
NAMES = ("a", "b", "c", "d", "e")
TYPES = (
    "sinopia.prompt",
    "sinopia.seed-range",
    "sinopia.denoise",
    "sinopia.switch",
    "sinopia.grid",
    "elsewhere.glow",
    "component:part",
)
PORTS = ("conditioning", "seeds", "image", "value", "prompt", "seed", "first", "images", "strange", "o")
COMPONENTS = (
    (),
    (Component("part", "Part", nodes=(Node("x", "sinopia.resize"),), outputs={"o": End("x", "image")}),),
    (Component("part", "Other", nodes=(Node("x", "sinopia.seed"),), outputs={"o": End("x", "seed")}),),
)

PLACES = st.integers(-3, 3).map(lambda place: place * 100.0)
NODES = st.lists(
    st.builds(
        Node,
        id=st.sampled_from(NAMES),
        type=st.sampled_from(TYPES),
        title=st.sampled_from(("", "Mine")),
        params=st.sampled_from(({}, {"text": "a fox"}, {"steps": 3})),
        x=PLACES,
        y=PLACES,
        muted=st.booleans(),
    ),
    max_size=6,
)
ENDS = st.builds(End, st.sampled_from(NAMES), st.sampled_from(PORTS))
EXTRAS = st.sampled_from(({}, {"via": [[10, 20]]}, {"via": [[10, 20], [30.5, 40]]}))
LINKS = st.lists(st.builds(Link, ENDS, ENDS, EXTRAS), max_size=6)
FRAMES = st.lists(
    st.builds(Frame, id=st.sampled_from("fgh"), title=st.sampled_from(("", "Room")), x=PLACES, width=st.just(90.0)),
    max_size=2,
)
GRAPHS = st.builds(Graph, NODES.map(tuple), LINKS.map(tuple), FRAMES.map(tuple), st.sampled_from(COMPONENTS))

Seen = tuple[
    Mapping[str, tuple[Card, QPointF]],
    Mapping[LinkKey, tuple[QPointF, QPointF, QColor, float, int]],
    Mapping[str, Frame],
]


def _scene() -> CanvasScene:
    return CanvasScene(REGISTRY, Facts(), DARK, Thumbnails(lambda _reference: None))


def _seen(scene: CanvasScene) -> Seen:
    """All that the items show."""
    return (
        {name: (item.card, item.pos()) for name, item in scene.nodes.items()},
        {
            key: (item.start, item.end, item.pen().color(), item.pen().widthF(), len(item.childItems()))
            for key, item in scene.links.items()
        },
        {name: item.frame for name, item in scene.frames.items()},
    )


@settings(max_examples=60)
@given(st.lists(GRAPHS, min_size=1, max_size=5))
def test_any_row_of_graphs_ends_where_the_last_begins(qapp: QApplication, graphs: list[Graph]) -> None:
    followed, fresh = _scene(), _scene()
    for graph in graphs:
        followed.mirror(graph)
        followed.select(Selection.of(nodes=followed.nodes, frames=followed.frames, links=followed.links))
    followed.select(NONE)
    fresh.mirror(graphs[-1])
    assert _seen(followed) == _seen(fresh)
    dots = sum(len(item.dots) for item in followed.links.values())
    items = len(followed.nodes) + len(followed.links) + len(followed.frames) + dots
    assert len(followed.items()) == items, "an item was left behind, or is shown twice"
    assert set(followed.nodes) == {node.id for node in graphs[-1].nodes}


def _strange(*ports: str) -> Graph:
    """A node of a type that is not known here, with these inputs wired."""
    return Graph((Node("b", "elsewhere.glow"),), tuple(Link(End("a", "value"), End("b", port)) for port in ports))


@settings(max_examples=30)
@example([_strange("conditioning", "seeds"), Graph((), _strange("seeds").links)])
@example([_strange("seeds", "conditioning"), _strange("conditioning")])
@given(st.lists(GRAPHS, min_size=2, max_size=4))
def test_a_graph_shown_again_finds_everything_as_it_was(qapp: QApplication, graphs: list[Graph]) -> None:
    scene = _scene()
    scene.mirror(graphs[0])
    before = _seen(scene)
    for graph in (*graphs[1:], graphs[0]):
        scene.mirror(graph)
    assert _seen(scene) == before
