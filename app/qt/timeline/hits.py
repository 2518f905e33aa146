"""What lies under the pointer, and in which order keys reach it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from app.model.timeline_handles import Handle, HandleKind, handles
from app.model.timeline_values import Driven, Row, Solve, Span
from app.qt.timeline.layout import BAR, REACH, BandLayout

MARK = 10.0
"""Side of the marker of a prompt's switch, above its bar's edge."""

ARM, STUB, INSET = 5.0, 4.0, 3.0
"""The bracket where a phrase or a style begins or ends: its arms, what is drawn upright beside a name, and how far each
is drawn inside the one that it meets."""

WINDOW_ENDS = frozenset({HandleKind.BEGIN, HandleKind.FINISH})


@dataclass(frozen=True)
class Hit:
    """A place of the band: its row, and the handle, span or name that lies there."""

    index: int
    row: Row
    handle: Handle | None = None
    span: Span | None = None
    name: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What it is called, also after an edit."""
        if self.handle is not None:
            return self.handle.key
        span = self.row.spans.index(self.span) if isinstance(self.row, Solve) and self.span is not None else -1
        return "span", self.row.node, span, self.name

    @property
    def live(self) -> bool:
        """Whether a press does something."""
        return self.handle is not None or self.span is not None or self.name or isinstance(self.row, Driven)


def hit_at(layout: BandLayout, where: QPointF) -> Hit | None:
    """What lies at a point."""
    index = layout.row_at(where.y())
    if index is None:
        return None
    row = layout.rows[index]
    if where.x() < layout.left - REACH:
        return Hit(index, row, name=layout.head(index).contains(where))
    if isinstance(row, Driven):
        return Hit(index, row)
    handle = _handle_at(layout, index, row, where)
    bar = layout.bar(index)
    over = bar.top() <= where.y() <= bar.bottom()
    spans = (span for span in row.spans if layout.span(index, row, span).contains(where))
    return Hit(index, row, handle, next(spans, None) if over and handle is None else None)


def stops(layout: BandLayout) -> tuple[Hit, ...]:
    """All that keys reach, row by row from the left."""
    return tuple(hit for index, row in enumerate(layout.rows) for hit in _stops_of(layout, index, row))


def mark(layout: BandLayout, index: int, handle: Handle) -> QRectF:
    """The room of a handle: the marker of a switch, or the height of the bar."""
    x, bar = layout.x_of(handle.sigma), layout.bar(index)
    if handle.kind is HandleKind.SWITCH:
        return QRectF(x - MARK / 2, bar.top() - MARK / 2, MARK, MARK)
    if handle.kind in WINDOW_ENDS:
        inset = min(1.0 + INSET * _met(layout, index, handle), BAR / 2 - 2.0)
        return QRectF(x - ARM / 2, bar.top() + inset, ARM, BAR - 2 * inset)
    return QRectF(x - 2.0, bar.top(), 4.0, BAR)


def _met(layout: BandLayout, index: int, handle: Handle) -> int:
    """How many brackets before this one stand at the same noise."""
    row = layout.rows[index]
    alike = [each for each in handles(row) if each.kind in WINDOW_ENDS] if isinstance(row, Solve) else []
    earlier = alike[: next((place for place, each in enumerate(alike) if each.key == handle.key), 0)]
    return sum(each.sigma == handle.sigma for each in earlier)


def _handle_at(layout: BandLayout, index: int, solve: Solve, where: QPointF) -> Handle | None:
    """The nearest one; at the upper edge a switch comes first, below it what divides the bar, then brackets."""
    above = where.y() < layout.bar(index).top() + MARK / 2
    near = [
        (
            (handle.kind is HandleKind.SWITCH) is not above,
            abs(layout.x_of(handle.sigma) - where.x()),
            handle.kind in WINDOW_ENDS,
            handle,
        )
        for handle in handles(solve)
        if abs(layout.x_of(handle.sigma) - where.x()) <= REACH
    ]
    return min(near, key=lambda each: each[:3])[3] if near else None


def _stops_of(layout: BandLayout, index: int, row: Row) -> list[Hit]:
    if isinstance(row, Driven):
        return [Hit(index, row)]
    spans = [(layout.span(index, row, span).left(), 0, Hit(index, row, span=span)) for span in row.spans]
    grips = [(layout.x_of(handle.sigma), 1, Hit(index, row, handle)) for handle in handles(row)]
    return [hit for _x, _order, hit in sorted((*spans, *grips), key=lambda each: each[:2])]
