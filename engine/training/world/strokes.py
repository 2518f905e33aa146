"""Masks as a hand paints them: loose scribbles of a round brush over a region, doodles of a shape, and plain squares.

Used to evaluate layout control with what artists really draw instead of exact outlines.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

FINE = 2  # scribbles are drawn twice as fine and averaged, so that edges are soft by a pixel

Trail = NDArray[np.float64]  # points [N, 2] as (x, y) in fractions of the canvas


@dataclass(frozen=True)
class Region:
    """A place on the canvas in fractions of its side: centre, width and height of the box around it.

    `profile`: left and right end of the shape's rows from top to bottom, -1..1 of half the width; empty for an ellipse.
    """

    x: float
    y: float
    width: float
    height: float
    profile: tuple[tuple[float, float], ...] = ()

    def row(self, v: float) -> tuple[float, float]:
        """Left and right end (fractions of the canvas) of the shape at relative height `v`, -1 (top) to 1 (bottom)."""
        if self.profile:
            left, right = self.profile[min(len(self.profile) - 1, int((v + 1.0) / 2.0 * len(self.profile)))]
        else:
            right = float(np.sqrt(max(0.0, 1.0 - v * v)))
            left = -right
        return self.x + left * self.width / 2, self.x + right * self.width / 2


def square(region: Region, size: int) -> NDArray[np.float32]:
    """The region's box filled exactly (to the pixel), float32 [size, size], 0 or 1."""
    centres = (np.arange(size, dtype=np.float32) + 0.5) / size
    across = np.abs(centres - region.x) <= region.width / 2
    down = np.abs(centres - region.y) <= region.height / 2
    return (down[:, None] & across[None, :]).astype(np.float32)


def scribble(region: Region, size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """A scribble over the region, float32 [size, size], 0..1: leaves gaps and runs a little over the edge.

    Three manners by chance: a zigzag hatch, loops that wind inwards, or an outline with a few strokes inside.
    """
    brush = float(rng.uniform(0.16, 0.26)) * min(region.width, region.height)
    manner = (hatch, loops, outline)[int(rng.integers(3))]
    return painted(manner(region, brush, rng), brush, size, rng)


def doodle(region: Region, size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """The region's shape roughly coloured in with a zigzag, float32 [size, size], 0..1."""
    brush = float(rng.uniform(0.15, 0.22)) * region.height
    return painted(hatch(region, brush, rng), brush, size, rng)


def painted(paths: list[Trail], brush: float, size: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """The paths drawn with a round brush (`brush`: its width as a fraction of the canvas), float32 [size, size]."""
    side = size * FINE
    canvas = Image.new("L", (side, side))
    draw = ImageDraw.Draw(canvas)
    for path in paths:
        stroke(draw, path * side, brush * side, rng)
    return np.asarray(canvas.reduce(FINE), dtype=np.float32) / 255.0


def stroke(draw: ImageDraw.ImageDraw, path: Trail, brush: float, rng: np.random.Generator) -> None:
    """Dabs of a round brush along the path (pixels); pressure makes the width drift between 75 % and 125 %."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    length = max(float(along[-1]), 1e-6)
    at = np.linspace(0.0, length, max(2, int(length / max(brush * 0.2, 1.0))))
    xs, ys = np.interp(at, along, path[:, 0]), np.interp(at, along, path[:, 1])
    pressure = 1.0 + 0.25 * np.sin(at / length * 2 * pi * rng.uniform(0.5, 2.0) + rng.uniform(0, 2 * pi))
    for x, y, radius in zip(xs, ys, brush / 2 * pressure, strict=True):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def hatch(region: Region, brush: float, rng: np.random.Generator) -> list[Trail]:
    """One zigzag from top to bottom whose turns lie about one brush width apart."""
    reach = 1.0 - 0.8 * brush / region.height
    turns = max(3, round(reach * region.height / brush / rng.uniform(0.5, 0.65)) + 1)
    first = int(rng.integers(2))
    points = []
    for turn, v in enumerate(np.linspace(-reach, reach, turns)):
        left, right = region.row(float(v))
        inset = min(0.35 * brush, 0.45 * (right - left))
        x = (left + inset, right - inset)[(turn + first) % 2] + rng.normal(0.0, 0.01)
        points.append((x, region.y + v * region.height / 2 + rng.normal(0.0, 0.008)))
    return [np.array(points)]


def loops(region: Region, brush: float, rng: np.random.Generator) -> list[Trail]:
    """A spiral from the edge inwards with an unsteady radius."""
    turns = 0.5 * min(region.width, region.height) / brush * rng.uniform(0.9, 1.2)
    angle = np.linspace(0.0, 2 * pi * turns, 90) + rng.uniform(0, 2 * pi)
    edge = 1.0 - 0.7 * brush / min(region.width, region.height)
    radius = np.linspace(edge, 0.10, 90) * (1.0 + 0.05 * np.sin(angle * 2.7 + rng.uniform(0, 2 * pi)))
    x = region.x + region.width / 2 * radius * np.cos(angle)
    y = region.y + region.height / 2 * radius * np.sin(angle)
    return [np.stack([x, y], 1)]


def outline(region: Region, brush: float, rng: np.random.Generator) -> list[Trail]:
    """A nearly closed outline and a few strokes across the inside."""
    angle = np.linspace(0.0, 2 * pi * rng.uniform(0.93, 1.05), 40) + rng.uniform(0, 2 * pi)
    edge = 1.0 - 0.7 * brush / min(region.width, region.height)
    wave = edge * (1.0 + 0.04 * np.sin(3 * angle + rng.uniform(0, 2 * pi)))
    x = region.x + region.width / 2 * wave * np.cos(angle)
    y = region.y + region.height / 2 * wave * np.sin(angle)
    paths = [np.stack([x, y], 1)]
    for v in np.linspace(-0.45, 0.45, int(rng.integers(3, 5))):
        left, right = region.row(float(v))
        height, tilt = region.y + v * region.height / 2, rng.normal(0.0, 0.015)
        paths.append(np.array([(left + brush / 2, height - tilt), (right - brush / 2, height + tilt)]))
    return paths
