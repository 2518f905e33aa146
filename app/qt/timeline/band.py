"""The noise timeline as a widget: it shows the rows of the document, and gives presses and keys to gestures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.model.document import nothing
from app.model.model_cards import Models
from app.model.timeline import timeline
from app.model.timeline_handles import Handle, moved
from app.model.timeline_run import Played
from app.model.timeline_values import Driven, Row, Solve, Span
from app.model.timeline_words import handle_said, place_said, span_said
from app.qt.desk import Desk
from app.qt.timeline.hits import Hit, hit_at, stops
from app.qt.timeline.interactions.base import Gesture, Pointer
from app.qt.timeline.interactions.choosing import gesture_for
from app.qt.timeline.layout import BandLayout, laid_out
from app.qt.timeline.look import look_of
from app.qt.timeline.painting import BandPainter, Shown, names_width
from app.qt.timeline.span_fields import SpanFields
from nodes.graph.errors import EditError

_LEAST_WIDTH = 480
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_STEPS: Mapping[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class TimelineBand(QWidget):
    """`node_wanted`: a node of the graph shall be shown. `reshaped`: it has more rows now, or fewer."""

    node_wanted = Signal(str)
    reshaped = Signal()

    def __init__(self, desk: Desk, models: Models, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._models = desk, models
        self._rows: tuple[Row, ...] = ()
        self._graph: object = None
        self._played: Mapping[str, Played] = nothing()
        self._gesture: Gesture | None = None
        self._held: Handle | None = None
        self._hover: Hit | None = None
        self._focus: tuple[object, ...] | None = None
        self._at: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Noise timeline")
        desk.changed.connect(self.refresh)
        self.refresh()

    # What it shows

    @property
    def layout_now(self) -> BandLayout:
        """Where things lie, as shown."""
        return laid_out(self._rows, float(self.width()), names_width(self._rows, self.font()))

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows as shown."""
        return self._rows

    @property
    def played(self) -> Mapping[str, Played]:
        """How far the running job is, by node."""
        return self._played

    @property
    def words(self) -> str:
        """What is said of the place under the pointer, or of what the keys act on."""
        hit = self._hover if self._at is not None else self._focused()
        if hit is None or not isinstance(hit.row, Solve):
            return ""
        held = self._held if self._gesture is not None and self._held is not None else hit.handle
        if held is not None:
            return handle_said(hit.row, held)
        if hit.name:
            return ""
        if self._at is not None:
            return place_said(hit.row, self.layout_now.sigma_at(self._at.x()))
        return "" if hit.span is None else span_said(hit.row, hit.span)

    def refresh(self) -> None:
        """Show the document as it is."""
        graph = self._desk.document.graph
        if graph is not self._graph:
            if self._gesture is not None:
                self._gesture, self._held = None, None  # something else changed what was held
            self._graph = graph
            self._show(timeline(self._desk.document, self._desk.registry, self._models))

    def show_models(self, models: Models) -> None:
        """Show the document again, for there are other models now."""
        self._models, self._graph = models, None
        self.refresh()

    def set_played(self, played: Mapping[str, Played]) -> None:
        """Show how far the running job is."""
        if played != self._played:
            self._played = played
            self.update()

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(2 * _LEAST_WIDTH, self.layout_now.height)

    def minimumSizeHint(self) -> QSize:
        """Wide enough to take hold of something."""
        return QSize(_LEAST_WIDTH, self.layout_now.height)

    def _show(self, rows: tuple[Row, ...]) -> None:
        fewer = len(rows) != len(self._rows)
        self._rows = rows
        self._hover = None if self._at is None else hit_at(self.layout_now, self._at)
        if fewer:
            self.updateGeometry()
            self.reshaped.emit()
        self.setAccessibleDescription(self.words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all of it."""
        with QPainter(self) as painter:
            layout, focused = self.layout_now, self._focused() if self.hasFocus() else None
            at, hair = self._spoken_of(layout, focused)
            shown = Shown(self._played, self._hover, focused, at, self.words, hair)
            BandPainter(painter, layout, look_of(self.palette()), shown).paint()

    def _spoken_of(self, layout: BandLayout, focused: Hit | None) -> tuple[float | None, bool]:
        """Where along the axis the words belong, and whether a line leads there."""
        if self._held is not None:
            return layout.x_of(self._held.sigma), False
        if self._at is not None:
            over = self._hover is not None and self._hover.handle is None and self._at.x() >= layout.left
            return (self._at.x() if self._at.x() >= layout.left else None), over
        return (None if focused is None else _middle(layout, focused)), False

    # What gestures ask for

    def preview(self, solve: Solve, handle: Handle, sigma: float) -> None:
        """Show what would be, without changing the document."""
        try:
            document = moved(self._desk.document, self._desk.registry, solve, handle, sigma)
        except EditError as error:
            self._desk.told.emit(str(error))
            return
        self._show(timeline(document, self._desk.registry, self._models))
        gone = replace(handle, sigma=sigma)  # at either end of the solve nothing marks the window of a phrase
        self._held = next((hit.handle for hit in stops(self.layout_now) if hit.key == handle.key), gone)
        self.update()

    def revert(self) -> None:
        """Show the document again."""
        self._held = None
        self._show(timeline(self._desk.document, self._desk.registry, self._models))

    def commit(self, solve: Solve, handle: Handle, sigma: float) -> None:
        """Make it so."""
        self._held = None
        self._desk.edit(handle.label, moved, self._desk.registry, solve, handle, sigma)
        self.revert()

    def open_span(self, solve: Solve, span: Span) -> None:
        """Offer what can be set of a span."""
        room = self.layout_now.span(self._rows.index(solve), solve, span).toRect()
        node, place = solve.node, solve.spans.index(span)
        self.fields = SpanFields(self._desk, lambda: self._span(node, place), self)
        self.fields.node_wanted.connect(self.node_wanted)
        self.fields.open_above(QRect(self.mapTo(self.window(), room.topLeft()), room.size()))

    def _span(self, node: str, place: int) -> tuple[Solve, Span] | None:
        """A solve and one of its spans as they are now."""
        solve = next((row for row in self._rows if row.node == node and isinstance(row, Solve)), None)
        return None if solve is None or place >= len(solve.spans) else (solve, solve.spans[place])

    def show_node(self, node: str) -> None:
        """Lead to a node of the graph."""
        self.node_wanted.emit(node)

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = hit_at(self.layout_now, event.position())
        if event.button() != Qt.MouseButton.LeftButton or hit is None or self._gesture is not None:
            return
        self._focus = hit.key
        self._gesture = gesture_for(self, hit)
        if self._gesture is not None:
            self._gesture.start(_pointer(event))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._at = event.position()
        if self._gesture is not None:
            self._gesture.update(_pointer(event))
        else:
            self._hover = hit_at(self.layout_now, event.position())
            self.setCursor(_cursor(self._hover))
        self.setAccessibleDescription(self.words)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None and event.button() == Qt.MouseButton.LeftButton:
            gesture.finish(_pointer(event))
        self._held = None
        self._hover = hit_at(self.layout_now, event.position())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._at, self._hover = None, None
        self.update()

    def cancel(self) -> bool:
        """Give up the gesture at hand; False when there is none."""
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return False
        gesture.cancel()
        return True

    # Keys

    def event(self, event: QEvent) -> bool:
        """Arrows are for this band, and so is Escape while something is held."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = event.key() in _STEPS or (event.key() == Qt.Key.Key_Escape and self._gesture is not None)
            if mine:
                event.accept()
                return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from one thing to the next, and on when there is no next."""
        found = stops(self.layout_now)
        keys = [hit.key for hit in found]
        place = keys.index(self._focus) + (1 if forward else -1) if self._focus in keys else (0 if forward else -1)
        if not self.hasFocus() or not keys or not -1 < place % max(len(keys), 1) == place:
            return super().focusNextPrevChild(forward)
        self._choose(found[place])
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        found = stops(self.layout_now)
        if found and event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._choose(found[-1 if event.reason() is Qt.FocusReason.BacktabFocusReason else 0])
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.cancel()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        hit = self._focused()
        if event.key() == Qt.Key.Key_Escape and self.cancel():
            return
        if hit is not None and event.key() in _STEPS:
            self._step(hit, _STEPS[event.key()])
        elif hit is not None and event.key() in _ENTER:
            self._press(hit)
        else:
            super().keyPressEvent(event)

    def _step(self, hit: Hit, steps: int) -> None:
        if self._gesture is not None or hit.handle is None or not isinstance(hit.row, Solve):
            return
        sigma = hit.handle.stepped(steps)
        if sigma != hit.handle.sigma:
            self._at = None
            arguments = (self._desk.registry, hit.row, hit.handle, sigma)
            self._desk.drag(hit.handle.label, hit.handle.key, moved, *arguments)

    def _press(self, hit: Hit) -> None:
        if isinstance(hit.row, Driven):
            self.show_node(hit.row.leads_to)
        elif hit.span is not None:
            self.open_span(hit.row, hit.span)

    def _choose(self, hit: Hit) -> None:
        self._focus, self._at = hit.key, None
        self.setAccessibleDescription(self.words)
        self.update()

    def _focused(self) -> Hit | None:
        return next((hit for hit in stops(self.layout_now) if hit.key == self._focus), None)


def _pointer(event: QMouseEvent) -> Pointer:
    return Pointer(event.position(), event.modifiers())


def _cursor(hit: Hit | None) -> Qt.CursorShape:
    if hit is None or not hit.live:
        return Qt.CursorShape.ArrowCursor
    return Qt.CursorShape.SizeHorCursor if hit.handle is not None else Qt.CursorShape.PointingHandCursor


def _middle(layout: BandLayout, hit: Hit) -> float:
    if hit.handle is not None:
        return layout.x_of(hit.handle.sigma)
    if isinstance(hit.row, Solve) and hit.span is not None:
        return layout.span(hit.index, hit.row, hit.span).center().x()
    return layout.bar(hit.index).center().x()
