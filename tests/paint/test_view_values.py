"""The plain values behind the painting view: heat maps, layers shown, tool settings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.paint.brush import Brush
from app.paint.errors import PaintError
from app.paint.heat import heat_colours
from app.paint.scene import SceneLayer, shown_layers
from app.paint.toolbox import ToolSettings


@given(st.integers(0, 99), st.floats(1e-6, 1e6))
def test_hotter_is_lighter_whatever_the_scale(seed: int, scale: float) -> None:
    heat = np.random.default_rng(seed).random((6, 7), np.float32)
    colours = heat_colours(heat * np.float32(scale)).astype(int)
    light = (colours[..., :3] @ [0.2126, 0.7152, 0.0722])[np.unravel_index(np.argsort(heat, axis=None), heat.shape)]
    assert (np.diff(light) >= -2.0).all()
    assert light.argmax() == light.size - 1


def test_no_heat_is_all_cold() -> None:
    colours = heat_colours(np.zeros((3, 4), np.float32))
    assert np.ptp(colours, axis=(0, 1)).max() == 0


@pytest.mark.parametrize("heat", [np.zeros((0, 3)), np.zeros(3), np.full((2, 2), -1.0), np.full((2, 2), np.nan)])
def test_what_is_no_heat_map_is_refused(heat: NDArray[np.float64]) -> None:
    with pytest.raises(PaintError, match="heat map"):
        heat_colours(heat.astype(np.float32))


def test_solo_layers_are_shown_alone() -> None:
    layers = (SceneLayer("a", "a"), SceneLayer("b", "b", visible=False), SceneLayer("c", "c"))
    assert [layer.id for layer in shown_layers(layers)] == ["a", "c"]
    alone = (*layers, SceneLayer("d", "d", visible=False, solo=True))
    assert [layer.id for layer in shown_layers(alone)] == ["d"]


def test_brush_and_eraser_have_a_tip_each() -> None:
    settings = ToolSettings()
    changed = settings.with_tip(Brush(size=77.0), erasing=True)
    assert changed.tip(erasing=True).size == 77.0
    assert changed.tip(erasing=False) == settings.brush


def test_mirrors_stand_in_the_middle() -> None:
    symmetry = ToolSettings(mirror_across=True).symmetry(101, 60)
    assert (symmetry.across, symmetry.down) == (50.5, None)


def test_fill_settings_out_of_range_are_named() -> None:
    with pytest.raises(PaintError, match="tolerance is 300"):
        ToolSettings(tolerance=300)
    with pytest.raises(PaintError, match="gap is -1"):
        ToolSettings(gap=-1)
