"""Heat maps: where a phrase drew attention, as colours to lay over the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.paint.errors import require
from app.paint.tiles import Pixels

_STOPS = np.array(
    [
        (0x00, 0x00, 0x04),
        (0x28, 0x0B, 0x53),
        (0x65, 0x15, 0x6E),
        (0x9F, 0x2A, 0x63),
        (0xD4, 0x48, 0x42),
        (0xF5, 0x7D, 0x15),
        (0xFA, 0xC2, 0x28),
        (0xFC, 0xFF, 0xA4),
    ],
    np.float32,
)
"""Even steps of the colour map Inferno (van der Walt and Smith, CC0): its lightness rises evenly, also in grey and for
every kind of colour vision."""

_VEIL = 0.72  # opacity of the coldest place: the picture stays to be seen, yet does not mix into the colours
_GLOW = 0.92


def heat_colours(heat: NDArray[np.float32]) -> Pixels:
    """Colours of a heat map, uint8 [height, width, 4], not premultiplied.

    `heat`: float32 [height, width], at least 0; the hottest place gets the brightest colour, whatever its value.

    Raises:
        PaintError: the map is empty, or holds negative values or none at all.
    """
    require(heat.ndim == 2 and heat.size > 0, f"a heat map has rows and columns, this one is {heat.shape}")
    require(bool(heat.min() >= 0.0 and np.isfinite(heat).all()), "a heat map holds numbers of at least 0")
    top = float(heat.max())
    places = heat / top if top > 0.0 else heat
    values = np.empty((*heat.shape, 4), np.float32)
    scale = np.linspace(0.0, 1.0, len(_STOPS))
    for channel in range(3):
        values[..., channel] = np.interp(places, scale, _STOPS[:, channel])
    values[..., 3] = 255.0 * (_VEIL + (_GLOW - _VEIL) * places)
    colours: Pixels = np.rint(values).astype(np.uint8)
    return colours
