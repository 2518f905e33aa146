"""The way of a wire across the canvas, and the dots that the artist put on it.

Dots are kept with the link, as `"via": [[x, y], ...]` in its further fields, so that they are no nodes: they change no
result, no key and no type.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from engine.api.plan import Json
from nodes.graph.model import Link

VIA = "via"
_SLACK = 0.45
_LEAST_SLACK = 36.0
_MOST_SLACK = 160.0

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
    stops = [start, *(QPointF(x, y) for x, y in dots), end]
    path = QPainterPath(start)
    for number in range(1, len(stops)):
        before, after = stops[number - 1], stops[number]
        path.cubicTo(before + _leaving(stops, number - 1), after - _leaving(stops, number), after)
    return path


def _leaving(stops: Sequence[QPointF], number: int) -> QPointF:
    """How far, and in which direction, a wire runs straight on where it passes a stop."""
    if number in (0, len(stops) - 1):
        first, second = (0, 1) if number == 0 else (number - 1, number)
        gap = stops[second] - stops[first]
        slack = abs(gap.x()) * _SLACK + (abs(gap.y()) * 0.15 if gap.x() < 0 else 0.0)
        return QPointF(min(max(slack, min(_LEAST_SLACK, abs(gap.y()) + 8)), _MOST_SLACK), 0.0)
    return (stops[number + 1] - stops[number - 1]) * 0.18


def _point(entry: Json) -> Point | None:
    if not isinstance(entry, list) or len(entry) != 2:
        return None
    x, y = entry
    whole = isinstance(x, (int, float)) and isinstance(y, (int, float))
    return (float(x), float(y)) if whole else None  # type: ignore[arg-type]  # both were just found to be numbers
