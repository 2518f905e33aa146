"""Batches of drawn scenes: reproducible, with conditions dropped, sizes told and low-resolution pictures spoilt."""

import dataclasses

import msgspec
import numpy as np
import pytest
import torch

from engine.training.config import Dropout, Optimisation, TrainingConfig
from engine.training.data import SceneStream, micro_conditioning
from engine.training.degradations import LightDegradation
from engine.training.degrade import bent, blurred, degrade
from engine.training.errors import TrainingError
from engine.training.pictures.settings import DrawnData
from engine.training.world import World
from tests.models.small import BASE, UPSCALER, random_encoders

NAMES = ("clip_text", "clip_pooled", "t5", "clip_image")


def config(**changes: object) -> TrainingConfig:
    optimisation = Optimisation(batch=4, rate=2e-3, minutes=1.0, warmup=2)
    return msgspec.convert({**_fields(TrainingConfig("run", BASE, optimisation)), **changes}, TrainingConfig)


def _fields(of: TrainingConfig) -> dict[str, object]:
    return {name: getattr(of, name) for name in of.__struct_fields__}


def stream(world: World, of: TrainingConfig) -> SceneStream:
    return SceneStream(of, world, random_encoders())


def test_the_same_step_gives_the_same_batch(world: World) -> None:
    first, again, other = (stream(world, config()).batch(step) for step in (3, 3, 4))
    assert torch.equal(first.pictures, again.pictures)
    assert torch.equal(first.embeddings.t5, again.embeddings.t5)
    assert not torch.equal(first.pictures, other.pictures)


def test_a_dropped_embedding_is_zero_in_every_place(world: World) -> None:
    silent = stream(world, config(dropout=Dropout(1.0, 1.0, 1.0))).batch(0).embeddings
    assert all(getattr(silent, name).abs().max() == 0.0 for name in NAMES)
    told = stream(world, config(dropout=Dropout(0.0, 0.0, 0.0))).batch(0).embeddings
    assert all((getattr(told, name) != 0).flatten(1).any(dim=1).all() for name in NAMES)


def test_size_and_crop_are_told_where_the_network_hears_them(world: World) -> None:
    assert stream(world, config()).batch(0).embeddings.micro is not None
    deaf = config(network=msgspec.structs.replace(BASE, micro_conditioning=False))
    assert stream(world, deaf).batch(0).embeddings.micro is None


def test_cropped_scenes_say_so(world: World) -> None:
    scenes = world.sample(np.random.default_rng(0), 64)
    micro = micro_conditioning(scenes)
    cropped = micro[:, 0] > 1.0
    assert 5 < int(cropped.sum()) < 40
    assert (micro[~cropped] == torch.tensor([1.0, 1.0, 0.0, 0.0, 1.0, 1.0])).all()


def test_the_upscaler_sees_a_spoilt_small_picture(world: World) -> None:
    told = stream(world, config(network=UPSCALER, degradation=LightDegradation(size=8))).batch(0)
    low = told.embeddings.low_resolution
    assert low is not None
    assert low.shape == told.pictures.shape
    assert 0.01 < (low - told.pictures).abs().mean() < 0.5


def test_an_upscaler_of_patches_sees_parts_of_larger_pictures(world: World) -> None:
    clear = LightDegradation(size=64, blur=0.0, noise=0.0, resize=1.0)
    of = config(network=UPSCALER, degradation=clear, picture_size=64)
    told = stream(world, of).batch(0)
    low = told.embeddings.low_resolution
    assert told.pictures.shape == (4, 3, 32, 32)
    assert low is not None
    torch.testing.assert_close(low, told.pictures, atol=1e-4, rtol=0)  # cut at the same place
    whole = world.render(world.sample(*_drawn(of)), 64).images
    assert all(any(_contains(w, p) for w in whole) for p in told.pictures)


