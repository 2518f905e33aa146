"""The noise timeline: who draws at which noise, read off the graph.

A solve runs from high noise to none. Its denoiser is one model, or experts that hand over to each other at boundaries;
the prompt may switch on the way. All of it stands in nodes, and what can be dragged is an edit of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from app.model.document import Document
from app.model.face import DENOISE, PROMPT_SWITCH, SOLVES
from app.model.model_cards import Models
from app.model.noise_levels import SIGMA_MAX, SIGMA_MIN, Sigmas, grid, node_of, snapped, strength_sigma
from engine.api.plan import Json
from nodes.graph.model import End, Node
from nodes.registry import Registry

EXPERT, ENSEMBLE, SIGMAS = "sinopia.expert", "sinopia.ensemble", "sinopia.sigmas"
MODELS: Mapping[str, str] = {"sinopia.storybook": "storybook"}
"""Node types that stand for a model, and its folder name."""

REFINERS = frozenset({"refiner"})
"""Outputs of models that are made for the last, lowest noise."""


class SpanKind(Enum):
    """What a span of the timeline stands for."""

    BASE = "base"
    EXPERT = "expert"
    REFINER = "refiner"


@dataclass(frozen=True)
class Span:
    """A denoiser at work from `sigma_from` down to `sigma_to`.

    `source`: the output that it comes from; `expert`: the Expert node that gives it its interval, if one does. `wire`:
    the input of the ensemble (or of the solve) that it is wired to. `guidance` None takes that of the solve.
    """

    source: End
    wire: End
    expert: str | None
    title: str
    kind: SpanKind
    sigma_from: float
    sigma_to: float
    guidance: float | None


@dataclass(frozen=True)
class Boundary:
    """Where `upper` hands over to `lower`; it can be moved between `lowest` and `highest`."""

    sigma: float
    upper: Span
    lower: Span

    @property
    def highest(self) -> float:
        """How far up it can go."""
        return self.upper.sigma_from

    @property
    def lowest(self) -> float:
        """How far down it can go."""
        return self.lower.sigma_to


@dataclass(frozen=True)
class Switch:
    """Where the prompt changes: a Prompt Switch node, the fraction of the steps that it says, and that step's noise."""

    node: str
    at: float
    sigma: float


@dataclass(frozen=True)
class Solve:
    """One Denoise or Refine node on the timeline; `ticks` are the noise levels between which it steps."""

    node: str
    title: str
    sampler: str
    guidance: float
    sigma_from: float
    sigma_to: float
    spans: tuple[Span, ...]
    boundaries: tuple[Boundary, ...]
    switches: tuple[Switch, ...]
    ticks: Sigmas

    @property
    def steps(self) -> int:
        """How many steps it takes."""
        return max(0, len(self.ticks) - 1)


def timeline(document: Document, registry: Registry, models: Models) -> tuple[Solve, ...]:
    """The solves of a document, from the first to the last on the canvas; those without a denoiser are left out."""
    reader = _Reader(document, registry, models)
    solves = sorted((node for node in document.graph.nodes if node.type in SOLVES), key=lambda node: (node.x, node.y))
    return tuple(solve for node in solves if (solve := reader.solve(node)) is not None)


def axis_place(sigma: float, low: float = SIGMA_MIN, high: float = SIGMA_MAX) -> float:
    """Where a noise level lies on the timeline, 0 (highest noise) to 1, by its logarithm."""
    held = min(max(sigma, low), high)
    return math.log(high / held) / math.log(high / low)


def axis_sigma(place: float, low: float = SIGMA_MIN, high: float = SIGMA_MAX) -> float:
    """The noise level at a place on the timeline."""
    return high * math.pow(low / high, min(max(place, 0.0), 1.0))


