"""The noise timeline: who draws at which noise, read off the graph.

A solve runs from high noise to none. Its denoiser is one model, or experts that hand over to each other at boundaries;
the prompt may switch on the way. All of it stands in nodes, and what can be dragged is an edit of them. What only a run
would tell, because wires drive it, is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from app.model.document import Document
from app.model.face import DENOISE, PROMPT_SWITCH, REFINE, SOLVES, STYLE_REFERENCE
from app.model.layers import PHRASE_MASKS, layers_of
from app.model.model_cards import Models
from app.model.noise_levels import SIGMA_MAX, SIGMA_MIN, Sigmas, grid, node_of, snapped, strength_sigma
from app.model.timeline_values import Boundary, Driven, Row, Solve, Span, SpanKind, Switch, Window
from engine.api.cards import PartCard
from engine.api.plan import Json
from nodes.graph.model import End, Node
from nodes.registry import Registry
from nodes.specs.declare import PortType
from nodes.specs.sampling import MOST_STEPS

EXPERT, ENSEMBLE, SIGMAS = "sinopia.expert", "sinopia.ensemble", "sinopia.sigmas"
_DENOISERS = frozenset({PortType.DENOISER, PortType.ENSEMBLE, PortType.ANY})
_EXTENT = {DENOISE: ("steps", "sigma_start", "sigma_end"), REFINE: ("steps", "strength")}
_GRID = ("schedule", "steps", "sigma_max", "sigma_min", "rho")


class _DrivenError(Exception):
    """Only a run would tell: why, and the node to look at."""

    def __init__(self, why: str, leads_to: str) -> None:
        super().__init__(why)
        self.why, self.leads_to = why, leads_to


def timeline(document: Document, registry: Registry, models: Models) -> tuple[Row, ...]:
    """The solves of a document, from the first to the last on the canvas; those without a denoiser are left out."""
    reader = _Reader(document, registry, models)
    nodes = sorted(document.graph.nodes, key=lambda node: (node.x, node.y))
    return tuple(row for node in nodes if not node.muted and (row := reader.row(node)) is not None)


class _Reader:
    def __init__(self, document: Document, registry: Registry, models: Models) -> None:
        self._document = document
        self._nodes, self._registry, self._models = document.nodes, registry, models
        self._entered: set[str] = set()
        self._into: dict[End, list[End]] = {}
        for link in document.graph.links:
            if link.source.node in self._nodes:
                self._into.setdefault(link.target, []).append(link.source)
        # Outputs whose sample another solve starts from.
        self._goes_on = {
            source for target, sources in self._into.items() if target.port == "start" for source in sources
        }

    def row(self, node: Node) -> Row | None:
        if node.component is not None:
            return self._inside(node)
        if node.type not in SOLVES:
            return None
        try:
            return self._solve(node)
        except _DrivenError as driven:
            return Driven(node.id, self._title(node), driven.why, driven.leads_to)

    def _inside(self, node: Node) -> Driven | None:
        """A component in which something is solved."""
        definitions = {each.id: each for each in self._document.graph.components}
        pending, seen = [node.component], set[str | None]()
        while pending:
            definition = definitions.get(pending.pop() or "")
            if definition is not None and definition.id not in seen:
                seen.add(definition.id)
                if any(inner.type in SOLVES for inner in definition.nodes):
                    return Driven(node.id, self._title(node), "It is solved inside the component.", node.id)
                pending += [inner.component for inner in definition.nodes]
        return None

    def _solve(self, node: Node) -> Solve | None:
        spans = sorted(self._spans(End(node.id, "denoiser"), frozenset()), key=lambda span: -span.sigma_from)
        if not spans:
            return None
        self._require_unwired(node, _EXTENT[node.type])
        schedule = self._schedule(node, spans[0])
        if not schedule:
            raise _DrivenError("Its noise levels make no grid.", self._grid_node(node))
        sigma_from, sigma_to = self._ends(node, schedule, spans)
        levels = snapped(schedule, (*(span.sigma_from for span in spans[1:]), sigma_from, sigma_to))
        return Solve(
            node=node.id,
            title=self._title(node),
            sampler=str(self._value(node, "sampler")),
            guidance=self._number(node, "guidance", 1.0),
            sigma_from=sigma_from,
            sigma_to=sigma_to,
            spans=tuple(spans),
            boundaries=tuple(Boundary(lower.sigma_from, upper, lower) for upper, lower in pairwise(spans)),
            switches=tuple(self._switches(node, levels)),
            windows=tuple(self._windows(node, levels)),
            ticks=tuple(sigma for sigma in levels if sigma_to <= sigma <= sigma_from),
            levels=levels,
            schedule=schedule,
            refines=node.type == REFINE,
            handed_on=End(node.id, "sample") in self._goes_on,
            held=frozenset(name for name, value in node.params.items() if value is not None),
            driven=frozenset(
                name for name in ("sampler", "guidance", "steps", "sigmas") if self._into.get(End(node.id, name))
            ),
        )

    # Denoisers

    def _spans(self, wire: End, seen: frozenset[str]) -> Iterator[Span]:
        for source in self._into.get(wire, ()):
            node = self._nodes[source.node]
            if node.id in seen:
                continue  # a circle, of which validation tells
            if node.muted:
                raise _DrivenError(f"{self._title(node)} is muted.", node.id)
            if node.type == ENSEMBLE:
                yield from self._spans(End(node.id, "experts"), seen | {node.id})
            elif node.type == EXPERT:
                yield from self._expert_span(node, wire)
            else:
                yield self._plain_span(source, wire)

    def _expert_span(self, node: Node, wire: End) -> Iterator[Span]:
        self._require_unwired(node, ("sigma_from", "sigma_to"))
        for source in self._into.get(End(node.id, "denoiser"), ()):
            plain = self._plain_span(source, wire)
            guidance, sampler = self._value(node, "guidance"), self._value(node, "sampler")
            yield Span(
                source,
                wire,
                node.id,
                node.title or plain.title,
                SpanKind.EXPERT if plain.kind is SpanKind.BASE else plain.kind,
                self._number(node, "sigma_from", SIGMA_MAX),
                self._number(node, "sigma_to", 0.0),
                float(guidance) if isinstance(guidance, (int, float)) else None,
                sampler if isinstance(sampler, str) else None,
                frozenset(name for name in ("guidance", "sampler") if self._into.get(End(node.id, name))),
                plain.enlarges,
            )

    def _plain_span(self, source: End, wire: End) -> Span:
        node = self._nodes[source.node]
        shape = self._registry.shape(node.type)
        if node.muted or shape is None or any(port.type in _DENOISERS for port in shape.spec.inputs):
            raise _DrivenError(f"{self._title(node)} gives its denoiser.", node.id)
        part = self._models.part_of(node, source.port)
        if part is None:
            return Span(source, wire, None, f"{self._title(node)} {source.port}", SpanKind.BASE, SIGMA_MAX, SIGMA_MIN)
        enlarges = self._models.enlarges(node, part)
        kind = self._kind(node, part, refines=self._nodes[wire.node].type == REFINE)
        return Span(source, wire, None, part.title, kind, part.sigma_max, part.sigma_min, enlarges=enlarges)

    def _kind(self, node: Node, part: PartCard, *, refines: bool) -> SpanKind:
        """What a denoiser is there for: one that knows every noise level draws or enlarges, others share or refine."""
        if self._models.is_whole(node, part):
            return SpanKind.UPSCALER if self._models.enlarges(node, part) else SpanKind.BASE
        return SpanKind.REFINER if refines else SpanKind.EXPERT

    # Noise levels

    def _schedule(self, node: Node, first: Span) -> Sigmas:
        wired = self._into.get(End(node.id, "sigmas"), ())
        if not wired:
            highest = first.sigma_from if first.enlarges and node.type == DENOISE else SIGMA_MAX
            return grid("order6", self._steps(node), highest)
        source = self._nodes[wired[0].node]
        if source.type != SIGMAS or source.muted:
            raise _DrivenError(f"{self._title(source)} gives its noise levels.", source.id)
        self._require_unwired(source, _GRID)
        names = ("sigma_max", "sigma_min", "rho")
        numbers = (
            self._number(source, name, fallback) for name, fallback in zip(names, (80.0, 0.002, 7.0), strict=True)
        )
        return grid(str(self._value(source, "schedule")), self._steps(source), *numbers)

    def _steps(self, node: Node) -> int:
        """How many steps a node says; none where it says too many, of which validation tells."""
        steps = int(self._number(node, "steps", 20))
        return steps if steps <= MOST_STEPS else 0

    def _grid_node(self, node: Node) -> str:
        wired = self._into.get(End(node.id, "sigmas"), ())
        return wired[0].node if wired else node.id

    def _ends(self, node: Node, levels: Sigmas, spans: Sequence[Span]) -> tuple[float, float]:
        """Where the solve starts and ends: where it was told to, else as far as its denoisers reach."""
        lowest, reach = levels[-2], spans[-1].sigma_to
        end = self._number(node, "sigma_end", reach if reach > lowest else 0.0)
        if node.type != DENOISE:
            return strength_sigma(levels, self._number(node, "strength", 1.0), spans[0].sigma_from), end
        top = min(levels[0], spans[0].sigma_from) if spans[0].enlarges else levels[0]
        return self._number(node, "sigma_start", self._handed_over(node, top)), end

    def _handed_over(self, node: Node, top: float) -> float:
        """The noise at which the sample wired to `start` stands."""
        for source in self._into.get(End(node.id, "start"), ()):
            before = self._nodes[source.node]
            if before.type in SOLVES and not before.muted:
                return self._reached(before) or top
            raise _DrivenError(f"{self._title(before)} says where it starts.", before.id)
        return top

    def _reached(self, node: Node) -> float:
        """The noise at which a solve leaves its sample."""
        if node.id in self._entered:
            return 0.0  # a circle, of which validation tells
        self._entered.add(node.id)
        try:
            solve = self._solve(node)
        finally:
            self._entered.discard(node.id)
        return 0.0 if solve is None else solve.sigma_to

    # What changes on the way

    def _switches(self, node: Node, levels: Sigmas) -> Iterator[Switch]:
        for source in self._into.get(End(node.id, "prompt"), ()):
            switch = self._nodes[source.node]
            if switch.type == PROMPT_SWITCH and not switch.muted:
                at = min(max(self._number(switch, "at", 0.5), 0.0), 1.0)
                driven = bool(self._into.get(End(switch.id, "at")))
                yield Switch(switch.id, at, levels[node_of(at, len(levels) - 1)], driven)

    def _windows(self, node: Node, levels: Sigmas) -> Iterator[Window]:
        for source in self._into.get(End(node.id, "phrases"), ()):
            masks = self._nodes[source.node]
            for layer in layers_of(masks) if masks.type == PHRASE_MASKS and not masks.muted else ():
                if layer.begin > 0.0 or layer.finish < 1.0:
                    ends = _noise_between(levels, layer.begin, layer.finish)
                    yield Window(masks.id, layer.id, layer.title, layer.colour, *ends)
        for source in self._into.get(End(node.id, "style"), ()):
            style = self._nodes[source.node]
            driven = any(self._into.get(End(style.id, name)) for name in ("begin", "finish"))
            if style.type == STYLE_REFERENCE and not style.muted and not driven:
                begin, finish = self._number(style, "begin", 0.0), self._number(style, "finish", 1.0)
                if begin > 0.0 or finish < 1.0:
                    yield Window(style.id, None, self._title(style), None, *_noise_between(levels, begin, finish))

    # Values

    def _require_unwired(self, node: Node, names: Iterable[str]) -> None:
        for name in names:
            if sources := self._into.get(End(node.id, name)):
                told = f"{self._title(self._nodes[sources[0].node])} drives {name.replace('_', ' ')}"
                raise _DrivenError(f"{told} of {self._title(node)}.", sources[0].node)

    def _value(self, node: Node, name: str) -> Json:
        shape = self._registry.shape(node.type)
        return node.params.get(name, shape.defaults.get(name) if shape is not None else None)

    def _number(self, node: Node, name: str, fallback: float) -> float:
        value = self._value(node, name)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else fallback

    def _title(self, node: Node) -> str:
        shape = self._registry.shape(node.type)
        held = (each.title for each in self._document.graph.components if each.id == node.component)
        return node.title or next(held, node.type if shape is None else shape.spec.title)


def _noise_between(levels: Sigmas, begin: float, finish: float) -> tuple[float, float]:
    """The noise levels at two fractions of the steps."""
    first, last = (levels[node_of(min(max(at, 0.0), 1.0), len(levels) - 1)] for at in (begin, finish))
    return first, last