def test_several_patches_of_a_picture_share_its_embeddings(world: World) -> None:
    clear = LightDegradation(size=64, blur=0.0, noise=0.0, resize=1.0)
    of = config(network=UPSCALER, degradation=clear, picture_size=64, data=DrawnData(patches=2))
    told = stream(world, of).whole(0)
    rng, _ = _drawn(of)
    whole = world.render(world.sample(rng, 2), 64).images
    for number, patch in enumerate(told.pictures):
        assert _contains(whole[number // 2], patch)
    assert (told.pictures[0] != told.pictures[1]).any()
    for name in NAMES:
        rows = getattr(told.embeddings, name)
        assert (rows[0] == rows[1]).all()
        assert (rows[1] != rows[2]).any()
    with pytest.raises(TrainingError, match="3 patches each"):
        stream(world, msgspec.structs.replace(of, data=DrawnData(patches=3)))
    with pytest.raises(ValueError, match="picture_size"):
        config(data=DrawnData(patches=2))


def _drawn(of: TrainingConfig) -> tuple[np.random.Generator, int]:
    """The generator as the stream's first batch has it when it draws its scenes."""
    rng = np.random.default_rng((of.seed, 0))
    rng.integers(2**62)
    return rng, of.optimisation.batch


def _contains(picture: torch.Tensor, patch: torch.Tensor) -> bool:
    windows = picture.unfold(1, 32, 1).unfold(2, 32, 1)
    return bool((windows - patch[:, None, None]).abs().amax(dim=(0, 3, 4)).min() < 1e-5)


def test_degradation_of_strength_zero_changes_nothing() -> None:
    pictures = torch.rand(3, 3, 16, 16) * 2 - 1
    none = LightDegradation(size=16, blur=0.0, noise=0.0, resize=1.0)
    torch.testing.assert_close(degrade(pictures, none, torch.Generator().manual_seed(0)), pictures, atol=1e-5, rtol=0)


def test_blur_keeps_the_mean_and_lowers_contrast() -> None:
    pictures = torch.rand(2, 3, 24, 24)
    soft = blurred(pictures, torch.tensor([0.3, 1.2]))
    assert (soft.std(dim=(1, 2, 3)) < pictures.std(dim=(1, 2, 3))).all()
    torch.testing.assert_close(soft.mean(), pictures.mean(), atol=0.01, rtol=0)


def test_bending_moves_contours_about_by_as_much_as_it_is_told() -> None:
    height, width, edge = 4096, 32, 16
    pictures = torch.ones(3, 3, height, width)
    pictures[..., edge:] = -1.0
    spread = torch.tensor([0.0, 0.5, 1.5])
    moved = bent(pictures, spread, torch.Generator().manual_seed(3))
    places = (moved.mean(dim=1) + 1.0).sum(dim=2) / 2.0  # of the edge in each row
    torch.testing.assert_close(places.mean(dim=1), torch.full((3,), float(edge)), atol=0.15, rtol=0)
    torch.testing.assert_close(places.std(dim=1), 0.85 * spread, atol=0.02, rtol=0.1)  # bicubic steps even some out
    torch.testing.assert_close(moved[0], pictures[0], atol=1e-4, rtol=0)


def test_a_light_degradation_bends_only_where_it_is_told_to() -> None:
    pictures = torch.rand(2, 3, 16, 16) * 2 - 1
    straight = LightDegradation(size=16, blur=0.0, noise=0.0, resize=1.0)
    trembling = msgspec.structs.replace(straight, bend=1.0)
    assert (degrade(pictures, trembling, torch.Generator().manual_seed(0)) - pictures).abs().amax() > 0.1
    unmoved, drawn = torch.Generator().manual_seed(0), torch.Generator().manual_seed(0)
    degrade(pictures, straight, unmoved)
    degrade(pictures, trembling, drawn)
    assert (unmoved.get_state() != drawn.get_state()).any()


def test_every_field_of_the_embeddings_has_a_row_for_each_picture(world: World) -> None:
    told = SceneStream(config(), world, random_encoders(), pictures=3).batch(0)
    rows = {
        len(value)
        for f in dataclasses.fields(told.embeddings)
        if (value := getattr(told.embeddings, f.name)) is not None
    }
    assert rows == {3}
