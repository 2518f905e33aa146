"""The way of a wire across the canvas, and the dots that the artist put on it.

Dots are kept with the link, as `"via": [[x, y], ...]` in its further fields, so that they are no nodes: they change no
result, no key and no type.
"""

from __future__ import annotations

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
_PASSING = 0.18

Point = tuple[float, float]


def dots_of(link: Link) -> tuple[Point, ...]:
    """The dots of a link, from its source on; entries that are no points are left out."""
    entries = link.extra.get(VIA, [])
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
    path = QPainterPath(start)
    leaving = _slack(stops[0], stops[1]), 0.0
    for number in range(1, len(stops)):
        (x0, y0), (x1, y1) = stops[number - 1], stops[number]
        is_last = number == len(stops) - 1
        arriving = (_slack(stops[-2], stops[-1]), 0.0) if is_last else _through(stops[number - 1], stops[number + 1])
        path.cubicTo(x0 + leaving[0], y0 + leaving[1], x1 - arriving[0], y1 - arriving[1], x1, y1)
        leaving = arriving
    return path


def _slack(before: Point, after: Point) -> float:
    """How far a wire runs straight on at a port: more where it has to turn back."""
    across, down = after[0] - before[0], abs(after[1] - before[1])
    slack = across * _SLACK if across > 0 else -across * _SLACK + down * _TURN
    return min(max(slack, min(_LEAST_SLACK, down + 8.0)), _MOST_SLACK)


def _through(before: Point, after: Point) -> Point:
    """How far, and in which direction, a wire runs straight on at a dot."""
    return (after[0] - before[0]) * _PASSING, (after[1] - before[1]) * _PASSING


def _point(entry: Json) -> Point | None:
    if not isinstance(entry, list) or len(entry) != 2:
        return None
    x, y = entry
    whole = isinstance(x, (int, float)) and isinstance(y, (int, float))
    return (float(within(x)), float(within(y))) if whole else None  # type: ignore[arg-type]  # just found to be numbers
