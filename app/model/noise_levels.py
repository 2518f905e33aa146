"""The noise levels of a solve as the engine computes them, in plain numbers, so that a window can show its steps.

The same formulas as the engine's, which a test compares; the engine's own module lies beyond this side of the house.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

Sigmas = tuple[float, ...]

SIGMA_MAX, SIGMA_MIN = 80.0, 0.002
"""Ends of the grid when no Sigmas node is wired (EDM)."""

ORDER6 = 6.0
"""The power of the time grid of eDiff-I, table 7."""


def grid(
    schedule: str, steps: int, sigma_max: float = SIGMA_MAX, sigma_min: float = SIGMA_MIN, rho: float = 7.0
) -> Sigmas:
    """The noise levels of `steps` steps, falling from `sigma_max` to `sigma_min`, then 0; empty where there are none.

    `schedule`: "edm" (EDM eq. 5 with power `rho`), "order6", or "cosine" (simple diffusion, section 2).
    """
    if steps < 1 or not 0.0 < sigma_min < sigma_max < math.inf or not 0.0 < rho < math.inf:
        return ()
    ramp = [step / max(steps - 1, 1) for step in range(steps)]
    levels = _cosine(ramp, sigma_max, sigma_min) if schedule == "cosine" else None
    levels = levels or _power(ramp, sigma_max, sigma_min, rho if schedule == "edm" else ORDER6)
    return sigma_max, *levels[1:-1], *([sigma_min] if steps > 1 else []), 0.0


def snapped(sigmas: Sequence[float], boundaries: Iterable[float]) -> Sigmas:
    """The grid with a node exactly on every boundary inside it, by moving the nearest one (in log sigma)."""
    levels = list(sigmas)
    if not levels:
        return ()
    lowest = min(sigma for sigma in levels if sigma > 0.0)
    fixed = {levels[0], levels[-1], lowest}
    inner = [boundary for boundary in boundaries if lowest < boundary < levels[0]]
    fixed.update(boundary for boundary in inner if boundary in levels)
    for boundary in inner:
        if boundary not in levels:
            _put(levels, boundary, fixed)
            fixed.add(boundary)
    return tuple(levels)


def node_of(fraction: float, steps: int) -> int:
    """The node of the grid nearest to a fraction of the steps; halves go to the later one."""
    return math.floor(fraction * steps + 0.5)


def strength_sigma(sigmas: Sequence[float], strength: float, most: float) -> float:
    """The noise that refining with a strength begins at: it leaves that fraction of the steps, at least one."""
    steps = len(sigmas) - 1
    first = steps - max(1, node_of(strength, steps))
    return next((sigma for sigma in sigmas[first:-1] if sigma <= most), sigmas[-2])


def _put(levels: list[float], boundary: float, fixed: set[float]) -> None:
    below = next(index for index, sigma in enumerate(levels) if sigma < boundary)
    movable = [index for index in (below - 1, below) if levels[index] not in fixed]
    if movable:
        levels[min(movable, key=lambda index: abs(math.log(levels[index] / boundary)))] = boundary
    else:
        levels.insert(below, boundary)


def _power(ramp: Sequence[float], sigma_max: float, sigma_min: float, rho: float) -> list[float]:
    first, last = sigma_max ** (1.0 / rho), sigma_min ** (1.0 / rho)
    return [(first + t * (last - first)) ** rho for t in ramp]


def _cosine(ramp: Sequence[float], sigma_max: float, sigma_min: float) -> list[float]:
    first, last = math.atan(sigma_max), math.atan(sigma_min)
    return [math.tan(first + t * (last - first)) for t in ramp]
