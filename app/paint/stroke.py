"""A stroke: from the points a pen reports to the mask it leaves.

Dabs are set at equal distances along the line through the points, whatever the points' own distances are: a slow and a
fast hand, a 60 Hz mouse and a 240 Hz pen leave the same line. Dabs of one stroke do not add up (the strongest counts),
so neither does their number show.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from app.paint.blend import NO_SYMMETRY, Coverage, Symmetry, erase, paint_over
from app.paint.brush import Brush, DabCache, Shape, Touch, shape_at
from app.paint.rect import Rect, gathered
from app.paint.tiles import TILE, Pixels, Place, TileMask, tile_rect

_CLOSEST = 0.5  # pixels between dabs at least: closer ones cost time and show nothing
_LONGEST = 2 * TILE  # side of what is worked on at once: a long line fills little of the rectangle around it


class Stroke:
    """A stroke in the making on `mask`; ends with `finish` or is forgotten."""

    def __init__(
        self,
        mask: TileMask,
        brush: Brush,
        *,
        erasing: bool = False,
        symmetry: Symmetry = NO_SYMMETRY,
        dabs: DabCache | None = None,
    ) -> None:
        self._mask = mask
        self._brush = brush
        self._blend = erase if erasing else paint_over
        self._symmetry = symmetry
        self._dabs = DabCache() if dabs is None else dabs
        self._coverage = np.zeros((mask.height, mask.width), np.uint8)
        self._result = mask.to_array()
        self._touched: set[Place] = set()
        self._last: Touch | None = None
        self._to_go = 0.0  # distance along the line from `_last` to the next dab

    @property
    def last(self) -> Touch | None:
        """The newest point; None before the first."""
        return self._last

    def add(self, touch: Touch) -> list[Rect]:
        """Draw on to `touch`; answers outside of which rectangles nothing has changed."""
        stamped = [self._stamp(place) for place in self._places(touch)]
        self._last = touch
        # Mirror images lie far from each other, those of one dab's neighbours beside its own.
        changed = [rect for image in zip(*stamped, strict=True) for rect in gathered(image, _LONGEST)]
        for rect in changed:
            self._result[rect.slices] = self._blend(self._mask.region(rect), self._coverage[rect.slices])
        return changed

    def forget(self) -> None:
        """Begin again, as if nothing had been added."""
        for place in self._touched:
            inside = tile_rect(place).intersected(self._mask.rect)
            self._coverage[inside.slices] = 0
            self._result[inside.slices] = self._mask.region(inside)
        self._touched.clear()
        self._last = None

    def preview(self, rect: Rect) -> Pixels:
        """What `rect` would hold if the stroke ended now, uint8 [rect.height, rect.width]; `rect` inside the mask.

        Not to be written to; it changes as the stroke goes on.
        """
        return self._result[rect.slices]

    def finish(self) -> TileMask:
        """The mask with the stroke on it."""
        return self._mask.with_tiles({place: self._tile(place) for place in self._touched})

    def _places(self, touch: Touch) -> Iterator[Touch]:
        """Where dabs fall between the last point and `touch`, one after the other."""
        if self._last is None:
            self._to_go = self._gap(touch)
            yield touch
            return
        length = self._last.distance(touch)
        while self._to_go <= length and length > 0.0:
            place = self._last.towards(touch, self._to_go / length)
            self._to_go += self._gap(place)
            yield place
        self._to_go -= length

    def _gap(self, touch: Touch) -> float:
        return max(self._brush.spacing * self._brush.diameter_at(touch.pressure), _CLOSEST)

    def _stamp(self, touch: Touch) -> list[Rect]:
        """Set a dab and its mirror images; answers where."""
        column, row, shape = shape_at(self._brush, touch)
        dab = self._inked(shape, touch.pressure)
        reach = dab.shape[0] // 2
        coverage = Coverage(Rect(column - reach, row - reach, *dab.shape), dab)
        return [self._cover(image) for image in self._symmetry.images(coverage)]

    def _cover(self, coverage: Coverage) -> Rect:
        inside = coverage.cut(self._mask.rect)
        below = self._coverage[inside.rect.slices]
        np.maximum(below, inside.values, out=below)
        self._touched.update(inside.rect.cells(TILE))
        return inside.rect

    def _inked(self, shape: Shape, pressure: float) -> Pixels:
        dab = self._dabs.dab(shape)
        ink = round(256.0 * self._brush.flow_at(pressure))
        return dab if ink == 256 else (dab.astype(np.uint16) * ink >> 8).astype(np.uint8)

    def _tile(self, place: Place) -> Pixels:
        """The finished tile, whole also at the mask's edge."""
        tile = np.zeros((TILE, TILE), np.uint8)
        inside = tile_rect(place).intersected(self._mask.rect)
        tile[: inside.height, : inside.width] = self.preview(inside)
        return tile
