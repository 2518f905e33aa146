"""Small pictures drawn again: how many, how much, by whom, and that an upscaler's batches get them."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import Tensor

from engine.conditioning.brief import Brief, SizeCrop
from engine.models.weights import save_weights
from engine.training.checkpoint import AVERAGE
from engine.training.config import Dropout, Optimisation, TrainingConfig
from engine.training.data import SceneStream
from engine.training.degradations import LightDegradation, RealEsrganDegradation, Redraw
from engine.training.errors import TrainingError
from engine.training.pictures.settings import FolderData
from engine.training.redraw import drawing_run, drawn_again
from engine.training.sources import ConfiguredSource
from engine.training.world import World
from tests.models.small import BASE, UPSCALER, random_encoders, random_network

SIDE = 8
REDRAW = Redraw("base", BASE, share=1.0)


@dataclasses.dataclass
class Flat:
    """Its pictures are of one value, whatever it is given; remembers what it was told."""

    value: float = 0.25
    sigma_min, sigma_max = 0.002, 80.0
    told: list[tuple[float, Brief]] = dataclasses.field(default_factory=list)

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: Sequence[Any]) -> Tensor:
        self.told += zip(sigma.tolist(), conditioning, strict=True)
        return torch.full_like(x, self.value)


def again(world: World, redraw: Redraw, denoiser: Any, seed: int = 0, count: int = 12) -> tuple[Tensor, Tensor]:
    scenes = world.sample(np.random.default_rng(1), count)
    small = world.render(scenes, SIDE).images
    return small, drawn_again(small, scenes, denoiser, redraw, np.random.default_rng(seed))


def network_denoiser(tmp_path: Path) -> Any:
    (tmp_path / "base").mkdir()
    save_weights(random_network(BASE).state_dict(), tmp_path / "base" / AVERAGE)
    return drawing_run(REDRAW, tmp_path, random_encoders())


def test_chosen_pictures_become_what_the_model_draws_and_the_others_stay(world: World) -> None:
    small, out = again(world, msgspec.structs.replace(REDRAW, share=0.5), Flat())
    changed = (out != small).flatten(1).any(dim=1)
    assert 2 <= int(changed.sum()) <= 10
    torch.testing.assert_close(out[changed], torch.full_like(out[changed], 0.25), atol=1e-3, rtol=0)
    assert torch.equal(out[~changed], small[~changed])
    small, out = again(world, msgspec.structs.replace(REDRAW, share=0.0), Flat())
    assert torch.equal(out, small)


def test_the_model_is_told_the_sentence_the_cut_and_a_noise_within_the_range(world: World) -> None:
    tops = []
    for seed in range(20):
        flat = Flat()
        again(world, msgspec.structs.replace(REDRAW, noise=(0.3, 0.9)), flat, seed)
        tops.append(max(sigma for sigma, _ in flat.told))
    assert 0.3 <= min(tops) < 0.45
    assert 0.7 < max(tops) <= 0.9 + 1e-6
    scenes = world.sample(np.random.default_rng(1), 12)
    spoken = {brief.prompt: brief.size for _, brief in flat.told if brief.prompt is not None}
    assert spoken == {
        scene.caption: SizeCrop((SIDE, SIDE), scene.view.original(SIDE), scene.view.crop(SIDE)) for scene in scenes
    }


def test_more_noise_leaves_less_of_a_picture(world: World, tmp_path: Path) -> None:
    denoiser, moved = network_denoiser(tmp_path), []
    for sigma in (0.05, 0.3, 1.5):
        small, out = again(world, msgspec.structs.replace(REDRAW, noise=(sigma, sigma), guidance=1.0), denoiser)
        moved.append(float((out - small).abs().mean()))
    assert moved == sorted(moved)
    assert moved[0] < 0.5 * moved[-1]


def test_the_same_numbers_draw_the_same(world: World, tmp_path: Path) -> None:
    denoiser = network_denoiser(tmp_path)
    (_, first), (_, same), (_, other) = (again(world, REDRAW, denoiser, seed) for seed in (1, 1, 2))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def upscaling(**changes: Any) -> TrainingConfig:
    config = TrainingConfig(
        "up", UPSCALER, Optimisation(batch=4, rate=1e-3, steps=1), dropout=Dropout(0.0, 0.0, 0.0),
        degradation=LightDegradation(SIDE, blur=0.0, noise=0.0, resize=1.0), redraw=REDRAW,
    )  # fmt: skip
    return msgspec.structs.replace(config, **changes)


def test_an_upscaler_learns_the_render_from_the_picture_drawn_again(world: World) -> None:
    plain = SceneStream(upscaling(redraw=None), world, random_encoders()).batch(0)
    told = SceneStream(upscaling(), world, random_encoders(), drawing=Flat()).batch(0)
    assert torch.equal(told.pictures, plain.pictures)
    low = told.embeddings.low_resolution
    assert low is not None
    torch.testing.assert_close(low, torch.full_like(low, 0.25), atol=1e-3, rtol=0)


def test_the_run_that_draws_lies_among_the_runs(world: World, tmp_path: Path) -> None:
    random_encoders().save(tmp_path / "encoders")
    source = ConfiguredSource(tmp_path / "encoders", torch.device("cpu"))
    with pytest.raises(TrainingError, match=r"base.*train it first"):
        source.stream(upscaling(), 4)
    network_denoiser(tmp_path)
    told, plain = (
        source.stream(of, 4).batch(0).embeddings.low_resolution for of in (upscaling(), upscaling(redraw=None))
    )
    assert told is not None
    assert plain is not None
    assert (told - plain).abs().mean() > 0.01


@pytest.mark.parametrize(
    ("change", "words"),
    [({"share": 1.5}, "share"), ({"noise": (0.5, 0.2)}, "low, high"), ({"noise": (0.01, 0.2)}, "above"),
     ({"steps": 1}, "at least 2")],
)  # fmt: skip
def test_a_redraw_that_cannot_be_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        msgspec.convert({**msgspec.to_builtins(REDRAW), **change}, Redraw)


@pytest.mark.parametrize("degradation", [None, RealEsrganDegradation(SIDE)])
def test_only_the_light_degradation_has_small_pictures_to_draw_again(degradation: Any) -> None:
    network = UPSCALER if degradation is not None else BASE
    with pytest.raises(ValueError, match=r"\[redraw\]"):
        TrainingConfig("up", network, Optimisation(batch=4, rate=1e-3, steps=1), degradation=degradation, redraw=REDRAW)


def test_real_pictures_are_not_drawn_again() -> None:
    with pytest.raises(ValueError, match="leave it out for real ones"):
        TrainingConfig(
            "up", UPSCALER, Optimisation(batch=4, rate=1e-3, steps=1),
            degradation=LightDegradation(SIDE), redraw=REDRAW, data=FolderData("pictures"),
        )  # fmt: skip
