"""Whole evaluations of miniature models of random weights, of both drawn worlds."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from app.cli.evaluate import EVALUATIONS as TOLD
from engine.conditioning.brief import Brief
from engine.models.ediff.config import UNetConfig
from engine.models.ediff.ensemble_file import EnsembleFile, ExpertFile, write_ensemble
from engine.models.errors import ModelFileError
from engine.training.checkpoint import AVERAGE, STATE, TrainingState
from engine.training.errors import TrainingError
from engine.training.evaluate import EVALUATIONS, Task, main
from engine.training.evaluation import attention, crop, encoders, ensemble, prompt_switch
from engine.training.evaluation.ablations import VARIANTS, AblationReport
from engine.training.evaluation.arms import trained_arms
from engine.training.evaluation.crop import CUTS, draw_scene, extremes, figure, read
from engine.training.evaluation.design import Steering, draw_layouts
from engine.training.evaluation.drafts import renders
from engine.training.evaluation.encoders import bound
from engine.training.evaluation.ensemble import GUIDANCES, EnsembleReport, missing, pairs
from engine.training.evaluation.layout import WEIGHTS, LayoutReport
from engine.training.evaluation.parts import world_of
from engine.training.evaluation.seen import Seen
from engine.training.evaluation.setting import groups_of, relation_told, setting_of
from engine.training.evaluation.study import Study
from engine.training.family_judge import Thing
from engine.training.judge_network import Judge
from engine.training.world import Scene, World
from engine.training.world.kinds import Name
from tests.training.toy_models import LARGE, SMALL, toy_study

OF_NO_WORLD = {"samplers", "capacity"}  # they ask no judge, and are tested with the drafts
Made = Callable[[str], Path]


@pytest.fixture(scope="module", params=["storybook", "family"])
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, world: World) -> Study:
    name: Name = request.param
    return toy_study(tmp_path_factory.mktemp("models"), name)


@pytest.fixture(scope="module")
def made(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Runs an evaluation once on two cases, in few steps, and gives the folder of its report."""

    @cache
    def run(name: str) -> Path:
        output = tmp_path_factory.mktemp(name)
        with pytest.MonkeyPatch.context() as patch:
            for module in (attention, crop, encoders, ensemble, prompt_switch):
                patch.setattr(module, "STEPS", 2)
            EVALUATIONS[name].run(Task(study, output, count=2, seeds=1))
        return output

    return run


def pictures_in(page: str) -> list[str]:
    return [line.split("(")[1].rstrip(")") for line in page.splitlines() if line.startswith("![")]


@pytest.mark.parametrize("name", [name for name in EVALUATIONS if name not in OF_NO_WORLD])
def test_every_evaluation_runs_on_either_world(made: Made, name: str) -> None:
    output = made(name)
    page = (output / f"{name}.md").read_text(encoding="utf-8")
    assert (output / f"{name}.json").is_file()
    assert all((output / file).is_file() for file in pictures_in(page))
    assert "nan" not in page.split()


def test_the_command_knows_every_evaluation() -> None:
    assert TOLD.keys() == EVALUATIONS.keys()


def test_a_picture_does_not_depend_on_its_batch(study: Study) -> None:
    storybook = study.storybook
    briefs = [layout.brief(Steering(0.5)) for layout in draw_layouts(study.setting, 3)]
    together = storybook.generate(briefs, [4, 5, 6])
    alone = storybook.generate(briefs[1:2], [5])[0]
    assert np.abs(alone.astype(int) - together[1]).max() <= 1
    assert not np.array_equal(together[1], storybook.generate(briefs[1:2], [6])[0])


def test_bfloat16_draws_nearly_the_same_picture(study: Study) -> None:
    brief = draw_layouts(study.setting, 1)[0].brief(Steering(0.5))
    halved = replace(study.storybook, recipe=replace(study.recipe, precision="bfloat16"))
    (exact,), (near,) = (made.generate([brief], [4]) for made in (study.storybook, halved))
    other = study.storybook.generate([brief], [5])[0]
    apart, strange = (float(np.abs(exact.astype(int) - picture).mean()) for picture in (near, other))
    assert 0.0 < apart < strange / 4


