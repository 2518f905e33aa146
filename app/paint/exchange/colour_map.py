"""A colour map: one flat picture in which each colour stands for a phrase, and a legend that says which.

The map holds where, not how strongly: a pixel belongs to the uppermost layer that covers at least half of it. The
legend is JSON: {"format": "sinopia/colour-map", "version": 1, "width", "height", "background": "#000000",
"layers": [{"colour": "#E69F00", "phrase": "a castle", "strength": 1.0, "index": 0}, ...]}, the lowest layer first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.paint.errors import ExchangeError
from app.paint.exchange.layers import PaintedPhrase, Painting, distinct_colours
from app.paint.exchange.png import read_pixels, write_pixels
from app.paint.palette import Rgb
from app.paint.tiles import Pixels, TileMask

FORMAT, VERSION = "sinopia/colour-map", 1
MOST_LAYERS = 256

_HALF = 128


@dataclass(frozen=True)
class ColourMap:
    """The two files of a colour map."""

    png: bytes
    legend: bytes


class _Entry(msgspec.Struct, frozen=True):
    colour: str
    phrase: str
    strength: float = 1.0
    index: int = 0


class _Legend(msgspec.Struct, frozen=True):
    format: str
    version: int
    width: int
    height: int
    layers: tuple[_Entry, ...]
    background: str = "#000000"


def write_colour_map(painting: Painting) -> ColourMap:
    """The visible layers of a painting as a colour map."""
    layers = [layer for layer in painting.layers if layer.visible]
    colours = distinct_colours(layers)
    pixels = np.zeros((painting.height, painting.width, 3), np.uint8)
    for layer, colour in zip(layers, colours, strict=True):
        area = layer.mask.bounds()
        pixels[area.slices][layer.mask.region(area) >= _HALF] = colour
    entries = tuple(
        _Entry("#{:02X}{:02X}{:02X}".format(*colour), layer.phrase, layer.strength, layer.colour)
        for layer, colour in zip(layers, colours, strict=True)
    )
    legend = _Legend(FORMAT, VERSION, painting.width, painting.height, entries)
    return ColourMap(write_pixels(pixels), msgspec.json.format(msgspec.json.encode(legend)))


def read_colour_map(png: bytes, legend: bytes, name: str) -> Painting:
    """The layers of a colour map, each with 255 where the map shows its colour.

    A pixel whose colour is in no entry belongs to the nearest one: edges that a paint program smoothed, and maps that
    went through JPEG, stay whole.

    Raises:
        ExchangeError: the picture or the legend cannot be read; the message calls the map `name`.
    """
    entries = _read_legend(legend, name)
    pixels = read_pixels(png, name, "RGB")
    owners = _nearest(pixels, [entries.background, *(entry.colour for entry in entries.layers)], name)
    layers = tuple(
        PaintedPhrase(entry.phrase, _owned(owners, number), entry.index, entry.strength)
        for number, entry in enumerate(entries.layers, start=1)
    )
    return Painting(pixels.shape[1], pixels.shape[0], layers)


def _read_legend(legend: bytes, name: str) -> _Legend:
    try:
        read = msgspec.json.decode(legend, type=_Legend)
    except msgspec.MsgspecError as error:
        raise ExchangeError(f"the legend of {name} cannot be read: {error}. Choose the JSON saved with it.") from error
    if read.format != FORMAT or read.version > VERSION:
        raise ExchangeError(
            f"the legend of {name} is {read.format!r} version {read.version}; {FORMAT!r} up to {VERSION} is read."
        )
    if len(read.layers) > MOST_LAYERS or any(entry.index < 0 for entry in read.layers):
        raise ExchangeError(f"the legend of {name} has more than {MOST_LAYERS} layers, or a colour index below 0.")
    return read


def _nearest(pixels: Pixels, names: Sequence[str], name: str) -> NDArray[np.intp]:
    """The number of the nearest colour for each pixel, [height, width]; ties go to the earlier one."""
    colours = np.array([_rgb(each, name) for each in names], np.int32)
    wide = pixels.astype(np.int32)
    packed = wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    # A map has few colours: the distances are measured once for each of those, not for each pixel.
    present, which = np.unique(packed, return_inverse=True)
    values = np.stack([present >> 16, present >> 8 & 255, present & 255], axis=1)
    best, nearest = np.full(len(present), np.iinfo(np.int32).max), np.zeros(len(present), np.intp)
    for number, colour in enumerate(colours):
        distance = ((values - colour) ** 2).sum(1)
        nearest[distance < best] = number
        best = np.minimum(best, distance)
    return nearest[which].reshape(packed.shape)


def _owned(owners: NDArray[np.intp], number: int) -> TileMask:
    return TileMask.from_array((owners == number).astype(np.uint8) * np.uint8(255))


def _rgb(text: str, name: str) -> Rgb:
    try:
        red, green, blue = bytes.fromhex(text.removeprefix("#"))
    except ValueError as error:
        raise ExchangeError(f"the legend of {name} has the colour {text!r}; write colours as #RRGGBB.") from error
    return red, green, blue
