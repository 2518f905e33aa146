"""What can be done with a whole mask. Each operation answers a new mask and leaves the old one alone."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from app.paint.dilation import dilate
from app.paint.errors import require
from app.paint.tiles import Pixels, TileMask

WIDEST = 500
"""Pixels by which a mask is feathered, grown or shrunk at most."""

_FINEST_SIGMA = 4.0  # pixels of a reduced copy over which it is still blurred


def clear(mask: TileMask) -> TileMask:
    """Nothing painted."""
    return TileMask.blank(mask.width, mask.height)


def invert(mask: TileMask) -> TileMask:
    """What was painted is not, and what was not is."""
    return TileMask.from_array(np.bitwise_not(mask.to_array()))


def feather(mask: TileMask, radius: float) -> TileMask:
    """Edges softened over about `radius` pixels to either side; paint that reaches the canvas edge does not fade there.

    Raises:
        PaintError: the radius is not within 0 to 500.
    """
    _require_width("feathering", radius)
    area = mask.bounds().padded(2 * math.ceil(radius) + 1).intersected(mask.rect)
    if area.empty:
        return mask
    # A Gaussian is down to a seventh at two standard deviations, and gone at four.
    return mask.with_region(area, _blurred(mask.region(area), radius / 2.0))


def grow(mask: TileMask, radius: int) -> TileMask:
    """Everything painted wider by `radius` pixels, with round corners and edges as soft as before.

    Raises:
        PaintError: the radius is not within 0 to 500.
    """
    _require_width("growing", radius)
    area = mask.bounds().padded(radius).intersected(mask.rect)
    return mask.with_region(area, dilate(mask.region(area), radius))


def shrink(mask: TileMask, radius: int) -> TileMask:
    """Everything painted narrower by `radius` pixels; paint that reaches the canvas edge is not loosened from it.

    Raises:
        PaintError: the radius is not within 0 to 500.
    """
    _require_width("shrinking", radius)
    # What eats into the paint begins right beside it, so that the rest of the canvas need not be looked at.
    area = mask.bounds().padded(1).intersected(mask.rect)
    return mask.with_region(area, np.bitwise_not(dilate(np.bitwise_not(mask.region(area)), radius)))


def mirror(mask: TileMask, *, across: bool = False, down: bool = False) -> TileMask:
    """Flipped left to right (`across`), upside down (`down`), or both."""
    return TileMask.from_array(mask.to_array()[:: -1 if down else 1, :: -1 if across else 1])


def move(mask: TileMask, dx: int, dy: int) -> TileMask:
    """Moved to the right and down; what leaves the canvas is lost."""
    part = mask.bounds()
    return clear(mask).with_region(part.moved(dx, dy), mask.region(part))


def fitted(mask: TileMask, width: int, height: int) -> TileMask:
    """The mask stretched to another canvas size.

    Raises:
        PaintError: a side is not within 1 to 8192 pixels.
    """
    blank = TileMask.blank(width, height)
    if mask.is_blank:
        return blank
    stretched = Image.fromarray(mask.to_array()).resize((width, height), Image.Resampling.BILINEAR)
    return TileMask.from_array(np.asarray(stretched))


def _blurred(values: Pixels, sigma: float) -> Pixels:
    """Blurred by a Gaussian of `sigma` pixels; a wide one on a reduced copy, which no eye can tell apart."""
    step = 1
    while sigma / (2 * step) >= _FINEST_SIGMA:
        step *= 2
    blur = ImageFilter.GaussianBlur(sigma / step)
    if step == 1:
        return np.asarray(Image.fromarray(values).filter(blur))
    height, width = values.shape
    reduced = Image.fromarray(values).reduce(step).filter(blur)
    whole = (0.0, 0.0, width / step, height / step)
    return np.asarray(reduced.resize((width, height), Image.Resampling.BILINEAR, whole))


def _require_width(what: str, radius: float) -> None:
    require(0.0 <= radius <= WIDEST, f"{what} by {radius:g} pixels is not possible; choose 0 to {WIDEST}")
