"""Which gesture a press begins."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Gesture, Pointer
from app.qt.canvas.interactions.frames import ResizeFrame
from app.qt.canvas.interactions.link import DrawWire
from app.qt.canvas.interactions.move import Move
from app.qt.canvas.interactions.navigate import Look, Pan, Zoom
from app.qt.canvas.interactions.select import BoxSelect, LassoSelect
from app.qt.canvas.interactions.turn import TurnNumber
from app.qt.canvas.interactions.wires import CutWires, LeadWire


@dataclass(frozen=True)
class Press:
    """A button going down, and what was held or chosen beforehand."""

    pointer: Pointer
    button: Qt.MouseButton
    space: bool = False
    lasso: bool = False


def gesture_for(press: Press, hit: Hit) -> type[Gesture] | None:
    """The gesture that a press at `hit` begins; None when it begins none."""
    if press.button == Qt.MouseButton.MiddleButton or (press.space and press.button == Qt.MouseButton.LeftButton):
        return Zoom if press.pointer.ctrl else Pan
    if press.button == Qt.MouseButton.RightButton:
        return CutWires if press.pointer.ctrl else None
    if press.button != Qt.MouseButton.LeftButton:
        return None
    return _left(press, hit)


def _left(press: Press, hit: Hit) -> type[Gesture]:
    if hit.node is not None and press.pointer.ctrl and press.pointer.shift:
        return Look
    if press.lasso:
        return LassoSelect
    if hit.spot is not None:
        return DrawWire
    if hit.node is not None:
        return TurnNumber if hit.line is not None and not press.pointer.ctrl else Move
    if hit.link is not None:
        return LeadWire
    if hit.side is not None:
        return ResizeFrame
    if hit.handle:
        return Move
    return LassoSelect if press.pointer.alt else BoxSelect
