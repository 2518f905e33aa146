"""The masks as Qt can draw them: one flat picture per layer, kept in step with the masks of the scene."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtGui import QImage

from app.paint.rect import NOTHING, Rect, united
from app.paint.tiles import Pixels, Place, TileMask, tile_rect

_COARSEST = 5


class Sheet:
    """What is shown of one layer, as an alpha channel.

    It is written in place while a stroke is drawn. Below half size a view draws from copies that were halved by
    averaging: a plain look-up would skip pixels, and thin strokes would flicker while zooming.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.bounds = NOTHING
        """Outside of this nothing is painted."""
        self._levels: list[tuple[Pixels, QImage]] = [_level(width, height)]
        self._mask = TileMask.blank(width, height)

    @property
    def mask(self) -> TileMask:
        """The mask that it was last set to."""
        return self._mask

    @property
    def image(self) -> QImage:
        """The full-size picture."""
        return self._levels[0][1]

    def set_mask(self, mask: TileMask, also: Iterable[Place] = ()) -> list[Rect]:
        """Show a mask of the same size; answers where it differs from what was shown.

        `also`: the tiles on which something else than the last mask was written meanwhile.
        """
        places = dict.fromkeys(mask.changes_from(self._mask))
        places.update((tile_rect(place).intersected(mask.rect), None) for place in also)
        for rect in places:
            self._put(rect, mask.region(rect))
        self._mask = mask
        # Whole tiles: finding the very pixels would read them all, whenever a pen lifts.
        self.bounds = united(tile_rect(place) for place in mask.tiles).intersected(mask.rect)
        return list(places)

    def write(self, rect: Rect, values: Pixels) -> None:
        """Show `values` at `rect`, which lies inside, until the next mask is set."""
        self._put(rect, values)
        self.bounds = self.bounds.united(rect)

    def span(self, rect: Rect) -> tuple[int, int]:
        """The least and the greatest value inside `rect`; what lies beyond the sheet does not count."""
        part = self._levels[0][0][rect.intersected(Rect(0, 0, self.width, self.height)).slices]
        return (int(part.min()), int(part.max())) if part.size else (0, 0)

    def level(self, zoom: float) -> tuple[QImage, float]:
        """The picture to draw from at a zoom, and how many canvas pixels one of its pixels stands for."""
        wanted = 0
        while wanted < _COARSEST and zoom * 2.0**wanted < 0.5:
            wanted += 1
        while len(self._levels) <= wanted:
            finer = self._levels[-1][0]
            self._levels.append(_level((finer.shape[1] + 1) // 2, (finer.shape[0] + 1) // 2))
            self._halve(len(self._levels) - 1, Rect(0, 0, finer.shape[1], finer.shape[0]))
        return self._levels[wanted][1], 2.0**wanted

    def _put(self, rect: Rect, values: Pixels) -> None:
        self._levels[0][0][rect.slices] = values
        for level in range(1, len(self._levels)):
            rect = self._halve(level, rect)

    def _halve(self, level: int, finer: Rect) -> Rect:
        """Bring a level up to date where the one below it changed; answers where that is."""
        source, target = self._levels[level - 1][0], self._levels[level][0]
        rect = Rect.between(finer.left // 2, finer.top // 2, (finer.right + 1) // 2, (finer.bottom + 1) // 2)
        part = source[2 * rect.top : 2 * rect.bottom, 2 * rect.left : 2 * rect.right]
        if part.min() == part.max():
            target[rect.slices] = part[0, 0]
            return rect
        height, width = 2 * rect.height - part.shape[0], 2 * rect.width - part.shape[1]
        if height or width:  # at an odd edge the last row and column stand for themselves
            part = np.pad(part, ((0, height), (0, width)), mode="edge")
        rows = np.add(part[::2], part[1::2], dtype=np.uint16)
        target[rect.slices] = (rows[:, ::2] + rows[:, 1::2] + 2) >> 2
        return rect


def _level(width: int, height: int) -> tuple[Pixels, QImage]:
    """An array and the picture that shares its memory; rows are padded to four bytes as Qt wants them."""
    stride = -(-width // 4) * 4
    values = np.zeros((height, stride), np.uint8)
    image = QImage(values.data, width, height, stride, QImage.Format.Format_Alpha8)
    return values[:, :width], image
