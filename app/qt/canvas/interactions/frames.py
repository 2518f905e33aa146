"""Resizing frames and notes by their edges and corners."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Qt

from app.model import edits
from app.qt.canvas.frame_item import Side
from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Gesture, Pointer, Stage
from app.qt.canvas.look import GRID
from nodes.graph.model import Frame

LEAST = 64.0
"""Least width and height of a frame."""

_CURSORS = {
    Side.LEFT: Qt.CursorShape.SizeHorCursor,
    Side.RIGHT: Qt.CursorShape.SizeHorCursor,
    Side.TOP: Qt.CursorShape.SizeVerCursor,
    Side.BOTTOM: Qt.CursorShape.SizeVerCursor,
    Side.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Side.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Side.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Side.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
}


class ResizeFrame(Gesture):
    """Drag an edge or a corner; it rests on the grid unless Alt is held."""

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        assert hit.frame is not None
        assert hit.side is not None
        self._frame = stage.canvas.frames[hit.frame].frame
        self._side = hit.side
        self._document = stage.document
        self._shown = stage.document
        self.cursor = cursor_of(hit.side)

    def start(self, pointer: Pointer) -> None:
        self._origin = pointer.scene

    def update(self, pointer: Pointer) -> None:
        step = pointer.scene - self._origin
        resized = _resized(self._frame, self._side, step.x(), step.y(), 1.0 if pointer.alt else float(GRID))
        self._shown = edits.set_frame(self._document, resized)
        self.stage.preview(self._shown)

    def finish(self, pointer: Pointer) -> bool:
        self.stage.commit("Resize a frame", self._shown)
        return True

    def cancel(self) -> None:
        self.stage.revert()


def cursor_of(side: Side) -> Qt.CursorShape:
    """The pointer that shows which way a side moves."""
    return _CURSORS[side]


def _resized(frame: Frame, side: Side, dx: float, dy: float, grid: float) -> Frame:
    left, top, right, bottom = side.value
    x0, x1 = _moved(frame.x, frame.x + frame.width, left, right, dx, grid)
    y0, y1 = _moved(frame.y, frame.y + frame.height, top, bottom, dy, grid)
    return replace(frame, x=x0, y=y0, width=x1 - x0, height=y1 - y0)


def _moved(low: float, high: float, low_moves: int, high_moves: int, step: float, grid: float) -> tuple[float, float]:
    if low_moves:
        return min(round((low + step) / grid) * grid, high - LEAST), high
    if high_moves:
        return low, max(round((high + step) / grid) * grid, low + LEAST)
    return low, high
