"""Small graphs of built-in nodes, written briefly: nodes by a short id, wires as "source.port > target.port"."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from engine.api.plan import Asset, Json, Plan, Step
from nodes.graph.compile import compile_plan
from nodes.graph.model import End, Graph, Link, Node
from nodes.graph.validate import validate
from nodes.registry import Registry, built_in

REGISTRY = built_in()


def node(name: str, kind: str, **params: Json) -> Node:
    """A built-in node whose id is `name`; `kind` leaves out "sinopia."."""
    return Node(name, kind if "." in kind or ":" in kind else f"sinopia.{kind}", params=params)


def wire(text: str) -> Link:
    """A wire from its text."""
    (source, port), (target, entry) = (end.strip().split(".") for end in text.split(">"))
    return Link(End(source, port), End(target, entry))


def graph(nodes: Iterable[Node], *wires: str) -> Graph:
    """A graph of nodes and wires."""
    return Graph(tuple(nodes), tuple(map(wire, wires)))


def simple(**denoise: Json) -> Graph:
    """Prompt and model into a solve, saved: the shortest graph that makes a picture."""
    nodes = (
        node("prompt", "prompt", text="a fox by a castle"),
        node("model", "storybook"),
        node("solve", "denoise", **denoise),
        node("save", "save-image"),
    )
    wires = ("prompt.conditioning > solve.prompt", "model.base > solve.denoiser", "solve.image > save.image")
    return graph(nodes, *wires)


def with_node(base: Graph, name: str, **fields: object) -> Graph:
    """The graph with fields of one node replaced."""
    return replace(base, nodes=tuple(replace(n, **fields) if n.id == name else n for n in base.nodes))


def extended(base: Graph, nodes: Iterable[Node], *wires: str) -> Graph:
    """The graph with more nodes and wires."""
    return replace(base, nodes=(*base.nodes, *nodes), links=(*base.links, *map(wire, wires)))


def codes(checked: Graph, registry: Registry = REGISTRY) -> list[tuple[str | None, str | None, str]]:
    """Every problem as (node, port, code)."""
    return [(problem.node, problem.port, problem.code.value) for problem in validate(checked, registry)]


def steps(compiled: Graph, *targets: str, registry: Registry = REGISTRY, **files: str) -> dict[str, Step]:
    """The steps of a plan by node; `files` gives the content hash of "assets/<name>.png"."""
    assets = {f"assets/{name}.png": Asset(f"/anywhere/{name}", sha) for name, sha in files.items()}
    return {step.node: step for step in plan(compiled, *targets, registry=registry, assets=assets).steps}


def plan(compiled: Graph, *targets: str, registry: Registry = REGISTRY, assets: dict[str, Asset] | None = None) -> Plan:
    """The plan of a graph."""
    return compile_plan(compiled, registry, targets or None, assets or {})


def keys(compiled: Graph, *targets: str, **files: str) -> dict[str, str | None]:
    """The key of each step by node."""
    return {name: step.key for name, step in steps(compiled, *targets, registry=REGISTRY, **files).items()}
