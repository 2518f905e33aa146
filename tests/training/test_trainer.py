"""The trainer on a miniature model: it learns, resumes exactly, survives a kill, and drops conditions as told."""

import dataclasses
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from engine.models.ediff.unet import UNet
from engine.training.checkpoint import AVERAGE, STATE, TrainingState, load_checkpoint, save_checkpoint
from engine.training.config import Degradation, Dropout, Noise, Optimisation, TrainingConfig, read_config
from engine.training.data import SceneStream, TrainingBatch, kept, micro_conditioning
from engine.training.degrade import blurred, degrade
from engine.training.ema import MovingAverage
from engine.training.errors import CheckpointError, TrainingConfigError
from engine.training.trainer import Trainer, learning_rate
from engine.training.world import World
from tests.models.small import BASE, UPSCALER, random_encoders

CONFIGS = Path(__file__).resolve().parents[2] / "resources" / "storybook" / "training"


def config(**changes: object) -> TrainingConfig:
    optimisation = Optimisation(batch=4, rate=2e-3, minutes=1.0, warmup=2)
    return msgspec.structs.replace(TrainingConfig("run", BASE, optimisation), **changes)


@pytest.fixture(scope="module")
def world() -> World:
    return World.load()


def stream(world: World, of: TrainingConfig) -> SceneStream:
    return SceneStream(of, world, random_encoders())


def test_the_same_step_gives_the_same_batch(world: World) -> None:
    first, again, other = (stream(world, config()).batch(step) for step in (3, 3, 4))
    assert torch.equal(first.pictures, again.pictures)
    assert torch.equal(first.embeddings.t5, again.embeddings.t5)
    assert not torch.equal(first.pictures, other.pictures)


def test_one_batch_is_learnt(world: World, tmp_path: Path) -> None:
    trainer = Trainer(config(), stream(world, config()), tmp_path)
    batch = stream(world, config()).batch(0)
    losses = [trainer.step(batch) for _ in range(30)]
    assert np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])


