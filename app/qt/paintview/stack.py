"""All veils of a scene, the lowest first, and how they are laid over each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QTransform

from app.paint.overlap import Overlap
from app.qt.paintview.sheets import Sheet
from app.qt.paintview.veil import Veil


@dataclass(frozen=True)
class VeilStack:
    """`overlap`: whether a veil hides those below it."""

    veils: tuple[Veil, ...] = ()
    overlap: Overlap = "stack"

    def paint(self, part: QImage, to_part: QTransform, ratio: float, cover: QImage | None = None) -> None:
        """Draw all veils on `part`, a piece of the screen. `cover` gathers how far they hide what lies below them."""
        for veil in self.veils:
            veil.paint(part, to_part, ratio, self.overlap, cover)

    def place_of(self, sheet: Sheet) -> int | None:
        """The place of the veil that shows a sheet."""
        return next((place for place, veil in enumerate(self.veils) if veil.sheet is sheet), None)

    def below(self, place: int) -> VeilStack:
        """The veils below a place."""
        return replace(self, veils=self.veils[:place])

    def above(self, place: int) -> VeilStack:
        """The veils above a place."""
        return replace(self, veils=self.veils[place + 1 :])

    def area(self, to_screen: QTransform, screen: QRectF) -> float:
        """Screen pixels that the veils fill, each counted: what drawing them all costs."""
        return sum(_area(to_screen.mapRect(veil.place()).intersected(screen)) for veil in self.veils)


def _area(rect: QRectF) -> float:
    return rect.width() * rect.height()
