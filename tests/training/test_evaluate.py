from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from engine.conditioning.brief import Brief
from engine.training.evaluation.design import Layout, draw_layouts, obedient_pictures
from engine.training.evaluation.layout import LayoutReport, Row, default_weight, evaluate_layout
from engine.training.evaluation.palette import lab, palette_distance
from engine.training.evaluation.report import write_layout
from engine.training.evaluation.statistics import Estimate, case_means, estimate
from engine.training.evaluation.style import Case, StyleReport, draw_cases, evaluate_style, write_style
from engine.training.judge_network import Judge
from engine.training.world import World


def test_an_estimate_holds_its_mean_and_ignores_missing_cases() -> None:
    values = np.random.default_rng(0).normal(0.4, 0.1, 200)
    found = estimate([*values, float("nan")])
    assert found.mean == pytest.approx(values.mean())
    assert found.low < found.mean < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.1 / 200**0.5, rel=0.2)
    assert found.cases == 200


def test_no_case_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no case"):
        estimate([float("nan")])


def test_case_means_weigh_cases_alike_whatever_their_number_of_pictures() -> None:
    means = case_means([(0, 1.0), (0, 0.0), (0, 0.0), (0, 0.0), (1, 1.0), (1, float("nan"))], 3)
    assert means[0] == 0.25
    assert means[1] == 1.0
    assert np.isnan(means[2])


def test_layouts_paint_every_object_of_the_prompt(world: World) -> None:
    layouts = draw_layouts(world, 20)
    assert {layout.hand for layout in layouts} == {"doodle", "scribble", "square"}
    assert {layout.pair for layout in layouts} == {True, False}
    for layout in layouts:
        brief = layout.brief(0.5)
        assert brief.phrases is not None
        texts = [layout.scene.caption[layer.start : layer.end] for layer in brief.phrases.layers]
        assert len(texts) == len(set(texts)) == len(layout.scene.objects)
        assert all(layer.mask.any() for layer in brief.phrases.layers)


def test_a_longer_evaluation_begins_with_the_same_layouts(world: World) -> None:
    short, long = draw_layouts(world, 3), draw_layouts(world, 6)
    assert [layout.scene for layout in short] == [layout.scene for layout in long[:3]]
    assert all(np.array_equal(a.masks[0], b.masks[0]) for a, b in zip(short, long, strict=False))


class Obedient:
    """Draws what the masks ask for, unless the weight is below `needed`: then it follows the prompt in its own way."""

    def __init__(self, world: World, layouts: Sequence[Layout], needed: float) -> None:
        self._world, self._needed = world, needed
        self._by_prompt = {layout.scene.caption: layout for layout in layouts}

    def __call__(self, briefs: Sequence[Brief], seeds: Sequence[int]) -> list[NDArray[np.uint8]]:
        return [self._draw(brief) for brief in briefs]

    def _draw(self, brief: Brief) -> NDArray[np.uint8]:
        layout = self._by_prompt[brief.prompt or ""]
        assert brief.phrases is not None
        first = brief.phrases.layers[0].mask
        heeds = brief.phrases.weight >= self._needed
        exchanged = heeds and layout.pair and not np.array_equal(first, layout.masks[0])
        return np.asarray(obedient_pictures(self._world, [layout], exchanged)[0])


def test_the_swap_test_tells_an_obedient_painter_from_a_deaf_one(world: World, tmp_path: Path) -> None:
    layouts = draw_layouts(world, 10)
    evaluation = evaluate_layout(
        Obedient(world, layouts, needed=0.5), Judge.load(), layouts, [0], (0.0, 0.25, 0.5, 1.0), world=world
    )
    rows = {row.name: row for row in evaluation.report.rows}
    assert rows["w' = 0"].swap.mean == pytest.approx(0.0, abs=1e-9)
    assert rows["w' = 0.25"].swap.mean == pytest.approx(0.0, abs=1e-9)
    assert rows["w' = 0.5"].swap.mean > 0.5
    assert rows["w' = 0.5"].swap.mean == pytest.approx(rows["ground truth (renders)"].swap.mean, abs=1e-6)
    assert evaluation.report.default_weight == 0.5
    page = write_layout(evaluation, tmp_path)
    assert "w' = 0.25" in page.read_text(encoding="utf-8")
    assert msgspec.json.decode((tmp_path / "layout.json").read_bytes(), type=LayoutReport) == evaluation.report
    with Image.open(tmp_path / "layout-1.png") as sheet:
        assert sheet.width > sheet.height / 2


