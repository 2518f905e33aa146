"""`sinopia train` through the real program: a run, a tree, and a sentence for every wrong input."""

from pathlib import Path

import pytest

from engine.training.checkpoint import read_state
from engine.training.world import SpritesMissingError, World
from tests.cli.command import sinopia
from tests.models.small import PAPER, random_encoders
from tests.training.toy import TOML

Capture = pytest.CaptureFixture[str]

TREE = """
name = "family"
configuration = "toy.toml"
[[models]]
name = "shared"
expert = [0, 0]
steps = 1
[[models]]
name = "low"
expert = [1, 0]
start_from = "shared"
steps = 1
[[models]]
name = "high"
expert = [1, 1]
start_from = "shared"
steps = 1
[ensembles]
two = ["low", "high"]
"""


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with configuration, schedule and encoders."""
    try:
        World.load()
    except SpritesMissingError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("runs")
    random_encoders().save(folder / "encoders")
    (folder / "toy.toml").write_text(TOML.replace("steps = 4", "steps = 2"), encoding="utf-8")
    (folder / "tree.toml").write_text(TREE, encoding="utf-8")
    return folder


def test_a_run_trains_and_tells_its_speed(capfd: Capture, workplace: Path) -> None:
    said = sinopia(capfd, "train", workplace / "toy.toml", "--runs", workplace, "--device", "cpu", "--threads", 1)
    assert said.code == 0, said.err
    assert read_state(workplace / "toy").step == 2
    assert "toy [########################] 100%, step 2" in said.err
    assert "% of peak" in said.err


def test_a_tree_trains_to_its_ensemble(capfd: Capture, workplace: Path) -> None:
    said = sinopia(capfd, "train", workplace / "tree.toml", "--runs", workplace, "--device", "cpu", "--threads", 1)
    assert said.code == 0, said.err
    assert (workplace / "family" / "two.json").is_file()
    assert "model low, 2 of 3" in said.err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("batch = 4", "batch = 5", "a batch of 5 cannot be dealt out"),
        ("clip_tokens = 12", "clip_tokens = 13", "made for other encoders"),
        ('name = "toy"', 'name = "toy2"\nstart_from = "nobody"', "train it first"),
    ],
)
def test_wrong_input_is_told_in_one_sentence(capfd: Capture, workplace: Path, old: str, new: str, words: str) -> None:
    file = workplace / "wrong.toml"
    file.write_text(TOML.replace(old, new), encoding="utf-8")
    said = sinopia(capfd, "train", file, "--runs", workplace, "--device", "cpu")
    assert said.code == 1
    assert words in said.complaint


def test_missing_encoders_are_named(capfd: Capture, workplace: Path, tmp_path: Path) -> None:
    said = sinopia(capfd, "train", workplace / "toy.toml", "--runs", tmp_path, "--device", "cpu")
    assert said.code == 1
    assert "encoders" in said.complaint


def test_a_gpu_that_is_not_there_is_named(capfd: Capture, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    said = sinopia(capfd, "train", PAPER / "base-experts.toml", "--runs", workplace, "--device", "cuda")
    assert said.code == 1
    assert "GPU" in said.complaint
