"""A tree of experts: order, parents, intervals, complements; trained, stopped, resumed, and sampled as an ensemble."""

from pathlib import Path

import msgspec
import pytest
import torch
from safetensors.torch import load_file

from engine.conditioning.brief import Brief
from engine.diffusion.denoiser import condition
from engine.diffusion.samplers import SAMPLERS
from engine.models.ediff.ensemble_file import read_ensemble
from engine.models.ensembles import load_ensemble
from engine.models.errors import ModelFileError
from engine.training.batches import BatchStream
from engine.training.branching import is_schedule, read_schedule
from engine.training.checkpoint import AVERAGE, read_state
from engine.training.config import TrainingConfig
from engine.training.errors import TrainingConfigError
from engine.training.intervals import clipped
from engine.training.processes import ALONE
from engine.training.train import Workplace, train_file
from tests.models.small import random_encoders
from tests.training.toy import TOML, ToyStream

TREE = """
name = "family"
configuration = "toy.toml"

[[models]]
name = "middle"
without = [[2, 0], [2, 3]]
start_from = "shared"
steps = 1

[[models]]
name = "high"
expert = [2, 3]
start_from = "upper"
minutes = 0.00001

[[models]]
name = "shared"
expert = [0, 0]
steps = 2

[[models]]
name = "upper"
expert = [1, 1]
start_from = "shared"
steps = 1
rate = 5e-4

[[models]]
name = "low"
expert = [2, 0]
start_from = "shared"
steps = 1

[ensembles]
three = ["high", "middle", "low"]
"""
SAMPLING = '\n[sampling]\nsampler = "deis_3kutta"\norder = 6\nsteps = 4\n'


class Toys:
    """A source of the toy's pictures that remembers which runs asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def stream(self, config: TrainingConfig, pictures: int) -> BatchStream:
        self.asked.append(config.name)
        return ToyStream(config, pictures)


def write(folder: Path, tree: str = TREE) -> Path:
    (folder / "toy.toml").write_text(TOML + SAMPLING, encoding="utf-8")
    file = folder / "tree.toml"
    file.write_text(tree, encoding="utf-8")
    return file


def place(toys: Toys, stop_after: int = 10**6) -> Workplace:
    """A workplace that is asked to stop after so many steps."""
    left = iter(range(stop_after))
    return Workplace(toys, torch.device("cpu"), ALONE, lambda: next(left, None) is None)


def test_a_schedule_is_told_from_a_configuration(tmp_path: Path) -> None:
    file = write(tmp_path)
    assert is_schedule(file)
    assert not is_schedule(tmp_path / "toy.toml")


def test_parents_come_before_children_and_rows_change_what_they_name(tmp_path: Path) -> None:
    runs = read_schedule(write(tmp_path)).runs
    names = [run.name for run in runs]
    for run in runs:
        assert run.start_from is None or names.index(run.start_from) < names.index(run.name)
    by_name = {run.name: run for run in runs}
    assert by_name["upper"].optimisation.rate == 5e-4
    assert by_name["low"].optimisation.rate == 2e-3
    assert (by_name["high"].optimisation.steps, by_name["high"].optimisation.minutes) == (None, 0.00001)


def test_a_model_may_be_trained_by_another_configuration(tmp_path: Path) -> None:
    (tmp_path / "lessons.toml").write_text(TOML + "\n[noise]\nmean = 0.6\nstd = 1.1\n", encoding="utf-8")
    row = 'name = "shared"\nexpert = [0, 0]\n'
    file = write(tmp_path, TREE.replace(row, f'{row}configuration = "lessons.toml"\n'))
    by_name = {run.name: run for run in read_schedule(file).runs}
    assert (by_name["shared"].noise.mean, by_name["shared"].noise.std) == (0.6, 1.1)
    assert (by_name["upper"].noise.mean, by_name["upper"].start_from) == (-1.2, "shared")
    with pytest.raises(TrainingConfigError, match="nowhere"):
        read_schedule(write(tmp_path, TREE.replace(row, f'{row}configuration = "nowhere.toml"\n')))


def test_experts_and_complement_share_out_all_noise(tmp_path: Path) -> None:
    by_name = {run.name: run for run in read_schedule(write(tmp_path)).runs}
    (low,), (middle,), (high,) = (clipped(by_name[name].noise) for name in ("low", "middle", "high"))
    assert low == (0.002, middle[0])
    assert high == (middle[1], 80.0)


def test_a_complement_may_have_a_hole(tmp_path: Path) -> None:
    hole = """
