"""Where painted phrases cover each other, and what a model makes of them: the masks on its coarse grids.

This is the arithmetic of the engine, in numpy, so that the artist can see it without a model being loaded. Masks are
float32 [layers, height, width] in 0..1, lowest layer first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.paint.errors import require
from app.paint.tiles import TileMask

Overlap = Literal["stack", "mix"]
Resize = Literal["antialias", "paper", "keep"]
Masks: TypeAlias = NDArray[np.float32]


def effective(masks: Iterable[Masks], overlap: Overlap) -> Iterator[Masks]:
    """What each layer keeps, float32 [height, width] in 0..1, the uppermost first as they are given.

    All of it ("mix"), or what the layers above leave of it ("stack"): m_i · Π (1 - m_k) over all k above i.
    """
    require(overlap in get_args(Overlap), f"overlap is {overlap!r}; choose one of {', '.join(get_args(Overlap))}")
    uncovered: Masks | None = None
    for mask in masks:
        if overlap == "mix":
            yield mask
        elif uncovered is None:
            uncovered = np.float32(1.0) - mask
            yield mask
        else:
            kept: Masks = mask * uncovered
            uncovered -= kept
            yield kept


def on_grid(mask: Masks, grid: tuple[int, int], resize: Resize) -> Masks:
    """A mask brought to a grid of (height, width) cells, float32 in 0..1.

    "antialias": each cell averages what it stands for. "paper": plain bilinear, which looks at four pixels and loses
    thin strokes. "keep": the maximum of each cell, so that every stroke survives.
    """
    require(resize in _RESIZES, f"resize is {resize!r}; choose one of {', '.join(_RESIZES)}")
    return _RESIZES[resize](mask, grid)


def seen(layers: Sequence[TileMask], overlap: Overlap, resize: Resize, cells: int) -> Masks:
    """What a model sees of painted layers at `cells` cells along the longer side, float32 [layers, rows, columns]."""
    sizes = {(mask.height, mask.width) for mask in layers}
    require(len(sizes) == 1, f"masks of one canvas have one size, these have {sorted(sizes) or 'none'}")
    grid = grid_for(*sizes.pop(), cells)
    # One at a time: all of them at once would be hundreds of megabytes.
    kept = effective((_shares(layer) for layer in reversed(layers)), overlap)
    return np.stack([on_grid(mask, grid, resize) for mask in kept][::-1])


def _shares(layer: TileMask) -> Masks:
    shares: Masks = layer.to_array().astype(np.float32)
    shares *= np.float32(1.0 / 255.0)
    return shares


def grid_for(height: int, width: int, cells: int) -> tuple[int, int]:
    """Rows and columns of the grid with `cells` cells along the longer side of a canvas."""
    longer = max(height, width)
    return max(round(cells * height / longer), 1), max(round(cells * width / longer), 1)


def _antialiased(mask: Masks, grid: tuple[int, int]) -> Masks:
    # On pictures of floating-point mode Pillow's bilinear is the triangle filter that the engine uses.
    return np.asarray(Image.fromarray(mask).resize((grid[1], grid[0]), Image.Resampling.BILINEAR))


def _plain(mask: Masks, grid: tuple[int, int]) -> Masks:
    (top, bottom, down), (left, right, along) = (_places(*pair) for pair in zip(mask.shape, grid, strict=True))
    upper = mask[top][:, left] * (1.0 - along) + mask[top][:, right] * along
    lower = mask[bottom][:, left] * (1.0 - along) + mask[bottom][:, right] * along
    plain: Masks = (upper * (1.0 - down[:, None]) + lower * down[:, None]).astype(np.float32)
    return plain


def _places(pixels: int, cells: int) -> tuple[NDArray[np.int_], NDArray[np.int_], Masks]:
    """For the middle of each cell the two pixels beside it, and how far on the way to the second it lies."""
    middles = ((np.arange(cells) + 0.5) * pixels / cells - 0.5).clip(0.0, pixels - 1.0)
    first = middles.astype(np.int_)
    return first, np.minimum(first + 1, pixels - 1), (middles - first).astype(np.float32)


def _greatest(mask: Masks, grid: tuple[int, int]) -> Masks:
    rows, columns = (_cells(*pair) for pair in zip(mask.shape, grid, strict=True))
    across = np.stack([mask[first:after].max(0) for first, after in rows])
    return np.stack([across[:, first:after].max(1) for first, after in columns], axis=1)


def _cells(pixels: int, cells: int) -> list[tuple[int, int]]:
    """The pixels [first, after) that each cell touches."""
    return [(cell * pixels // cells, -(-(cell + 1) * pixels // cells)) for cell in range(cells)]


_RESIZES: Mapping[Resize, Callable[[Masks, tuple[int, int]], Masks]] = {
    "antialias": _antialiased,
    "paper": _plain,
    "keep": _greatest,
}