class _Reader:
    def __init__(self, document: Document, registry: Registry, models: Models) -> None:
        self._nodes, self._registry, self._models = document.nodes, registry, models
        self._into: dict[End, list[End]] = {}
        for link in document.graph.links:
            if link.source.node in self._nodes:
                self._into.setdefault(link.target, []).append(link.source)

    def solve(self, node: Node) -> Solve | None:
        spans = sorted(self._spans(End(node.id, "denoiser"), frozenset()), key=lambda span: -span.sigma_from)
        levels = self._levels(node)
        if not spans or not levels:
            return None
        sigma_from, sigma_to = self._ends(node, levels, spans)
        levels = snapped(levels, (*(span.sigma_from for span in spans[1:]), sigma_from, sigma_to))
        return Solve(
            node.id,
            self._title(node),
            str(self._value(node, "sampler")),
            self._number(node, "guidance", 1.0),
            sigma_from,
            sigma_to,
            tuple(spans),
            tuple(Boundary(lower.sigma_from, upper, lower) for upper, lower in pairwise(spans)),
            tuple(self._switches(node, levels)),
            tuple(sigma for sigma in levels if sigma_to <= sigma <= sigma_from),
        )

    def _spans(self, wire: End, seen: frozenset[str]) -> Iterator[Span]:
        for source in self._into.get(wire, ()):
            node = self._nodes[source.node]
            if node.id in seen:
                continue  # a circle, of which validation tells
            if node.type == ENSEMBLE:
                yield from self._spans(End(node.id, "experts"), seen | {node.id})
            elif node.type == EXPERT:
                yield from self._expert_span(node, wire)
            else:
                yield self._plain_span(source, wire)

    def _expert_span(self, node: Node, wire: End) -> Iterator[Span]:
        for source in self._into.get(End(node.id, "denoiser"), ()):
            guidance = self._value(node, "guidance")
            yield Span(
                source,
                wire,
                node.id,
                node.title or self._plain_title(source),
                SpanKind.REFINER if source.port in REFINERS else SpanKind.EXPERT,
                self._number(node, "sigma_from", SIGMA_MAX),
                self._number(node, "sigma_to", 0.0),
                float(guidance) if isinstance(guidance, (int, float)) else None,
            )

    def _plain_span(self, source: End, wire: End) -> Span:
        part = self._models.part(MODELS.get(self._nodes[source.node].type, ""), source.port)
        whole = part is None or (part.sigma_max >= SIGMA_MAX and part.sigma_min <= SIGMA_MIN)
        kind = SpanKind.REFINER if source.port in REFINERS else SpanKind.BASE if whole else SpanKind.EXPERT
        ends = (SIGMA_MAX, SIGMA_MIN) if part is None else (part.sigma_max, part.sigma_min)
        return Span(source, wire, None, self._plain_title(source), kind, *ends, None)

    def _levels(self, node: Node) -> Sigmas:
        wired = self._into.get(End(node.id, "sigmas"), ())
        if not wired:
            return grid("order6", int(self._number(node, "steps", 20)))
        source = self._nodes[wired[0].node]
        if source.type != SIGMAS:
            return ()
        names = ("sigma_max", "sigma_min", "rho")
        numbers = (
            self._number(source, name, fallback) for name, fallback in zip(names, (80.0, 0.002, 7.0), strict=True)
        )
        return grid(str(self._value(source, "schedule")), int(self._number(source, "steps", 20)), *numbers)

    def _ends(self, node: Node, levels: Sigmas, spans: Sequence[Span]) -> tuple[float, float]:
        """Where the solve starts and ends: where it was told to, else as far as its denoisers reach."""
        lowest, reach = levels[-2], spans[-1].sigma_to
        end = self._number(node, "sigma_end", reach if reach > lowest else 0.0)
        if node.type != DENOISE:
            return strength_sigma(levels, self._number(node, "strength", 1.0), spans[0].sigma_from), end
        return self._number(node, "sigma_start", self._handed_over(node, levels[0])), end

    def _handed_over(self, node: Node, top: float) -> float:
        """The noise at which the sample wired to `start` stands."""
        for source in self._into.get(End(node.id, "start"), ()):
            before = self._nodes[source.node]
            if before.type in SOLVES and before.id != node.id:
                return self._number(before, "sigma_end", top)
        return top

    def _switches(self, node: Node, levels: Sigmas) -> Iterator[Switch]:
        for source in self._into.get(End(node.id, "prompt"), ()):
            switch = self._nodes[source.node]
            if switch.type == PROMPT_SWITCH:
                at = min(max(self._number(switch, "at", 0.5), 0.0), 1.0)
                yield Switch(switch.id, at, levels[node_of(at, len(levels) - 1)])

    def _value(self, node: Node, name: str) -> Json:
        shape = self._registry.shape(node.type)
        return node.params.get(name, shape.defaults.get(name) if shape is not None else None)

    def _number(self, node: Node, name: str, fallback: float) -> float:
        value = self._value(node, name)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else fallback

    def _title(self, node: Node) -> str:
        shape = self._registry.shape(node.type)
        return node.title or (node.type if shape is None else shape.spec.title)

    def _plain_title(self, source: End) -> str:
        return f"{self._title(self._nodes[source.node])} {source.port}"
