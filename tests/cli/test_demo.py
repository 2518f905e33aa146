"""The demo project through the whole program: command line, client, engine process, Storybook, picture."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.examples.projects import FOLDER
from tests.cli.command import sinopia
from tests.model.shipped import STAGES

Capture = pytest.CaptureFixture[str]

GIB = 2**30
FEW_STEPS = ("--set", "Base.steps=4", "--set", "Upscaler.steps=3", "--set", "Refiner.steps=5")


@pytest.fixture(scope="module")
def demo() -> Path:
    """The demo that comes with Sinopia."""
    return FOLDER / "demo.sinopia"


def test_two_engines_draw_the_demo_alike_within_their_memory(demo: Path, tmp_path: Path, capsys: Capture) -> None:
    pictures = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        said = sinopia(capsys, "render", demo, "-o", folder, "--seed", "11", "--device", "cpu", *FEW_STEPS, "--json")
        assert said.code == 0, said.err
        report = json.loads(said.out)
        assert report["device"] == "cpu"
        assert {node["outcome"] for node in report["nodes"]} == {"ran"}
        assert 0 < report["peak_memory"] < 2 * GIB
        with Image.open(report["outputs"][0]) as picture:
            assert picture.size == (STAGES[1].size, STAGES[1].size)
            pictures.append(np.asarray(picture))
    assert np.array_equal(pictures[0], pictures[1])
    base = next(node for node in report["nodes"] if node["node"] == "base")
    assert any("“castle” steers token columns CLIP" in note for note in base["notes"])
