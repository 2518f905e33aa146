"""What can be taken hold of on the noise timeline, where it may stand, and the edit that puts it there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from app.model.document import Document
from app.model.edits import noise
from app.model.edits.primitives import NewId
from app.model.noise_levels import Sigmas, snapped
from app.model.timeline_values import Solve
from nodes.graph.edit import new_id
from nodes.registry import Registry


class HandleKind(Enum):
    """What moving a handle changes."""

    START = "start"
    BOUNDARY = "boundary"
    SWITCH = "switch"
    BEGIN = "begin"
    FINISH = "finish"
    END = "end"


@dataclass(frozen=True)
class Handle:
    """One thing that can be moved along a row.

    `index` counts those of its kind in the row. `places`: the noise levels of steps at which it may stand, highest
    first. `free`: it may also stand between them, from `highest` to `lowest`.
    """

    kind: HandleKind
    node: str
    index: int
    sigma: float
    places: Sigmas
    free: bool
    label: str

    @property
    def key(self) -> tuple[str, str, int]:
        """Its name, which stays the same while it moves."""
        return self.kind.value, self.node, self.index

    def nearest(self, sigma: float) -> float:
        """The place nearest to a noise level, by its logarithm."""
        return min(self.places, key=lambda place: abs(_log(place) - _log(sigma)), default=self.sigma)

    def between(self, sigma: float) -> float:
        """A noise level as near as it may stand, on a step or between two."""
        if not self.free or not self.places:
            return self.nearest(sigma)
        return min(max(sigma, self.places[-1]), self.places[0])

    def stepped(self, steps: int) -> float:
        """Where it stands some steps further down the noise (up, for less than 0)."""
        if not self.places:
            return self.sigma
        place = self.places.index(self.nearest(self.sigma)) + steps
        return self.places[min(max(place, 0), len(self.places) - 1)]


def handles(solve: Solve) -> tuple[Handle, ...]:
    """All that can be moved in a row, from the highest noise down."""
    found = (*_ends(solve), *_boundaries(solve), *_switches(solve), *_windows(solve))
    return tuple(sorted(found, key=lambda handle: -handle.sigma))


def moved(
    document: Document, registry: Registry, solve: Solve, handle: Handle, sigma: float, ids: NewId = new_id
) -> Document:
    """The document with a handle of a row at another noise level. Raises EditError when that cannot be."""
    match handle.kind:
        case HandleKind.BOUNDARY:
            return noise.move_boundary(document, registry, solve.boundaries[handle.index], sigma, ids)
        case HandleKind.SWITCH:
            return noise.move_switch(document, solve.switches[handle.index].node, _fraction(solve, sigma))
        case HandleKind.BEGIN:
            return noise.move_window(document, solve.windows[handle.index], "begin", _fraction(solve, sigma))
        case HandleKind.FINISH:
            return noise.move_window(document, solve.windows[handle.index], "finish", _fraction(solve, sigma))
        case HandleKind.START if solve.refines:
            steps = len(solve.schedule) - 1
            return noise.set_strength(document, solve.node, (steps - _node_at(solve.schedule, sigma)) / steps)
        case HandleKind.START:
            return noise.move_start(document, solve.node, sigma)
        case HandleKind.END:
            return noise.move_end(document, solve.node, sigma)


def _boundaries(solve: Solve) -> list[Handle]:
    found = []
    for index, boundary in enumerate(solve.boundaries):
        others = (each.sigma for each in solve.boundaries if each is not boundary)
        levels = snapped(solve.schedule, (*others, solve.sigma_from, solve.sigma_to))
        places = tuple(
            level
            for level in levels
            if boundary.lowest < level < boundary.highest and solve.sigma_to < level < solve.sigma_from
        )
        label = f"{boundary.upper.title} hands over to {boundary.lower.title}"
        found.append(Handle(HandleKind.BOUNDARY, solve.node, index, boundary.sigma, places, True, label))
    return found


def _switches(solve: Solve) -> list[Handle]:
    places = tuple(level for level in solve.levels if solve.sigma_to <= level <= solve.sigma_from)
    return [
        Handle(HandleKind.SWITCH, solve.node, index, switch.sigma, places, False, "The prompt changes")
        for index, switch in enumerate(solve.switches)
        if not switch.driven and solve.sigma_to <= switch.sigma <= solve.sigma_from
    ]


def _windows(solve: Solve) -> list[Handle]:
    """Where phrases and styles begin and stop to act, as far as that lies inside the solve."""
    within = tuple(level for level in solve.levels if solve.sigma_to <= level <= solve.sigma_from)
    found = []
    for index, window in enumerate(solve.windows):
        ends = (
            (HandleKind.BEGIN, window.sigma_from, f"{window.title} begins to act"),
            (HandleKind.FINISH, window.sigma_to, f"{window.title} stops acting"),
        )
        for kind, sigma, label in ends:
            if solve.sigma_to < sigma < solve.sigma_from:
                begins = kind is HandleKind.BEGIN
                places = (at for at in within if (at > window.sigma_to if begins else at < window.sigma_from))
                found.append(Handle(kind, solve.node, index, sigma, tuple(places), False, label))
    return found


def _ends(solve: Solve) -> list[Handle]:
    """The start where it is a choice, and the end where another solve goes on."""
    found = []
    inner = tuple(level for level in solve.schedule[:-1] if level < solve.schedule[0])
    if solve.refines:
        places = tuple(level for level in solve.schedule[:-1] if level <= solve.spans[0].sigma_from)
        found.append(Handle(HandleKind.START, solve.node, 0, solve.sigma_from, places, False, "Refining begins"))
    elif "sigma_start" in solve.held:
        places = tuple(level for level in solve.schedule[:-1] if level > solve.sigma_to)
        found.append(Handle(HandleKind.START, solve.node, 0, solve.sigma_from, places, True, "The solve begins"))
    if not solve.refines and (solve.handed_on or "sigma_end" in solve.held):
        places = tuple(level for level in inner if level < solve.sigma_from)
        found.append(Handle(HandleKind.END, solve.node, 0, solve.sigma_to, places, True, "The sample is handed on"))
    return found


def _fraction(solve: Solve, sigma: float) -> float:
    """The fraction of the steps at which a noise level is reached."""
    return _node_at(solve.levels, sigma) / max(len(solve.levels) - 1, 1)


def _node_at(levels: Sigmas, sigma: float) -> int:
    """The node of a grid nearest to a noise level."""
    return min(range(len(levels)), key=lambda node: abs(_log(levels[node]) - _log(sigma)))


def _log(sigma: float) -> float:
    # No noise at all is further than any level of a grid, and finite, so that distances to it can be compared.
    return math.log(sigma) if sigma > 0.0 else -1e3
