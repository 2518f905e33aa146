"""Edits: a new graph each time, the old one untouched, and nothing that is not there can be named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.graph import edit
from nodes.graph.errors import EditError
from nodes.graph.model import Graph
from tests.nodes.graphs import REGISTRY, codes, extended, node, simple, wire


def test_a_graph_is_built_step_by_step() -> None:
    prompt = edit.make_node(REGISTRY, "sinopia.prompt", "My words", (10.0, 20.0), text="a fox")
    small = edit.make_node(REGISTRY, "sinopia.switch")
    built = edit.connect(edit.add(Graph(), prompt, small), REGISTRY, (prompt.id, "conditioning"), (small.id, "first"))
    assert (prompt.title, prompt.x, prompt.y, prompt.params) == ("My words", 10.0, 20.0, {"text": "a fox"})
    assert codes(built) == []


def test_ids_are_random_and_plain() -> None:
    ids = {edit.new_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(len(each) == 10 and each.isalnum() and each.isascii() for each in ids)


def test_removing_a_node_takes_its_wires_along() -> None:
    rest = edit.remove(simple(), ["solve"])
    assert [each.id for each in rest.nodes] == ["prompt", "model", "save"]
    assert rest.links == ()


def test_a_new_wire_takes_the_place_of_the_old_one_where_one_may_end() -> None:
    base = extended(simple(), [node("other", "prompt"), node("all", "ensemble")], "model.high > all.experts")
    rewired = edit.connect(base, REGISTRY, ("other", "conditioning"), ("solve", "prompt"))
    assert [link.source.node for link in rewired.links if link.target.port == "prompt"] == ["other"]
    both = edit.connect(base, REGISTRY, ("model", "low"), ("all", "experts"))
    assert [link.source.port for link in both.links if link.target.port == "experts"] == ["high", "low"]


def test_parameters_are_set_and_unset() -> None:
    changed = edit.set_params(simple(seed=1), "solve", {"steps": 5})
    assert edit.node_by_id(changed, "solve").params == {"seed": 1, "steps": 5}
    assert edit.node_by_id(edit.unset_params(changed, "solve", ["seed"]), "solve").params == {"steps": 5}


def test_a_wire_is_taken_away() -> None:
    cut = edit.disconnect(simple(), ("solve", "image"), ("save", "image"))
    assert wire("solve.image > save.image") not in cut.links
    assert len(cut.links) == len(simple().links) - 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: edit.make_node(REGISTRY, "sinopia.nothing"),
        lambda: edit.make_node(REGISTRY, "sinopia.denoise", guidance=float("nan")),
        lambda: edit.add(simple(), node("solve", "prompt")),
        lambda: edit.change(simple(), node("gone", "prompt")),
        lambda: edit.set_params(simple(), "gone", {}),
        lambda: edit.set_params(simple(), "solve", {"steps": float("inf")}),
        lambda: edit.unset_params(simple(), "gone", []),
        lambda: edit.connect(simple(), REGISTRY, ("gone", "image"), ("save", "image")),
        lambda: edit.connect(simple(), REGISTRY, ("solve", "picture"), ("save", "image")),
        lambda: edit.connect(simple(), REGISTRY, ("solve", "image"), ("save", "picture")),
        lambda: edit.connect(simple(), REGISTRY, ("solve", "image"), ("save", "image")),
        lambda: edit.disconnect(simple(), ("solve", "sample"), ("save", "image")),
    ],
)
def test_what_is_not_there_cannot_be_edited(wrong: Callable[[], object]) -> None:
    with pytest.raises(EditError, match=r".+\."):
        wrong()


@given(st.lists(st.sampled_from(["prompt", "model", "solve", "save"]), max_size=3), st.integers(0, 99))
def test_the_old_graph_stays_as_it_was(gone: list[str], seed: int) -> None:
    before = simple()
    edit.remove(edit.set_params(before, "solve", {"seed": seed}), gone)
    assert before == simple()
