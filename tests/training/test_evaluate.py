from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFont

from engine.conditioning.brief import Brief
from engine.training.evaluation.design import Layout, Steering, draw_layouts, obedient_pictures
from engine.training.evaluation.layout import Bench, Generate, LayoutReport, Row, default_weight, evaluate_layout
from engine.training.evaluation.layout_report import write_layout
from engine.training.evaluation.outside import outside_pictures
from engine.training.evaluation.palette import lab, palette_distance
from engine.training.evaluation.setting import Setting, relation_told, setting_of
from engine.training.evaluation.sheets import in_lines
from engine.training.evaluation.statistics import Estimate, case_means, estimate
from engine.training.evaluation.style import Case, StyleReport, draw_cases, draw_outside, evaluate_style
from engine.training.evaluation.style_report import write_style
from engine.training.judge_network import Judge
from engine.training.world import Scene, World
from engine.training.world.kinds import Name
from tests.models.small import random_encoders


@pytest.fixture(scope="module")
def setting(world: World) -> Setting:
    return setting_of("storybook")


def bench(world: World, generate: Generate) -> Bench:
    return Bench(generate, Judge.load(), random_encoders(), world)


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


@pytest.mark.parametrize("name", ["storybook", "family"])
def test_layouts_paint_every_object_of_the_prompt(world: World, name: Name) -> None:
    layouts = draw_layouts(setting_of(name), 20)
    assert all(relation_told(layout.scene) is None for layout in layouts)  # else masks and words could disagree
    assert {layout.hand for layout in layouts} == {"doodle", "scribble", "square"}
    assert {layout.pair for layout in layouts} == {True, False}
    for layout in layouts:
        brief = layout.brief(Steering(0.5))
        assert brief.phrases is not None
        texts = [layout.scene.caption[layer.start : layer.end] for layer in brief.phrases.layers]
        assert len(texts) == len(set(texts)) == len(layout.scene.objects)
        assert all(layer.mask.any() for layer in brief.phrases.layers)


def test_a_longer_evaluation_begins_with_the_same_layouts(setting: Setting) -> None:
    short, long = draw_layouts(setting, 3), draw_layouts(setting, 6)
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


def test_the_swap_test_tells_an_obedient_painter_from_a_deaf_one(
    world: World, setting: Setting, tmp_path: Path
) -> None:
    layouts = draw_layouts(setting, 10)
    evaluation = evaluate_layout(
        bench(world, Obedient(world, layouts, needed=0.5)), layouts, [0], (0.0, 0.25, 0.5, 1.0)
    )
    rows = {row.name: row for row in evaluation.report.rows}
    assert rows["w' = 0"].swap.mean == pytest.approx(0.0, abs=1e-9)
    assert rows["w' = 0.25"].swap.mean == pytest.approx(0.0, abs=1e-9)
    assert rows["w' = 0.5"].swap.mean > 0.5
    assert rows["w' = 0.5"].swap.mean == pytest.approx(rows["ground truth (renders)"].swap.mean, abs=1e-6)
    assert evaluation.report.default_weight == 0.5
    assert rows["w' = 0.5"].fd == pytest.approx(0.0, abs=1e-6)  # its pictures are the renders
    page = write_layout(evaluation, tmp_path)
    assert "w' = 0.25" in page.read_text(encoding="utf-8")
    assert msgspec.json.decode((tmp_path / "layout.json").read_bytes(), type=LayoutReport) == evaluation.report
    with Image.open(tmp_path / "layout-1.jpg") as sheet:
        assert sheet.width > sheet.height / 2


def test_an_evaluation_needs_its_baseline(world: World, setting: Setting) -> None:
    layouts = draw_layouts(setting, 1)
    with pytest.raises(ValueError, match="must include 0"):
        evaluate_layout(bench(world, Obedient(world, layouts, 0.5)), layouts, [0], (0.5,))


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


@pytest.mark.parametrize("name", ["storybook", "family"])
def test_style_cases_say_nothing_of_the_look_and_show_other_things(world: World, name: Name) -> None:
    setting = setting_of(name)
    for case in (*draw_cases(setting, 8), *draw_outside(setting, 4)):
        assert not {phrase.kind for phrase in case.scene.phrases} & {"style", "tone"}
        shown = () if case.shown is None else case.shown.objects
        assert {i.name for i in case.scene.objects}.isdisjoint(i.name for i in shown)


