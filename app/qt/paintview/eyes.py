"""What a model sees of the layers: worked out aside, because it reads every pixel, and kept until it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.model.aside import Aside
from app.paint.overlap import Overlap, Resize, seen
from app.paint.rect import Rect
from app.paint.tiles import Pixels, TileMask
from app.qt.paintview.sheets import Sheet


@dataclass(frozen=True, eq=False)
class Look:
    """Masks of one size, lowest first, and how a model with `cells` cells along the longer side looks at them."""

    masks: tuple[TileMask, ...]
    overlap: Overlap
    resize: Resize
    cells: int

    def same(self, other: Look) -> bool:
        """Whether it shows the same; masks that are the same are so without a look at their pixels."""
        how, its = ((each.overlap, each.resize, each.cells, len(each.masks)) for each in (self, other))
        return how == its and all(a is b for a, b in zip(self.masks, other.masks, strict=True))


class ModelEyes:
    """`arrived` is called when what was asked for last can be had."""

    def __init__(self, aside: Aside, arrived: Callable[[], object]) -> None:
        self._aside, self._arrived = aside, arrived
        self._found: tuple[Look, tuple[Sheet, ...]] | None = None
        self._wanted: Look | None = None
        self._working = False

    def see(self, look: Look) -> tuple[Sheet, ...] | None:
        """A sheet for each mask, on which each value of the coarse grid fills its cell; None while it is worked out."""
        self._wanted = look
        if not self._has(look) and not self._working:
            self._begin(look)
        return self._found[1] if self._found is not None and self._has(look) else None

    def _has(self, look: Look) -> bool:
        return self._found is not None and self._found[0].same(look)

    def _begin(self, look: Look) -> None:
        self._working = True
        self._aside(lambda: _sheets(look), lambda sheets: self._take(look, sheets), self._fail)

    def _take(self, look: Look, sheets: tuple[Sheet, ...]) -> None:
        self._working, self._found = False, (look, sheets)
        if self._wanted is not None and not self._has(self._wanted):  # another look was asked for meanwhile
            self._begin(self._wanted)
        else:
            self._arrived()

    def _fail(self, error: Exception) -> None:
        self._working = False
        raise error


def _sheets(look: Look) -> tuple[Sheet, ...]:
    size = look.masks[0].width, look.masks[0].height
    arrays = seen(look.masks, look.overlap, look.resize, look.cells)
    return tuple(_spread(np.rint(255.0 * each).astype(np.uint8), size) for each in arrays)


def _spread(values: Pixels, size: tuple[int, int]) -> Sheet:
    """A sheet on which each value of a coarse grid fills its cell."""
    width, height = size
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    sheet = Sheet(width, height)
    used_rows, used_columns = np.flatnonzero(values.max(1)[rows]), np.flatnonzero(values.max(0)[columns])
    if used_rows.size:
        part = Rect.between(*(int(used[end]) + (end < 0) for end in (0, -1) for used in (used_columns, used_rows)))
        across, down = part.slices[1], part.slices[0]
        sheet.write(part, values[:, columns[across]][rows[down]])
    return sheet
