"""The trainer on a miniature model: it learns, resumes exactly, survives kills, and computes the same in other ways."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partialmethod
from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from engine.models.ediff.build import build_network
from engine.models.ediff.denoiser import UNetDenoiser
from engine.models.errors import ModelFileError
from engine.training.batches import Passes, TrainingBatch
from engine.training.checkpoint import (
    AVERAGE,
    NETWORK,
    OPTIMISER,
    STATE,
    TrainingState,
    find_checkpoint,
    read_state,
    take_snapshot,
    write_checkpoint,
)
from engine.training.config import Noise, Optimisation, TrainingConfig
from engine.training.ema import MovingAverage
from engine.training.errors import CheckpointError, TrainingError
from engine.training.processes import Processes
from engine.training.trainer import Trainer, learning_rate
from tests.models.small import BASE, random_network
from tests.training.toy import TOML, ToyStream, toy_config, toy_trainer, with_execution, with_optimisation


def weights(trainer: Trainer) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in trainer.network.state_dict().items()}


def assert_close(ours: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor], tolerance: float = 1e-5) -> None:
    assert ours.keys() == theirs.keys()
    for name in ours:
        torch.testing.assert_close(ours[name], theirs[name], rtol=tolerance, atol=tolerance, msg=name)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """So small a network only waits for its threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class OneBatch(ToyStream):
    """The same micro-batch again and again."""

    def batch(self, index: int) -> TrainingBatch:
        return super().batch(0)


def test_one_batch_is_learnt(tmp_path: Path) -> None:
    config = with_execution(toy_config(tmp_path), micro_batch=4)
    trainer = Trainer(config, OneBatch(config, 4), tmp_path)
    losses = [trainer.step().item() for _ in range(30)]
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_a_resumed_run_goes_on_as_if_never_stopped(tmp_path: Path) -> None:
    config = toy_config(tmp_path)
    whole, halves = toy_trainer(config, tmp_path / "whole"), toy_trainer(config, tmp_path / "halves")
    whole.run()
    halves.run(should_stop=lambda: halves.state.step >= 2)
    assert halves.state.step == 2
    again = toy_trainer(config, tmp_path / "halves")
    assert again.state == halves.state
    again.run()
    assert again.state.step == whole.state.step == 4
    assert again.state.loss == pytest.approx(whole.state.loss)
    assert_close(weights(again), weights(whole))
    assert_close(dict(again.average.network.state_dict()), dict(whole.average.network.state_dict()))


def test_micro_batches_add_up_to_the_batch(tmp_path: Path) -> None:
    """The gradients of the passes of a step are those of the mean over the whole batch."""
    config = toy_config(tmp_path)
    trainer = toy_trainer(config, tmp_path / "two")
    losses = torch.stack([trainer._pass(index) for index in range(2)])
    losses.mean().backward()
    direct = {name: p.grad.clone() for name, p in trainer.network.named_parameters() if p.grad is not None}
    before = weights(trainer)
    stepped = toy_trainer(with_optimisation(config, clip_norm=0.0), tmp_path / "again")
    assert_close(weights(stepped), before)
    loss = stepped.step()
    torch.testing.assert_close(loss, losses.mean().detach())
    gradients = {name: p.grad for name, p in stepped.network.named_parameters() if p.grad is not None}
    assert_close(gradients, direct)


@pytest.mark.filterwarnings("ignore:Guards may run slower:RuntimeWarning")  # torch's advice to users of Python 3.13.0
@pytest.mark.parametrize("name", ["gradient_checkpointing", "channels_last", "compile"])
def test_other_ways_to_compute_learn_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The whole network is traced, and its graph run as it is: building machine code takes longer than all else here.
    monkeypatch.setattr(nn.Module, "compile", partialmethod(nn.Module.compile, backend="aot_eager"))
    config = with_optimisation(toy_config(tmp_path), steps=2)
    plain = toy_trainer(config, tmp_path / "plain")
    other = toy_trainer(with_execution(config, **{name: True}), tmp_path / "other")
    plain.run()
    other.run()
    assert other.state.loss == pytest.approx(plain.state.loss, rel=1e-4)
    assert_close(weights(other), weights(plain), 1e-3)
    assert set(load_file(tmp_path / "other" / "toy" / NETWORK)) == set(load_file(tmp_path / "plain" / "toy" / NETWORK))


def test_bfloat16_is_near_float32(tmp_path: Path) -> None:
    config = toy_config(tmp_path)
    full, half = (_first_loss(with_execution(config, precision=name), tmp_path) for name in ("float32", "bfloat16"))
    assert half != full
    assert half == pytest.approx(full, rel=0.02)


