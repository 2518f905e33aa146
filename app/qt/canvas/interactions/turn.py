"""Turning a number on a node, as on a slider."""

from __future__ import annotations

from PySide6.QtCore import Qt

from app.model import edits
from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Gesture, Pointer, Stage, far
from app.qt.canvas.look import NODE_WIDTH
from app.qt.canvas.scale import Scale
from app.qt.canvas.selection import Selection

_FINE = 0.1


class TurnNumber(Gesture):
    """Drag along a number: the width of the node is its range, with Shift ten widths are. A click selects the node."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, stage: Stage, hit: Hit) -> None:
        super().__init__(stage, hit)
        assert hit.node is not None
        assert hit.line is not None
        self._node, self._name = hit.node, hit.line
        self._document = self._shown = stage.document
        self._turned = False

    def start(self, pointer: Pointer) -> None:
        self._pressed, self._at = pointer.view, pointer.scene.x()
        shape = self.stage.canvas.shape(self._node)
        assert shape is not None
        self._parameter = shape.parameters[self._name]
        scale = Scale.of(self._parameter)
        assert scale is not None
        self._scale = scale
        value = self._document.nodes[self._node].params.get(self._name, self._parameter.default)
        self._share = scale.share(value) if isinstance(value, (int, float)) else 0.0
        before, thing = self.stage.canvas.selection, Selection.of(nodes=(self._node,))
        if not before.holds(thing):
            self.stage.canvas.select(before | thing if pointer.shift else thing)

    def update(self, pointer: Pointer) -> None:
        self._turned = self._turned or far(self._pressed, pointer.view)
        step = (pointer.scene.x() - self._at) / NODE_WIDTH * (_FINE if pointer.shift else 1.0)
        # Taken anew at every step, so that pressing Shift in the middle does not make the number jump.
        self._share, self._at = min(max(self._share + step, 0.0), 1.0), pointer.scene.x()
        if self._turned:
            value = self._scale.at(self._share, fine=pointer.shift)
            self._shown = edits.set_parameter(self._document, self._node, self._name, value)
            self.stage.preview(self._shown)

    def finish(self, pointer: Pointer) -> bool:
        if self._turned:
            self.stage.commit(f"Change {self._parameter.label}", self._shown)
        return True

    def cancel(self) -> None:
        self.stage.revert()