def test_a_report_tells_that_its_pictures_were_made_in_bfloat16(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = ["crop", "--model", str(study.folder), "--output", str(tmp_path), "--count", "1", "--precision", "bfloat16"]
    monkeypatch.setattr(sys, "argv", ["evaluate", *told])
    monkeypatch.setattr(crop, "STEPS", 2)
    main()
    assert "computed in bfloat16" in (tmp_path / "crop.md").read_text(encoding="utf-8")


def test_times_are_measured_in_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["evaluate", "capacity", "--precision", "bfloat16"])
    with pytest.raises(SystemExit):
        main()


def test_parts_are_told_by_the_card(study: Study) -> None:
    family = study.setting.name == "family"
    assert study.parts.shared == "base"
    assert study.parts.experts == (("high", "middle", "low") if family else ("high", "low"))
    assert study.parts.upscalers == (("upscaler", "refiner") if family else ("upscaler",))
    assert (study.judge.things(torch.zeros(1, 3, 32, 32)) is not None) == family


def test_a_card_of_other_things_is_refused(study: Study) -> None:
    other = msgspec.structs.replace(study.card, words={"object": ("castle", "spaceship of Theseus")})
    with pytest.raises(ModelFileError, match="no drawn world"):
        world_of(study.folder, other)


def test_a_model_of_noise_is_measured_and_found_to_have_no_control(study: Study, made: Made) -> None:
    report = msgspec.json.decode((made("layout") / "layout.json").read_bytes(), type=LayoutReport)
    rows = {row.weight: row for row in report.rows}
    assert set(rows) == {*WEIGHTS, None}
    assert all(abs(row.swap.mean) < 0.2 for weight, row in rows.items() if weight is not None)
    assert study.setting.name == "family" or rows[None].swap.mean > 0.4  # the miniature family's judge is untrained


def test_ablations_change_one_thing_each(study: Study, made: Made) -> None:
    file = made("layout-ablations") / "layout-ablations.json"
    report = msgspec.json.decode(file.read_bytes(), type=AblationReport)
    assert [row.name for row in report.rows[2:]] == list(VARIANTS)
    assert report.pictures == 2 + 2 * 2 * (1 + len(VARIANTS))  # two pairs: unpainted once, painted in both arrangements
    assert report.weight == study.card.default_weight


def test_shipped_parts_say_which_configurations_they_lack(study: Study, made: Made) -> None:
    report = msgspec.json.decode((made("ensemble") / "ensemble.json").read_bytes(), type=EnsembleReport)
    configurations = [figure.configuration for figure in report.configurations]
    assert configurations == (["B", "D"] if study.setting.name == "family" else ["A"])
    assert {each[0] for each in report.missing} == {"A", "B", "C", "D"} - set(configurations)
    assert len({figure.arm for figure in report.figures}) * len(GUIDANCES) == len(report.figures)


def test_configurations_are_made_of_the_ensembles_that_branching_wrote(study: Study, tmp_path: Path) -> None:
    for tree, config, ensembles in (
        ("base", SMALL, {"config-a": ("base",), "config-c": ("high", "low")}),
        ("sr", LARGE, {"two": ("upscaler", "refiner")}),
    ):
        for name, members in ensembles.items():
            experts = tuple(_run(study, tmp_path / tree, member, config) for member in members)
            write_ensemble(tmp_path / tree / f"{name}.json", EnsembleFile(name, experts))
    untrained = ExpertFile("middle", "middle/average.safetensors", SMALL, ((0.002, 80.0),))
    write_ensemble(tmp_path / "base" / "config-d.json", EnsembleFile("config-d", (untrained,)))
    (tmp_path / "base" / "chosen.json").write_text("{}", encoding="utf-8")
    arms = trained_arms(tmp_path, study.encoders, "cpu")
    assert [(name, drawing.name) for name, drawing, _ in pairs(arms)] == [
        ("B", "config-a (shared model)"), ("C", "config-c (two experts)"),
    ]  # fmt: skip
    assert [arm.pictures for arm in arms.drawing] == [(640,), (640, 640)]
    assert {each[0] for each in missing(arms)} == {"A", "D"}
    assert arms.drawing[1].load().boundaries() == (0.3,)


