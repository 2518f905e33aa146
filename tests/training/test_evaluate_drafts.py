"""Evaluations of the base model's drafts: their measures on known cases, and each whole on a miniature model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.diffusion.schedules import make_sigmas
from engine.diffusion.solve import SolveSettings
from engine.models.ediff.encoders import Encoders
from engine.models.storybook import StorybookDenoiser
from engine.training.evaluation.capacity import depth_arm, evaluate_capacity, experts_arm, write_capacity
from engine.training.evaluation.drafts import Drafting, asked, renders
from engine.training.evaluation.encoders import LENGTHS, objects_found, told
from engine.training.evaluation.eyes import class_count, class_of
from engine.training.evaluation.features import clip_scores, frechet_distance, picture_features, root
from engine.training.evaluation.prompt_switch import SwitchFigure, crossing, draw_pairs, winners
from engine.training.evaluation.samplers import evaluate_samplers, write_samplers
from engine.training.evaluation.seen import Seen, look
from engine.training.evaluation.setting import kinds_told, setting_of
from engine.training.evaluation.statistics import Estimate, ranks, spearman
from engine.training.evaluation.study import Study, quiet
from engine.training.judge_network import Judge
from engine.training.world import VOCABULARY, View, World
from engine.training.world.kinds import Name
from tests.models.small import BASE
from tests.training.toy_models import toy_study

SMALL, WORLDS = setting_of("storybook"), pytest.mark.parametrize("name", ["storybook", "family"])


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return toy_study(tmp_path_factory.mktemp("models"), "storybook")


@pytest.fixture
def base(study: Study) -> StorybookDenoiser:
    return study.base


@pytest.fixture
def encoders(study: Study) -> Encoders:
    return study.encoders


@pytest.fixture
def drafting(base: StorybookDenoiser) -> Drafting:
    return Drafting(base.native_size, "cpu", quiet)


def test_the_distance_of_gaussians_is_known() -> None:
    """For commuting covariances it is the squared distance of the means and of the deviations (Dowson, Landau 1982)."""
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((20_000, 3))
    deviations, shift = np.array([[1.0, 2.0, 0.5], [0.5, 1.0, 2.0]]), np.array([0.3, -0.2, 0.1])
    found = frechet_distance(noise * deviations[0], noise[::-1] * deviations[1] + shift)
    wanted = (shift**2).sum() + ((deviations[0] - deviations[1]) ** 2).sum()
    assert found == pytest.approx(wanted, rel=0.03)


def test_a_set_is_no_distance_from_itself_in_any_order() -> None:
    rng = np.random.default_rng(1)
    features = rng.standard_normal((40, 6))
    assert frechet_distance(features, rng.permutation(features)) == pytest.approx(0.0, abs=1e-9)


def test_sets_without_a_covariance_are_refused() -> None:
    with pytest.raises(ValueError, match="two rows"):
        frechet_distance(np.zeros((1, 4)), np.zeros((5, 4)))


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_the_root_of_a_matrix_squares_to_it(side: int, seed: int) -> None:
    half = np.random.default_rng(seed).standard_normal((side, side + 2))
    square = half @ half.T
    np.testing.assert_allclose(root(square) @ root(square), square, atol=1e-8)


def test_captions_fit_their_own_pictures_best(world: World) -> None:
    """Storybook's own CLIP prefers a render's caption to that of another render, mostly."""
    encoders = Encoders.load(Path("resources/storybook"))
    scenes = SMALL.scenes(11, 24)
    features = picture_features(encoders, renders(world, scenes, 64))
    captions = [scene.caption for scene in scenes]
    own, others = (
        clip_scores(encoders, features, captions),
        clip_scores(encoders, features, captions[1:] + captions[:1]),
    )
    assert (own > others).mean() > 0.8


@WORLDS
def test_scenes_show_their_whole_canvas_and_a_longer_list_begins_alike(name: Name) -> None:
    setting = setting_of(name)
    assert all(scene.view == View() for scene in setting.scenes(3, 8))
    assert setting.scenes(3, 8)[:3] == setting.scenes(3, 3)


def test_a_draft_does_not_depend_on_its_batch(base: StorybookDenoiser, drafting: Drafting) -> None:
    pictures = [asked(scene, number, drafting.side) for number, scene in enumerate(SMALL.scenes(3, 3))]
    settings = SolveSettings(make_sigmas("order6", 3, 80.0, 0.002), "euler")
    together = drafting(base, pictures, settings, "")
    alone = drafting(base, pictures[1:2], settings, "")
    torch.testing.assert_close(together[1:2], alone, atol=1e-4, rtol=0)


def seen_of(areas: Sequence[dict[str, float]]) -> Seen:
    shares = np.zeros((len(areas), class_count(VOCABULARY)))
    for row, owned in enumerate(areas):
        for name, share in owned.items():
            shares[row, class_of(VOCABULARY, "object", name)] = share
    return Seen(VOCABULARY, 0.02, shares, np.eye(len(VOCABULARY.styles))[np.zeros(len(areas), int)])


def test_the_larger_thing_wins_and_specks_do_not_count() -> None:
    pairs = [replace(pair, first="castle", second="owl") for pair in draw_pairs(SMALL, 3)]
    seen = seen_of([{"castle": 0.2, "owl": 0.1}, {"owl": 0.3}, {"castle": 0.01}])
    assert winners(seen, pairs).tolist() == [0, 1, 2]


@WORLDS
def test_pairs_of_sentences_differ_in_one_thing_only(name: Name) -> None:
    setting = setting_of(name)
    for pair in draw_pairs(setting, 12):
        words = {noun.name: set(" ".join(noun.words).split()) | {"a", "an"} for noun in setting.vocabulary.nouns}
        first, second = (set(sentence.split()) for sentence in pair.sentences)
        assert pair.sentences[0] != pair.sentences[1]
        assert {word.strip(",:") for word in first ^ second} <= words[pair.first] | words[pair.second]
    assert draw_pairs(setting, 12) == draw_pairs(setting, 20)[:12]


def test_the_crossing_lies_between_the_measured_fractions() -> None:
    def point(at: float, first: float, second: float) -> SwitchFigure:
        figures = (Estimate(value, value, value, 1) for value in (first, second, 0.0))
        return SwitchFigure(at, *figures)

    assert crossing([point(0.0, 0.0, 1.0), point(0.5, 0.2, 0.8), point(1.0, 0.8, 0.2)]) == pytest.approx(0.75)
    assert np.isnan(crossing([point(0.0, 0.0, 1.0), point(1.0, 0.1, 0.9)]))


@WORLDS
def test_captions_say_what_their_length_promises(name: Name) -> None:
    setting = setting_of(name)
    for number, scene in enumerate(setting.scenes(6, 12)):
        short, long = (told(setting, scene, length, number) for length in LENGTHS)
        assert kinds_told(short) == {"object"}
        assert {"object", "sky", "ground", "style"} <= kinds_told(long)


@given(st.lists(st.integers(-5, 5), min_size=2, max_size=12))
def test_rank_correlation_sees_order_alone(values: list[int]) -> None:
    assert sorted(ranks(values)) == pytest.approx(sorted(ranks([2.0**value for value in values])))
    assert ranks(values).sum() == pytest.approx(len(values) * (len(values) + 1) / 2)
    if len(set(values)) > 1:
        assert spearman(values, [value**3 for value in values]) == pytest.approx(1.0)
        assert spearman(values, [-value for value in values]) == pytest.approx(-1.0)


def test_the_judge_finds_the_objects_of_renders(world: World) -> None:
    scenes = SMALL.scenes(8, 16)
    seen = look(Judge.load(), renders(world, scenes, 64))
    assert objects_found(seen, scenes).mean() > 0.9
    np.testing.assert_allclose(seen.shares.sum(axis=1), 1.0, atol=1e-9)


def test_samplers_come_nearer_to_the_reference_with_more_evaluations(
    base: StorybookDenoiser, encoders: Encoders, drafting: Drafting, world: World, tmp_path: Path
) -> None:
    report = evaluate_samplers(
        base, encoders, setting_of("storybook"), 2, drafting, reference_steps=60, samplers=["euler"]
    )
    write_samplers(report, tmp_path)
    errors = {f.steps: f.error for f in report.figures if f.sampler == "euler"}
    assert errors[48] < errors[9]
    assert {f.evaluations: f.sampler for f in report.figures} == {
        **dict.fromkeys((9, 15, 24, 36, 48), "euler"),
        73: "deis_3kutta",  # 24 steps of three evaluations, and the last step to noise 0 by one
    }
    assert {"samplers.md", "samplers.json", "samplers-error.png", "samplers-fd.png"} <= {
        file.name for file in tmp_path.iterdir()
    }


def test_experts_add_parameters_and_depth_adds_time(tmp_path: Path) -> None:
    report = evaluate_capacity(BASE, 3, quiet)
    write_capacity(report, tmp_path)
    experts, depths = report.experts, report.depths
    assert [f.parameters / experts[0].parameters for f in experts] == [1.0, 2.0, 4.0, 8.0]
    assert depths[-1].ratio > experts[-1].ratio
    assert (tmp_path / "capacity.png").is_file()
    assert experts_arm(BASE, 1).parameters == depth_arm(BASE, 1).parameters
