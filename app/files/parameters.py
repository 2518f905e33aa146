"""The text that many programs show for a generated picture: the prompt, the negative prompt, then names and values."""

from __future__ import annotations

from collections.abc import Mapping

from nodes.graph.model import Graph, Node
from nodes.graph.texts import texts_at
from nodes.graph.validate import Survey, survey
from nodes.registry import Registry

_NAMES: Mapping[str, str] = {"steps": "Steps", "sampler": "Sampler", "guidance": "CFG scale", "seed": "Seed"}
_SOLVERS = ("sinopia.denoise", "sinopia.refine")


def parameters_text(graph: Graph, registry: Registry) -> str:
    """What the first solve of a graph was told, in the widely read form; empty for graphs without one."""
    found = survey(graph, registry)
    solver = _first_solver(found)
    if solver is None:
        return ""
    lines = [" | ".join(sorted(texts_at(found.wiring, found.flow, solver.id, "prompt") or ()))]
    negative = texts_at(found.wiring, found.flow, solver.id, "negative")
    if negative:
        lines.append(f"Negative prompt: {' | '.join(sorted(negative))}")
    lines.append(", ".join(f"{name}: {value}" for name, value in _facts(found, solver).items()))
    return "\n".join(lines)


def _first_solver(found: Survey) -> Node | None:
    order = found.flow.ancestors(found.wiring.nodes)
    nodes = (found.wiring.nodes[node] for node in order)
    return next((node for node in nodes if node.type in _SOLVERS and not node.muted), None)


def _facts(found: Survey, solver: Node) -> dict[str, object]:
    facts = {shown: _value(found, solver, name) for name, shown in _NAMES.items()}
    facts["Size"] = _size(found, solver)
    facts["Model"] = _model(found, solver)
    return {name: value for name, value in facts.items() if value is not None} | {"Version": "Sinopia"}


def _value(found: Survey, node: Node, name: str) -> object:
    """What a parameter is set to, or what the node that drives it is set to; None where only running tells."""
    seen: set[str] = set()
    while name in found.flow.live[node.id] and node.id not in seen:
        seen.add(node.id)
        source = found.flow.live[node.id][name][0]
        node, name = found.wiring.nodes[source.node], source.port
    shape = found.wiring.shapes[node.id]
    if shape is None or name not in shape.parameters:
        return None
    return node.params.get(name, shape.defaults[name])


def _size(found: Survey, solver: Node) -> str | None:
    source = next(iter(found.flow.live[solver.id].get("size", ())), None)
    if source is None:
        return None
    node = found.wiring.nodes[source.node]
    width, height = _value(found, node, "width"), _value(found, node, "height")
    return f"{width}x{height}" if width is not None and height is not None else None


def _model(found: Survey, solver: Node) -> str | None:
    """The model whose denoiser the solve comes down to."""
    titles = []
    for node in found.flow.ancestors([solver.id]):
        shape = found.wiring.shapes[node]
        if shape is not None and shape.spec.family == "models" and not shape.spec.inputs:
            titles.append(shape.spec.title)
    return titles[0] if titles else None
