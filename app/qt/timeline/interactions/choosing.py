"""Which gesture a press begins."""

from __future__ import annotations

from app.model.timeline_values import Driven
from app.qt.timeline.hits import Hit
from app.qt.timeline.interactions.base import Gesture, Stage
from app.qt.timeline.interactions.move import MoveHandle
from app.qt.timeline.interactions.press import OpenSpan, ShowNode


def gesture_for(stage: Stage, hit: Hit) -> Gesture | None:
    """The gesture that begins at a place; None where nothing can be done."""
    if hit.name or isinstance(hit.row, Driven):
        return ShowNode(stage, hit)
    if hit.handle is not None:
        return MoveHandle(stage, hit, hit.row, hit.handle)
    if hit.span is not None:
        return OpenSpan(stage, hit, hit.row, hit.span)
    return None