name = "hole"
configuration = "toy.toml"
[[models]]
name = "outer"
without = [[2, 1]]
[[models]]
name = "inner"
expert = [2, 1]
[ensembles]
both = ["outer", "inner"]
"""
    schedule = read_schedule(write(tmp_path, hole))
    assert [len(clipped(run.noise)) for run in schedule.runs] == [2, 1]
    assert [name for name, _ in schedule.ensembles] == ["both"]


def test_the_whole_tree_is_trained_stopped_resumed_and_sampled(tmp_path: Path) -> None:
    file, toys = write(tmp_path), Toys()
    train_file(file, tmp_path, place(toys, stop_after=1))
    family = tmp_path / "family"
    assert read_state(family / "shared").step in (1, 2)
    assert not (family / "three.json").exists()
    train_file(file, tmp_path, place(toys))
    assert {run: read_state(family / run).step for run in ("shared", "upper", "low", "middle")} == {
        "shared": 2, "upper": 1, "low": 1, "middle": 1,
    }  # fmt: skip
    described = read_ensemble(family / "three.json")
    assert [expert.name for expert in described.experts] == ["high", "middle", "low"]
    assert described.experts[0].intervals[0][0] == described.experts[1].intervals[0][1]
    again = Toys()
    train_file(file, tmp_path, place(again))
    assert again.asked == []  # what is finished is not even opened
    _sample(family / "three.json")


def _sample(file: Path) -> None:
    """Draw a picture with the ensemble of `file` in its own way of sampling."""
    ensemble = load_ensemble(file, random_encoders())
    described = read_ensemble(file)
    assert described.sampling is not None
    sigmas = described.sampling.sigmas(ensemble)
    assert set(ensemble.boundaries()) <= set(sigmas)
    assert [stage.denoiser.sigma_max for stage in ensemble.stages] == [s.sigma_from for s in ensemble.stages]
    bound = condition(ensemble, [Brief(prompt="a red fox")])
    x = 80.0 * torch.randn(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    picture = SAMPLERS[described.sampling.sampler](bound, x, sigmas, lambda _facts: None)
    assert picture.shape == (1, 3, 16, 16)
    assert bool(picture.isfinite().all())


def test_a_child_starts_from_its_parent_s_average(tmp_path: Path) -> None:
    """With a rate of next to nothing the child stays where it began: at its named parent, not at another."""
    still = TREE.replace("rate = 5e-4", "rate = 1e-30")
    train_file(write(tmp_path, still), tmp_path, place(Toys()))
    parent, child, stranger = (load_file(tmp_path / "family" / name / AVERAGE) for name in ("shared", "upper", "low"))
    assert max(float((parent[name] - child[name]).abs().max()) for name in parent) < 1e-12
    assert max(float((stranger[name] - child[name]).abs().max()) for name in parent) > 1e-6


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('start_from = "upper"', 'start_from = "nobody"', "no such model"),
        ('expert = [1, 1]\nstart_from = "shared"', 'expert = [1, 1]\nstart_from = "high"', "in a circle"),
        ('name = "low"', 'name = "upper"', "two models named"),
        ('["high", "middle", "low"]', '["high", "low"]', "no expert owns the noise between"),
        ('["high", "middle", "low"]', '["high", "upper", "low"]', "two experts own"),
        ('["high", "middle", "low"]', '["high", "middle"]', "owns noise from"),
        ('["high", "middle", "low"]', '["high", "none"]', "'none'"),
        ('configuration = "toy.toml"', 'configuration = "gone.toml"', r"gone\.toml"),
        ("expert = [2, 0]", "expert = [2, 9]", "model 'low'.*index must be 0 to 3"),
        ("expert = [2, 0]\n", "", "needs an interval"),
    ],
)
def test_a_schedule_with_a_slip_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(TrainingConfigError, match=words):
        read_schedule(write(tmp_path, TREE.replace(old, new)))


def test_a_damaged_ensemble_is_named(tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    with pytest.raises(ModelFileError, match="missing"):
        read_ensemble(file)
    file.write_bytes(msgspec.json.encode({"format": "sinopia/ensemble", "name": "e"}))
    with pytest.raises(ModelFileError, match="damaged"):
        read_ensemble(file)