def _first_loss(config: TrainingConfig, runs: Path) -> float:
    """Loss of the first micro-batch under weights that are all at work."""
    trainer = toy_trainer(config, runs)
    trainer.network.load_state_dict(random_network(BASE).state_dict())
    return trainer._pass(0).item()


def test_the_steps_of_two_processes_share_out_the_micro_batches(tmp_path: Path) -> None:
    config = with_execution(toy_config(tmp_path), micro_batch=1)
    first, second = (Passes.of(config, Processes(rank, rank, 2)) for rank in range(2))
    assert [list(first.own(step)) for step in range(2)] == [[0, 2], [4, 6]]
    assert [list(second.own(step)) for step in range(2)] == [[1, 3], [5, 7]]
    assert first.pictures == second.pictures == 1
    with pytest.raises(TrainingError, match="cannot be dealt out"):
        Passes.of(config, Processes(0, 0, 3))
    with pytest.raises(TrainingError, match="micro-batches of 3"):
        Passes.of(with_execution(config, micro_batch=3), Processes())
    assert Passes.of(with_execution(config, micro_batch=None), Processes(0, 0, 4)).pictures == 1


def test_every_micro_batch_is_asked_for_once(tmp_path: Path) -> None:
    config = toy_config(tmp_path)
    stream = ToyStream(config, 2)
    Trainer(config, stream, tmp_path).run()
    assert stream.asked == list(range(4 * 2))


def test_the_minutes_are_a_budget_too(tmp_path: Path) -> None:
    trainer = toy_trainer(with_optimisation(toy_config(tmp_path), steps=10**9, minutes=0.01), tmp_path)
    trainer.run()
    assert trainer.finished
    assert 1 <= trainer.state.step < 1000


def test_an_expert_starts_from_its_parent_and_only_sees_its_noise(tmp_path: Path) -> None:
    parent = toy_trainer(toy_config(tmp_path, name="parent"), tmp_path)
    parent.run()
    expert = toy_trainer(toy_config(tmp_path, start_from="parent", seed=5, noise=Noise(expert=(1, 1))), tmp_path)
    assert_close(weights(expert), dict(parent.average.network.state_dict()), 0.0)
    levels = expert._noise.sample(1000, torch.Generator().manual_seed(0)).log()
    assert levels.min() >= -1.2 - 1e-6


def test_full_resolution_layers_are_added_to_a_parent_without_and_change_nothing_at_first(tmp_path: Path) -> None:
    patched = msgspec.structs.replace(toy_config(tmp_path).network, patch=2, cross_attention_sides=(8,))
    parent = toy_trainer(toy_config(tmp_path, name="parent", network=patched), tmp_path)
    parent.run()
    layered = msgspec.structs.replace(patched, pixel_channels=8)
    child = toy_trainer(toy_config(tmp_path, start_from="parent", network=layered), tmp_path)
    batch = ToyStream(child.config, 3).batch(0)
    sigma = torch.tensor([0.1, 1.0, 20.0])
    child.network.eval()
    made = UNetDenoiser(child.network)(batch.pictures, sigma, batch.embeddings)
    before = build_network(patched).eval()
    before.load_state_dict(parent.average.network.state_dict())
    wanted = UNetDenoiser(before)(batch.pictures, sigma, batch.embeddings)
    torch.testing.assert_close(made, wanted)
    wider = msgspec.structs.replace(layered, channels=32)
    with pytest.raises(ModelFileError, match="another network"):
        toy_trainer(toy_config(tmp_path, name="wider", start_from="parent", network=wider), tmp_path)


def test_a_missing_parent_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="nobody"):
        toy_trainer(toy_config(tmp_path, start_from="nobody"), tmp_path)


def test_another_network_s_checkpoint_is_refused(tmp_path: Path) -> None:
    toy_trainer(toy_config(tmp_path), tmp_path).run()
    other = toy_config(tmp_path, network=msgspec.structs.replace(BASE, channels=32))
    with pytest.raises(ModelFileError, match="another network"):
        toy_trainer(other, tmp_path)


def test_checkpoints_hold_safetensors_and_json_alone(tmp_path: Path) -> None:
    toy_trainer(toy_config(tmp_path), tmp_path).run()
    assert {file.name for file in (tmp_path / "toy").iterdir()} == {STATE, NETWORK, AVERAGE, OPTIMISER}
    assert json.loads((tmp_path / "toy" / STATE).read_text())["step"] == 4


def _write(folder: Path, step: int) -> TrainingState:
    network = build_network(BASE)
    average, optimiser = MovingAverage(network, 0.9), torch.optim.AdamW(network.parameters())
    state = TrainingState(step=step, pictures=28, seconds=3.0, loss=0.5)
    write_checkpoint(folder, state, take_snapshot(network, average, optimiser))
    return state


