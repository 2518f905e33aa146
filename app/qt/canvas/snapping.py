"""Where moved things come to rest: in line with others that are near, or else on the grid. No Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.model.edits import Box
from app.qt.canvas.look import GRID


@dataclass(frozen=True)
class Guide:
    """A line that things are in: upright at x = `at`, or level at y = `at`, from `start` to `end`."""

    upright: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True)
class Snapped:
    """A displacement, and the lines that it follows."""

    dx: float
    dy: float
    guides: tuple[Guide, ...] = ()


def snapped(box: Box, dx: float, dy: float, others: Sequence[Box], reach: float) -> Snapped:
    """Let `box`, displaced by (dx, dy), rest in line with an edge of `others` within `reach`, or else on the grid."""
    shifted = _displaced(box, dx, dy)
    across = _nearest(_edges_x(shifted), ((edge, other) for other in others for edge in _edges_x(other)))
    down = _nearest(_edges_y(shifted), ((edge, other) for other in others for edge in _edges_y(other)))
    guides = []
    if across is not None and abs(across[0]) <= reach:
        dx += across[0]
        guides.append((True, across))
    else:
        dx = _to_grid(box.x + dx) - box.x
    if down is not None and abs(down[0]) <= reach:
        dy += down[0]
        guides.append((False, down))
    else:
        dy = _to_grid(box.y + dy) - box.y
    placed = _displaced(box, dx, dy)
    return Snapped(dx, dy, tuple(_guide(upright, at, placed, other) for upright, (_, at, other) in guides))


_Near = tuple[float, float, Box]


def _nearest(own: Sequence[float], others: Iterable[tuple[float, Box]]) -> _Near | None:
    """The smallest step to a line of another box, where that line is, and whose it is."""
    best: _Near | None = None
    for edge, box in others:
        step = min((edge - mine for mine in own), key=abs)
        if best is None or abs(step) < abs(best[0]):
            best = (step, edge, box)
    return best


def _edges_x(box: Box) -> tuple[float, float]:
    return box.x, box.x + box.width


def _edges_y(box: Box) -> tuple[float, float]:
    return box.y, box.y + box.height


def _displaced(box: Box, dx: float, dy: float) -> Box:
    return Box(box.x + dx, box.y + dy, box.width, box.height)


def _to_grid(value: float) -> float:
    return float(round(value / GRID) * GRID)


def _guide(upright: bool, at: float, box: Box, other: Box) -> Guide:
    if upright:
        low, high = min(box.y, other.y), max(box.y + box.height, other.y + other.height)
    else:
        low, high = min(box.x, other.x), max(box.x + box.width, other.x + other.width)
    return Guide(upright, at, low, high)
