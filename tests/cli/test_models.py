"""Model cards at the command line."""

import json
from pathlib import Path

import msgspec
import pytest

from app.cli import models
from engine.api.cards import ModelCard, PartCard
from tests.cli.command import sinopia

Capture = pytest.CaptureFixture[str]

PART = PartCard(
    "base", "Base", "parts/base.safetensors", "0" * 64, 32, 0.002, 80.0, 4_300_000, "Draws the whole picture."
)
CARD = ModelCard(
    "tiny",
    "Tiny",
    "A model for tests.",
    "Apache-2.0",
    "Never.",
    0.5,
    (PART,),
    {"object": ("fox", "castle")},
    {"iou": 0.7},
)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one model's card, where the command looks."""
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "model.json").write_bytes(msgspec.json.encode(CARD))
    monkeypatch.setattr(models, "RESOURCES", tmp_path)
    return tmp_path


def test_models_are_listed(shelf: Path, capsys: Capture) -> None:
    assert sinopia(capsys, "models", "list").out.startswith("tiny         1 denoisers, 4.3 million parameters.")
    (card,) = json.loads(sinopia(capsys, "models", "list", "--json").out)
    assert card["parts"][0]["name"] == "base"


@pytest.mark.parametrize("name", ["tiny", "Tiny", "TINY"])
def test_a_card_tells_what_a_model_knows(name: str, shelf: Path, capsys: Capture) -> None:
    said = sinopia(capsys, "models", "info", name)
    assert said.code == 0
    assert "fox, castle" in said.out
    assert "iou: 0.7" in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["info", "whale"], "There is no model 'whale'. Known models: tiny."),
        (["add", "sdxl.safetensors"], "sdxl.safetensors: there is no such file or folder"),
        (["remove", "tiny"], "Tiny comes with the program"),
        (["remove", "whale"], "There is no model 'whale'"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_said(words: list[str], told: str, shelf: Path, capsys: Capture) -> None:
    said = sinopia(capsys, "models", *words)
    assert said.code == 1
    assert told in said.complaint


@pytest.mark.parametrize(
    ("said_of_the_part", "told"),
    [
        ({"size": 0}, "part 'base' draws at 0 pixels, and sizes go from 8 to 8192"),
        ({"size": 10_000_000}, "draws at 10000000 pixels"),
        ({"sigma_min": 80.0, "sigma_max": 0.002}, "noise from sigma 80 to 0.002"),
        ({"sigma_min": 0.0}, "noise from sigma 0 to 80"),
    ],
)
def test_a_card_with_impossible_values_names_file_and_value(
    said_of_the_part: dict[str, float], told: str, shelf: Path, capsys: Capture
) -> None:
    file = shelf / "tiny" / "model.json"
    card = json.loads(file.read_bytes())
    card["parts"][0].update(said_of_the_part)
    file.write_text(json.dumps(card), encoding="utf-8")
    said = sinopia(capsys, "models", "list")
    assert said.code == 1
    assert f"{file}: the model card cannot be read" in said.complaint
    assert told in said.complaint


def test_a_damaged_card_is_named(shelf: Path, capsys: Capture) -> None:
    (shelf / "tiny" / "model.json").write_text("{", encoding="utf-8")
    said = sinopia(capsys, "models", "list")
    assert said.code == 1
    assert str(shelf / "tiny" / "model.json") in said.complaint
