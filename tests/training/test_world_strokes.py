from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.training.world.strokes import Region, doodle, scribble, square

regions = st.builds(
    Region,
    x=st.floats(0.3, 0.7),
    y=st.floats(0.3, 0.7),
    width=st.floats(0.25, 0.55),
    height=st.floats(0.25, 0.55),
)


@given(regions, st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_a_scribble_covers_most_of_its_place_and_little_else(region: Region, seed: int) -> None:
    mask = scribble(region, 128, np.random.default_rng(seed))
    assert mask.dtype == np.float32
    assert mask.min() >= 0.0
    assert mask.max() <= 1.0
    box = square(region, 128)
    inside = (mask * box).sum()
    assert inside / box.sum() > 0.35
    assert inside / mask.sum() > 0.85


def test_the_same_generator_paints_the_same_scribble() -> None:
    region = Region(0.5, 0.5, 0.5, 0.4)
    first, again = (scribble(region, 64, np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, scribble(region, 64, np.random.default_rng(10)))


def test_a_square_is_exact() -> None:
    mask = square(Region(0.5, 0.25, 0.5, 0.25), 64)
    assert mask.sum() == 32 * 16
    assert mask[8:24, 16:48].all()


def test_a_doodle_follows_the_profile_of_the_shape() -> None:
    wide_foot = tuple((-r, r) for r in np.linspace(0.1, 1.0, 40))
    mask = doodle(Region(0.5, 0.5, 0.6, 0.6, wide_foot), 128, np.random.default_rng(0))
    top, foot = mask[30:60].sum(), mask[70:100].sum()
    assert foot > 1.5 * top


@pytest.mark.parametrize("size", [32, 128])
def test_scribbles_scale_with_the_canvas(size: int) -> None:
    mask = scribble(Region(0.5, 0.5, 0.5, 0.5), size, np.random.default_rng(1))
    assert mask.shape == (size, size)
    assert mask.mean() == pytest.approx(
        scribble(Region(0.5, 0.5, 0.5, 0.5), 256, np.random.default_rng(1)).mean(), abs=0.02
    )
