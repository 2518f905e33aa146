"""Edits: a new graph each time, the old one untouched, and nothing that is not there can be named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.graph import edit
from nodes.graph.errors import EditError
from tests.nodes.graphs import node, simple


def test_ids_are_random_and_plain() -> None:
    ids = {edit.new_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(len(each) == 10 and each.isalnum() and each.isascii() for each in ids)


def test_removing_a_node_takes_its_wires_along() -> None:
    rest = edit.remove(simple(), ["solve"])
    assert [each.id for each in rest.nodes] == ["prompt", "model", "save"]
    assert rest.links == ()


def test_parameters_are_set_and_unset() -> None:
    changed = edit.set_params(simple(seed=1), "solve", {"steps": 5})
    assert edit.node_by_id(changed, "solve").params == {"seed": 1, "steps": 5}
    assert edit.node_by_id(edit.unset_params(changed, "solve", ["seed"]), "solve").params == {"steps": 5}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: edit.add(simple(), node("solve", "prompt")),
        lambda: edit.change(simple(), node("gone", "prompt")),
        lambda: edit.set_params(simple(), "gone", {}),
        lambda: edit.set_params(simple(), "solve", {"steps": float("inf")}),
        lambda: edit.unset_params(simple(), "gone", []),
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