def _run(study: Study, folder: Path, name: str, config: UNetConfig) -> ExpertFile:
    run = folder / name
    run.mkdir(parents=True, exist_ok=True)
    shutil.copy(study.folder / "parts" / f"{name}.safetensors", run / AVERAGE)
    (run / STATE).write_bytes(msgspec.json.encode(TrainingState(step=10, pictures=640)))
    owned = {"high": (0.3, 80.0), "low": (0.002, 0.3), "upscaler": (0.3, 80.0), "refiner": (0.002, 0.3)}
    return ExpertFile(name, f"{name}/{AVERAGE}", config, (owned.get(name, (0.002, 80.0)),))


def test_runs_without_an_ensemble_are_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no folder in it has an ensemble"):
        trained_arms(tmp_path, study.encoders, "cpu")


def test_the_border_that_is_a_cut_is_the_one_that_is_touched(world: World) -> None:
    setting, judge, rates = setting_of("storybook"), Judge.load(), {}
    for cut in (CUTS[0], *extremes("left")):
        scenes = [draw_scene(setting, cut, number) for number in range(32)]
        found = read(judge, renders(world, scenes, 32), [scene.objects[0].name for scene in scenes])
        rates[cut] = figure(cut, found)
    whole, kept, lost = rates.values()
    assert all(touched.mean < 0.15 for touched in whole.touches.values())
    assert kept.touches["left"].mean < 0.1 < 0.25 < lost.touches["left"].mean
    assert lost.touches["right"].mean < 0.1 < 0.2 < kept.touches["right"].mean
    assert lost.across.mean < whole.across.mean < kept.across.mean


def test_every_rectangle_asks_for_the_same_thing_in_the_same_words() -> None:
    setting = setting_of("family")
    scenes = [draw_scene(setting, cut, 5) for cut in CUTS]
    assert len({scene.caption for scene in scenes}) == len({scene.objects[0].name for scene in scenes}) == 1
    assert len({scene.view for scene in scenes}) == len(CUTS)
    size = CUTS[2].size(64)
    assert (size.target, size.original, size.crop) == ((64, 64), (64, 96), (0, 8))


def test_colours_numbers_and_relations_are_held_against_what_is_told() -> None:
    setting = setting_of("family")
    scenes = setting.scenes(21, 40)
    told = [relation_told(scene) for scene in scenes]
    assert sum(relation is not None for relation in told) >= 4
    right = tuple(_things(scene) for scene in scenes)
    wrong = tuple(
        tuple(replace(thing, count=thing.count + 1, colour="no colour", x=1 - thing.x, y=1 - thing.y) for thing in own)
        for own in right
    )
    for things, mark in ((right, 1.0), (wrong, 0.0), (((),) * len(scenes), 0.0)):
        found = bound(Seen(setting.vocabulary, 0.01, np.zeros((40, 1)), np.zeros((40, 1)), things), scenes)
        assert [value and value.mean for value in found.values()] == [mark] * 3
    blind = bound(Seen(setting.vocabulary, 0.01, np.zeros((40, 1)), np.zeros((40, 1))), scenes)
    assert set(blind.values()) == {None}


def _things(scene: Scene) -> tuple[Thing, ...]:
    """What a judge without mistakes says."""
    return tuple(
        Thing(
            group.name,
            group.count,
            group.colour,
            *(float(np.mean([getattr(i, axis) for i in scene.objects if i.name == group.name])) for axis in "xy"),
        )
        for group in groups_of(scene)
    )


def test_pictures_are_guided_away_from_the_weaker_model_as_strongly_as_the_card_says(study: Study) -> None:
    storybook, asked = study.storybook, ([Brief("a castle")], [1])
    has_one = study.card.name == "storybook"
    assert (study.parts.weaker, storybook.guidance) == ("guide" if has_one else None, 3.0)
    alone = replace(storybook, weaker=None)
    assert np.array_equal(storybook.generate(*asked)[0], alone.generate(*asked)[0]) != has_one
    stronger = replace(study, recipe=replace(study.recipe, guidance=5.0)).storybook
    assert not np.array_equal(storybook.generate(*asked)[0], stronger.generate(*asked)[0])
