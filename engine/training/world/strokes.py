"""Masks as a hand paints them: loose scribbles of a round brush over a region, and plain squares.

Used to evaluate layout control with what artists really draw instead of exact outlines.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

FINE = 2  # scribbles are drawn twice as fine and averaged, so that edges are soft by a pixel


@dataclass(frozen=True)
class Region:
    """A box in fractions of the canvas, centre and sizes; `ellipse` rounds it."""

    x: float
    y: float
    width: float
    height: float
    ellipse: bool = True


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
    side = size * FINE
    canvas = Image.new("L", (side, side))
    draw = ImageDraw.Draw(canvas)
    brush = float(rng.uniform(0.13, 0.24)) * min(region.width, region.height) * side
    manner = (hatch, loops, outline)[int(rng.integers(3))]
    for path in manner(region, rng):
        stroke(draw, path * side, brush, rng)
    return np.asarray(canvas.reduce(FINE), dtype=np.float32) / 255.0


def stroke(draw: ImageDraw.ImageDraw, path: NDArray[np.float64], brush: float, rng: np.random.Generator) -> None:
    """Dabs of a round brush along the path (pixels); pressure makes the width drift between 70 % and 130 %."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    count = max(2, int(along[-1] / max(brush * 0.2, 1.0)))
    at = np.linspace(0.0, along[-1], count)
    xs, ys = np.interp(at, along, path[:, 0]), np.interp(at, along, path[:, 1])
    pressure = 1.0 + 0.3 * np.sin(at / along[-1] * 2 * pi * rng.uniform(0.5, 2.0) + rng.uniform(0, 2 * pi))
    for x, y, radius in zip(xs, ys, brush / 2 * pressure, strict=True):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def half_width(region: Region, v: float) -> float:
    """Half the region's width at the relative height `v` (-1 at the top, 1 at the bottom)."""
    return region.width / 2 * (float(np.sqrt(max(0.0, 1.0 - v * v))) if region.ellipse else 1.0)


def hatch(region: Region, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """One zigzag from top to bottom, sometimes turned on its side."""
    heights = np.linspace(-0.88, 0.88, int(rng.integers(6, 10)))
    sign = 1.0 if rng.random() < 0.5 else -1.0
    points = []
    for row, v in enumerate(heights):
        reach = half_width(region, v) * rng.uniform(0.75, 1.0) + 0.01
        points.append((sign * reach * (-1.0) ** row, v * region.height / 2 + rng.normal(0.0, 0.012)))
    offsets = np.array(points)
    if rng.random() < 0.4:
        offsets = offsets[:, ::-1] * np.array([region.width / region.height, region.height / region.width])
    return [offsets + np.array([region.x, region.y])]


def loops(region: Region, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """A spiral from the edge inwards with an unsteady radius."""
    angle = np.linspace(0.0, 2 * pi * rng.uniform(2.6, 3.6), 70) + rng.uniform(0, 2 * pi)
    radius = np.linspace(0.92, 0.12, 70) * (1.0 + 0.07 * np.sin(angle * 2.7 + rng.uniform(0, 2 * pi)))
    x = region.x + region.width / 2 * radius * np.cos(angle)
    y = region.y + region.height / 2 * radius * np.sin(angle)
    return [np.stack([x, y], 1)]


def outline(region: Region, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """A nearly closed outline and three to five strokes across the inside."""
    angle = np.linspace(0.0, 2 * pi * rng.uniform(0.93, 1.05), 40) + rng.uniform(0, 2 * pi)
    wave = 0.88 * (1.0 + 0.05 * np.sin(3 * angle + rng.uniform(0, 2 * pi)))
    edge = np.stack(
        [region.x + region.width / 2 * wave * np.cos(angle), region.y + region.height / 2 * wave * np.sin(angle)], 1
    )
    paths = [edge]
    for v in np.linspace(-0.5, 0.5, int(rng.integers(3, 6))):
        reach = half_width(region, v) * rng.uniform(0.6, 0.95)
        y = region.y + v * region.height / 2
        tilt = rng.normal(0.0, 0.02)
        paths.append(np.array([(region.x - reach, y - tilt), (region.x + reach, y + tilt)]))
    return paths
