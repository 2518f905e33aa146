"""How far apart two palettes are: sliced Wasserstein distance of colours in CIE Lab."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

GRID = 32
DIRECTIONS = 64
D65 = np.array([0.95047, 1.0, 1.08883])
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def lab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB uint8 [..., 3] as CIE Lab under D65: L 0..100, a and b about -100..100 (IEC 61966-2-1, CIE 15)."""
    signal = pixels.astype(np.float64) / 255.0
    linear = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    ratio = linear @ TO_XYZ.T / D65
    root = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)], -1)


def colours_of(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The picture's colours at 32 x 32, Lab [1024, 3]."""
    small = Image.fromarray(picture).resize((GRID, GRID), Image.Resampling.BOX)
    return lab(np.asarray(small)).reshape(-1, 3)


def palette_distance(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Sliced 1-Wasserstein distance between the colours of two uint8 [H, W, 3] pictures, in Lab units.

    Mean over 64 fixed directions of the mean distance between sorted projections: 0 for equal palettes, wherever the
    colours lie in the picture.
    """
    directions = np.random.default_rng(0).standard_normal((3, DIRECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    a, b = (np.sort(colours_of(picture) @ directions, axis=0) for picture in (first, second))
    return float(np.abs(a - b).mean())
