"""Why a key changed, told by parameter, file, wire and parent."""

from __future__ import annotations

from msgspec.structs import replace

from engine.api.plan import Asset, Plan
from nodes.graph.compile import compile_plan
from nodes.graph.explain import Cause, Difference, explain
from nodes.graph.model import Graph
from tests.nodes.graphs import REGISTRY, extended, graph, node, plan, simple, with_node


def told(before: Graph, after: Graph) -> dict[str, list[tuple[str, str, str]]]:
    found = explain(plan(before, "solve"), plan(after, "solve"))
    return {name: [(d.cause.value, d.subject, d.node) for d in differences] for name, differences in found.items()}


def test_nothing_changed_nothing_told() -> None:
    assert told(simple(), with_node(simple(), "solve", title="Other", x=3.0)) == {}


def test_a_parameter_and_all_that_follows_from_it() -> None:
    assert told(simple(), with_node(simple(), "prompt", params={"text": "a cat"})) == {
        "prompt": [("parameter", "text", "")],
        "solve": [("input", "prompt", "prompt")],
    }


def test_a_number_that_only_changed_its_type_is_a_change() -> None:
    assert told(simple(guidance=3.0), simple(guidance=3)) == {"solve": [("parameter", "guidance", "")]}


def test_another_wire_and_a_new_node() -> None:
    rewired = replace(simple(), links=tuple(k for k in simple().links if k.target.port != "prompt"))
    after = extended(rewired, [node("other", "prompt", text="a cat")], "other.conditioning > solve.prompt")
    assert told(simple(), after) == {"other": [("added", "", "")], "solve": [("wiring", "prompt", "")]}


def test_a_parameter_that_a_wire_now_drives() -> None:
    after = extended(simple(), [node("seed", "seed")], "seed.seed > solve.seed")
    assert told(simple(), after)["solve"] == [("wiring", "seed", "")]


def test_a_file_with_other_content() -> None:
    def loading(sha: str) -> Plan:
        shown = graph([node("load", "load-image", file="assets/a.png")])
        return compile_plan(shown, REGISTRY, ["load"], {"assets/a.png": Asset("/a", sha)})

    assert explain(loading("1"), loading("2")) == {"load": (Difference(Cause.FILE, "assets/a.png"),)}


def test_a_node_that_is_never_kept_says_so() -> None:
    assert explain(plan(simple()), plan(simple())) == {"save": (Difference(Cause.NEVER_KEPT),)}


def test_a_declaration_of_a_new_version() -> None:
    before = plan(simple(), "model")
    step = replace(before.steps[0], seed_key="changed", key="changed")
    assert explain(before, replace(before, steps=(step,))) == {"model": (Difference(Cause.TYPE, "sinopia.storybook"),)}
