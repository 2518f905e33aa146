"""Colours and hatches of phrases. Colour is never the only sign: each phrase has its own hatch too."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.paint.errors import require

Rgb: TypeAlias = tuple[int, int, int]


class Hatch(Enum):
    """What lines a phrase is drawn with; the value is its name for the artist."""

    RISING = "rising lines"
    FALLING = "falling lines"
    LEVEL = "level lines"
    UPRIGHT = "upright lines"
    DOTS = "dots"
    LATTICE = "lattice"
    GRID = "grid"
    CHEVRONS = "chevrons"


@dataclass(frozen=True)
class Swatch:
    """How a phrase is shown: a colour with its name, and a hatch."""

    name: str
    rgb: Rgb
    hatch: Hatch

    @property
    def hex(self) -> str:
        """The colour as "#RRGGBB"."""
        return "#{:02X}{:02X}{:02X}".format(*self.rgb)


OKABE_ITO: tuple[tuple[str, Rgb], ...] = (
    ("orange", (0xE6, 0x9F, 0x00)),
    ("sky blue", (0x56, 0xB4, 0xE9)),
    ("bluish green", (0x00, 0x9E, 0x73)),
    ("yellow", (0xF0, 0xE4, 0x42)),
    ("blue", (0x00, 0x72, 0xB2)),
    ("vermilion", (0xD5, 0x5E, 0x00)),
    ("reddish purple", (0xCC, 0x79, 0xA7)),
    ("white", (0xFF, 0xFF, 0xFF)),
)
"""The colours of Okabe and Ito, told apart with every common kind of colour vision; white in place of black."""


def swatch(index: int) -> Swatch:
    """The look of the phrase with that colour index; from the ninth on colours come again with other hatches."""
    require(index >= 0, f"colour {index} is not there; colours count from 0")
    round_trip, place = divmod(index, len(OKABE_ITO))
    name, rgb = OKABE_ITO[place]
    return Swatch(name, rgb, tuple(Hatch)[(place + round_trip) % len(Hatch)])


def hatch_tile(hatch: Hatch, period: int, line: float) -> NDArray[np.float32]:
    """How much ink each pixel of a repeating square carries, float32 [period, period] in 0..1.

    `line`: width of the lines in pixels, less than the period. Squares laid side by side join without a seam.
    """
    require(0.0 < line < period, f"hatch lines of {line:g} pixels do not fit a period of {period}")
    places = np.arange(period, dtype=np.float32) + np.float32(0.5)
    x, y = places[None, :], places[:, None]
    distance = _DISTANCES[hatch](x, y, np.float32(period))
    ink = np.clip(line / 2.0 + 0.5 - np.broadcast_to(distance, (period, period)), 0.0, 1.0)
    return ink.astype(np.float32)


def _from_line(value: NDArray[np.float32], period: np.float32) -> NDArray[np.float32]:
    """Distance to the nearest of the lines value = (n + 1/2) period."""
    return np.abs(np.mod(value, period) - period / 2)


def _slanted(value: NDArray[np.float32], period: np.float32) -> NDArray[np.float32]:
    return _from_line(value, period) / np.float32(np.sqrt(2.0))


Field: TypeAlias = NDArray[np.float32]


def _rising(x: Field, y: Field, period: np.float32) -> Field:
    return _slanted(x + y, period)


def _falling(x: Field, y: Field, period: np.float32) -> Field:
    return _slanted(x - y, period)


def _level(x: Field, y: Field, period: np.float32) -> Field:
    return _from_line(y, period)


def _upright(x: Field, y: Field, period: np.float32) -> Field:
    return _from_line(x, period)


def _dots(x: Field, y: Field, period: np.float32) -> Field:
    """Two dots a square, set like bricks, and larger than a line is wide: they have less length to show."""
    near = np.hypot(_from_line(x, period), _from_line(y, period))
    corner = np.hypot(_from_line(x + period / 2, period), _from_line(y + period / 2, period))
    return np.minimum(near, corner) - period / 14


def _lattice(x: Field, y: Field, period: np.float32) -> Field:
    return np.minimum(_rising(x, y, period), _falling(x, y, period))


def _grid(x: Field, y: Field, period: np.float32) -> Field:
    return np.minimum(_level(x, y, period), _upright(x, y, period))


def _chevrons(x: Field, y: Field, period: np.float32) -> Field:
    return _slanted(y + _from_line(x, period), period)


_DISTANCES = {
    Hatch.RISING: _rising,
    Hatch.FALLING: _falling,
    Hatch.LEVEL: _level,
    Hatch.UPRIGHT: _upright,
    Hatch.DOTS: _dots,
    Hatch.LATTICE: _lattice,
    Hatch.GRID: _grid,
    Hatch.CHEVRONS: _chevrons,
}
