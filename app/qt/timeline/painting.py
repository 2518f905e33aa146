"""How the noise timeline is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from app.model.document import nothing
from app.model.timeline_handles import Handle, HandleKind, handles
from app.model.timeline_run import Played
from app.model.timeline_values import Driven, Row, Solve, Span
from app.model.timeline_words import guidance_said, noise_said, own_said, steps_said
from app.qt.canvas.look import mixed
from app.qt.eliding import elided
from app.qt.timeline.hits import ARM, STUB, WINDOW_ENDS, Hit, mark
from app.qt.timeline.layout import AXIS, BAR, EDGE, TAIL, TICK, BandLayout
from app.qt.timeline.look import BandLook

_CORNER, _PAD = 3.0, 8.0
_SMALL = 11
_HAIR_TOP = 2.0
_MIDDLE, _LEFT, _RIGHT = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


@dataclass(frozen=True)
class Shown:
    """What is to be drawn beside the rows themselves.

    `hover` and `focus`: what the pointer is over, and what the keys act on. `at`: where the pointer is along the axis.
    `words`: what is said of it. `hair`: a line shows where the pointer is.
    """

    played: Mapping[str, Played] = field(default_factory=nothing)
    hover: Hit | None = None
    focus: Hit | None = None
    at: float | None = None
    words: str = ""
    hair: bool = False


def small_font(font: QFont) -> QFont:
    """What stands beside names is written in."""
    small = QFont(font)
    small.setPixelSize(_SMALL)
    return small


def told_beside(row: Row) -> str:
    """What is said beside a row's name."""
    return steps_said(row.steps) if isinstance(row, Solve) else ""


def names_width(rows: Sequence[Row], font: QFont) -> float:
    """The room that the rows' names, and what is said beside them, need."""
    name, small = QFontMetricsF(font), QFontMetricsF(small_font(font))
    texts = (name.horizontalAdvance(row.title) + small.horizontalAdvance(told_beside(row)) for row in rows)
    return max(texts, default=0.0) + 2 * _PAD


