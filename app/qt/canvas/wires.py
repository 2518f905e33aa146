"""The way of a wire across the canvas, and the dots that the artist put on it.

Dots are kept with the link, as `"via": [[x, y], ...]` in its further fields, so that they are no nodes: they change no
result, no key and no type.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from app.qt.canvas.look import within
from engine.api.plan import Json
from nodes.graph.model import Link

VIA = "via"
_SLACK = 0.45
_LEAST_SLACK = 36.0
_MOST_SLACK = 160.0
_TURN = 0.15
_PASSING = 0.3
_EAST = (1.0, 0.0)

Point = tuple[float, float]


def dots_of(link: Link) -> tuple[Point, ...]:
    """The dots of a link, from its source on; entries that are no points are left out."""
    entries = link.extra.get(VIA)
    if not entries:
        return ()
    points = (_point(entry) for entry in entries) if isinstance(entries, list) else ()
    return tuple(point for point in points if point is not None)


def with_dots(link: Link, dots: Sequence[Point]) -> Link:
    """The link with these dots."""
    others: dict[str, Json] = {name: value for name, value in link.extra.items() if name != VIA}
    if dots:
        others[VIA] = [[x, y] for x, y in dots]
    return replace(link, extra=others)


def wire_path(start: QPointF, end: QPointF, dots: Sequence[Point] = ()) -> QPainterPath:
    """A smooth way from an output to an input through the dots: it leaves to the right and arrives from the left."""
    stops = [(start.x(), start.y()), *dots, (end.x(), end.y())]
    headings = [_EAST, *(_heading(*stops[i - 1 : i + 2]) for i in range(1, len(stops) - 1)), _EAST]
    path = QPainterPath(start)
    for number in range(1, len(stops)):
        (x0, y0), (x1, y1) = before, after = stops[number - 1], stops[number]
        (across0, down0), (across1, down1) = headings[number - 1], headings[number]
        slack = _slack(before, after) if len(stops) == 2 else _PASSING * math.dist(before, after)
        path.cubicTo(x0 + across0 * slack, y0 + down0 * slack, x1 - across1 * slack, y1 - down1 * slack, x1, y1)
    return path


def _heading(before: Point, at: Point, after: Point) -> Point:
    """The direction, of length 1, in which a wire passes a dot: straight along a lane, and never beyond the dot."""
    across = _steady(at[0] - before[0], after[0] - at[0])
    down = _steady(at[1] - before[1], after[1] - at[1])
    length = math.hypot(across, down)
    if length > 0:
        return across / length, down / length
    length = math.dist(before, after)
    return ((after[0] - before[0]) / length, (after[1] - before[1]) / length) if length > 0 else _EAST


def _steady(come: float, go: float) -> float:
    """The harmonic mean of two steps; none where the way turns back (Fritsch and Butland, 1984)."""
    return 2.0 * come * go / (come + go) if come * go > 0 else 0.0


def _slack(before: Point, after: Point) -> float:
    """How far a wire without dots runs straight on at its ports: more where it has to turn back."""
    across, down = after[0] - before[0], abs(after[1] - before[1])
    slack = across * _SLACK if across > 0 else -across * _SLACK + down * _TURN
    return min(max(slack, min(_LEAST_SLACK, down + 8.0)), _MOST_SLACK)


def _point(entry: Json) -> Point | None:
    if not isinstance(entry, list) or len(entry) != 2:
        return None
    x, y = entry
    whole = isinstance(x, (int, float)) and isinstance(y, (int, float))
    return (float(within(x)), float(within(y))) if whole else None  # type: ignore[arg-type]  # just found to be numbers
