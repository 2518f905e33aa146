"""Masks as a hand paints them: a round brush in an unsteady zigzag over a region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

CANVAS = 256
"""Side of the painted canvas in pixels."""

FINE = 4
"""Strokes are drawn this much finer and averaged, so that their edges are soft by a pixel."""

Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class Region:
    """An ellipse to paint over, in fractions of the canvas: centre, width, height. `square` regions have corners."""

    x: float
    y: float
    width: float
    height: float
    square: bool = False

    def row(self, v: float) -> tuple[float, float]:
        """Left and right end at relative height `v`, -1 (top) to 1 (bottom), in fractions of the canvas."""
        half = self.width / 2 * (1.0 if self.square else float(np.sqrt(max(0.0, 1.0 - v * v))))
        return self.x - half, self.x + half


def painted(region: Region, seed: int, brush: float = 0.09) -> Mask:
    """A region painted over with a brush of width `brush` (fraction of the canvas), uint8 [CANVAS, CANVAS]."""
    rng = np.random.default_rng(seed)
    side = CANVAS * FINE
    canvas = Image.new("L", (side, side))
    draw = ImageDraw.Draw(canvas)
    points = _zigzag(region, brush, rng)
    for (x, y), width in zip(points * side, _pressure(len(points), rng) * brush * side / 2, strict=True):
        draw.ellipse((x - width, y - width, x + width, y + width), fill=255)
    return np.asarray(canvas.reduce(FINE))


def _zigzag(region: Region, brush: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Points [N, 2] along a zigzag from top to bottom, close enough together that a brush leaves no gaps between."""
    reach = max(0.1, 1.0 - brush / region.height)
    turns = max(3, round(2.4 * region.height / brush))
    corners = []
    for turn, v in enumerate(np.linspace(-reach, reach, turns)):
        left, right = region.row(float(v))
        inset = min(brush / 2, (right - left) / 2)
        corners.append((left + inset if turn % 2 else right - inset, region.y + v * region.height / 2))
    unsteady = np.array(corners) + rng.normal(0.0, 0.006, (turns, 2))
    along = np.linspace(0, turns - 1, turns * 40)
    ends = np.arange(turns)
    return np.stack([np.interp(along, ends, unsteady[:, axis]) for axis in (0, 1)], axis=1)


def _pressure(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """How hard the pen is pressed along the way: between 80 % and 120 %."""
    return 1.0 + 0.2 * np.sin(np.linspace(0.0, 2 * np.pi * rng.uniform(2.0, 4.0), count) + rng.uniform(0.0, 6.0))
