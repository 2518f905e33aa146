"""The tools of the painting view and their settings, as values that can be kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum

from app.paint.blend import Symmetry
from app.paint.brush import LARGEST, SMALLEST, Brush
from app.paint.errors import require
from app.paint.fill import DEFAULT_TOLERANCE

REFERENCE_SIDE = 1024
"""Longer side of the canvas for which brush sizes are kept: on another canvas a brush covers as much of the picture."""


class Tool(Enum):
    """What a drag on the canvas does; the value is the name that is kept in settings."""

    BRUSH = "brush"
    ERASER = "eraser"
    LASSO = "lasso"
    FILL = "fill"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    MOVE = "move"
    CROP = "crop"
    PAN = "pan"
    ZOOM = "zoom"


@dataclass(frozen=True)
class ToolSettings:
    """How tools work. Brush and eraser have a tip each.

    `mirror_across`, `mirror_down`: mirror what is painted left to right, top to bottom. `tolerance`, `gap`: of the
    flood fill, see `app.paint.fill.flood`.
    """

    brush: Brush = field(default_factory=Brush)
    eraser: Brush = field(default_factory=lambda: Brush(size=40.0))
    mirror_across: bool = False
    mirror_down: bool = False
    tolerance: int = DEFAULT_TOLERANCE
    gap: int = 0

    def __post_init__(self) -> None:
        require(0 <= self.tolerance <= 255, f"fill tolerance is {self.tolerance}; choose 0 to 255")
        require(0 <= self.gap <= 100, f"fill gap is {self.gap} pixels; choose 0 to 100")

    def tip(self, *, erasing: bool) -> Brush:
        """The brush, or the eraser."""
        return self.eraser if erasing else self.brush

    def with_tip(self, tip: Brush, *, erasing: bool) -> ToolSettings:
        """The same with another brush, or another eraser."""
        return replace(self, eraser=tip) if erasing else replace(self, brush=tip)

    def scaled(self, factor: float) -> ToolSettings:
        """The same for a canvas that is larger by a factor."""
        return replace(self, brush=_scaled(self.brush, factor), eraser=_scaled(self.eraser, factor))

    def symmetry(self, width: int, height: int) -> Symmetry:
        """The mirror lines on a canvas of that size."""
        return Symmetry.centred(width, height, across=self.mirror_across, down=self.mirror_down)


def _scaled(tip: Brush, factor: float) -> Brush:
    return replace(tip, size=min(max(round(tip.size * factor, 2), SMALLEST), LARGEST))
