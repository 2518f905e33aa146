"""Finished runs become parts: of which run each is made, what its card says, and how it is kept."""

import json
from pathlib import Path

import msgspec
import pytest
from safetensors.torch import load_file

from engine.models.ediff.build import build_network
from engine.models.eight_bits import PEAKS
from engine.models.weights import load_weights, save_weights
from engine.training.checkpoint import AVERAGE, STATE, TrainingState
from engine.training.errors import TrainingError
from engine.training.export import PartText, export_part, runs_of
from tests.models.small import BASE, random_network

TREE = """
name = "experts"
configuration = "base.toml"
[[models]]
name = "base"
expert = [0, 0]
[[models]]
name = "upper"
expert = [1, 1]
start_from = "base"
steps = 5
[[models]]
name = "top"
expert = [2, 3]
start_from = "upper"
steps = 5
"""
TEXTS = {
    "base": PartText("Base", "All of it."),
    "high": PartText("High", "The top.", run="experts/top"),
    "cut": PartText("Cut", "Less of it.", owned=(0.002, 2.0), run="base", weaker=True),
    "none": PartText("None", "Not there.", run="experts/none"),
}


def as_toml(of: msgspec.Struct) -> str:
    """The plain fields of a struct as lines of TOML; numbers, flags and lists are written as in JSON."""
    told = {name: value for name, value in msgspec.to_builtins(of).items() if not isinstance(value, (dict, type(None)))}
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in told.items())


@pytest.fixture
def place(tmp_path: Path) -> Path:
    configs = tmp_path / "configs"
    configs.mkdir()
    network = f"[network]\n{as_toml(BASE)}[network.context]\n{as_toml(BASE.context)}"
    for name, parent in (("first", None), ("base", "first")):
        start = f'start_from = "{parent}"\n' if parent else ""
        text = f'name = "{name}"\n{start}[optimisation]\nbatch = 4\nrate = 1e-3\nsteps = 3\n{network}'
        (configs / f"{name}.toml").write_text(text, encoding="utf-8")
    (configs / "tree.toml").write_text(TREE, encoding="utf-8")
    (configs / "card.toml").write_text("is no configuration", encoding="utf-8")
    for number, run in enumerate(("first", "base", "experts/base", "experts/upper", "experts/top"), start=1):
        folder = tmp_path / "runs" / run
        folder.mkdir(parents=True)
        save_weights(random_network(BASE, seed=number).state_dict(), folder / AVERAGE)
        (folder / STATE).write_bytes(msgspec.json.encode(TrainingState(step=1, pictures=1000 * number, seconds=60.0)))
    return tmp_path


def test_a_part_may_be_made_of_a_run_of_a_tree(place: Path) -> None:
    told = runs_of(place / "configs", place / "runs")
    assert set(told) == {"first", "base", "experts/base", "experts/upper", "experts/top"}
    card = export_part("high", TEXTS, told, place)
    assert (card.name, card.sigma_max, card.size) == ("high", 80.0, BASE.size)
    assert 0.3 < card.sigma_min < 1.0
    kept = build_network(BASE)
    load_weights(kept, place / card.file)
    given = random_network(BASE, seed=5).state_dict()
    moved = {name: (value - given[name]).abs().max() for name, value in kept.state_dict().items()}
    assert all(moved[name] <= 0.005 * value.abs().max() for name, value in given.items())
    assert any(name.endswith(PEAKS) for name in load_file(place / card.file))


def test_what_a_part_has_seen_is_told_as_far_back_as_the_next_part(place: Path) -> None:
    told = runs_of(place / "configs", place / "runs")
    high, base = (export_part(name, TEXTS, told, place).about for name in ("high", "base"))
    assert high == (
        "The top. Trained on 5,000 pictures in 1 minutes on CPU. "
        "It began as upper, trained on 4,000 pictures in 1 minutes on CPU. It began as base."
    )
    assert base == (
        "All of it. Trained on 2,000 pictures in 1 minutes on CPU. "
        "It began as first, trained on 1,000 pictures in 1 minutes on CPU."
    )


def test_a_part_may_be_used_for_less_noise_than_it_was_trained_on(place: Path) -> None:
    card = export_part("cut", TEXTS, runs_of(place / "configs", place / "runs"), place)
    assert (card.sigma_min, card.sigma_max, card.weaker) == (0.002, 2.0, True)


def test_a_run_that_is_not_there_is_named(place: Path) -> None:
    told = runs_of(place / "configs", place / "runs")
    with pytest.raises(TrainingError, match="part 'none': there is no run 'experts/none'"):
        export_part("none", TEXTS, told, place)
    (place / "runs" / "experts" / "top" / STATE).unlink()
    with pytest.raises(TrainingError, match=r"top: nothing is trained there"):
        export_part("high", TEXTS, told, place)
