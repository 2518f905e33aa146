"""Brush and eraser: a stroke, freehand or straight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.paint.brush import Touch
from app.paint.rect import Rect
from app.paint.stroke import Stroke
from app.qt.paintview.easel import Easel
from app.qt.paintview.pointer import Pointer
from app.qt.paintview.tools.gesture import Gesture


class StrokeGesture(Gesture):
    """What freehand and straight strokes share."""

    paints = True

    def __init__(self, easel: Easel, *, erasing: bool) -> None:
        super().__init__(easel)
        self.erasing = erasing
        self.stroke = self.new_stroke()

    def new_stroke(self) -> Stroke:
        """A stroke with the tip and the mirrors that are set now."""
        easel = self.easel
        tip = easel.settings.tip(erasing=self.erasing)
        return Stroke(easel.mask(), tip, erasing=self.erasing, symmetry=easel.symmetry, dabs=easel.dabs)

    def show(self, changed: Iterable[Rect]) -> None:
        """Let the changed parts be seen."""
        for rect in changed:
            self.easel.show(rect, self.stroke.preview(rect))

    def commit(self) -> None:
        """Keep the stroke."""
        self.easel.commit("Erase" if self.erasing else "Paint", self.stroke.finish())
        self.easel.remember_end(self.stroke.last)


class BrushGesture(StrokeGesture):
    """A freehand stroke: every point the hand reports is drawn."""

    def start(self, at: Pointer) -> None:
        self.show(self.stroke.add(at.touch))

    def update(self, to: Pointer) -> None:
        self.show(self.stroke.add(to.touch))

    def finish(self, at: Pointer) -> None:
        last = self.stroke.last
        # A lifted pen presses no more; the last stretch is drawn as the one before it was.
        if last is not None:
            self.show(self.stroke.add(replace(last, x=at.x, y=at.y)))
        self.commit()


class LineGesture(StrokeGesture):
    """A straight stroke, from the end of the last one on this layer, or else from where the hand pressed."""

    def __init__(self, easel: Easel, *, erasing: bool) -> None:
        super().__init__(easel, erasing=erasing)
        self._from = easel.last_end()
        self._pressure = 0.0

    def start(self, at: Pointer) -> None:
        if self._from is None:
            self._from = at.touch
        self.update(at)

    def update(self, to: Pointer) -> None:
        self._pressure = max(self._pressure, to.pressure)
        self._draw(replace(to.touch, pressure=self._pressure))

    def finish(self, at: Pointer) -> None:
        self._draw(replace(at.touch, pressure=self._pressure))
        self.commit()

    def _draw(self, to: Touch) -> None:
        """The whole line again, as firm at its beginning as at its end."""
        assert self._from is not None  # set when the hand pressed
        self.easel.restore()
        self.stroke.forget()
        begin = replace(to, x=self._from.x, y=self._from.y)
        self.show([*self.stroke.add(begin), *self.stroke.add(to)])
