"""Graph files: nothing is lost on the way there and back, and what cannot be read says where and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nodes.graph.codec import decode, encode
from nodes.graph.errors import GraphFileError
from nodes.graph.model import MOST_NODES, Component, End, Frame, Graph, Link, Node
from nodes.graph.synthetic import chain, synthetic_registry
from nodes.graph.validate import validate
from tests.nodes.graphs import REGISTRY, simple, with_node

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
PLACES = st.floats(-1e6, 1e6)
ATOMS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), NAMES)
VALUES = st.recursive(
    ATOMS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2), max_leaves=4
)
MAPPINGS = st.dictionaries(NAMES, VALUES, max_size=3)
EXTRAS = st.dictionaries(NAMES.map("x-{}".format), VALUES, max_size=2)
ENDS = st.builds(End, NAMES, NAMES)
NODES = st.builds(
    Node, NAMES, NAMES, st.integers(1, 99), NAMES, MAPPINGS, PLACES, PLACES, st.booleans(), NAMES, EXTRAS
)  # fmt: skip
LINKS = st.builds(Link, ENDS, ENDS, EXTRAS)
FRAMES = st.builds(Frame, NAMES, NAMES, PLACES, PLACES, PLACES, PLACES, NAMES, NAMES, EXTRAS)


def several(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(parts, max_size=2).map(tuple)


COMPONENTS = st.builds(
    Component, NAMES, NAMES, several(NODES), several(LINKS), several(FRAMES),
    st.dictionaries(NAMES, several(ENDS), max_size=2), st.dictionaries(NAMES, ENDS, max_size=2),
    st.dictionaries(NAMES, ENDS, max_size=2), NAMES, EXTRAS,
)  # fmt: skip
GRAPHS = st.builds(Graph, several(NODES), several(LINKS), several(FRAMES), several(COMPONENTS), EXTRAS)


def read(data: bytes | str) -> Graph:
    return decode(data.encode() if isinstance(data, str) else data, "demo.json", REGISTRY)


def document(**changes: Any) -> dict[str, Any]:
    return {"format": "sinopia/graph", "version": 1, "nodes": [{"id": "a", "type": "sinopia.prompt"}], **changes}


@given(GRAPHS)
def test_a_graph_comes_back_as_it_was(graph: Graph) -> None:
    data = encode(graph)
    assert read(data) == graph
    assert encode(read(data)) == data


def test_types_of_numbers_survive() -> None:
    graph = Graph((Node("a", "b.c", params={"i": 1, "f": 1.0, "big": 2**70, "tiny": 5e-324, "t": True}),))
    back = read(encode(graph)).nodes[0].params
    assert {name: (type(value), value) for name, value in back.items()} == {
        name: (type(value), value) for name, value in graph.nodes[0].params.items()
    }


def test_unknown_types_and_fields_survive_where_they_stood() -> None:
    written = document(
        zoom=1.5, format="sinopia/graph",
        nodes=[{"id": "a", "type": "future.thing", "version": 7, "params": {"deep": {"x": [1, None]}}, "glow": [1]}],
        links=[{"from": {"node": "a", "port": "o"}, "to": {"node": "a", "port": "i"}, "bend": 0.2}],
        components=[{"id": "c", "mood": "calm", "nodes": [{"id": "z", "type": "t.t", "tint": 3}]}],
    )  # fmt: skip
    again = json.loads(encode(read(json.dumps(written))))
    assert again == written


def test_a_file_has_a_line_for_each_node_and_each_wire() -> None:
    lines = encode(simple()).decode().splitlines()
    assert sum(line.lstrip().startswith('{"id"') for line in lines) == 4
    assert sum(line.lstrip().startswith('{"from"') for line in lines) == 3


def test_a_byte_order_mark_is_forgiven() -> None:
    assert read(b"\xef\xbb\xbf" + json.dumps(document()).encode()).nodes[0].id == "a"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "demo.json: line 1, column 1: the file is empty"),
        (b'{"format": "sinopia/graph",\n "version": 1,\n "nodes": [', "line 3, column 12: the file is empty or ends"),
        (b'{"format": "sinopia/graph",\n  oops}', "line 2, column 3: this is not JSON"),
        (b"\xff\xfe\x00", "this is not JSON"),
        (b'{"format": "sinopia/graph", "version": 1, "a": "\xed\xa0\x80"}', "this is not JSON"),
        (b"[" * 100_000, "too deep"),
        (b'{"format": "sinopia/graph", "version": 1, "x": ' + b"[" * 70 + b"]" * 70 + b"}", "too deep"),
        (json.dumps(document(nodes=[{}] * (MOST_NODES + 1))), "are too many"),
        (b"[]", "this is no Sinopia graph"),
        (b'{"nodes": []}', "this is no Sinopia graph"),
        (json.dumps(document(version=99)), "Update Sinopia"),
        (json.dumps(document(version="1")), "must be a whole number"),
        (json.dumps(document(version=0)), "must be a whole number"),
        (json.dumps(document(version=True)), "must be a whole number"),
        (json.dumps(document(nodes={})), "demo.json: nodes: here must be a list, not an object"),
        (json.dumps(document(nodes=[{"id": 5, "type": "x"}])), "nodes[0].id: here must be a text, not a whole number"),
        (json.dumps(document(nodes=[{"id": "a"}])), "nodes[0]: type is missing"),
        (json.dumps(document(links=[{"from": "a", "to": "b"}])), "links[0].from: here must be an object"),
        (b'{"format": "sinopia/graph", "version": 1, "x": 1e999}', "out of range"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_where_and_why(data: bytes | str, told: str) -> None:
    with pytest.raises(GraphFileError) as caught:
        read(data)
    assert told in str(caught.value)
    assert str(caught.value).startswith("demo.json: ")


def test_every_cut_and_many_changed_bytes_give_a_graph_or_a_plain_error() -> None:
    data = encode(simple())
    damaged = [data[:length] for length in range(len(data))]
    damaged += [data[:place] + bytes([byte]) + data[place + 1 :] for place in range(len(data)) for byte in (0, 34, 255)]
    refused = []
    for each in damaged:
        try:
            validate(read(each), REGISTRY)
        except GraphFileError as error:
            refused.append(str(error))
    assert len(data) - 1 <= len(refused) < len(damaged)  # every cut is refused, but for one that takes the last newline
    assert all(len(told.splitlines()) == 1 and len(told) > len("demo.json: ") for told in refused)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"deep": [float("nan")]}])
def test_what_json_cannot_hold_is_refused_by_name(value: Any) -> None:
    broken = with_node(simple(), "solve", params={"guidance": value}, title="My solve")
    with pytest.raises(GraphFileError, match="node My solve, parameter guidance"):
        encode(broken)


def test_half_a_character_does_not_keep_the_rest_from_being_saved() -> None:
    assert read(encode(with_node(simple(), "prompt", params={"text": "fox \ud83e"}))).nodes[0].params == {
        "text": "fox ?"
    }


def test_ten_thousand_nodes_come_back() -> None:
    graph = chain(10_000)
    assert decode(encode(graph), "chain.json", synthetic_registry()) == graph


def test_an_old_field_named_like_our_own_mark_does_no_harm() -> None:
    written = document(nodes=[{"id": "a", "type": "x.y", "*": {"k": 1}}])
    assert json.loads(encode(read(json.dumps(written))))["nodes"] == written["nodes"]
    assert replace(read(json.dumps(written)).nodes[0], extra={}).id == "a"
