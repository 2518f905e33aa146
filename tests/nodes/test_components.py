"""Components: instances run as the nodes of their definition, to any depth."""

from __future__ import annotations

from msgspec.structs import replace

from nodes.graph.expand import expand
from nodes.graph.model import Component, End, Graph, Node
from nodes.graph.validate import validate
from tests.nodes.graphs import REGISTRY, codes, extended, keys, node, plan, simple, steps, wire

DRAW = Component(
    "draw",
    "Draw",
    nodes=(node("text", "prompt", text="a fox by a castle"), node("model", "storybook"), node("solve", "denoise")),
    links=(wire("text.conditioning > solve.prompt"), wire("model.base > solve.denoiser")),
    inputs={"noise": (End("solve", "seed"),)},
    outputs={"picture": End("solve", "image")},
    params={"words": End("text", "text")},
)

USING = Graph(
    (Node("mine", "component:draw", params={"words": "an owl"}), node("save", "save-image")),
    (wire("mine.picture > save.image"),),
    components=(DRAW,),
)


def test_an_instance_runs_as_its_definition_with_its_own_settings() -> None:
    found = steps(USING)
    assert set(found) == {"mine/text", "mine/model", "mine/solve", "save"}
    assert found["mine/text"].params["text"] == "an owl"
    assert found["mine/solve"].title == "Draw › denoise"
    same = simple()
    same = replace(same, nodes=(node("prompt", "prompt", text="an owl"), *same.nodes[1:]))
    assert found["mine/solve"].key == keys(same, "solve")["solve"]


def test_wires_reach_inputs_and_parameters_of_an_instance() -> None:
    seeded = extended(
        USING,
        [node("s", "seed", seed=3), node("t", "text-list", texts="a\nb")],
        "s.seed > mine.noise",
        "t.texts > mine.words",
    )
    found = steps(seeded)
    assert found["mine/solve"].inputs["seed"][0].node == "s"
    assert found["mine/text"].inputs["text"][0].node == "t"


def test_components_inside_components() -> None:
    outer = Component(
        "outer", "Outer", nodes=(Node("in", "component:draw"),), outputs={"out": End("in", "picture")},
        inputs={"noise": (End("in", "noise"),)}, params={"said": End("in", "words")},
    )  # fmt: skip
    nested = Graph(
        (Node("o", "component:outer", params={"said": "a cat"}), node("save", "save-image"), node("s", "seed")),
        (wire("o.out > save.image"), wire("s.seed > o.noise")),
        components=(outer, DRAW),
    )
    found = steps(nested)
    assert found["o/in/text"].params["text"] == "a cat"
    assert found["save"].inputs["image"][0].node == "o/in/solve"
    assert found["o/in/solve"].inputs["seed"][0].node == "s"


def test_a_muted_instance_is_muted_throughout() -> None:
    muted = replace(USING, nodes=(replace(USING.nodes[0], muted=True), USING.nodes[1]))
    assert [problem.code.value for problem in validate(muted, REGISTRY)] == ["missing-input"]


def test_what_is_wrong_with_an_instance_is_told_at_it() -> None:
    assert codes(replace(USING, components=())) == [("mine", None, "unknown-component")]
    renamed = replace(USING, nodes=(Node("mine", "component:draw", params={"no": 1}), USING.nodes[1]))
    assert codes(renamed) == [("mine", "no", "unknown-parameter")]
    assert ("mine", "wrong", "unknown-port") in codes(extended(USING, [node("s", "seed")], "s.seed > mine.wrong"))
    assert ("mine", "image", "unknown-port") in codes(extended(USING, [node("r", "resize")], "mine.image > r.image"))


def test_a_component_inside_itself_is_refused() -> None:
    selfish = Component("a", "A", nodes=(Node("x", "component:a"),))
    assert codes(Graph((Node("n", "component:a"),), components=(selfish,))) == [("n/x", None, "cycle")]


def test_components_that_multiply_without_end_are_stopped() -> None:
    levels = [Component("c0", nodes=tuple(node(f"p{i}", "prompt") for i in range(10)))]
    for level in range(1, 8):
        inner = tuple(Node(f"i{number}", f"component:c{level - 1}") for number in range(10))
        levels.append(Component(f"c{level}", nodes=inner))
    found = expand(Graph((Node("n", "component:c7"),), components=tuple(levels)), most=1_000)
    assert [problem.code.value for problem in found.problems] == ["too-large"]
    assert len(found.graph.nodes) < 1_100


def test_components_a_thousand_deep_are_stopped() -> None:
    levels = [Component(f"c{level}", nodes=(Node("i", f"component:c{level + 1}"),)) for level in range(1_000)]
    found = expand(Graph((Node("n", "component:c0"),), components=tuple(levels)))
    assert [problem.code.value for problem in found.problems] == ["too-large"]


def test_a_graph_without_instances_is_left_as_it_is() -> None:
    plain = simple()
    assert expand(plain).graph is plain
    assert plan(replace(simple(), components=(DRAW,))) == plan(simple())
