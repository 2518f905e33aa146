"""What reaches an input through muted nodes, nodes that pass a value on, and switches."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from engine.api.plan import Source
from nodes.graph.model import Graph
from nodes.graph.validate import validate
from tests.nodes.graphs import REGISTRY, codes, extended, graph, keys, node, simple, steps, with_node


def staged() -> Graph:
    """The model's denoiser through an expert, its picture through a resize."""
    base = replace(simple(), links=tuple(k for k in simple().links if k.source.node == "prompt"))
    return extended(
        base,
        [node("expert", "expert"), node("small", "resize")],
        "model.base > expert.denoiser", "expert.denoiser > solve.denoiser",
        "solve.image > small.image", "small.image > save.image",
    )  # fmt: skip


def test_a_muted_node_lets_its_kind_of_value_through() -> None:
    muted = with_node(with_node(staged(), "small", muted=True), "expert", muted=True)
    found = steps(muted)
    assert set(found) == {"prompt", "model", "solve", "save"}
    assert found["save"].inputs == {"image": (Source("solve", "image"),)}
    assert keys(muted, "solve")["solve"] == keys(simple(), "solve")["solve"]


def test_what_is_wrong_with_a_muted_node_does_not_matter() -> None:
    assert codes(with_node(staged(), "small", muted=True, params={"width": -1, "no": 1})) == []
    assert codes(extended(simple(), [replace(node("x", "other.thing"), muted=True)])) == []


def test_a_muted_source_with_nothing_to_pass_on_is_told_where_it_is_missed() -> None:
    (problem,) = validate(with_node(simple(), "prompt", muted=True), REGISTRY)
    assert (problem.node, problem.port, problem.code.value) == ("solve", "prompt", "missing-input")
    assert "“Prompt”, which is muted" in problem.message


def test_a_muted_optional_source_leaves_the_value_on_the_node() -> None:
    seeded = extended(simple(seed=4), [node("seed", "seed", seed=9)], "seed.seed > solve.seed")
    muted = with_node(seeded, "seed", muted=True)
    assert codes(muted) == []
    assert keys(muted, "solve") == keys(simple(seed=4), "solve")


def test_a_muted_node_of_an_unknown_type_passes_nothing() -> None:
    strange = extended(simple(), [replace(node("x", "other.thing"), muted=True)], "x.image > solve.low_resolution")
    assert codes(strange) == []
    assert "low_resolution" not in steps(strange)["solve"].inputs


def test_long_chains_of_muted_nodes_are_followed() -> None:
    rows = [replace(node(f"r{index}", "resize"), muted=True) for index in range(3_000)]
    wires = [f"r{index}.image > r{index + 1}.image" for index in range(2_999)]
    long = extended(simple(), rows, "solve.image > r0.image", *wires)
    end = extended(long, [node("end", "resize")], "r2999.image > end.image")
    assert steps(end, "end")["end"].inputs == {"image": (Source("solve", "image"),)}


def switched(choice: str) -> Graph:
    return graph(
        [node("a", "load-image", file="assets/a.png"), node("b", "load-image", file="assets/b.png"),
         node("s", "switch", choice=choice), node("end", "resize")],
        "a.image > s.first", "b.image > s.second", "s.value > end.image",
    )  # fmt: skip


@pytest.mark.parametrize(("choice", "chosen"), [("first", "a"), ("second", "b")])
def test_only_the_chosen_side_of_a_switch_is_planned_and_counts(choice: str, chosen: str) -> None:
    found = steps(switched(choice), "end", a="1", b="2")
    assert set(found) == {chosen, "s", "end"}
    assert found["s"].lazy == "choice"
    before = keys(switched(choice), "end", a="1", b="2")["end"]
    other = {"a": "1", "b": "2"} | {("b" if chosen == "a" else "a"): "9"}
    assert keys(switched(choice), "end", **other)["end"] == before


def test_a_choice_that_only_running_tells_keeps_both_sides() -> None:
    driven = extended(switched("first"), [node("t", "text-list", texts="first\nsecond")], "t.texts > s.choice")
    found = steps(driven, "end", a="1", b="2")
    assert {"a", "b", "t"} <= set(found)
    assert found["s"].lazy_ports == ("first", "second")


def test_the_side_not_chosen_may_be_empty_but_not_the_chosen_one() -> None:
    half = replace(switched("first"), links=tuple(k for k in switched("first").links if k.target.port != "second"))
    assert codes(half) == []
    assert codes(with_node(half, "s", params={"choice": "second"})) == [("s", "second", "missing-input")]


def test_a_switch_gives_what_comes_in() -> None:
    base = [node("p", "prompt"), node("s", "switch"), node("r", "resize"), node("w", "prompt-switch")]
    wires = ("p.conditioning > s.first", "s.value > w.first", "s.value > w.second")
    assert codes(graph(base[:2] + base[3:], *wires)) == []
    (problem,) = validate(graph(base[:3], wires[0], "s.value > r.image"), REGISTRY)
    assert (problem.node, problem.code.value) == ("r", "mistyped-input")
    assert "gives Conditioning" in problem.message
