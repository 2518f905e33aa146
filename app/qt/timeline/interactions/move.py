"""Dragging a boundary, a switch of the prompt, a start or an end."""

from __future__ import annotations

from app.model.timeline_handles import Handle
from app.model.timeline_values import Solve
from app.qt.timeline.hits import Hit
from app.qt.timeline.interactions.base import TREMBLE, Gesture, Pointer, Stage


class MoveHandle(Gesture):
    """Drag it from step to step; with Shift, also between them."""

    def __init__(self, stage: Stage, hit: Hit, solve: Solve, handle: Handle) -> None:
        super().__init__(stage, hit)
        # Those of the document as it was: a preview moves the steps themselves.
        self._solve, self._handle, self._layout = solve, handle, stage.layout_now
        self._sigma: float | None = None
        self._moving = False

    def start(self, pointer: Pointer) -> None:
        self._pressed = pointer.at.x()
        self._offset = self._pressed - self._layout.x_of(self._handle.sigma)

    def update(self, pointer: Pointer) -> None:
        if not self._moving and abs(pointer.at.x() - self._pressed) <= TREMBLE:
            return
        self._moving = True
        wanted = self._layout.sigma_at(pointer.at.x() - self._offset)
        sigma = self._handle.between(wanted) if pointer.fine else self._handle.nearest(wanted)
        if sigma != self._sigma:
            self._sigma = sigma
            self.stage.preview(self._solve, self._handle, sigma)

    def finish(self, pointer: Pointer) -> None:
        self.update(pointer)
        if self._sigma is None or self._sigma == self._handle.sigma:
            self.stage.revert()
        else:
            self.stage.commit(self._solve, self._handle, self._sigma)

    def cancel(self) -> None:
        self.stage.revert()