def test_a_kill_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    state = _write(tmp_path / "run", 7)
    (tmp_path / "run").rename(tmp_path / "run.old")
    assert read_state(tmp_path / "run") == state
    newer = _write(tmp_path / "run", 9)
    assert read_state(tmp_path / "run") == newer
    assert not (tmp_path / "run.old").exists()


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    _write(tmp_path / "run", 1)
    (tmp_path / "run" / STATE).write_text("{", encoding="utf-8")
    with pytest.raises(CheckpointError, match="run"):
        read_state(tmp_path / "run")


def test_a_damaged_optimiser_is_named(tmp_path: Path) -> None:
    toy_trainer(toy_config(tmp_path), tmp_path).run()
    (tmp_path / "toy" / OPTIMISER).write_bytes(b"not a tensor in sight")
    with pytest.raises(CheckpointError, match="optimiser"):
        toy_trainer(toy_config(tmp_path), tmp_path)


def _until_checkpoint(process: subprocess.Popen[bytes], folder: Path, after: int) -> int:
    """Wait for a checkpoint beyond step `after` and return its step."""
    deadline = time.monotonic() + 300.0
    while time.monotonic() < deadline:
        assert process.poll() is None, "the trainer ended by itself"
        try:
            step = read_state(folder).step
        except CheckpointError:  # caught between looking for the file and reading it
            continue
        if step > after:
            return step
        time.sleep(0.02)
    raise AssertionError("no checkpoint")


def test_a_real_kill_loses_at_most_what_came_after_the_last_checkpoint(tmp_path: Path) -> None:
    """SIGKILL at arbitrary moments, twice; every start goes on from a checkpoint, and none is ever lost."""
    file = tmp_path / "toy.toml"
    long = TOML.replace("steps = 4", "steps = 1000000") + "save_seconds = 0.2\n"
    file.write_text(long, encoding="utf-8")
    seen = 0
    for pause in (0.0, 0.13):
        process = subprocess.Popen([sys.executable, "-m", "tests.training.toy", str(file), str(tmp_path)])
        seen = _until_checkpoint(process, tmp_path / "toy", seen)
        time.sleep(pause)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        found = find_checkpoint(tmp_path / "toy")
        assert found is not None
        assert read_state(tmp_path / "toy").step >= seen
        seen = read_state(tmp_path / "toy").step
    resumed = toy_trainer(with_optimisation(toy_config(tmp_path), steps=seen + 1), tmp_path)
    assert resumed.state.step == seen
    resumed.run()
    assert read_state(tmp_path / "toy").step == seen + 1


def test_the_rate_warms_up_and_falls() -> None:
    optimisation = Optimisation(batch=1, rate=1.0, minutes=10.0, warmup=10)
    rates = [learning_rate(optimisation, TrainingState(step=s, seconds=t)) for s, t in ((0, 0), (9, 0), (99, 600))]
    assert rates == pytest.approx([0.1, 1.0, 0.05])


def test_the_paper_s_rate_is_constant() -> None:
    optimisation = Optimisation(batch=1, rate=1e-4, steps=100, warmup=0, schedule="constant")
    assert {learning_rate(optimisation, TrainingState(step=step)) for step in (0, 50, 99)} == {1e-4}


def test_a_cosine_follows_the_steps() -> None:
    optimisation = Optimisation(batch=1, rate=1.0, steps=100, warmup=0)
    rates = [learning_rate(optimisation, TrainingState(step=step)) for step in (0, 50, 100)]
    assert rates == pytest.approx([1.0, 0.525, 0.05])


def test_the_moving_average_follows() -> None:
    network = torch.nn.Linear(2, 2)
    average = MovingAverage(network, 0.5)
    with torch.no_grad():
        network.weight += 1.0
    before = average.network.weight.clone()  # type: ignore[operator]  # nn.Module attributes
    average.update(network, step=10_000)
    torch.testing.assert_close(average.network.weight, before + 0.5)


def test_what_a_network_drops_follows_from_the_seed_alone(tmp_path: Path) -> None:
    config = toy_config(tmp_path)
    config = msgspec.structs.replace(config, network=msgspec.structs.replace(config.network, dropout=0.3))
    trained: list[dict[str, torch.Tensor]] = []
    for elsewhere, folder in ((1, "first"), (2, "second")):
        torch.manual_seed(elsewhere)
        expected = torch.random.get_rng_state()
        trainer = toy_trainer(config, tmp_path / folder)
        trainer.run()
        assert torch.equal(torch.random.get_rng_state(), expected)  # and training changes no numbers drawn elsewhere
        trained.append(weights(trainer))
    assert_close(trained[0], trained[1], tolerance=0.0)
    other = toy_trainer(msgspec.structs.replace(config, seed=7), tmp_path / "third")
    assert not torch.equal(next(iter(weights(other).values())), next(iter(trained[0].values())))
