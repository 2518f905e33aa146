"""Two real processes on the CPU (gloo) learn what one learns from the same batch: same loss, same weights."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.training.checkpoint import AVERAGE, NETWORK, OPTIMISER, STATE
from engine.training.errors import TrainingError
from engine.training.processes import ALONE, joined
from tests.training.muon_step import stepped
from tests.training.toy import TOML


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _train(file: Path, runs: Path, count: int) -> None:
    """Train the toy in `count` processes, started as torchrun starts them."""
    _start(count, "tests.training.toy", str(file), str(runs))


def _start(count: int, module: str, *arguments: str) -> None:
    """Run a module in `count` processes to their end."""
    shared = {**os.environ, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_free_port()), "WORLD_SIZE": str(count)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(count)
    ]
    assert [process.wait(300) for process in processes] == [0] * count


def _configuration(folder: Path, *, steps: int, extra: str = "") -> Path:
    file = folder / "toy.toml"
    text = TOML.replace("steps = 4", f"steps = {steps}").replace("micro_batch = 2", "micro_batch = 1")
    file.write_text(text + extra, encoding="utf-8")
    return file


def _same(ours: Path, theirs: Path) -> None:
    """The two runs' checkpoints agree up to the order of sums in float32."""
    told, expected = (json.loads((run / STATE).read_text()) for run in (ours, theirs))
    assert told["step"] == expected["step"]
    assert told["pictures"] == expected["pictures"]
    assert told["loss"] == pytest.approx(expected["loss"], rel=1e-5)
    for name in (NETWORK, AVERAGE, OPTIMISER):
        mine, others = load_file(ours / name), load_file(theirs / name)
        assert mine.keys() == others.keys()
        for key in mine:
            torch.testing.assert_close(mine[key], others[key], rtol=1e-3, atol=2e-5)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of three steps in one process: four micro-batches one after another in each."""
    runs = tmp_path_factory.mktemp("alone")
    _train(_configuration(runs, steps=3), runs, 1)
    return runs / "toy"


@pytest.mark.parametrize("sharding", ["copies", "shards"])
def test_two_processes_learn_what_one_learns(alone: Path, tmp_path: Path, sharding: str) -> None:
    _train(_configuration(tmp_path, steps=3, extra=f'sharding = "{sharding}"\n'), tmp_path, 2)
    _same(tmp_path / "toy", alone)


def test_two_processes_make_the_steps_of_muon_between_them(tmp_path: Path) -> None:
    _start(2, "tests.training.muon_step", str(tmp_path))
    alone = stepped().state_dict()
    for rank in range(2):
        made = load_file(tmp_path / f"{rank}.safetensors")
        for key, wanted in alone.items():
            torch.testing.assert_close(made[key], wanted, rtol=0.0, atol=1e-6)


def test_a_run_goes_on_in_another_number_of_processes(alone: Path, tmp_path: Path) -> None:
    """Two steps in two processes with divided weights, then one step alone."""
    _train(_configuration(tmp_path, steps=2, extra='sharding = "shards"\n'), tmp_path, 2)
    _train(_configuration(tmp_path, steps=3), tmp_path, 1)
    ours, theirs = load_file(tmp_path / "toy" / NETWORK), load_file(alone / NETWORK)
    for key in ours:
        torch.testing.assert_close(ours[key], theirs[key], rtol=1e-3, atol=2e-5)


def test_without_others_a_process_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with joined("cpu") as processes:
        assert processes == ALONE
    assert ALONE.highest(1.0, False) == [1.0, False]


@pytest.mark.parametrize(("name", "value"), [("WORLD_SIZE", "two"), ("RANK", "5")])
def test_a_wrong_place_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setenv(name, value)
    with pytest.raises(TrainingError, match="torchrun"), joined("cpu"):
        pass