class BandPainter:
    """Draws one band once."""

    def __init__(self, painter: QPainter, layout: BandLayout, look: BandLook, shown: Shown) -> None:
        self._painter, self._layout, self._look, self._shown = painter, layout, look, shown
        self._font = painter.font()
        self._small = small_font(self._font)

    def paint(self) -> None:
        """Draw everything."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._layout.rows:
            self._say_empty()
            return
        for index, row in enumerate(self._layout.rows):
            self._head(index, row.title, told_beside(row))
            if isinstance(row, Solve):
                self._solve(index, row)
            else:
                self._driven(index, row)
        self._axis()
        if self._shown.at is not None:
            self._pointer(self._shown.at)

    # Rows

    def _head(self, index: int, title: str, told: str) -> None:
        room, painter = self._layout.head(index), self._painter
        hover = self._shown.hover
        named = hover is not None and hover.index == index and hover.name
        painter.setFont(self._small)
        painter.setPen(self._look.dim)
        painter.drawText(room, _MIDDLE | _RIGHT, told)
        taken = QFontMetricsF(self._small).horizontalAdvance(told)
        painter.setFont(_underlined(self._font) if named else self._font)
        painter.setPen(self._look.text)
        shown = elided(title, painter.font(), room.width() - taken - _PAD)
        painter.drawText(room, _MIDDLE | _LEFT, shown)

    def _solve(self, index: int, solve: Solve) -> None:
        played = self._shown.played.get(solve.node)
        self._ground(index)
        for span in solve.spans:
            self._span(index, solve, span, lit=played is not None and played.source == span.source)
        self._ticks(index, solve, played)
        for handle in handles(solve):
            self._handle(index, solve, handle)
        if played is not None:
            self._playhead(index, solve, played)
        self._focus(index, solve)

    def _ground(self, index: int) -> None:
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(mixed(self._look.ground, self._look.text, 0.04))
        self._painter.drawRoundedRect(self._layout.bar(index), _CORNER, _CORNER)

    def _span(self, index: int, solve: Solve, span: Span, *, lit: bool) -> None:
        room, painter = self._layout.span(index, solve, span).adjusted(0.5, 0, -0.5, 0), self._painter
        if room.width() < 1.0:
            return
        fill = self._look.fill(solve, span, lit=lit)
        hover = self._shown.hover
        if hover is not None and hover.span is not None and hover.index == index and hover.span == span:
            fill = mixed(fill, self._look.text, 0.08)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(room, _CORNER, _CORNER)
        self._names(room.adjusted(_PAD, 0, -_PAD, 0), solve, span)

    def _names(self, room: QRectF, solve: Solve, span: Span) -> None:
        """The name as far as there is room; where there is more, the guidance, and then the sampler."""
        painter = self._painter
        painter.setFont(self._font)
        painter.setPen(self._look.text)
        metrics = QFontMetricsF(self._font)
        painter.drawText(room, _MIDDLE | _LEFT, elided(span.title, self._font, room.width()))
        small = QFontMetricsF(self._small)
        left = room.width() - metrics.horizontalAdvance(span.title) - 3 * _PAD
        said = (own_said(solve, span), guidance_said(solve, span))
        told = next((each for each in said if small.horizontalAdvance(each) <= left), None)
        if told is not None:
            painter.setFont(self._small)
            painter.setPen(mixed(self._look.dim, self._look.text, 0.4))
            painter.drawText(room, _MIDDLE | _RIGHT, told)

    def _ticks(self, index: int, solve: Solve, played: Played | None) -> None:
        top = self._layout.bar(index).bottom() + 2.0
        passed = None if played is None else played.sigma
        for sigma in solve.ticks:
            done = passed is not None and sigma >= passed
            colour = self._look.accent if done else mixed(self._look.ground, self._look.text, 0.42)
            x = round(self._layout.x_of(sigma)) + 0.5
            self._painter.setPen(QPen(colour, 2.0 if done else 1.0))
            self._painter.drawLine(QPointF(x, top), QPointF(x, top + TICK - 2.0))

    def _handle(self, index: int, solve: Solve, handle: Handle) -> None:
        hover, focus = self._shown.hover, self._shown.focus
        chosen = any(hit is not None and hit.handle is not None and hit.key == handle.key for hit in (hover, focus))
        room, painter = mark(self._layout, index, handle), self._painter
        broken = handle.kind is HandleKind.BOUNDARY and not solve.boundaries[handle.index].meets
        ink = self._look.warning if broken else self._look.text
        if handle.kind is HandleKind.SWITCH:
            self._switch(index, room, ink, chosen=chosen)
            return
        if handle.kind in WINDOW_ENDS:
            self._bracket(room, solve, handle, chosen=chosen)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.ground)
        painter.drawRect(room)
        grip = QRectF(room.center().x() - 1.0, room.top() + (1.0 if chosen else 5.0), 2.0, 0.0)
        grip.setBottom(room.bottom() - (1.0 if chosen else 5.0))
        painter.setBrush(ink if chosen or broken else mixed(self._look.ground, ink, 0.6))
        painter.drawRoundedRect(grip, 1.0, 1.0)

    def _bracket(self, room: QRectF, solve: Solve, handle: Handle, *, chosen: bool) -> None:
        """Where a phrase or a style begins to act, or stops: open towards where it acts, in its colour."""
        ink = self._look.bracket(solve.windows[handle.index])
        inwards = ARM if handle.kind is HandleKind.BEGIN else -ARM
        x = room.center().x()
        middle = room.center().y() if chosen else None  # at rest it leaves the name of the span free
        for edge, stub in ((room.top(), STUB), (room.bottom(), -STUB)):
            end = edge + stub if middle is None else middle
            corner = QPolygonF([QPointF(x + inwards, edge), QPointF(x, edge), QPointF(x, end)])
            for pen, width in ((self._look.ground, 4.0), (ink, 2.0)):
                self._painter.setPen(QPen(pen, width))
                self._painter.setBrush(Qt.BrushStyle.NoBrush)
                self._painter.drawPolyline(corner)

    def _switch(self, index: int, room: QRectF, ink: QColor, *, chosen: bool) -> None:
        bar, painter, x = self._layout.bar(index), self._painter, room.center().x()
        painter.setPen(QPen(mixed(self._look.ground, ink, 0.9 if chosen else 0.6), 1.0, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, bar.top() + 4.0), QPointF(x, bar.bottom()))
        half = room.width() / 2 + (1.0 if chosen else 0.0)
        middle = room.center()
        corners = (QPointF(0, -half), QPointF(half, 0), QPointF(0, half), QPointF(-half, 0))
        painter.setPen(QPen(self._look.ground, 1.5))
        painter.setBrush(ink)
        painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))

    def _playhead(self, index: int, solve: Solve, played: Played) -> None:
        bar, painter = self._layout.bar(index), self._painter
        left, x = self._layout.x_of(solve.sigma_from), self._layout.x_of(played.sigma)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.accent)
        painter.drawRect(QRectF(left, bar.bottom() - 2.0, x - left, 2.0))
        if played.running:
            painter.drawRect(QRectF(x - 1.0, bar.top() - 3.0, 2.0, BAR + 3.0 + TICK))
            tip = bar.top() - 3.0
            painter.drawPolygon(QPolygonF([QPointF(x - 4, tip - 2), QPointF(x + 4, tip - 2), QPointF(x, tip + 4)]))

    def _focus(self, index: int, solve: Solve) -> None:
        focus = self._shown.focus
        if focus is None or focus.index != index:
            return
        room = self._layout.bar(index)
        if focus.span is not None:
            room = self._layout.span(index, solve, focus.span).adjusted(1, 0.5, -1, -0.5)
        elif focus.handle is not None:
            room = mark(self._layout, index, focus.handle).adjusted(-3, -2, 3, 2)
        self._painter.setPen(QPen(self._look.text, 1.0))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(room, _CORNER, _CORNER)

    def _driven(self, index: int, row: Driven) -> None:
        room, painter = self._layout.bar(index), self._painter
        focus, hover = self._shown.focus, self._shown.hover
        chosen = any(hit is not None and hit.index == index and not hit.name for hit in (focus, hover))
        painter.setPen(QPen(self._look.dim if chosen else self._look.line, 1.0, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(room.adjusted(0.5, 0.5, -0.5, -0.5), _CORNER, _CORNER)
        inside = room.adjusted(_PAD, 0, -_PAD, 0)
        painter.setFont(_underlined(self._font) if chosen else self._font)
        painter.setPen(self._look.text)
        painter.drawText(inside, _MIDDLE | _RIGHT, "Show in Graph")
        link = QFontMetricsF(self._font).horizontalAdvance("Show in Graph")
        painter.setFont(self._font)
        painter.setPen(self._look.dim)
        told = f"Driven by the graph. {row.why}"
        painter.drawText(inside, _MIDDLE | _LEFT, elided(told, self._font, inside.width() - link - 2 * _PAD))

    # The axis

    def _axis(self) -> None:
        layout, painter = self._layout, self._painter
        painter.setFont(self._small)
        painter.setPen(self._look.dim)
        top = layout.scale_top
        painter.drawText(QRectF(EDGE, top, layout.left - EDGE, AXIS), _MIDDLE | _LEFT, "Noise")
        for sigma in (layout.axis.high, *layout.axis.decades(), 0.0):
            x = layout.x_of(sigma)
            if sigma in (layout.axis.high, 0.0) or x - layout.left > 3 * _PAD:
                middle = Qt.AlignmentFlag.AlignCenter
                painter.drawText(QRectF(x - TAIL, top, 2 * TAIL, AXIS), middle, noise_said(sigma))

    def _pointer(self, x: float) -> None:
        layout, painter, words = self._layout, self._painter, self._shown.words
        if self._shown.hair:
            painter.setPen(QPen(mixed(self._look.ground, self._look.text, 0.5), 1.0))
            painter.drawLine(QPointF(round(x) + 0.5, _HAIR_TOP), QPointF(round(x) + 0.5, layout.scale_top))
        if words:
            self._readout(x, words)

    def _readout(self, x: float, words: str) -> None:
        layout, painter = self._layout, self._painter
        painter.setFont(self._small)
        width = QFontMetricsF(self._small).horizontalAdvance(words) + 2 * _PAD
        left = min(max(x - width / 2, layout.left - EDGE), layout.right + EDGE / 2 - width)
        room = QRectF(left, layout.scale_top, width, AXIS)
        painter.fillRect(room.adjusted(-_PAD, 0, _PAD, 0), self._look.ground)
        painter.setPen(self._look.text)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    def _say_empty(self) -> None:
        self._painter.setPen(self._look.dim)
        room = QRectF(EDGE, 0, self._layout.width - 2 * EDGE, self._layout.height)
        told = "Nothing is drawn yet. Wire a model to a Denoise node, and its noise appears here."
        self._painter.drawText(room, _MIDDLE | _LEFT, told)


def _underlined(font: QFont) -> QFont:
    changed = QFont(font)
    changed.setUnderline(True)
    return changed
