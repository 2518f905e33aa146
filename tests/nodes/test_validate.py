"""Validation: every kind of problem, at its place, in words; all of them at once."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.api.plan import Asset
from nodes.graph.compile import compile_plan
from nodes.graph.errors import ProblemsError
from nodes.graph.model import Graph, Node
from nodes.graph.synthetic import ADD, chain, synthetic_registry
from nodes.graph.validate import validate
from nodes.specs.codes import Code
from tests.nodes.graphs import REGISTRY, codes, extended, graph, node, simple, wire, with_node

LAYER: dict[str, Any] = {"id": "l", "start": 2, "end": 5, "phrase": "fox", "mask": "paint/l.png"}


def painted(*layers: dict[str, Any]) -> Graph:
    masks = node("masks", "phrase-masks", layers=list(layers))
    return extended(simple(), [masks], "prompt.conditioning > masks.prompt", "masks.phrases > solve.phrases")


def test_a_sound_graph_has_no_problems() -> None:
    assert codes(simple()) == []
    assert codes(painted(LAYER)) == []
    assert codes(Graph()) == []


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        (extended(simple(), [node("x", "other.thing")]), ("x", None, "unknown-type")),
        (with_node(simple(), "solve", version=9), ("solve", None, "newer-node")),
        (extended(simple(), [node("solve", "prompt")]), ("solve", None, "duplicate-id")),
        (extended(simple(), [node("x", "expert")]), ("x", "denoiser", "missing-input")),
        (extended(simple(), [node("x", "resize")], "model.base > x.image"), ("x", "image", "mistyped-input")),
        (extended(simple(), [], "solve.picture > save.image"), ("solve", "picture", "unknown-port")),
        (extended(simple(), [], "solve.image > save.picture"), ("save", "picture", "unknown-port")),
        (with_node(simple(), "solve", params={"stpes": 3}), ("solve", "stpes", "unknown-parameter")),
        (extended(simple(), [], "gone.image > save.image"), ("save", "image", "dangling-link")),
        (extended(simple(), [], "solve.image > gone.image"), ("solve", "image", "dangling-link")),
        (extended(simple(), [], "gone.a > lost.b"), (None, None, "dangling-link")),
        (extended(simple(), [], "solve.image > save.image"), ("save", "image", "duplicate-link")),
        (extended(simple(), [node("x", "prompt")], "x.conditioning > solve.prompt"), ("solve", "prompt", "two-wires")),
        (simple(steps="20"), ("solve", "steps", "wrong-type")),
        (simple(steps=20.0), ("solve", "steps", "wrong-type")),
        (simple(steps=True), ("solve", "steps", "wrong-type")),
        (simple(steps=None), ("solve", "steps", "wrong-type")),
        (simple(steps=0), ("solve", "steps", "out-of-range")),
        (simple(steps=10**400), ("solve", "steps", "out-of-range")),
        (simple(guidance=math.nan), ("solve", "guidance", "out-of-range")),
        (simple(guidance=math.inf), ("solve", "guidance", "out-of-range")),
        (simple(sampler="magic"), ("solve", "sampler", "bad-choice")),
        (simple(encoders=["t5", "t5"]), ("solve", "encoders", "bad-choice")),
        (simple(encoders="t5"), ("solve", "encoders", "wrong-type")),
        (simple(seed=-1), ("solve", "seed", "out-of-range")),
        (simple(seed=2**63), ("solve", "seed", "out-of-range")),
        (simple(sigma_start=1.0, sigma_end=2.0), ("solve", "sigma_end", "contradiction")),
        (graph([node("x", "load-image")]), ("x", "file", "missing-file")),
        (graph([node("x", "text-list")]), ("x", "texts", "out-of-range")),
        (graph([node("x", "prompt", text="a" * 10_001)]), ("x", "text", "out-of-range")),
        (with_node(simple(), "save", params={"name": "../up"}), ("save", "name", "bad-reference")),
        (painted({**LAYER, "phrase": "owl"}), ("masks", "layers", "broken-phrase")),
        (painted({**LAYER, "start": 5, "end": 2}), ("masks", "layers", "broken-phrase")),
        (painted({**LAYER, "end": 9}), ("masks", "layers", "broken-phrase")),
        (painted({**LAYER, "mask": "/etc/passwd"}), ("masks", "layers", "bad-reference")),
        (painted({**LAYER, "noise_seed": -1}), ("masks", "layers", "out-of-range")),
        (painted({**LAYER, "repel": 2.0}), ("masks", "layers", "out-of-range")),
        (painted({**LAYER, "begin": 0.9, "finish": 0.1}), ("masks", "layers", "contradiction")),
        (painted({**LAYER, "start": "2"}), ("masks", "layers", "wrong-type")),
        (painted(LAYER, LAYER), ("masks", "layers", "duplicate-id")),
    ],
)  # fmt: skip
def test_each_problem_is_told_at_its_place_and_alone(base: Graph, expected: tuple[str, str, str]) -> None:
    assert codes(base) == [expected]


def test_all_problems_come_at_once() -> None:
    broken = extended(simple(steps=0, sampler="x"), [node("e", "expert"), node("y", "y.z")], "gone.a > save.image")
    assert sorted(code for _, _, code in codes(broken)) == [
        "bad-choice", "dangling-link", "missing-input", "out-of-range", "unknown-type",
    ]  # fmt: skip


@given(st.data())
def test_messages_are_sentences_that_name_the_node_and_say_what_to_do(data: st.DataObject) -> None:
    values = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.lists(st.integers())
    )
    spec = data.draw(st.sampled_from(list(REGISTRY)))
    params = {p.name: data.draw(values) for p in spec.parameters}
    for problem in validate(Graph((Node("n", spec.type, title="My node", params=params),)), REGISTRY):
        assert re.fullmatch(r"“My node”.+\. .+\.|“My node”: .+; .+\.", problem.message, re.DOTALL), problem.message


CYCLE = graph(
    [Node(name, "sinopia.resize", title=title) for name, title in (("a", "One"), ("b", "Two"), ("c", "Three"))],
    "a.image > b.image",
    "b.image > c.image",
    "c.image > a.image",
)


def test_a_cycle_is_told_once_with_its_path_in_the_direction_of_the_wires() -> None:
    (problem,) = validate(CYCLE, REGISTRY)
    around = "“One” → “Two” → “Three” → “One” → “Two” → “Three”"
    path = problem.message.removeprefix("These nodes feed each other in a circle: ").removesuffix(". Remove a wire.")
    assert problem.code is Code.CYCLE
    assert path.count("→") == 3
    assert path in around
    with pytest.raises(ProblemsError, match="circle"):
        compile_plan(CYCLE, REGISTRY, ["b"])


def test_a_node_wired_to_itself_and_two_circles_are_each_told() -> None:
    more = extended(CYCLE, [node("d", "resize"), node("e", "resize")], "d.image > d.image", "c.image > e.image")
    assert sorted(code for _, _, code in codes(more)) == ["cycle", "cycle"]


def test_a_circle_of_ten_thousand_is_told_shortly() -> None:
    long = chain(10_000)
    closed = Graph(
        tuple(replace(n, type=ADD.type, params={}) for n in long.nodes), (*long.links, wire("n9999.value > n0.value"))
    )
    (problem,) = validate(closed, synthetic_registry())
    assert problem.code is Code.CYCLE
    assert len(problem.message) < 300


@pytest.mark.parametrize(
    ("given_by", "fits"),
    [("seeds.seeds > solve.steps", True), ("texts.texts > solve.steps", False), ("texts.texts > prompt.text", True),
     ("seeds.seeds > solve.guidance", False), ("seeds.seeds > solve.encoders", False),
     ("seeds.seeds > masks.weight", False)],
)  # fmt: skip
def test_parameters_take_wires_of_their_kind(given_by: str, fits: bool) -> None:
    sources = [node("seeds", "seed-range"), node("texts", "text-list", texts="a")]
    assert (codes(extended(painted(LAYER), sources, given_by)) == []) == fits


def test_an_ensemble_is_a_denoiser_but_no_denoiser_is_an_ensemble() -> None:
    joined = extended(simple(), [node("all", "ensemble")], "model.high > all.experts", "model.low > all.experts")
    rewired = replace(joined, links=tuple(k for k in joined.links if k.target.port != "denoiser"))
    assert codes(extended(rewired, [], "all.ensemble > solve.denoiser")) == []


def test_a_phrase_that_moved_inside_the_prompt_is_still_there() -> None:
    assert codes(with_node(painted(LAYER), "prompt", params={"text": "by a castle a fox"})) == []


def test_words_of_a_prompt_that_only_running_tells_are_not_judged() -> None:
    listed = extended(
        painted({**LAYER, "phrase": "owl"}), [node("t", "text-list", texts="a\nb")], "t.texts > prompt.text"
    )
    assert codes(listed) == []


def test_words_may_stand_in_either_prompt_of_a_switch() -> None:
    switched = graph(
        [node("p", "prompt", text="a fox"), node("q", "prompt", text="an owl"), node("s", "prompt-switch"),
         node("m", "phrase-masks", layers=[{**LAYER, "phrase": "owl"}, {**LAYER, "id": "k", "phrase": "cat"}])],
        "p.conditioning > s.first", "q.conditioning > s.second", "s.conditioning > m.prompt",
    )  # fmt: skip
    (problem,) = validate(switched, REGISTRY)
    assert (problem.code, "cat" in problem.message) == (Code.BROKEN_PHRASE, True)


def test_files_are_looked_for_only_when_they_are_known() -> None:
    assert [p.code for p in validate(painted(LAYER), REGISTRY, files=())] == [Code.MISSING_FILE]
    assert validate(painted(LAYER), REGISTRY, files={"paint/l.png"}) == ()


@pytest.mark.parametrize(
    "reference",
    ["../x.png", "a/../../x.png", "/etc/passwd", "C:\\x.png", "c:x.png", "\\\\server\\x", "~/x.png", "file:///x", "http://x/y.png",
     "a\0b.png", "CON", "aux.png", "a//b.png", "./a.png", "a/", "", "a.", " a", "x" * 300, "a\nb.png", "a|b.png"],
)  # fmt: skip
def test_references_out_of_the_project_are_refused(reference: str) -> None:
    (found,) = codes(graph([node("x", "load-image", file=reference)]))
    assert found[2] in {"bad-reference", "missing-file"}


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(1, 5)), max_size=12),
    st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_any_wiring_is_judged_and_what_is_sound_can_be_planned(pairs: list[tuple[int, int]], muted: list[bool]) -> None:
    first = node("n0", "load-image", file="assets/a.png")
    nodes = [first, *(node(f"n{index}", "resize") for index in range(1, 6))]
    nodes = [replace(each, muted=silent) for each, silent in zip(nodes, muted, strict=True)]
    built = Graph(tuple(nodes), tuple(wire(f"n{source}.image > n{target}.image") for source, target in pairs))
    if not validate(built, REGISTRY) and not muted[5]:
        planned = compile_plan(built, REGISTRY, ["n5"], {"assets/a.png": Asset("/a", "1")})
        assert planned.steps[-1].node == "n5"
        assert not {step.node for step in planned.steps} & {each.id for each in nodes if each.muted}