def test_a_resumed_run_goes_on_as_if_never_stopped(world: World, tmp_path: Path) -> None:
    batches = [stream(world, config()).batch(step) for step in range(3)]
    whole = Trainer(config(), stream(world, config()), tmp_path / "whole")
    halves = Trainer(config(), stream(world, config()), tmp_path / "halves")
    for step in range(2):
        _take(whole, batches[step])
        _take(halves, batches[step])
    halves.save()
    halves = Trainer(config(), stream(world, config()), tmp_path / "halves")
    assert halves.state == whole.state
    _take(whole, batches[2])
    _take(halves, batches[2])
    for ours, theirs in zip(halves.network.parameters(), whole.network.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def _take(trainer: Trainer, batch: TrainingBatch) -> None:
    trainer.step(batch)
    trainer.state = msgspec.structs.replace(trainer.state, step=trainer.state.step + 1, loss=1.0)


def test_a_kill_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    network = UNet(BASE)
    average, optimiser = MovingAverage(network, 0.9), torch.optim.AdamW(network.parameters())
    state = TrainingState(step=7, pictures=28, seconds=3.0, loss=0.5)
    save_checkpoint(tmp_path / "run", state, network, average, optimiser)
    (tmp_path / "run").rename(tmp_path / "run.old")
    assert load_checkpoint(tmp_path / "run", network, average, optimiser) == state


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    network = UNet(BASE)
    average, optimiser = MovingAverage(network, 0.9), torch.optim.AdamW(network.parameters())
    state = load_checkpoint(tmp_path / "run", network, average, optimiser)
    save_checkpoint(tmp_path / "run", state, network, average, optimiser)
    (tmp_path / "run" / STATE).write_text("{", encoding="utf-8")
    with pytest.raises(CheckpointError, match="run"):
        load_checkpoint(tmp_path / "run", network, average, optimiser)


def test_an_expert_starts_from_its_parent(world: World, tmp_path: Path) -> None:
    parent = Trainer(config(name="parent"), stream(world, config()), tmp_path)
    parent.step(stream(world, config()).batch(0))
    parent.save()
    expert = Trainer(config(start_from="parent", seed=5), stream(world, config()), tmp_path)
    for ours, theirs in zip(expert.network.parameters(), parent.average.network.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    assert (tmp_path / "parent" / AVERAGE).is_file()


def test_dropout_is_independent_and_at_its_rates() -> None:
    keep = kept(Dropout(0.2, 0.25, 0.9), 20_000, torch.Generator().manual_seed(0))
    np.testing.assert_allclose(1 - keep.mean(dim=1).numpy(), [0.2, 0.25, 0.9], atol=0.015)
    correlation = np.corrcoef(keep.numpy())
    assert np.abs(correlation - np.eye(3)).max() < 0.03


def test_a_dropped_embedding_is_zero_in_every_place(world: World) -> None:
    silent = stream(world, config(dropout=Dropout(1.0, 1.0, 1.0))).batch(0).embeddings
    assert all(getattr(silent, name).abs().max() == 0.0 for name in ("clip_text", "clip_pooled", "t5", "clip_image"))
    told = stream(world, config(dropout=Dropout(0.0, 0.0, 0.0))).batch(0).embeddings
    assert all(
        (getattr(told, field.name) != 0).flatten(1).any(dim=1).all()
        for field in dataclasses.fields(told)
        if field.name in {"clip_text", "clip_pooled", "t5", "clip_image"}
    )


def test_cropped_scenes_say_so(world: World) -> None:
    scenes = world.sample(np.random.default_rng(0), 64)
    micro = micro_conditioning(scenes)
    cropped = micro[:, 0] > 1.0
    assert 5 < int(cropped.sum()) < 40
    assert (micro[~cropped] == torch.tensor([1.0, 1.0, 0.0, 0.0, 1.0, 1.0])).all()


def test_the_upscaler_sees_a_spoilt_small_picture(world: World) -> None:
    told = stream(world, config(network=UPSCALER, degradation=Degradation(size=8))).batch(0)
    low = told.embeddings.low_resolution
    assert low is not None
    assert low.shape == told.pictures.shape
    assert 0.01 < (low - told.pictures).abs().mean() < 0.5


def test_degradation_of_strength_zero_changes_nothing() -> None:
    pictures = torch.rand(3, 3, 16, 16) * 2 - 1
    none = Degradation(size=16, blur=0.0, noise=0.0, resize=1.0)
    torch.testing.assert_close(degrade(pictures, none, torch.Generator().manual_seed(0)), pictures, atol=1e-5, rtol=0)


def test_blur_keeps_the_mean_and_lowers_contrast() -> None:
    pictures = torch.rand(2, 3, 24, 24)
    soft = blurred(pictures, torch.tensor([0.3, 1.2]))
    assert (soft.std(dim=(1, 2, 3)) < pictures.std(dim=(1, 2, 3))).all()
    torch.testing.assert_close(soft.mean(), pictures.mean(), atol=0.01, rtol=0)


def test_the_moving_average_follows() -> None:
    network = torch.nn.Linear(2, 2)
    average = MovingAverage(network, 0.5)
    with torch.no_grad():
        network.weight += 1.0
    before = average.network.weight.clone()  # type: ignore[operator]  # nn.Module attributes
    average.update(network, step=10_000)
    torch.testing.assert_close(average.network.weight, before + 0.5)


def test_the_rate_warms_up_and_falls() -> None:
    optimisation = Optimisation(batch=1, rate=1.0, minutes=10.0, warmup=10)
    rates = [learning_rate(optimisation, TrainingState(step=s, seconds=t)) for s, t in ((0, 0), (9, 0), (99, 600))]
    assert rates == pytest.approx([0.1, 1.0, 0.05])


def test_every_shipped_configuration_reads() -> None:
    read = {file.stem: read_config(file) for file in CONFIGS.glob("*.toml") if file.stem != "card"}
    assert read["high"].noise.distribution().intervals()[0][0] == pytest.approx(
        read["low"].noise.distribution().intervals()[-1][1]
    )
    assert all(found.start_from in (None, *read) for found in read.values())


def test_a_configuration_with_a_slip_is_named(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text((CONFIGS / "base.toml").read_text(encoding="utf-8") + "\n[nose]\nmean = 1\n", encoding="utf-8")
    with pytest.raises(TrainingConfigError, match="nose"):
        read_config(file)


def test_noise_without_intervals_is_whole() -> None:
    assert Noise().distribution().intervals()[0] == (0.0, float("inf"))
