"""How a stroke or a shape changes what is painted below it.

A `Coverage` says how strongly each pixel is touched. Painting pulls values towards 255, erasing towards 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from app.paint.errors import PaintError, require
from app.paint.rect import NOTHING, Rect, united
from app.paint.tiles import TILE, Pixels, Place, TileMask, tile_rect


@dataclass(frozen=True, eq=False)
class Coverage:
    """Values uint8 [rect.height, rect.width] inside `rect`, 0 everywhere else."""

    rect: Rect
    values: Pixels

    def __post_init__(self) -> None:
        if self.values.shape != (max(self.rect.height, 0), max(self.rect.width, 0)):
            raise PaintError(f"coverage of shape {self.values.shape} does not fill {self.rect}")

    def cut(self, within: Rect) -> Coverage:
        """The part of it inside `within`."""
        rect = self.rect.intersected(within)
        return Coverage(rect, self.values[rect.moved(-self.rect.left, -self.rect.top).slices])


NO_COVERAGE = Coverage(NOTHING, np.zeros((0, 0), np.uint8))


@dataclass(frozen=True)
class Symmetry:
    """Mirrors what is painted over the upright line at x = `across` and the level line at y = `down`.

    In pixels; the lines lie on the edge or the middle of a pixel, so that pixels are mirrored onto pixels.
    """

    across: float | None = None
    down: float | None = None

    def __post_init__(self) -> None:
        for line in (self.across, self.down):
            require(line is None or (2.0 * line).is_integer(), f"mirror line {line} is not on a half or whole pixel")

    @classmethod
    def centred(cls, width: int, height: int, *, across: bool, down: bool) -> Symmetry:
        """Mirror lines through the middle of a canvas."""
        return cls(width / 2.0 if across else None, height / 2.0 if down else None)

    def images(self, coverage: Coverage) -> Iterator[Coverage]:
        """The coverage itself and its mirror images."""
        yield coverage
        if self.across is not None:
            yield _flipped_across(coverage, self.across)
        if self.down is not None:
            yield _flipped_down(coverage, self.down)
        if self.across is not None and self.down is not None:
            yield _flipped_down(_flipped_across(coverage, self.across), self.down)

    def applied(self, coverage: Coverage, within: Rect) -> Coverage:
        """The coverage together with its images, cut off at `within`; where they meet the stronger one counts."""
        images = tuple(image.cut(within) for image in self.images(coverage))
        if len(images) == 1:
            return images[0]
        whole = united(image.rect for image in images)
        values = np.zeros((whole.height, whole.width), np.uint8)
        for image in images:
            place = values[image.rect.moved(-whole.left, -whole.top).slices]
            np.maximum(place, image.values, out=place)
        return Coverage(whole, values)


NO_SYMMETRY = Symmetry()


def paint_over(below: Pixels, coverage: Pixels) -> Pixels:
    """`below` pulled towards 255 by `coverage`; both uint8 of one shape."""
    return np.bitwise_not(_scaled(np.bitwise_not(below), np.bitwise_not(coverage)))


def erase(below: Pixels, coverage: Pixels) -> Pixels:
    """`below` pulled towards 0 by `coverage`; both uint8 of one shape."""
    return _scaled(below, np.bitwise_not(coverage))


def apply(mask: TileMask, coverage: Coverage, *, erasing: bool = False) -> TileMask:
    """The mask painted over, or erased, by a coverage."""
    changed = {}
    for place in coverage.rect.intersected(mask.rect).cells(TILE):
        part = coverage.cut(tile_rect(place).intersected(mask.rect))
        if part.values.any():
            changed[place] = _covered(mask.tiles.get(place), part, place, erasing=erasing)
    return mask.with_tiles(changed)


def _covered(tile: Pixels | None, coverage: Coverage, place: Place, *, erasing: bool) -> Pixels:
    """The tile at a place painted over, or erased, by a coverage inside it; most of a large shape cover it in full."""
    after = np.zeros((TILE, TILE), np.uint8) if tile is None else tile.copy()
    within = coverage.rect.moved(-place[0] * TILE, -place[1] * TILE).slices
    if coverage.values.min() == 255:
        after[within] = 0 if erasing else 255
    else:
        after[within] = (erase if erasing else paint_over)(after[within], coverage.values)
    return after


def _flipped_across(coverage: Coverage, line: float) -> Coverage:
    rect = coverage.rect
    return Coverage(rect.moved(int(2.0 * line) - rect.right - rect.left, 0), coverage.values[:, ::-1])


def _flipped_down(coverage: Coverage, line: float) -> Coverage:
    rect = coverage.rect
    return Coverage(rect.moved(0, int(2.0 * line) - rect.bottom - rect.top), coverage.values[::-1])


def _scaled(values: Pixels, by: Pixels) -> Pixels:
    """values * by / 255, rounded; exact for all 65536 pairs, and quicker than a division."""
    product = values.astype(np.uint16) * by + 128
    product += product >> 8
    return (product >> 8).astype(np.uint8)
