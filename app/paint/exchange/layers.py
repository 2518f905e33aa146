"""Painted layers on their way to or from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.paint.errors import require
from app.paint.palette import Rgb, swatch
from app.paint.rect import Rect
from app.paint.tiles import Pixels, TileMask

_BAND = 256


@dataclass(frozen=True)
class PaintedPhrase:
    """A phrase and where it is painted; `colour` is its index in the palette."""

    phrase: str
    mask: TileMask
    colour: int = 0
    strength: float = 1.0
    visible: bool = True


@dataclass(frozen=True, eq=False)
class Painting:
    """A canvas of `width` x `height`: its layers, the lowest first, and the picture below, uint8 [height, width, 3]."""

    width: int
    height: int
    layers: tuple[PaintedPhrase, ...]
    picture: Pixels | None = None

    def __post_init__(self) -> None:
        for layer in self.layers:
            require(
                (layer.mask.width, layer.mask.height) == (self.width, self.height),
                f"the layer of “{layer.phrase}” is {layer.mask.width} x {layer.mask.height} pixels on a canvas of "
                f"{self.width} x {self.height}; fit it to the canvas first",
            )
        require(
            self.picture is None or self.picture.shape == (self.height, self.width, 3),
            f"the picture below does not fill the canvas of {self.width} x {self.height}; scale it first",
        )


def distinct_colours(layers: Sequence[PaintedPhrase]) -> tuple[Rgb, ...]:
    """A colour for each layer that no other has and that is not black: the palette's own, darkened where taken."""
    taken: set[Rgb] = {(0, 0, 0)}
    colours: list[Rgb] = []
    for layer in layers:
        shade = 1.0
        rgb = swatch(layer.colour).rgb
        while (colour := _shaded(rgb, shade)) in taken:
            shade *= 0.87
        taken.add(colour)
        colours.append(colour)
    return tuple(colours)


def flattened(painting: Painting, opacity: float = 0.6) -> Pixels:
    """What the painting looks like: its visible layers in their colours over the picture, uint8 [height, width, 4]."""
    canvas = Rect(0, 0, painting.width, painting.height)
    # In bands, because the arithmetic takes many times the memory of its result.
    bands = (Rect(0, top, canvas.width, _BAND).intersected(canvas) for top in range(0, canvas.height, _BAND))
    return np.concatenate([_flattened_band(painting, band, opacity) for band in bands])


def _flattened_band(painting: Painting, band: Rect, opacity: float) -> Pixels:
    colours = np.zeros((band.height, band.width, 3), np.float32)
    total = np.zeros((band.height, band.width, 1), np.float32)
    if painting.picture is not None:
        colours[:] = painting.picture[band.slices]
        total[:] = 1.0
    for layer in (layer for layer in painting.layers if layer.visible):
        cover = layer.mask.region(band).astype(np.float32)[..., None] * np.float32(opacity / 255.0)
        total = cover + total * (1.0 - cover)
        share = np.divide(cover, total, out=np.zeros_like(cover), where=total > 0.0)
        colours += (np.array(swatch(layer.colour).rgb, np.float32) - colours) * share
    pixels: Pixels = np.rint(np.concatenate([colours, total * np.float32(255.0)], axis=2)).astype(np.uint8)
    return pixels


def _shaded(rgb: Rgb, shade: float) -> Rgb:
    red, green, blue = (round(value * shade) for value in rgb)
    return red, green, blue
