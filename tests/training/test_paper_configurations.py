"""The paper's configurations as shipped, Tables 2 to 7, number by number; and what wrong ones are told."""

import math
from pathlib import Path

import pytest

from engine.training.branching import is_schedule, read_schedule
from engine.training.config import Dropout, Noise, read_config, read_toml
from engine.training.errors import TrainingConfigError
from engine.training.export import CardText, runs_of
from tests.models.small import PAPER
from tests.training.toy import TOML

SMALL = PAPER.parent / "small"

TABLE_5 = {
    "m-0-0": ((0, 0), None, 500), "m-1-0": ((1, 0), "m-0-0", 50), "m-1-1": ((1, 1), "m-0-0", 50),
    "m-2-0": ((2, 0), "m-1-0", 120), "m-2-1": ((2, 1), "m-1-0", 50), "m-2-2": ((2, 2), "m-1-1", 50),
    "m-2-3": ((2, 3), "m-1-1", 130), "m-3-0": ((3, 0), "m-2-0", 160), "m-3-7": ((3, 7), "m-3-0", 40),
    "m-4-0": ((4, 0), "m-3-0", 110), "m-4-15": ((4, 15), "m-3-7", 190), "m-5-31": ((5, 31), "m-4-15", 100),
    "m-9-511": ((9, 511), "m-5-31", 50),
}  # fmt: skip
TABLE_6 = {"m-0-0": ((0, 0), None, 2000), "m-1-0": ((1, 0), "m-0-0", 300), "m-1-1": ((1, 1), "m-0-0", 300)}


def test_tables_2_to_4() -> None:
    base, sr256, sr1024 = (read_config(PAPER / f"{name}.toml") for name in ("base", "sr256", "sr1024"))
    found = {
        config.name: (
            config.network.channels, config.network.channel_multipliers, config.network.block_multipliers,
            config.network.residual_blocks, config.network.self_attention_sides, config.network.cross_attention_sides,
            config.network.dropout, config.network.size, config.picture_size,
        )
        for config in (base, sr256, sr1024)
    }  # fmt: skip
    assert found == {
        "base": (256, (1, 2, 4, 4), None, 3, (32, 16, 8), (32, 16, 8), 0.0, 64, None),
        "sr256": (128, (1, 2, 4, 8), (1, 2, 4, 4), 2, (32,), (32,), 0.0, 256, None),
        "sr1024": (128, (1, 2, 4, 4), (1, 2, 4, 4), 2, (), (32,), 0.0, 256, 1024),
    }


@pytest.mark.parametrize(
    ("name", "steps", "order", "samples"),
    [("base", 1_900_000, 6, 25), ("sr256", 2_000_000, 3, 10), ("sr1024", 1_700_000, 3, 10)],
)
def test_table_7(name: str, steps: int, order: int, samples: int) -> None:
    config = read_config(PAPER / f"{name}.toml")
    told = config.optimisation
    assert (told.rate, told.weight_decay, told.betas, told.ema) == (1e-4, 0.01, (0.9, 0.999), 0.9999)
    assert (told.batch, told.steps, told.minutes, told.schedule, told.warmup) == (2048, steps, None, "constant", 0)
    assert config.dropout == Dropout(clip_text=0.2, t5=0.25, clip_image=0.9)
    assert config.execution.gradient_checkpointing
    assert config.sampling is not None
    assert (config.sampling.sampler, config.sampling.order, config.sampling.steps) == ("deis_3kutta", order, samples)


@pytest.mark.parametrize(("name", "table"), [("base", TABLE_5), ("sr256", TABLE_6)])
def test_tables_5_and_6(name: str, table: dict[str, tuple[tuple[int, int], str | None, int]]) -> None:
    runs = {run.name: run for run in read_schedule(PAPER / f"{name}-experts.toml").runs}
    for model, (expert, parent, thousands) in table.items():
        run = runs[model]
        assert (run.noise.expert, run.start_from, run.optimisation.steps) == (expert, parent, 1000 * thousands), model
    assert len({run.seed for run in runs.values()}) == len(runs)


def test_the_complements_of_table_5() -> None:
    runs = {run.name: run for run in read_schedule(PAPER / "base-experts.toml").runs}
    assert runs["c-9-511"].noise.without == ((9, 511),)
    assert runs["c2-9-511"].noise.without == ((9, 511), (4, 0))
    for name in ("c-9-511", "c2-9-511"):
        assert (runs[name].start_from, runs[name].optimisation.steps) == ("base-1450k", 50_000)
    shared = [runs["m-0-0"].optimisation.steps, runs["base-1450k"].optimisation.steps]
    assert sum(step or 0 for step in shared) == 1_450_000
    assert runs["base-1450k"].start_from == "m-0-0"


def test_intervals_split_p_sigma_by_equal_area() -> None:
    """E^9_511 is the noise above about 9.6 (median e^-1.2, 511/512 of a normal at 2.886 deviations)."""
    low, high = Noise(expert=(9, 511)).distribution().intervals()[0]
    assert low == pytest.approx(math.exp(-1.2 + 1.2 * 2.8856), rel=1e-3)
    assert high == math.inf
    assert Noise(expert=(1, 0)).distribution().intervals()[0][1] == pytest.approx(math.exp(-1.2))


def test_every_small_configuration_reads() -> None:
    files = [file for file in SMALL.glob("*.toml") if file.stem != "card"]
    read = {file.stem: read_config(file) for file in files if not is_schedule(file)}
    assert all(found.start_from in (None, *read) for found in read.values())
    parts, runs = read_toml(SMALL / "card.toml", CardText).parts, runs_of(SMALL, Path())
    owned = [
        runs[parts[name].run or name].config.noise.distribution().intervals() for name in ("high", "middle", "low")
    ]
    assert owned[0][0][0] == owned[1][-1][1]  # each expert ends where the next begins
    assert owned[1][0][0] == owned[2][-1][1]
    made = {name for file in files if is_schedule(file) for name, _ in read_schedule(file).ensembles}
    assert made == {
        "shared", "two", "three-level-3", "three-level-5", "three-level-9", "one-expert", "two-experts",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("[nose]\nmean = 1", "nose"),
        ("[noise]\nexpert = [2, 4]", "index must be 0 to 3"),
        ("[noise]\nexpert = [1, 0]\nwithout = [[1, 1]]", "not both"),
        ("[noise]\nwithout = [[0, 0]]", "no noise levels"),
        ("[dropout]\nt5 = 1.5", "choose 0 to 1"),
        ('[sampling]\nsampler = "magic"\norder = 3\nsteps = 5', "magic"),
        ("[[[", "Invalid"),
    ],
)
def test_a_configuration_with_a_slip_is_named(tmp_path: Path, change: str, words: str) -> None:
    file = tmp_path / "run.toml"
    file.write_text(f"{TOML}\n{change}\n", encoding="utf-8")
    with pytest.raises(TrainingConfigError, match=words) as caught:
        read_config(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("steps = 4\n", "", "how long to train"),
        ("batch = 4", "batch = 0", "batch must be at least 1"),
        ("batch = 4", 'batch = "many"', "Expected `int`"),
        ("size = 16\n", "size = 15\n", "cannot be halved"),
        ("micro_conditioning = true", "low_resolution = true", "degradation"),
        ('name = "toy"', 'name = "toy"\nstart_from = "toy"', "starts from itself"),
        ('name = "toy"', 'name = "toy"\npicture_size = 8', "less than"),
        ("channels = 16", "", "channels"),
    ],
)
def test_values_at_odds_are_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    file = tmp_path / "run.toml"
    file.write_text(TOML.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TrainingConfigError, match=words):
        read_config(file)
