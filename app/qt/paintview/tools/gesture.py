"""What every gesture is."""

from __future__ import annotations

from abc import ABC, abstractmethod

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from app.paint.blend import Coverage, apply
from app.qt.paintview.easel import Easel
from app.qt.paintview.pointer import Pointer


class Gesture(ABC):
    """Begins with `start`, goes on with any number of `update`, and ends with either `finish` or `cancel`.

    Until `finish` the document is not touched; after `cancel` nothing is left of the gesture.
    """

    paints = False
    """Whether it needs a layer that can be painted on."""

    def __init__(self, easel: Easel) -> None:
        self.easel = easel

    @abstractmethod
    def start(self, at: Pointer) -> None:
        """The hand presses."""

    @abstractmethod
    def update(self, to: Pointer) -> None:
        """The hand moves."""

    @abstractmethod
    def finish(self, at: Pointer) -> None:
        """The hand lifts."""

    def cancel(self) -> None:
        """The gesture is given up."""
        self.easel.restore()

    def draw(self, painter: QPainter) -> None:  # noqa: B027  most gestures have nothing to draw
        """Draw lines of the gesture over the view."""

    def extent(self) -> QRectF:
        """The part of the view that `draw` draws in."""
        return QRectF()


class AreaGesture(Gesture):
    """A gesture that encloses an area, which is painted, or with Control erased, when it ends."""

    paints = True
    label = ""

    def commit_area(self, coverage: Coverage, *, erasing: bool) -> None:
        """Paint or erase an area and its mirror images."""
        easel = self.easel
        whole = easel.symmetry.applied(coverage, easel.canvas)
        easel.commit("Erase" if erasing else self.label, apply(easel.mask(), whole, erasing=erasing))
