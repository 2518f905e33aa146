"""What the noise timeline shows, as values."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import TypeAlias

from app.model.noise_levels import Sigmas
from nodes.graph.model import End

_SAME = 1e-6
"""Ends of intervals that differ less than this, relatively, are one: as the engine joins experts."""


class SpanKind(Enum):
    """What a span of the timeline stands for."""

    BASE = "base"
    EXPERT = "expert"
    UPSCALER = "upscaler"
    REFINER = "refiner"


@dataclass(frozen=True)
class Span:
    """A denoiser at work from `sigma_from` down to `sigma_to`.

    `source`: the output that it comes from; `expert`: the Expert node that gives it its interval, if one does. `wire`:
    the input of the ensemble (or of the solve) that it is wired to. `guidance` and `sampler` None take those of the
    solve; `driven`: those of the two that wires say. `enlarges`: whether it starts from a picture that it enlarges.
    """

    source: End
    wire: End
    expert: str | None
    title: str
    kind: SpanKind
    sigma_from: float
    sigma_to: float
    guidance: float | None = None
    sampler: str | None = None
    driven: frozenset[str] = frozenset()
    enlarges: bool = False

    def owns(self, sigma_from: float, sigma_to: float) -> bool:
        """Whether a step lies inside; the step to no noise belongs to where it starts."""
        lowest = sigma_to if sigma_to > 0.0 else sigma_from
        return self.sigma_to <= lowest * (1.0 + _SAME) and sigma_from <= self.sigma_from * (1.0 + _SAME)


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

    @property
    def meets(self) -> bool:
        """Whether the two adjoin, without which nothing can be drawn."""
        return math.isclose(self.upper.sigma_to, self.lower.sigma_from, rel_tol=_SAME)


@dataclass(frozen=True)
class Switch:
    """Where the prompt changes: a Prompt Switch node, the fraction of the steps that it says, and that step's noise.

    `driven`: a wire says the fraction.
    """

    node: str
    at: float
    sigma: float
    driven: bool = False


@dataclass(frozen=True)
class Window:
    """A painted phrase or a style that does not act all the time, and the noise at which it begins and ends.

    `node` says when: a Phrase Masks node for its `layer`, else a Style Reference (`layer` and `colour` None).
    """

    node: str
    layer: str | None
    title: str
    colour: int | None
    sigma_from: float
    sigma_to: float

    def acts(self, sigma_from: float, sigma_to: float) -> bool:
        """Whether it acts during a step."""
        return self.sigma_to <= sigma_to and sigma_from <= self.sigma_from


@dataclass(frozen=True)
class Solve:
    """One Denoise or Refine node on the timeline.

    `ticks`: the noise levels between which it steps. `levels`: the whole grid of which they are a part, with a node on
    every boundary; `schedule`: the same before boundaries moved its nodes. `refines`: its start is a strength.
    `handed_on`: another solve goes on with its sample. `held`: parameters that are set on its node; `driven`:
    parameters that wires say.
    """

    node: str
    title: str
    sampler: str
    guidance: float
    sigma_from: float
    sigma_to: float
    spans: tuple[Span, ...]
    boundaries: tuple[Boundary, ...]
    switches: tuple[Switch, ...]
    windows: tuple[Window, ...]
    ticks: Sigmas
    levels: Sigmas
    schedule: Sigmas
    refines: bool = False
    handed_on: bool = False
    held: frozenset[str] = frozenset()
    driven: frozenset[str] = frozenset()

    @property
    def steps(self) -> int:
        """How many steps it takes."""
        return max(0, len(self.ticks) - 1)

    def extent(self, span: Span) -> tuple[float, float]:
        """Where a span really works: within the solve, the last one as far as it goes."""
        end = self.sigma_to if span is self.spans[-1] else max(span.sigma_to, self.sigma_to)
        return min(span.sigma_from, self.sigma_from), end

    def step_at(self, sigma: float) -> int | None:
        """Which step, from 1, passes a noise level; None outside the solve."""
        steps = enumerate(pairwise(self.ticks), 1)
        return next((step for step, (upper, lower) in steps if upper >= sigma >= lower), None)

    def owner(self, step: int) -> Span | None:
        """Who draws a step, counted from 1; None when nobody does."""
        if not 0 < step <= self.steps:
            return None
        ends = self.ticks[step - 1], self.ticks[step]
        return next((span for span in reversed(self.spans) if span.owns(*ends)), None)

    def guidance_of(self, span: Span) -> float:
        """The guidance with which a span draws."""
        return self.guidance if span.guidance is None else span.guidance

    def sampler_of(self, span: Span) -> str:
        """The sampler that takes the steps of a span."""
        return self.sampler if span.sampler is None else span.sampler


@dataclass(frozen=True)
class Driven:
    """A solve that the timeline cannot show: `why` says so, and `leads_to` is the node to look at."""

    node: str
    title: str
    why: str
    leads_to: str


Row: TypeAlias = Solve | Driven


def solves_of(rows: Iterable[Row]) -> tuple[Solve, ...]:
    """The rows that can be shown."""
    return tuple(row for row in rows if isinstance(row, Solve))