def test_pictures_from_outside_are_all_different() -> None:
    pictures = outside_pictures(10)
    assert all(np.array_equal(a, b) for a, b in zip(pictures, outside_pictures(12), strict=False))
    assert all(picture.shape == (128, 128, 3) and picture.std() > 5.0 for picture in pictures)
    apart = [palette_distance(a, b) for a, b in combinations(pictures, 2)]
    assert np.median(apart) > 10.0


class Imitator:
    """Draws the prompt's scene, passing into a reference's style and palette as its strength grows."""

    def __init__(self, world: World, cases: Sequence[Case]) -> None:
        self._world = world
        self._by_prompt = {case.scene.caption: case for case in cases}
        self._rendered_once: dict[Scene, NDArray[np.float64]] = {}

    def __call__(self, briefs: Sequence[Brief], seeds: Sequence[int]) -> list[NDArray[np.uint8]]:
        return [self._draw(brief) for brief in briefs]

    def _draw(self, brief: Brief) -> NDArray[np.uint8]:
        case = self._by_prompt[brief.prompt or ""]
        strength = max((style.strength for style in brief.styles), default=0.0)
        own = self._rendered(case.scene)
        if case.shown is None:
            mixed = own + strength * (case.reference.astype(np.float64) - own)
        else:
            told = self._rendered(replace(case.scene, style=case.shown.style, tone=case.shown.tone))
            mixed = own + strength * (told - own)
        return mixed.round().astype(np.uint8)

    def _rendered(self, scene: Scene) -> NDArray[np.float64]:
        if scene not in self._rendered_once:
            image = self._world.render([scene], 128).images[0]
            self._rendered_once[scene] = ((image.double() + 1) * 127.5).permute(1, 2, 0).numpy()
        return self._rendered_once[scene]


def test_a_painter_who_follows_the_reference_comes_nearer_to_it(world: World, setting: Setting, tmp_path: Path) -> None:
    cases, outside = draw_cases(setting, 8), draw_outside(setting, 4)
    painter = Imitator(world, (*cases, *outside))
    evaluation = evaluate_style(painter, Judge.load(), cases, outside, [0])
    report = evaluation.report
    figures = {figure.name.split()[0]: figure for figure in report.figures}
    assert figures["style"].change.high < 0.0
    assert figures["palette"].change.mean < 0.0
    assert figures["prompted"].wired.mean > 0.9
    renders, told = report.sweeps
    assert renders.palette_falls == told.palette_falls == pytest.approx(1.0)
    assert told.palette_falls_alone.mean > 0.9
    assert told.style_falls is None
    assert renders.style_falls is not None
    write_style(evaluation, tmp_path)
    assert msgspec.json.decode((tmp_path / "style.json").read_bytes(), type=StyleReport) == report


def test_a_painter_who_ignores_the_reference_does_not_fall(world: World, setting: Setting) -> None:
    cases, outside = draw_cases(setting, 3), draw_outside(setting, 2)
    deaf = Imitator(world, (*cases, *outside))

    def generate(briefs: Sequence[Brief], seeds: Sequence[int]) -> list[NDArray[np.uint8]]:
        return deaf([replace(brief, styles=()) for brief in briefs], seeds)

    report = evaluate_style(generate, Judge.load(), cases, outside, [0]).report
    assert all(figure.change.mean == 0.0 for figure in report.figures)
    assert report.sweeps[0].palette_falls_alone.mean == 0.0


def test_heads_of_a_sheet_stay_within_their_columns() -> None:
    font = ImageFont.load_default(size=12)
    broken = in_lines("three-level-5 (three experts)", 128, font)
    assert broken.split() == ["three-level-5", "(three", "experts)"]
    assert "\n" in broken
    assert all(font.getlength(line) <= 128 for line in broken.split("\n"))
    assert in_lines("guidance 3", 128, font) == "guidance 3"
    assert in_lines("indivisibility" * 4, 40, font) == "indivisibility" * 4
