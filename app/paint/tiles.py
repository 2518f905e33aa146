"""A painted mask as an immutable value.

The mask is cut into tiles that never change. An edit makes new tiles where it touched the mask and shares all others
with the mask before it, so keeping every state of a long session costs only what was painted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.paint.errors import require
from app.paint.rect import NOTHING, Rect, united

TILE = 128
"""Side of a tile in pixels."""

LARGEST_SIDE = 8192

Pixels: TypeAlias = NDArray[np.uint8]
Place: TypeAlias = tuple[int, int]
"""Column and row of a tile."""


@dataclass(frozen=True, eq=False, slots=True)
class TileMask:
    """`width` x `height` values of 0..255, how strongly each pixel is painted.

    `tiles`: read-only uint8 [128, 128] by column and row. A tile that is not there is all 0, and no tile that is there
    is; beyond the mask's edge tiles are 0. Make masks with `blank` and `from_array`, which see to that.
    """

    width: int
    height: int
    tiles: Mapping[Place, Pixels]

    @classmethod
    def blank(cls, width: int, height: int) -> TileMask:
        """A mask on which nothing is painted.

        Raises:
            PaintError: a side is not within 1 to 8192 pixels.
        """
        require(
            min(width, height) > 0 and max(width, height) <= LARGEST_SIDE,
            f"a mask of {width} x {height} pixels cannot be made; choose sides of 1 to {LARGEST_SIDE}",
        )
        return cls(width, height, MappingProxyType({}))

    @classmethod
    def from_array(cls, array: Pixels) -> TileMask:
        """The mask with the values of `array`, uint8 [height, width], which is copied.

        Raises:
            PaintError: the array has another shape or dtype, or a side over 8192.
        """
        require(
            array.ndim == 2 and array.dtype == np.uint8,
            f"a mask is made from uint8 [height, width], not from {array.dtype} {array.shape}",
        )
        height, width = array.shape
        return cls.blank(width, height).with_region(Rect(0, 0, width, height), array)

    @property
    def rect(self) -> Rect:
        """The whole mask."""
        return Rect(0, 0, self.width, self.height)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is painted."""
        return not self.tiles

    def to_array(self) -> Pixels:
        """All values as a new uint8 [height, width]."""
        return self.region(self.rect)

    def region(self, rect: Rect) -> Pixels:
        """The values inside `rect` as a new uint8 [rect.height, rect.width]; beyond the mask's edge they are 0."""
        values = np.zeros((max(rect.height, 0), max(rect.width, 0)), np.uint8)
        for place in rect.intersected(self.rect).cells(TILE):
            tile = self.tiles.get(place)
            if tile is not None:
                shared = rect.intersected(tile_rect(place))
                values[_within(shared, rect)] = tile[_within(shared, tile_rect(place))]
        return values

    def with_region(self, rect: Rect, values: Pixels) -> TileMask:
        """This mask with `values`, uint8 [rect.height, rect.width], at `rect`; what lies beyond the edge is dropped.

        Raises:
            PaintError: the values have another shape than the rectangle, or another dtype.
        """
        require(
            values.shape == (rect.height, rect.width) and values.dtype == np.uint8,
            f"{values.dtype} values of shape {values.shape} cannot fill {rect.height} rows of {rect.width} with uint8",
        )
        inside = rect.intersected(self.rect)
        return self.with_tiles({place: self._retiled(place, inside, rect, values) for place in inside.cells(TILE)})

    def with_tiles(self, changed: Mapping[Place, Pixels]) -> TileMask:
        """This mask with some tiles replaced by uint8 [128, 128], which it keeps and makes read-only.

        The caller sees to it that they are 0 beyond the mask's edge. Where nothing changed the old tile stays shared.
        """
        tiles = dict(self.tiles)
        for place, tile in changed.items():
            before = tiles.pop(place, None)
            if before is not None and np.array_equal(before, tile):
                tiles[place] = before
            elif tile.any():
                tile.flags.writeable = False
                tiles[place] = tile
        return TileMask(self.width, self.height, MappingProxyType(tiles))

    def bounds(self) -> Rect:
        """The smallest rectangle that holds everything painted; `NOTHING` when the mask is blank."""
        return united(_painted_part(place, tile) for place, tile in self.tiles.items())

    def changes_from(self, other: TileMask) -> tuple[Rect, ...]:
        """Rectangles outside of which both masks are alike: the tiles they do not share.

        Raises:
            PaintError: the masks have different sizes.
        """
        require(
            (self.width, self.height) == (other.width, other.height),
            f"a mask of {self.width} x {self.height} cannot be compared with one of {other.width} x {other.height}",
        )
        places = self.tiles.keys() | other.tiles.keys()
        differing = (place for place in places if self.tiles.get(place) is not other.tiles.get(place))
        return tuple(tile_rect(place).intersected(self.rect) for place in sorted(differing))

    @property
    def cost(self) -> int:
        """Bytes that its tiles hold."""
        return len(self.tiles) * TILE * TILE

    def cost_beside(self, other: TileMask | None) -> int:
        """Bytes that it holds and does not share with `other`."""
        if other is None:
            return self.cost
        alone = sum(other.tiles.get(place) is not tile for place, tile in self.tiles.items())
        return alone * TILE * TILE

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TileMask):
            return NotImplemented
        if (self.width, self.height) != (other.width, other.height) or self.tiles.keys() != other.tiles.keys():
            return False
        return all(
            tile is other.tiles[place] or np.array_equal(tile, other.tiles[place]) for place, tile in self.tiles.items()
        )

    # Comparing reads the pixels; a hash would have to as well, and nobody needs masks as keys.
    __hash__ = None  # type: ignore[assignment]

    def _retiled(self, place: Place, inside: Rect, rect: Rect, values: Pixels) -> Pixels:
        tile = self.tiles.get(place)
        fresh = np.zeros((TILE, TILE), np.uint8) if tile is None else tile.copy()
        shared = inside.intersected(tile_rect(place))
        fresh[_within(shared, tile_rect(place))] = values[_within(shared, rect)]
        return fresh


def tile_rect(place: Place) -> Rect:
    """The pixels of the tile at a column and row."""
    return Rect(place[0] * TILE, place[1] * TILE, TILE, TILE)


def _within(part: Rect, whole: Rect) -> tuple[slice, slice]:
    return part.moved(-whole.left, -whole.top).slices


def _painted_part(place: Place, tile: Pixels) -> Rect:
    rows, columns = np.flatnonzero(tile.any(1)), np.flatnonzero(tile.any(0))
    if rows.size == 0:
        return NOTHING
    corner = tile_rect(place)
    part = Rect.between(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return part.moved(corner.left, corner.top)
