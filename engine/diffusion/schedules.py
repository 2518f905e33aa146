"""Grids of noise levels: strictly falling from sigma_max to sigma_min, then 0 (one denoise step ends the solve).

Grids are tuples of Python floats: a boundary that was put on a node equals it exactly, so that routing never
compares rounded numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, get_args

from engine.diffusion.errors import ScheduleError

Schedule = Literal["edm", "order6", "cosine"]

Sigmas = tuple[float, ...]


def make_sigmas(
    schedule: Schedule, steps: int, sigma_max: float = 80.0, sigma_min: float = 0.002, rho: float = 7.0
) -> Sigmas:
    """Return the grid of `steps` solver steps: `steps` noise levels and the final 0.

    "edm": power `rho` (EDM eq. 5). "order6": power 6, the time grid of eDiff-I table 7. "cosine": the cosine schedule
    of simple diffusion (section 2) between the same ends; `rho` has no meaning for the last two.

    Raises:
        ScheduleError: an unknown schedule, fewer than 1 step, or noise levels out of order.
    """
    _require_range(steps, sigma_max, sigma_min)
    ramp = [i / max(steps - 1, 1) for i in range(steps)]
    match schedule:
        case "edm":
            levels = _power(ramp, sigma_max, sigma_min, rho)
        case "order6":
            levels = _power(ramp, sigma_max, sigma_min, 6.0)
        case "cosine":
            levels = _cosine(ramp, sigma_max, sigma_min)
        case _:
            raise ScheduleError(f"unknown schedule {schedule!r}; choose one of {', '.join(get_args(Schedule))}")
    # The powers and tangents round: the ends are the numbers that were asked for.
    return sigma_max, *levels[1:-1], *([sigma_min] if steps > 1 else []), 0.0


def _require_range(steps: int, sigma_max: float, sigma_min: float) -> None:
    if steps < 1:
        raise ScheduleError(f"{steps} steps: a solve needs at least 1")
    if not 0.0 < sigma_min < sigma_max < math.inf:
        raise ScheduleError(f"noise from {sigma_max:g} down to {sigma_min:g}: choose 0 < sigma_min < sigma_max")


def _power(ramp: Sequence[float], sigma_max: float, sigma_min: float, rho: float) -> list[float]:
    """EDM eq. 5: equal steps in sigma^(1/rho)."""
    if not 0.0 < rho < math.inf:
        raise ScheduleError(f"rho is {rho:g}; choose a number above 0")
    first, last = sigma_max ** (1.0 / rho), sigma_min ** (1.0 / rho)
    return [(first + t * (last - first)) ** rho for t in ramp]


def _cosine(ramp: Sequence[float], sigma_max: float, sigma_min: float) -> list[float]:
    """Simple diffusion section 2: log(alpha / sigma) = -log tan(pi t / 2); in EDM alpha = 1. Equal steps in t."""
    first, last = math.atan(sigma_max), math.atan(sigma_min)
    return [math.tan(first + t * (last - first)) for t in ramp]


def require_sigmas(sigmas: Sequence[float]) -> None:
    """Refuse a grid no solve can follow: fewer than two nodes, not falling, negative, or not finite."""
    if len(sigmas) < 2:
        raise ScheduleError(f"the grid has {len(sigmas)} noise levels; a step needs two")
    if not all(math.isfinite(sigma) and sigma >= 0.0 for sigma in sigmas):
        raise ScheduleError("noise levels must be finite numbers of at least 0")
    for index, (high, low) in enumerate(pairwise(sigmas)):
        if high <= low:
            raise ScheduleError(f"noise must fall, but level {index + 1} is {low:g} after {high:g}")


def snap(sigmas: Sequence[float], boundaries: Iterable[float]) -> Sigmas:
    """Put a node exactly on every boundary inside the grid, by moving the nearest one (in log sigma).

    The first level, the last positive one and the final 0 stay where they are, and so does a node already on a
    boundary; where no neighbour may move, a node is added. Boundaries outside the grid change nothing.
    """
    grid = list(sigmas)
    fixed = {grid[0], grid[-1], min(sigma for sigma in grid if sigma > 0.0)}
    inner = [b for b in boundaries if min(s for s in grid if s > 0.0) < b < grid[0]]
    fixed.update(b for b in inner if b in grid)
    for boundary in inner:
        if boundary in grid:
            continue
        below = next(i for i, sigma in enumerate(grid) if sigma < boundary)
        movable = [i for i in (below - 1, below) if grid[i] not in fixed]
        if movable:
            grid[min(movable, key=lambda i: abs(math.log(grid[i] / boundary)))] = boundary
        else:
            grid.insert(below, boundary)
        fixed.add(boundary)
    return tuple(grid)


def cut(sigmas: Sequence[float], sigma_start: float, sigma_end: float) -> Sigmas:
    """Return the part of the grid from node `sigma_start` down to node `sigma_end`, both included."""
    return tuple(sigma for sigma in sigmas if sigma_end <= sigma <= sigma_start)
