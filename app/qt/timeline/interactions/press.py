"""Presses: a span opens what can be set of it, a name and a row that the graph drives lead to the graph."""

from __future__ import annotations

from app.model.timeline_values import Driven, Solve, Span
from app.qt.timeline.hits import Hit, hit_at
from app.qt.timeline.interactions.base import Gesture, Pointer, Stage


class OpenSpan(Gesture):
    """Press a span to set how it draws."""

    def __init__(self, stage: Stage, hit: Hit, solve: Solve, span: Span) -> None:
        super().__init__(stage, hit)
        self._solve, self._span = solve, span

    def finish(self, pointer: Pointer) -> None:
        if _still_over(self, pointer):
            self.stage.open_span(self._solve, self._span)


class ShowNode(Gesture):
    """Press a name, or a row that the graph drives, to see its node."""

    def finish(self, pointer: Pointer) -> None:
        if _still_over(self, pointer):
            row = self.hit.row
            self.stage.show_node(row.leads_to if isinstance(row, Driven) else row.node)


def _still_over(gesture: Gesture, pointer: Pointer) -> bool:
    found = hit_at(gesture.stage.layout_now, pointer.at)
    return found is not None and found.key == gesture.hit.key
