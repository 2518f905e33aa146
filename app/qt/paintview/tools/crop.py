"""The crop box on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QPainter

from app.paint.crop import SMALLEST, CropBox, Handle
from app.qt.paintview.easel import Easel
from app.qt.paintview.marks import crop_extent, draw_crop
from app.qt.paintview.pointer import Pointer
from app.qt.paintview.tools.gesture import Gesture

REACH = 9.0
"""View pixels around a handle in which it is taken."""


class CropGesture(Gesture):
    """Drags the crop box by its sides and corners (Shift keeps the ratio of a corner's sides) or as a whole.

    Beside it, a drag draws a new one.
    """

    def __init__(self, easel: Easel) -> None:
        super().__init__(easel)
        self._before: CropBox | None = easel.scene.crop
        self._after = self._before
        self._handle: Handle | None = None
        self._inside = False
        self._from: Pointer | None = None

    def start(self, at: Pointer) -> None:
        self._from = at
        if self._before is None:
            return
        self._handle = self._before.handle_at(at.x, at.y, REACH / self.easel.projection.zoom)
        rect = self._before.rect
        self._inside = rect.left <= at.x < rect.right and rect.top <= at.y < rect.bottom

    def update(self, to: Pointer) -> None:
        if self._before is None or self._from is None:
            return
        dx, dy = round(to.x - self._from.x), round(to.y - self._from.y)
        if self._handle is not None:
            self._after = self._before.resized(self._handle, dx, dy, keep_aspect=to.shift)
        elif self._inside:
            self._after = self._before.moved(dx, dy)
        elif min(abs(dx), abs(dy)) >= SMALLEST:  # a click beside the box is no wish for another one
            corners = (self._from.x, self._from.y, to.x, to.y)
            self._after = self._before.drawn(*(round(each) for each in corners))

    def finish(self, at: Pointer) -> None:
        self.update(at)
        if self._after is not None and self._after != self._before:
            self.easel.scene.commit_crop("Crop", self._after.rect)
        self._after = None
        self.easel.redraw_all()

    def cancel(self) -> None:
        self._after = None
        self.easel.redraw_all()

    @property
    def box(self) -> CropBox | None:
        """The box as it would be if the gesture ended now; drawn in place of the scene's."""
        return self._after

    def draw(self, painter: QPainter) -> None:
        if self._after is not None:
            draw_crop(painter, self.easel.projection, self._after, self.easel.canvas, QFont(painter.font()))

    def extent(self) -> QRectF:
        if self._after is None:
            return QRectF()
        return crop_extent(self.easel.projection, self._after, self.easel.canvas)
