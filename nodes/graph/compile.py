"""From a graph to a plan: only what the targets need, in order, each step named by a key over all it depends on.

A key covers the node's type and version, the parameters that affect its result, the content of its files, and the keys
of what comes in. It does not cover ids, titles, places, frames or notes, the names of files, or a parameter's own value
where a wire drives it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from engine.api.plan import Asset, Json, Plan, Source, Step, item_key, output_key, seed_key
from nodes.graph.errors import Problem, ProblemsError
from nodes.graph.flow import Live
from nodes.graph.model import Graph, Node
from nodes.graph.validate import Survey, survey
from nodes.registry import Registry
from nodes.specs.codes import Code
from nodes.specs.declare import Kind
from nodes.specs.shape import Shape
from nodes.specs.values import phrase_layers, shown

NO_ASSETS: Mapping[str, Asset] = {}


def compile_plan(
    graph: Graph, registry: Registry, targets: Iterable[str] | None = None, assets: Mapping[str, Asset] = NO_ASSETS
) -> Plan:
    """Make the plan that computes `targets`.

    Args:
        graph: any graph; problems elsewhere than in what the targets need do not matter.
        registry: the node types that are known.
        targets: ids of nodes; None takes every output node (Save Image, Preview, ...).
        assets: the files behind the references in parameters.

    Raises:
        ProblemsError: every problem that stands in the way.
    """
    found = survey(graph, registry, assets)
    wanted = _targets(found, targets)
    needed = found.flow.ancestors(wanted)
    _refuse(found, needed)
    planner = _Planner(found, assets, frozenset(wanted))
    return Plan(tuple(planner.step(node) for node in needed), wanted)


def output_nodes(found: Survey) -> tuple[str, ...]:
    """The nodes that run when no target is named."""
    wiring = found.wiring
    return tuple(
        node.id
        for node in wiring.nodes.values()
        if not node.muted and (shape := wiring.shapes[node.id]) is not None and shape.spec.output_node
    )


def _targets(found: Survey, targets: Iterable[str] | None) -> tuple[str, ...]:
    if targets is None:
        wanted = output_nodes(found)
        if not wanted:
            told = "There is nothing to run. Add a Save Image or Preview node, or name a node to run."
            raise ProblemsError([*found.problems, Problem(None, None, Code.NO_TARGET, told)])
        return wanted
    wanted = tuple(dict.fromkeys(targets))
    faults = [fault for node in wanted if (fault := _target_fault(found, node)) is not None]
    if faults:
        raise ProblemsError(faults)
    return wanted


def _target_fault(found: Survey, node: str) -> Problem | None:
    known = found.wiring.nodes.get(node)
    if known is None:
        told = f"There is no node {shown(node)} to run. Name one of this graph's nodes by its id."
        return Problem(None, None, Code.UNKNOWN_TARGET, told)
    if known.muted:
        told = f"{found.wiring.title(node)} is muted and does not run. Unmute it, or run another node."
        return Problem(node, None, Code.UNKNOWN_TARGET, told)
    return None


def _refuse(found: Survey, needed: Iterable[str]) -> None:
    concerned: set[str | None] = {None}
    for node in needed:
        concerned.add(node)
        while "/" in node:  # what is wrong with an instance of a component concerns all inside it
            node = node.rpartition("/")[0]
            concerned.add(node)
    problems = [problem for problem in found.problems if problem.node in concerned]
    if problems:
        raise ProblemsError(problems)


class _Planner:
    """Makes steps in order; each looks up the keys of those before it."""

    def __init__(self, found: Survey, assets: Mapping[str, Asset], targets: frozenset[str]) -> None:
        self._found, self._assets, self._targets = found, assets, targets
        self._keys: dict[Source, str | None] = {}

    def step(self, node_id: str) -> Step:
        node, live = self._found.wiring.nodes[node_id], self._found.flow.live[node_id]
        shape = self._found.wiring.shapes[node_id]
        assert shape is not None, "a node of an unknown type is a problem, and problems were refused"
        params = _settings(shape, node)
        files = {name: self._assets[name] for name in _references(shape, params)}
        seed = _seed(shape, params, live, files) if shape.spec.cacheable else None
        key = None if seed is None else item_key(seed, self._parents(live))
        for port in shape.output_names:
            self._keys[Source(node_id, port)] = output_key(key, port)
        return Step(
            node=node_id,
            type=node.type,
            title=self._found.wiring.bare_title(node_id),
            run=shape.spec.run,
            key=key,
            seed_key=seed,
            params=params,
            inputs=dict(live),
            outputs=shape.output_names,
            many=shape.many,
            collects=shape.collects,
            lists=shape.lists,
            lazy=shape.spec.lazy,
            lazy_ports=shape.lazy_ports,
            assets=files,
            target=node_id in self._targets,
        )

    def _parents(self, live: Live) -> list[tuple[str, str | None]]:
        return [(port, self._keys[source]) for port, sources in live.items() for source in sources]


def _settings(shape: Shape, node: Node) -> dict[str, Json]:
    """Every declared parameter, and of painted phrases only what the engine knows of them."""
    params = {**shape.defaults, **node.params}
    for parameter in shape.file_parameters:
        if parameter.kind is Kind.PHRASES:
            params[parameter.name] = [msgspec.to_builtins(layer) for layer in phrase_layers(params[parameter.name])]
    return params


def _references(shape: Shape, params: Mapping[str, Json]) -> list[str]:
    found: list[str] = []
    for parameter in shape.file_parameters:
        found += (reference for reference in _places(params[parameter.name]).values())
    return found


def _seed(shape: Shape, params: Mapping[str, Json], live: Live, files: Mapping[str, Asset]) -> str | None:
    hidden = shape.without_effect
    named = {name: value for name, value in params.items() if name not in hidden and name not in live}
    contents: dict[str, str] = {}
    for parameter in shape.file_parameters:
        value = named.pop(parameter.name)
        contents |= {f"{parameter.name}{place}": files[name].sha256 for place, name in _places(value).items()}
        named[parameter.name] = _without_references(value)
    return seed_key(shape.spec.type, shape.spec.version, named, contents)


def _places(value: Any) -> dict[str, str]:
    """The references in a parameter that names files, by their place in it."""
    if isinstance(value, str):
        return {"": value}
    return {f".{index}": layer["mask"] for index, layer in enumerate(value)}


def _without_references(value: Any) -> Json:
    if isinstance(value, str):
        return None
    return [{name: field for name, field in layer.items() if name != "mask"} for layer in value]
