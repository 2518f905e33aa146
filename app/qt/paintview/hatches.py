"""The look of a phrase as a Qt brush: its colour, and its hatch drawn so that it reads on any picture."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QBrush, QColor, QImage

from app.paint.palette import Hatch, Swatch, hatch_tile

PERIOD = 17.0
"""View pixels from one hatch line to the next."""

_WIDER = {Hatch.RISING: 1.4, Hatch.FALLING: 1.4, Hatch.LATTICE: 1.65, Hatch.GRID: 1.12, Hatch.DOTS: 1.2}
"""Slanted lines lie closer than their period, and crossed ones are twice as many: all hatches should weigh alike."""

_LINE = 1.7
_CASING = 0.9  # dark rim beside each line: it keeps a yellow or white hatch readable on a bright picture
_FILL = 0.42
_CASING_INK = 0.5
_HATCH_FADES = (
    1.6  # hatches fade before the ground does: half shown, they are hints on a tint, not bars before a picture
)


def line_opacity(opacity: float) -> float:
    """How opaque the line around a layer is: it shows the phrase's own colour unless the layer is nearly faded out."""
    return min(1.7 * opacity, 1.0)


def phrase_colour(swatch: Swatch) -> QColor:
    """The plain colour of a phrase."""
    return QColor(*swatch.rgb)


@lru_cache(maxsize=256)
def hatch_brush(swatch: Swatch, opacity: float, ratio: float) -> QBrush:
    """The brush that fills what is painted for a phrase.

    `opacity`: 0 shows nothing, 1 the most; lines fade before the ground between them. `ratio`: screen pixels per view
    pixel. The texture is made for screen pixels.
    """
    faded = opacity**_HATCH_FADES
    period = round(PERIOD * _WIDER.get(swatch.hatch, 1.0) * ratio)
    line = np.float32(faded) * hatch_tile(swatch.hatch, period, _LINE * ratio)
    casing = np.float32(_CASING_INK * faded) * hatch_tile(swatch.hatch, period, (_LINE + _CASING) * ratio)
    colour = np.array(swatch.rgb, np.float32)
    pixels = _over(np.zeros((period, period, 4), np.float32), colour, np.full_like(line, _FILL * opacity))
    pixels = _over(pixels, np.zeros(3, np.float32), casing)
    return QBrush(_image(_over(pixels, colour, line)))


def _over(below: NDArray[np.float32], colour: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """A colour laid with `alpha` [h, w] over premultiplied pixels [h, w, red green blue alpha], alpha in 0..255 too."""
    above = np.concatenate([np.broadcast_to(colour, (*alpha.shape, 3)), np.full((*alpha.shape, 1), 255.0)], axis=2)
    laid: NDArray[np.float32] = above * alpha[..., None] + below * (1.0 - alpha[..., None])
    return laid


def _image(premultiplied: NDArray[np.float32]) -> QImage:
    height, width, _ = premultiplied.shape
    pixels = np.rint(premultiplied).astype(np.uint8)
    wrapped = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888_Premultiplied)
    # Converting copies, so nothing refers to the array afterwards.
    return wrapped.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