def test_an_evaluation_needs_its_baseline(world: World) -> None:
    layouts = draw_layouts(world, 1)
    with pytest.raises(ValueError, match="must include 0"):
        evaluate_layout(Obedient(world, layouts, 0.5), Judge.load(), layouts, [0], (0.5,), world=world)


def row(weight: float, swap: float, gain: float) -> Row:
    whatever = Estimate(0.9, 0.8, 1.0, 10)
    one = Estimate(swap, swap, swap, 10)
    paired = Estimate(gain, gain, gain, 10) if weight else None
    return Row(f"{weight}", weight, whatever, whatever, whatever, whatever, one, paired)


def test_the_default_weight_is_the_smallest_that_does_the_work_without_losing_objects() -> None:
    assert default_weight([row(0, 0, 0), row(0.25, 0.3, 0.0), row(0.5, 0.56, 0.0), row(1.0, 0.57, 0.0)]) == 0.5
    assert default_weight([row(0, 0, 0), row(0.25, 0.3, 0.0), row(0.5, 0.6, -0.2)]) == 0.25
    assert default_weight([row(0, 0, 0), row(0.5, 0.6, -0.2)]) == 0.0


def test_lab_of_known_colours() -> None:
    colours = np.array([[255, 255, 255], [0, 0, 0], [255, 0, 0]], np.uint8)
    expected = np.array([[100.0, 0.0, 0.0], [0.0, 0.0, 0.0], [53.24, 80.09, 67.20]])
    assert np.allclose(lab(colours), expected, atol=0.05)


pictures = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
)


@given(pictures, pictures)
@settings(max_examples=20, deadline=None)
def test_palette_distance_sees_colours_and_not_places(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> None:
    assert palette_distance(first, first[::-1].copy()) == pytest.approx(0.0, abs=1e-9)
    assert palette_distance(first, second) == pytest.approx(palette_distance(second, first))
    dark = np.zeros_like(first)
    assert palette_distance(first, dark) > palette_distance(first, second)


def test_style_cases_say_nothing_of_the_look_and_show_other_things(world: World) -> None:
    for case in draw_cases(world, 8):
        assert not {phrase.kind for phrase in case.scene.phrases} & {"style", "tone"}
        assert {i.name for i in case.scene.objects}.isdisjoint(i.name for i in case.shown.objects)


class Imitator:
    """Draws the prompt's scene, in the reference's style and palette when there is a reference."""

    def __init__(self, world: World, cases: Sequence[Case]) -> None:
        self._world = world
        self._by_prompt = {case.scene.caption: case for case in cases}

    def __call__(self, briefs: Sequence[Brief], seeds: Sequence[int]) -> list[NDArray[np.uint8]]:
        cases = [self._by_prompt[brief.prompt or ""] for brief in briefs]
        scenes = [
            replace(case.scene, style=case.shown.style, tone=case.shown.tone) if brief.styles else case.scene
            for case, brief in zip(cases, briefs, strict=True)
        ]
        images = self._world.render(scenes, 128).images
        return list(((images + 1) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy())


def test_a_painter_who_follows_the_reference_comes_nearer_to_it(world: World, tmp_path: Path) -> None:
    cases = draw_cases(world, 16)
    evaluation = evaluate_style(Imitator(world, cases), Judge.load(), cases, [0])
    figures = {figure.name.split()[0]: figure for figure in evaluation.report.figures}
    assert figures["style"].change.high < 0.0
    assert figures["palette"].change.mean < 0.0
    assert figures["prompted"].wired.mean > 0.9
    write_style(evaluation, tmp_path)
    assert msgspec.json.decode((tmp_path / "style.json").read_bytes(), type=StyleReport) == evaluation.report
