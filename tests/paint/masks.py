"""Masks for tests: small ones drawn at random, which hypothesis makes smaller where something fails."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.paint.rect import Rect
from app.paint.tiles import TileMask

SIDES = st.one_of(st.integers(1, 20), st.sampled_from([127, 128, 129, 200, 257]))
"""Sides that lie within one tile, just at its edge and beyond."""

POINTS = st.tuples(st.integers(-300, 300), st.integers(-300, 300))


def speckled(width: int, height: int, seed: int = 0, density: float = 0.02) -> NDArray[np.uint8]:
    """Few painted pixels of all values, uint8 [height, width]."""
    random = np.random.default_rng(seed)
    values = random.integers(0, 256, (height, width), np.uint8)
    return np.where(random.random((height, width)) < density, values, np.uint8(0))


def boxed(width: int, height: int, rect: Rect, value: int = 255) -> TileMask:
    """A mask with one painted rectangle."""
    values = np.zeros((height, width), np.uint8)
    values[rect.slices] = value
    return TileMask.from_array(values)


@st.composite
def arrays(draw: st.DrawFn) -> NDArray[np.uint8]:
    width, height, seed = draw(SIDES), draw(SIDES), draw(st.integers(0, 99))
    return speckled(width, height, seed, draw(st.sampled_from([0.0, 0.002, 0.3, 1.0])))


@st.composite
def masks(draw: st.DrawFn) -> TileMask:
    return TileMask.from_array(draw(arrays()))


@st.composite
def rects(draw: st.DrawFn, reach: int = 300) -> Rect:
    left, top = draw(st.integers(-reach, reach)), draw(st.integers(-reach, reach))
    return Rect(left, top, draw(st.integers(0, reach)), draw(st.integers(0, reach)))
