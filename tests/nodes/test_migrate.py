"""Old files: steps run in order from wherever a file stands, and each node follows its own declaration."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from nodes.graph.codec import decode, encode
from nodes.graph.migrate import STEPS, Document, MigrationStep, current_version, migrate, upgrade
from nodes.graph.model import Component, End, Graph, Node
from nodes.registry import Registry, RegistryError
from nodes.specs.declare import Kind, Parameter, Port, PortType, Spec, Upgrade
from tests.nodes.graphs import REGISTRY, codes, graph, wire


def wires_to_links(document: Document) -> Document:
    """Version 1 called links wires."""
    return {"links" if name == "wires" else name: value for name, value in document.items()}


def named_ends(document: Document) -> Document:
    """Version 2 wrote the ends of links as pairs."""
    links: Any = document.get("links", [])
    return {**document, "links": [{"from": dict(zip(("node", "port"), a, strict=True)), "to": b} for a, b in links]}


OLD_STEPS: tuple[MigrationStep, ...] = (wires_to_links, named_ends)


@pytest.mark.parametrize(
    ("version", "document"),
    [
        (1, {"wires": [[["a", "o"], "b"]]}),
        (2, {"links": [[["a", "o"], "b"]]}),
        (3, {"links": [{"from": {"node": "a", "port": "o"}, "to": "b"}]}),
    ],
)
def test_a_file_of_any_version_takes_the_steps_that_it_lacks(version: int, document: Document) -> None:
    found = migrate({"version": version, **document}, version, OLD_STEPS)
    assert found == {"version": 3, "links": [{"from": {"node": "a", "port": "o"}, "to": "b"}]}


def test_the_version_written_is_one_more_than_the_steps_there_are() -> None:
    assert current_version(OLD_STEPS) == 3
    assert current_version() == len(STEPS) + 1
    assert f'"version": {current_version()}'.encode() in encode(Graph())


TURNED = Spec(
    "test.turn", "Turn", "test", "", "a:b", version=3, replaces=("old.rotate",),
    inputs=(Port("image", PortType.IMAGE, required=False),), outputs=(Port("turned", PortType.IMAGE),),
    parameters=(Parameter("angle", Kind.NUMBER, 90.0, ""), Parameter("smooth", Kind.BOOLEAN, True, "")),
    upgrades=(
        Upgrade(2, parameters={"degrees": "angle"}, inputs={"picture": "image"}, drop=("speed",)),
        Upgrade(3, outputs={"image": "turned"}, values={"smooth": False}),
    ),
)  # fmt: skip
TURNING = REGISTRY.extended([TURNED])


def old_graph(version: int) -> Graph:
    params = {"degrees": 30.0, "speed": 2, "unknown": "kept"} if version == 1 else {"angle": 30.0, "unknown": "kept"}
    port = "picture" if version == 1 else "image"
    nodes = (
        Node("t", "old.rotate", version, params=params),  # type: ignore[arg-type]
        Node("v", "sinopia.resize"),
        Node("s", "sinopia.seed", params={"seed": 3}),
    )
    return graph(
        nodes, f"v.image > t.{port}", "t.image > v.image", f"s.seed > t.{'degrees' if version == 1 else 'angle'}"
    )


@pytest.mark.parametrize("version", [1, 2])
def test_a_node_is_brought_up_to_its_declaration_with_its_wires(version: int) -> None:
    found = upgrade(old_graph(version), TURNING)
    node = found.nodes[0]
    assert (node.type, node.version) == ("test.turn", 3)
    assert node.params == {"angle": 30.0, "smooth": False, "unknown": "kept"}
    assert found.links == (wire("v.image > t.image"), wire("t.turned > v.image"), wire("s.seed > t.angle"))


def test_a_node_of_today_is_left_alone() -> None:
    today = graph([Node("t", "test.turn", 3, params={"angle": 1.0})], "t.image > t.image")
    assert upgrade(today, TURNING) == today


def test_nodes_of_newer_declarations_and_unknown_types_are_left_alone() -> None:
    nodes = (Node("t", "test.turn", 9, params={"later": 1}), Node("u", "un.known", 4, params={"a": [1]}))
    assert upgrade(Graph(nodes), TURNING).nodes == nodes
    assert codes(Graph(nodes[:1]), TURNING) == [("t", None, "newer-node"), ("t", "later", "unknown-parameter")]


def test_a_component_is_brought_up_to_date_inside_and_at_its_openings() -> None:
    base = old_graph(1)
    component = Component(
        "c", nodes=base.nodes, links=base.links, inputs={"in": (End("t", "picture"),)},
        outputs={"out": End("t", "image")}, params={"turn": End("t", "degrees")},
    )  # fmt: skip
    found = upgrade(Graph(components=(component,)), TURNING).components[0]
    assert found.inputs == {"in": (End("t", "image"),)}
    assert found.outputs == {"out": End("t", "turned")}
    assert found.params == {"turn": End("t", "angle")}
    assert found.nodes[0].version == 3


def test_reading_a_file_brings_its_nodes_up_to_date() -> None:
    assert decode(encode(old_graph(1)), "old.json", TURNING) == upgrade(old_graph(1), TURNING)


def test_a_declaration_must_say_how_each_older_version_becomes_the_next() -> None:
    with pytest.raises(RegistryError, match="needs upgrades"):
        Registry([replace(TURNED, version=4)])
