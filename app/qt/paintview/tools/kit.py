"""Which gesture begins when a hand presses with a tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from app.paint.toolbox import Tool
from app.qt.paintview.easel import Easel
from app.qt.paintview.pointer import Pointer
from app.qt.paintview.tools.brush import BrushGesture, LineGesture, StrokeGesture
from app.qt.paintview.tools.crop import CropGesture
from app.qt.paintview.tools.fill import FillGesture
from app.qt.paintview.tools.gesture import Gesture
from app.qt.paintview.tools.lasso import LassoGesture
from app.qt.paintview.tools.look import PanGesture, PickGesture, ZoomGesture
from app.qt.paintview.tools.move import MoveGesture
from app.qt.paintview.tools.shape import EllipseGesture, RectangleGesture

Make: TypeAlias = Callable[[Easel], Gesture]

_GESTURES: Mapping[Tool, type[Gesture]] = {
    Tool.LASSO: LassoGesture,
    Tool.FILL: FillGesture,
    Tool.RECTANGLE: RectangleGesture,
    Tool.ELLIPSE: EllipseGesture,
    Tool.MOVE: MoveGesture,
    Tool.CROP: CropGesture,
    Tool.PAN: PanGesture,
    Tool.ZOOM: ZoomGesture,
}
_STROKES = (Tool.BRUSH, Tool.ERASER)
PAINTING = frozenset(tool for tool, gesture in _GESTURES.items() if gesture.paints) | frozenset(_STROKES)
"""The tools that need a layer to paint on."""


def gesture_for(tool: Tool, at: Pointer) -> tuple[type[Gesture], Make]:
    """The class of the gesture and what makes it. The pen's other end erases, whatever tool is chosen."""
    if tool not in _STROKES and not at.eraser:
        return _GESTURES[tool], _GESTURES[tool]
    if at.alt:
        return PickGesture, PickGesture
    stroke: type[StrokeGesture] = LineGesture if at.shift else BrushGesture
    return stroke, lambda easel: stroke(easel, erasing=at.eraser or tool is Tool.ERASER)
