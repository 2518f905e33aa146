"""Plans: what they hold, in what order, and what changes a key."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from engine.api.plan import Asset, Source, item_key, output_key
from nodes.graph.compile import compile_plan
from nodes.graph.errors import ProblemsError
from nodes.graph.model import Frame, Graph
from nodes.graph.synthetic import chain, diamond, synthetic_registry, wide
from nodes.registry import Registry
from nodes.specs.declare import Kind, Parameter, Port, PortType, Spec
from tests.nodes.graphs import REGISTRY, extended, graph, keys, node, plan, simple, steps, with_node


def test_only_what_the_target_needs_is_planned_and_in_order() -> None:
    more = extended(
        simple(), [node("other", "prompt", text="unused"), node("look", "preview")], "solve.image > look.image"
    )
    assert set(steps(more, "solve")) == {"prompt", "model", "solve"}
    planned = [step.node for step in plan(more).steps]
    assert sorted(planned) == ["look", "model", "prompt", "save", "solve"]
    assert planned.index("solve") > max(planned.index("prompt"), planned.index("model"))
    assert plan(more).targets == ("save", "look")
    assert [step.node for step in plan(more).steps if step.target] == ["save", "look"]


def test_a_step_says_all_the_engine_needs() -> None:
    step = steps(simple(seed=5))["solve"]
    assert (step.type, step.title, step.run) == ("sinopia.denoise", "Denoise", "nodes.impl.sampling:denoise")
    assert step.params["seed"] == 5
    assert step.params["sampler"] == "deis_3kutta"
    assert step.inputs == {"prompt": (Source("prompt", "conditioning"),), "denoiser": (Source("model", "base"),)}
    assert step.outputs == ("sample", "image")
    assert step.many == ("style",)


def test_the_key_of_a_step_is_what_the_executor_would_compute() -> None:
    found = steps(simple())
    parents = [(port, output_key(found[s.node].key, s.port)) for port, ss in found["solve"].inputs.items() for s in ss]
    assert found["solve"].key == item_key(found["solve"].seed_key, parents)


def test_where_a_node_stands_and_what_it_is_called_changes_no_key() -> None:
    before = simple()
    moved = with_node(before, "solve", x=400.0, y=-3.0, title="My solve", note="try more steps")
    framed = replace(moved, frames=(Frame("f", "All of it", 0, 0, 900, 400),), links=tuple(reversed(moved.links)))
    renamed = replace(framed, nodes=tuple(reversed(framed.nodes)))
    assert keys(before) == keys(renamed)


def test_other_ids_change_no_key() -> None:
    other = graph(
        [node("p", "prompt", text="a fox by a castle"), node("m", "storybook"), node("s", "denoise")],
        "p.conditioning > s.prompt",
        "m.base > s.denoiser",
    )
    assert keys(other, "s")["s"] == keys(simple(), "solve")["solve"]


def test_a_default_written_out_is_the_default() -> None:
    assert keys(simple()) == keys(simple(steps=20, sigma_end=None))


@pytest.mark.parametrize("change", [{"steps": 21}, {"guidance": 3}, {"guidance": 3.5}, {"encoders": ["t5"]}])
def test_a_changed_parameter_changes_its_node_and_no_other(change: dict[str, object]) -> None:
    before, after = keys(simple(), "solve"), keys(simple(**change), "solve")  # type: ignore[arg-type]
    assert {name for name in before if before[name] != after[name]} == {"solve"}


def test_a_changed_prompt_changes_all_that_follows() -> None:
    before, after = simple(), with_node(simple(), "prompt", params={"text": "a cat"})
    assert {name for name, key in keys(before, "solve").items() if keys(after, "solve")[name] != key} == {
        "prompt",
        "solve",
    }


def test_another_output_of_the_same_node_is_another_input() -> None:
    high = replace(
        simple(),
        links=tuple(
            replace(k, source=replace(k.source, port="high")) if k.source.port == "base" else k for k in simple().links
        ),
    )
    assert keys(simple(), "solve")["solve"] != keys(high, "solve")["solve"]


def test_a_parameter_that_changes_no_result_changes_no_key() -> None:
    spec = Spec(
        "test.shown", "Shown", "test", "", "a:b",
        outputs=(Port("value", PortType.NUMBER),),
        parameters=(
            Parameter("value", Kind.NUMBER, 0.0, ""),
            Parameter("label", Kind.TEXT, "", "", affects_result=False),
        ),
    )  # fmt: skip
    registry = Registry([spec])
    one, two, three = (
        steps(graph([node("a", "test.shown", **p)]), "a", registry=registry)["a"]
        for p in ({"label": "x"}, {"label": "y"}, {"value": 1.0})
    )
    assert one.key == two.key != three.key
    assert two.params["label"] == "y"


def test_a_value_driven_by_a_wire_counts_instead_of_the_one_written_on_the_node() -> None:
    driven = extended(simple(seed=1), [node("seed", "seed", seed=9)], "seed.seed > solve.seed")
    assert keys(driven, "solve")["solve"] == keys(with_node(driven, "solve", params={"seed": 2}), "solve")["solve"]
    other = with_node(driven, "seed", params={"seed": 10})
    assert keys(driven, "solve")["solve"] != keys(other, "solve")["solve"]


def pictured(file: str) -> Graph:
    return graph([node("load", "load-image", file=file), node("show", "resize")], "load.image > show.image")


def test_files_count_by_content_and_not_by_name() -> None:
    base = keys(pictured("assets/a.png"), "show", a="11")
    assert base == keys(pictured("assets/b.png"), "show", b="11")
    assert base != keys(pictured("assets/a.png"), "show", a="22")
    assert steps(pictured("assets/a.png"), "load", a="11")["load"].assets == {
        "assets/a.png": Asset("/anywhere/a", "11")
    }


def layer(**changes: object) -> dict[str, object]:
    return {"id": "l", "start": 2, "end": 5, "phrase": "fox", "mask": "assets/m.png", **changes}


def painted(*layers: dict[str, object]) -> Graph:
    masks = node("masks", "phrase-masks", layers=list(layers))  # type: ignore[arg-type]
    return extended(simple(), [masks], "prompt.conditioning > masks.prompt", "masks.phrases > solve.phrases")


def test_painted_layers_count_by_what_the_engine_reads_of_them() -> None:
    base = keys(painted(layer()), "masks", m="11")
    assert base == keys(painted(layer(colour="#d33", visible=True, strength=1.0)), "masks", m="11")
    assert base != keys(painted(layer()), "masks", m="22")
    assert base != keys(painted(layer(repel=0.9)), "masks", m="11")
    sent = steps(painted(layer(colour="#d33")), "masks", m="11")["masks"].params["layers"]
    assert sent == [{**layer(), "strength": 1.0, "repel": 0.5, "begin": 0.0, "finish": 1.0, "noise_seed": None}]


def test_a_node_that_writes_runs_every_time_but_what_follows_it_is_kept() -> None:
    chained = extended(simple(), [node("small", "resize")], "save.image > small.image")
    found = steps(chained, "small", "save")
    assert found["save"].key is None
    assert found["small"].inputs == {"image": (Source("solve", "image"),)}
    assert found["small"].key is not None


def test_what_cannot_be_named_is_never_kept_nor_is_what_follows() -> None:
    spec = Spec(
        "test.always", "Always", "test", "", "a:b", outputs=(Port("image", PortType.IMAGE),), cacheable=False
    )  # fmt: skip
    registry = REGISTRY.extended([spec])
    found = steps(graph([node("a", "test.always"), node("b", "resize")], "a.image > b.image"), "b", registry=registry)
    assert [step.key for step in found.values()] == [None, None]
    assert found["b"].seed_key is not None


def test_problems_elsewhere_do_not_stop_a_run_but_those_in_the_way_do() -> None:
    broken = extended(simple(), [node("alone", "expert", sigma_from=-1.0)])
    assert set(steps(broken, "solve")) == {"prompt", "model", "solve"}
    with pytest.raises(ProblemsError) as caught:
        plan(with_node(broken, "solve", params={"steps": 0, "guidance": math.nan}))
    assert [(p.node, p.port) for p in caught.value.problems] == [("solve", "steps"), ("solve", "guidance")]


def test_nothing_to_run_and_unknown_targets_are_told() -> None:
    for targets in ((), ("nobody",), ("save",)):
        with pytest.raises(ProblemsError) as caught:
            plan(with_node(simple(), "save", muted=True), *targets)
        assert [problem.code.value for problem in caught.value.problems] == [
            "unknown-target" if targets else "no-target"
        ]


def test_a_missing_file_is_told_at_its_node() -> None:
    with pytest.raises(ProblemsError, match=r"Load Image.*assets/a\.png.*not there"):
        compile_plan(pictured("assets/a.png"), REGISTRY, ["show"])


@pytest.mark.parametrize(
    ("built", "target", "count"),
    [(chain(10_000), "n9999", 10_000), (diamond(40), "j40", 121), (wide(3_000), "total", 3_002)],
)
def test_long_deep_and_wide_graphs_are_planned(built: Graph, target: str, count: int) -> None:
    planned = compile_plan(built, synthetic_registry(), [target])
    assert len(planned.steps) == count
    assert planned.steps[-1].node == target
    seen: set[str] = set()
    for step in planned.steps:
        assert seen.issuperset(source.node for sources in step.inputs.values() for source in sources)
        seen.add(step.node)


def test_every_start_value_reaches_the_end_of_a_chain() -> None:
    ends = {compile_plan(chain(50, start), synthetic_registry(), ["n49"]).steps[-1].key for start in (0.0, 1.0, 2.0)}
    assert len(ends) == 3


def test_the_wires_of_a_port_that_takes_many_keep_their_order() -> None:
    def sheet(*wires: str) -> str | None:
        nodes = [
            node("a", "load-image", file="assets/a.png"),
            node("b", "load-image", file="assets/b.png"),
            node("g", "grid"),
        ]
        return keys(graph(nodes, *wires), "g", a="1", b="2")["g"]

    one, other = "a.image > g.images", "b.image > g.images"
    assert sheet(one, other) != sheet(other, one)
