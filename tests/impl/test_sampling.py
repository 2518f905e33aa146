"""Solves through the nodes, on the miniature model: from noise, by experts, in two halves, enlarged, refined."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.api.errors import Cancelled, NodeError
from engine.api.messages import Progress
from engine.conditioning.brief import (
    DenoiserRef,
    EnsembleRef,
    PhraseLayer,
    PhraseMasks,
    PromptText,
    SizeCrop,
    StyleReference,
)
from engine.diffusion.errors import DiffusionError
from engine.diffusion.schedules import make_sigmas
from engine.models.errors import ModelFileError, UnknownModelError
from nodes.impl.sampling import strength_sigma
from nodes.specs.samplers import SAMPLERS
from tests.impl.workshop import Shelf, Workshop
from tests.models.small import write_model

BASE = DenoiserRef("storybook", "base")
UPSCALER = DenoiserRef("storybook", "upscaler")
REFINER = DenoiserRef("storybook", "refiner")
PROMPT = PromptText("a red fox and a castle")
QUICK = {"sampler": "euler", "steps": 4}


def painting(weight: float = 1.0) -> PhraseMasks:
    mask = np.zeros((16, 16), dtype=np.float32)
    mask[:, :8] = 1.0
    return PhraseMasks(PROMPT.text, (PhraseLayer("fox", 2, 9, mask),), weight=weight)


def draw(workshop: Workshop, **inputs: object) -> NDArray[np.uint8]:
    given = {"denoiser": BASE, "prompt": PROMPT, **QUICK, **inputs}
    sample, image = workshop.run("denoise", **given)
    assert isinstance(image, np.ndarray)
    assert image.dtype == np.uint8
    assert tuple(sample.data.shape) == (3, *image.shape[:2])
    return image


def test_a_seed_gives_the_same_picture_and_another_seed_another(workshop: Workshop) -> None:
    first, again, other = (draw(workshop, seed=seed) for seed in (1, 1, 2))
    assert first.shape == (16, 16, 3)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_declared_sampler_runs(sampler: str, workshop: Workshop) -> None:
    assert draw(workshop, sampler=sampler).shape == (16, 16, 3)


def test_each_step_is_told_and_shown(workshop: Workshop) -> None:
    draw(workshop)
    assert workshop.progress == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [preview.shape for preview in workshop.previews] == [(16, 16, 3)] * 4


def test_a_cancelled_job_stops_at_the_next_step(workshop: Workshop) -> None:
    class StopAfterTwo(list[object]):
        def append(self, event: object) -> None:
            super().append(event)
            assert workshop.job is not None
            if len(self) == 2:
                workshop.job.token.cancel()

    workshop.events = StopAfterTwo()  # type: ignore[assignment]
    with pytest.raises(Cancelled):
        draw(workshop)
    assert len(workshop.events) == 2


def test_everything_that_can_be_wired_changes_the_picture(workshop: Workshop) -> None:
    plain = draw(workshop)
    look = StyleReference(((np.full((16, 16, 3), 200, dtype=np.uint8), 1.0),))
    changed = {
        "prompt": PromptText("a castle"),
        "negative": PromptText("a red fox"),
        "phrases": painting(),
        "style": (look,),
        "size": SizeCrop((16, 16), (64, 64), (9, 3)),
        "sigmas": make_sigmas("cosine", 5),
        "guidance": 1.0,
        "encoders": ["t5"],
        "weaker": DenoiserRef("storybook", "low"),
    }
    same = [name for name, value in changed.items() if np.array_equal(draw(workshop, **{name: value}), plain)]
    assert same == []


def test_a_weaker_model_is_asked_for_the_negative_and_only_where_there_is_guidance(workshop: Workshop) -> None:
    weaker = {"weaker": DenoiserRef("storybook", "low")}
    assert not np.array_equal(draw(workshop, **weaker, negative=PromptText("a castle")), draw(workshop, **weaker))
    assert np.array_equal(draw(workshop, **weaker, guidance=1.0), draw(workshop, guidance=1.0))
    itself = draw(workshop, weaker=BASE).astype(int)
    assert np.abs(itself - draw(workshop)).max() <= 1  # the two halves in one batch or in two


def test_a_picture_is_refined_away_from_a_weaker_model(workshop: Workshop) -> None:
    picture = np.full((32, 32, 3), 128, dtype=np.uint8)
    plain = refine(workshop, picture, strength=0.5)
    assert not np.array_equal(refine(workshop, picture, strength=0.5, weaker=UPSCALER), plain)


@pytest.mark.parametrize(
    ("weaker", "told"),
    [
        (EnsembleRef((BASE,)), "is an ensemble"),
        (DenoiserRef("storybook", "low", 80.0, 0.1), "noise levels of its own"),
        (UPSCALER, "storybook/upscaler draws other pictures"),
    ],
)
def test_what_cannot_be_the_weaker_model_is_refused(
    weaker: DenoiserRef | EnsembleRef, told: str, workshop: Workshop
) -> None:
    with pytest.raises(NodeError, match=told):
        draw(workshop, weaker=weaker)


def test_a_weaker_model_must_know_all_noise_of_the_solve(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "models")
    card = json.loads((folder / "model.json").read_text())
    low = next(part for part in card["parts"] if part["name"] == "low")
    low["sigma_max"] = 1.0
    (folder / "model.json").write_text(json.dumps(card))
    workshop = Workshop(tmp_path, Shelf(tmp_path / "models"))
    weaker = {"weaker": DenoiserRef("storybook", "low")}
    with pytest.raises(NodeError, match=r"noise 80 to 0\.002, but the weaker model knows only 1 to 0\.002"):
        draw(workshop, **weaker)
    half, _ = workshop.run("denoise", denoiser=BASE, prompt=PROMPT, **QUICK, sigma_end=1.0)
    assert draw(workshop, start=half, **weaker).shape == (16, 16, 3)


def test_a_blank_negative_is_none_and_weightless_paint_is_no_paint(workshop: Workshop) -> None:
    plain = draw(workshop)
    assert np.array_equal(draw(workshop, negative=PromptText(" ")), plain)
    assert np.array_equal(draw(workshop, phrases=painting(weight=0.0)), plain)


def test_a_phrase_tells_its_token_columns(workshop: Workshop) -> None:
    draw(workshop, phrases=painting())
    assert "“red fox” steers token columns CLIP" in workshop.record.notes[0]
    assert "T5" in workshop.record.notes[0]


def test_paint_for_another_prompt_is_refused(workshop: Workshop) -> None:
    with pytest.raises(ValueError, match="painted for"):
        draw(workshop, prompt=PromptText("a castle"), phrases=painting())


def test_identical_experts_draw_what_one_model_draws(workshop: Workshop) -> None:
    boundary = make_sigmas("order6", 4)[2]
    experts = EnsembleRef(
        (DenoiserRef("storybook", "base", 80.0, boundary), DenoiserRef("storybook", "base", boundary, 0.0))
    )
    assert np.array_equal(draw(workshop, denoiser=experts), draw(workshop))


def test_the_parts_of_a_model_split_the_noise_between_them(workshop: Workshop) -> None:
    experts = EnsembleRef(
        (DenoiserRef("storybook", "high", 80.0, 1.0), DenoiserRef("storybook", "low", 1.0, 0.0, guidance=1.0))
    )
    together = draw(workshop, denoiser=experts)
    assert not np.array_equal(together, draw(workshop, denoiser=DenoiserRef("storybook", "high")))
    assert not np.array_equal(together, draw(workshop, denoiser=DenoiserRef("storybook", "low")))


@pytest.mark.parametrize("own", [{"guidance": 9.0}, {"sampler": "heun"}])
def test_what_a_span_has_for_its_own_is_seen_only_below_its_noise(workshop: Workshop, own: dict[str, Any]) -> None:
    level = make_sigmas("order6", 4)[2]
    upper = DenoiserRef("storybook", "base", 80.0, level)
    drawn = []
    for told in ({}, own):
        workshop.previews.clear()
        lower = workshop.run(
            "expert", denoiser=BASE, sigma_from=level, sigma_to=0.0, **{"guidance": None, "sampler": None, **told}
        )
        drawn.append([draw(workshop, denoiser=EnsembleRef((upper, lower))), *workshop.previews])
    (plain, *before), (changed, *after) = drawn
    assert not np.array_equal(plain, changed)
    # Steps 1 and 2 lie above the level, and what step 3 sets out from was drawn there.
    same = [np.array_equal(one, other) for one, other in zip(before, after, strict=True)]
    assert same[:2] == [True, True]
    assert not same[3]


def test_a_sample_handed_on_ends_where_one_solve_ends(workshop: Workshop) -> None:
    level = make_sigmas("order6", 4)[2]
    half, shown = workshop.run("denoise", denoiser=BASE, prompt=PROMPT, **QUICK, sigma_end=level)
    assert half.sigma == level
    assert shown.shape == (16, 16, 3)
    assert np.array_equal(draw(workshop, start=half), draw(workshop))


def test_an_expert_alone_goes_down_to_its_own_noise(workshop: Workshop) -> None:
    level = make_sigmas("order6", 4)[2]
    high = DenoiserRef("storybook", "base", 80.0, level)
    half, _ = workshop.run("denoise", denoiser=high, prompt=PROMPT, **QUICK)
    assert half.sigma == level


def test_a_low_noise_expert_cannot_begin_from_pure_noise(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="knows noise only up to 1"):
        draw(workshop, denoiser=DenoiserRef("storybook", "base", 1.0, 0.0))


def test_experts_that_leave_a_gap_are_refused(workshop: Workshop) -> None:
    experts = EnsembleRef((DenoiserRef("storybook", "high", 80.0, 5.0), DenoiserRef("storybook", "low", 1.0, 0.0)))
    with pytest.raises(DiffusionError, match="no expert owns the noise between 5 and 1"):
        draw(workshop, denoiser=experts)


def test_experts_of_different_sizes_are_refused(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="different sizes"):
        draw(workshop, denoiser=EnsembleRef((BASE, UPSCALER)))


def test_an_upscaler_enlarges_and_keeps_the_shape(workshop: Workshop) -> None:
    small = draw(workshop, size=SizeCrop((128, 64), (128, 64)))
    assert small.shape == (22, 12, 3)
    large = draw(workshop, denoiser=UPSCALER, low_resolution=small)
    assert large.shape[0] * large.shape[1] == pytest.approx(32 * 32, rel=0.1)
    assert large.shape[0] / large.shape[1] == pytest.approx(22 / 12, rel=0.1)


def test_an_upscaler_begins_at_its_own_noise(workshop: Workshop) -> None:
    """Its grid is the one that its own highest noise begins, with as many steps; a higher one is cut there."""
    small, own = draw(workshop), DenoiserRef("storybook", "upscaler", 1.5, 0.0)
    plain = draw(workshop, denoiser=own, low_resolution=small)
    same = draw(workshop, denoiser=own, low_resolution=small, sigmas=make_sigmas("order6", 4, 1.5, 0.002))
    assert np.array_equal(plain, same)
    workshop.events.clear()
    draw(workshop, denoiser=own, low_resolution=small, sigmas=(80.0, 9.0, 1.0, 0.1, 0.0))
    told = [event.text for event in workshop.events if isinstance(event, Progress)]
    assert told == ["noise 0.1", "noise 0"]  # of 1.5, where the nearest node was moved to, 0.1 and 0


def test_an_upscaler_needs_a_picture_and_others_take_none(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="none is wired"):
        draw(workshop, denoiser=UPSCALER)
    with pytest.raises(NodeError, match="would be ignored"):
        draw(workshop, low_resolution=np.zeros((16, 16, 3), dtype=np.uint8))


def test_another_size_than_was_asked_for_is_told(workshop: Workshop) -> None:
    assert draw(workshop, size=SizeCrop((8192, 8192), (8192, 8192))).shape == (16, 16, 3)
    assert workshop.record.notes == ["Drawn at 16 x 16, the size of this denoiser; 8192 x 8192 was asked for."]
    workshop.record.notes.clear()
    draw(workshop, size=SizeCrop((16, 16), (64, 64)))
    assert workshop.record.notes == []


def test_a_sliver_is_refused(workshop: Workshop) -> None:
    with pytest.raises(NodeError, match="8192 x 8 is more than 3 times"):
        draw(workshop, size=SizeCrop((8, 8192), (8, 8192)))


def test_a_finished_sample_needs_to_be_told_how_much_noise(workshop: Workshop) -> None:
    finished, _ = workshop.run("denoise", denoiser=BASE, prompt=PROMPT, **QUICK)
    with pytest.raises(NodeError, match="is finished"):
        draw(workshop, start=finished)
    assert draw(workshop, start=finished, sigma_start=1.0).shape == (16, 16, 3)


def refine(workshop: Workshop, picture: NDArray[np.uint8], **inputs: object) -> NDArray[np.uint8]:
    given = {"denoiser": REFINER, "image": picture, "prompt": PROMPT, "sampler": "euler", "steps": 10, **inputs}
    _, image = workshop.run("refine", **given)
    assert isinstance(image, np.ndarray)
    return image


def test_refining_without_strength_changes_nothing(workshop: Workshop) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (32, 32, 3), dtype=np.uint8)
    assert np.array_equal(refine(workshop, picture, strength=0.0), picture)


def test_more_strength_changes_more_and_runs_more_steps(workshop: Workshop) -> None:
    picture = np.full((32, 32, 3), 128, dtype=np.uint8)
    changes = []
    for strength in (0.2, 0.5, 0.8):
        workshop.events.clear()
        changes.append(np.abs(refine(workshop, picture, strength=strength).astype(int) - 128).mean())
        assert len(workshop.progress) == round(strength * 10)
    assert changes == sorted(changes)
    assert changes[0] > 0


def test_refining_brings_a_picture_to_the_size_of_the_denoiser(workshop: Workshop) -> None:
    assert refine(workshop, np.zeros((64, 64, 3), dtype=np.uint8)).shape == (32, 32, 3)


def test_strength_is_held_at_what_the_denoiser_knows(workshop: Workshop) -> None:
    picture = np.full((32, 32, 3), 128, dtype=np.uint8)
    refine(workshop, picture, denoiser=DenoiserRef("storybook", "refiner", 0.5, 0.0), strength=0.9)
    assert any("not trained on more" in note for note in workshop.record.notes)


def test_strength_names_a_node_of_the_grid() -> None:
    grid = make_sigmas("order6", 10)
    assert strength_sigma(grid, 1.0, math.inf) == grid[0]
    assert strength_sigma(grid, 0.3, math.inf) == grid[7]
    assert strength_sigma(grid, 0.001, math.inf) == grid[9]
    assert strength_sigma(grid, 1.0, grid[4]) == grid[4]
    assert strength_sigma(grid, 1.0, 1e-9) == grid[9]


def test_samples_stay_off_the_device_and_carry_no_gradient(workshop: Workshop) -> None:
    sample, _ = workshop.run("denoise", denoiser=BASE, prompt=PROMPT, **QUICK)
    assert sample.data.device == torch.device("cpu")
    assert sample.data.dtype == torch.float32
    assert not sample.data.requires_grad


def test_missing_and_damaged_weights_are_named(workshop: Workshop, tmp_path: Path) -> None:
    folder = write_model(tmp_path)
    workshop.models = Shelf(tmp_path)
    (folder / "parts" / "base.safetensors").write_bytes(b"half a download")
    with pytest.raises(ModelFileError, match=r"base\.safetensors: the content is not what the model card says"):
        draw(workshop)
    (folder / "parts" / "base.safetensors").unlink()
    with pytest.raises(ModelFileError, match=r"base\.safetensors: the weights are missing"):
        draw(workshop)


def test_a_model_or_part_that_is_not_there_is_named(workshop: Workshop) -> None:
    with pytest.raises(UnknownModelError, match="no part 'giant'; it has base, high"):
        draw(workshop, denoiser=DenoiserRef("storybook", "giant"))
    with pytest.raises(UnknownModelError, match="no model 'sdxl'"):
        draw(workshop, denoiser=DenoiserRef("sdxl", "base"))
