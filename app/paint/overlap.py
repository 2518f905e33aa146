"""Where painted phrases cover each other, and what a model makes of them: the masks on its coarse grids.

This is the arithmetic of the engine, in numpy, so that the artist can see it without a model being loaded. Masks are
float32 [layers, height, width] in 0..1, lowest layer first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.paint.errors import require
from app.paint.tiles import TileMask

Overlap = Literal["stack", "mix"]
Resize = Literal["antialias", "paper", "keep"]
Masks: TypeAlias = NDArray[np.float32]


def as_masks(layers: Sequence[TileMask]) -> Masks:
    """The masks of one canvas as float32 [layers, height, width] in 0..1.

    Raises:
        PaintError: there is no mask, or they differ in size.
    """
    sizes = {(mask.height, mask.width) for mask in layers}
    require(len(sizes) == 1, f"masks of one canvas have one size, these have {sorted(sizes) or 'none'}")
    return np.stack([mask.to_array() for mask in layers]).astype(np.float32) / np.float32(255.0)


def effective(masks: Masks, overlap: Overlap) -> Masks:
    """What each layer keeps: all of it ("mix"), or what the layers above leave of it ("stack").

    Stacked, a mask m_i becomes m_i · Π_{k>i} (1 - m_k).
    """
    require(overlap in get_args(Overlap), f"overlap is {overlap!r}; choose one of {', '.join(get_args(Overlap))}")
    if overlap == "mix":
        return masks
    uncovered = np.ones_like(masks)
    if len(masks) > 1:
        uncovered[:-1] = np.cumprod(1.0 - masks[:0:-1], axis=0)[::-1]
    return masks * uncovered


def on_grid(masks: Masks, grid: tuple[int, int], resize: Resize) -> Masks:
    """Masks brought to a grid of (height, width) cells, float32 [layers, *grid] in 0..1.

    "antialias": each cell averages what it stands for. "paper": plain bilinear, which looks at four pixels and loses
    thin strokes. "keep": the maximum of each cell, so that every stroke survives.
    """
    require(resize in _RESIZES, f"resize is {resize!r}; choose one of {', '.join(_RESIZES)}")
    return np.stack([_RESIZES[resize](mask, grid) for mask in masks])


def seen(layers: Sequence[TileMask], overlap: Overlap, resize: Resize, cells: int) -> Masks:
    """What a model sees of painted layers at `cells` cells along the longer side, float32 [layers, rows, columns]."""
    masks = effective(as_masks(layers), overlap)
    return on_grid(masks, grid_for(masks.shape[1], masks.shape[2], cells), resize)


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
