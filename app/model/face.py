"""The face that the Paint workspace shows of a graph: which node stands behind each simple control."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.model.document import Document
from nodes.graph.model import End, Graph, Node
from nodes.registry import Registry

PROMPT, NEGATIVE_PROMPT, PROMPT_SWITCH = "sinopia.prompt", "sinopia.negative-prompt", "sinopia.prompt-switch"
STYLE_REFERENCE, SIZE_CROP = "sinopia.style-reference", "sinopia.size-crop"
DENOISE, REFINE = "sinopia.denoise", "sinopia.refine"
SEED, SEED_RANGE, TEXT_LIST = "sinopia.seed", "sinopia.seed-range", "sinopia.text-list"
SOLVES = frozenset({DENOISE, REFINE})

_SEED_PARAMETERS: Mapping[str, str] = {SEED: "seed", SEED_RANGE: "first"}


@dataclass(frozen=True)
class Face:
    """Ids of the nodes behind the controls; None where the graph has none for it.

    `target`: the output node whose picture is shown. `solves`: what draws that picture, in order; the first decides the
    layout and its inputs are what the controls show. `switch`: what leads from the prompt to the second one. `seed`:
    the parameter that holds its seed; None when a wire drives it. `driven`: names of controls whose value only the
    graph knows.
    """

    target: str | None = None
    solves: tuple[str, ...] = ()
    prompt: str | None = None
    second_prompt: str | None = None
    switch: str | None = None
    negative: str | None = None
    masks: str | None = None
    styles: tuple[str, ...] = ()
    size: str | None = None
    seed: End | None = None
    driven: frozenset[str] = frozenset()

    @property
    def first(self) -> str | None:
        """The solve that decides the layout."""
        return self.solves[0] if self.solves else None


def face_of(document: Document, registry: Registry, target: str | None = None) -> Face:
    """The face of a graph: of what leads to `target`, or to its first output node."""
    wires = _Wires(document)
    target = target if target in document.nodes else next(output_nodes(document.graph, registry), None)
    if target is None:
        return Face()
    solves = tuple(node for node in wires.before(target) if document.nodes[node].type in SOLVES)
    return _of_solve(wires, target, solves) if solves else Face(target)


def output_nodes(graph: Graph, registry: Registry) -> Iterator[str]:
    """The nodes that run when no target is named."""
    for node in graph.nodes:
        spec = registry.get(node.type)
        if spec is not None and spec.output_node and not node.muted:
            yield node.id


def _of_solve(wires: _Wires, target: str, solves: tuple[str, ...]) -> Face:
    first, nodes = solves[0], wires.nodes
    prompt, second = _prompts(wires, first)
    seed = _seed(wires, first)
    switch = wires.only(first, "prompt", PROMPT_SWITCH)
    masks = wires.only(first, "phrases", "sinopia.phrase-masks")
    negative = wires.only(first, "negative", NEGATIVE_PROMPT, PROMPT)
    size = wires.only(first, "size", SIZE_CROP)
    styles = tuple(node for node in wires.into(first, "style") if nodes[node].type == STYLE_REFERENCE)
    shown = {"prompt": prompt, "negative": negative, "phrases": masks, "size": size, "seed": seed}
    driven = [name for name, found in shown.items() if found is None and wires.into(first, name)]
    driven += [f"{name}.text" for name, node in shown.items() if isinstance(node, str) and wires.into(node, "text")]
    return Face(target, solves, prompt, second, switch, negative, masks, styles, size, seed, frozenset(driven))


def _prompts(wires: _Wires, solve: str) -> tuple[str | None, str | None]:
    switch = wires.only(solve, "prompt", PROMPT_SWITCH)
    if switch is None:
        return wires.only(solve, "prompt", PROMPT), None
    return wires.only(switch, "first", PROMPT), wires.only(switch, "second", PROMPT)


def _seed(wires: _Wires, solve: str) -> End | None:
    sources = wires.into(solve, "seed")
    if not sources:
        return End(solve, "seed")
    source = sources[0]
    name = _SEED_PARAMETERS.get(wires.nodes[source].type)
    return End(source, name) if name is not None and not wires.into(source, name) else None


class _Wires:
    """The wires of a document by where they end."""

    def __init__(self, document: Document) -> None:
        self.nodes: Mapping[str, Node] = document.nodes
        self._into: dict[str, dict[str, list[str]]] = {}
        for link in document.graph.links:
            if link.source.node in self.nodes:
                self._into.setdefault(link.target.node, {}).setdefault(link.target.port, []).append(link.source.node)

    def into(self, node: str, port: str) -> Sequence[str]:
        """The nodes wired to an input."""
        return self._into.get(node, {}).get(port, ())

    def only(self, node: str, port: str, *types: str) -> str | None:
        """The node wired to an input if it is of one of these types."""
        return next((source for source in self.into(node, port) if self.nodes[source].type in types), None)

    def before(self, target: str) -> list[str]:
        """All that leads to a node, each after what it needs; circles are cut where they close."""
        order: dict[str, None] = {}
        entered = {target}
        path = [(target, self._needs(target))]
        while path:
            node, needs = path[-1]
            following = next((need for need in needs if need not in entered), None)
            if following is None:
                order[node] = None
                path.pop()
            else:
                entered.add(following)
                path.append((following, self._needs(following)))
        return list(order)

    def _needs(self, node: str) -> Iterator[str]:
        return (source for sources in self._into.get(node, {}).values() for source in sources)
