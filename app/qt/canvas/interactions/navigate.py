"""Moving over the canvas, and closer to it or away from it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Gesture, Pointer, Stage

_DOUBLE = 160.0
"""Pixels of a zoom drag that double the size."""


class Pan(Gesture):
    """Drag the canvas itself."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def start(self, pointer: Pointer) -> None:
        self._at = pointer.view

    def update(self, pointer: Pointer) -> None:
        self.stage.pan_by(pointer.view - self._at)
        self._at = pointer.view


class Zoom(Gesture):
    """Drag to the right to come closer to the point where the drag began, to the left to go away."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        self._before = stage.zoom

    def start(self, pointer: Pointer) -> None:
        self._origin: QPointF = pointer.view

    def update(self, pointer: Pointer) -> None:
        wanted = self._before * 2.0 ** ((pointer.view.x() - self._origin.x()) / _DOUBLE)
        self.stage.zoom_at(wanted / self.stage.zoom, self._origin)

    def cancel(self) -> None:
        self.stage.zoom_at(self._before / self.stage.zoom, self._origin)


class Look(Gesture):
    """Click a node to look at its result."""

    cursor = Qt.CursorShape.PointingHandCursor

    def finish(self, pointer: Pointer) -> bool:
        if self.hit.node is not None:
            self.stage.look_at(self.hit.node)
        return True
