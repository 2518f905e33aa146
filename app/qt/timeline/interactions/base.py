"""What the gestures of the timeline share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from app.model.timeline_handles import Handle
from app.model.timeline_values import Solve, Span
from app.qt.timeline.hits import Hit
from app.qt.timeline.layout import BandLayout

TREMBLE = 3.0
"""Pixels that a hand may move without meaning it."""


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is, and which keys are held."""

    at: QPointF
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def fine(self) -> bool:
        """Whether places between the steps are meant."""
        return bool(self.keys & Qt.KeyboardModifier.ShiftModifier)


class Stage(Protocol):
    """What a gesture may do."""

    @property
    def layout_now(self) -> BandLayout:
        """Where things lie, as shown."""
        ...

    def preview(self, solve: Solve, handle: Handle, sigma: float) -> None:
        """Show what would be, without changing the document."""
        ...

    def revert(self) -> None:
        """Show the document again."""
        ...

    def commit(self, solve: Solve, handle: Handle, sigma: float) -> None:
        """Make it so."""
        ...

    def open_span(self, solve: Solve, span: Span) -> None:
        """Offer what can be set of a span."""
        ...

    def show_node(self, node: str) -> None:
        """Lead to a node of the graph."""
        ...


class Gesture:
    """One thing a hand does, from press to release."""

    def __init__(self, stage: Stage, hit: Hit) -> None:
        self.stage = stage
        self.hit = hit

    def start(self, pointer: Pointer) -> None:
        """The button went down."""

    def update(self, pointer: Pointer) -> None:
        """The pointer, or a held key, has changed."""

    def finish(self, pointer: Pointer) -> None:
        """The button went up."""

    def cancel(self) -> None:
        """Leave everything as it was."""
