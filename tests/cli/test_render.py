"""Rendering through a real engine process: outputs, reports, exit codes, bad input."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.cli import render
from app.cli.errors import EngineFailureError
from app.client.settings import EngineSettings
from app.examples.sketch import Sketch
from app.files.project import Project
from nodes.registry import built_in
from tests.cli.command import sinopia
from tests.cli.projects import bare_graph, picture, pretended_png, resizing, saved
from tests.support import ROOT

Capture = pytest.CaptureFixture[str]
REGISTRY = built_in()


@pytest.fixture(autouse=True)
def light_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines that load no model libraries ahead, which these projects do not need."""
    monkeypatch.setattr(render, "EngineSettings", lambda: EngineSettings(warm=()))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that loads, resizes and saves a picture."""
    return saved(resizing(picture(tmp_path).read_bytes()), tmp_path)


def test_a_project_becomes_a_picture_that_carries_it(project: Path, tmp_path: Path, capsys: Capture) -> None:
    before = project.read_bytes()
    said = sinopia(capsys, "render", project, "-o", tmp_path / "out", "--set", "Make Small.width=9", "--json")
    assert (said.code, said.err) == (0, "")
    report = json.loads(said.out)
    assert report["outputs"] == [str(tmp_path / "out" / "small.png")]
    with Image.open(report["outputs"][0]) as made:
        assert made.size == (9, 10)
    assert [(node["node"], node["outcome"]) for node in report["nodes"]] == [
        ("load", "ran"), ("small", "ran"), ("save", "ran"),
    ]  # fmt: skip
    assert set(report["seconds"]["stages"]) == {"Load Image", "Make Small", "Save Image"}
    assert report["peak_memory"] > 0
    assert project.read_bytes() == before
    carried = json.loads(sinopia(capsys, "info", report["outputs"][0], "--json").out)
    assert next(node for node in carried["nodes"] if node["id"] == "small")["params"]["width"] == 9


def test_a_range_of_seeds_renders_once_for_each(project: Path, tmp_path: Path, capsys: Capture) -> None:
    said = sinopia(capsys, "render", project, "-o", tmp_path / "out", "--seed", "4..6", "--json")
    report = json.loads(said.out)
    assert report["seeds"] == [4, 5, 6]
    assert len(set(report["outputs"])) == 3
    assert report["cache_hits"] == 4
    outcomes = {(node["seed"], node["node"]): node["outcome"] for node in report["nodes"]}
    assert outcomes[4, "small"] == "ran"
    assert outcomes[5, "small"] == "hit"
    assert outcomes[6, "save"] == "ran"
    carried = json.loads(sinopia(capsys, "info", report["outputs"][1], "--json").out)
    assert next(node for node in carried["nodes"] if node["id"] == "seed")["params"]["seed"] == 5


def test_a_target_stops_there_and_leaves_its_picture(project: Path, tmp_path: Path, capsys: Capture) -> None:
    said = sinopia(capsys, "render", project, "-o", tmp_path / "out", "--target", "make small")
    assert (said.code, said.err) == (0, "")
    (path,) = said.out.splitlines()
    with Image.open(path) as made:
        assert made.size == (12, 10)
    assert not (tmp_path / "out" / "small.png").exists()


def test_what_a_node_refuses_is_told_with_file_and_node(tmp_path: Path, capsys: Capture) -> None:
    cut = picture(tmp_path).read_bytes()[:-600]
    file = saved(resizing(cut), tmp_path)
    said = sinopia(capsys, "render", file, "-o", tmp_path / "out", "--json")
    assert said.code == 1
    assert f"{file}: Load Image: " in said.complaint
    assert "damaged or cut off" in said.complaint
    report = json.loads(said.out)
    assert report["outputs"] == []
    assert {node["outcome"] for node in report["nodes"]} == {"blocked"}


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["--set", "Make Smal.width=9"], 1, "Did you mean 'Make Small'?"),
        (["--set", "Make Small.width=0"], 1, "choose from 1 to"),
        (["--set", "Make Small.width=99999999"], 1, "choose from 1 to"),
        (["--set", "Make Small.width"], 2, "is no setting"),
        (["--seed", "ten"], 2, "is no seed"),
        (["--target", "nobody"], 1, "There is no node 'nobody'"),
        (["--device", "tpu"], 2, "invalid choice: 'tpu'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_words_are_refused_before_an_engine_is_started(
    words: list[str], code: int, told: str, project: Path, tmp_path: Path, capsys: Capture
) -> None:
    said = sinopia(capsys, "render", project, "-o", tmp_path / "out", *words)
    assert (said.code, said.out) == (code, "")
    assert told in said.complaint
    assert not (tmp_path / "out").exists()


def test_a_path_that_leaves_the_project_is_refused(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "inside").mkdir()
    picture(tmp_path, "secret.png")
    for reference in ("../secret.png", str(tmp_path / "secret.png")):
        sketch = Sketch(REGISTRY)
        sketch.node("load", "load-image", (0, 0), file=reference)
        file = bare_graph(tmp_path / "inside", sketch)
        said = sinopia(capsys, "render", file, "-o", tmp_path / "out", "--target", "load")
        assert (said.code, said.out) == (1, "")
        assert "load.file: " in said.complaint


def test_a_picture_bomb_is_left_out_and_named(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "bomb.png").write_bytes(pretended_png(60_000, 60_000))
    sketch = Sketch(REGISTRY)
    sketch.node("load", "load-image", (0, 0), file="bomb.png")
    file = bare_graph(tmp_path, sketch)
    said = sinopia(capsys, "render", file, "-o", tmp_path / "out", "--target", "load")
    assert (said.code, said.out) == (1, "")
    assert all(line.startswith("sinopia: ") for line in said.err.splitlines())
    assert "bomb.png" in said.err
    assert "Traceback" not in said.err


def test_a_folder_that_cannot_be_written_is_named(project: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "taken").write_bytes(b"mine")
    said = sinopia(capsys, "render", project, "-o", tmp_path / "taken")
    assert said.code == 1
    assert f"{tmp_path / 'taken'}: Pictures cannot be written there" in said.complaint
    assert (tmp_path / "taken").read_bytes() == b"mine"


def test_a_home_that_cannot_be_written_is_named(
    project: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "home").write_bytes(b"")
    monkeypatch.setenv("SINOPIA_HOME", str(tmp_path / "home"))
    said = sinopia(capsys, "render", project, "-o", tmp_path / "out")
    assert said.code == 1
    assert str(tmp_path / "home") in said.complaint


def test_an_engine_that_does_not_come_up_is_an_engine_failure(
    project: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(render, "EngineSettings", lambda: EngineSettings(python=str(tmp_path / "no-python")))
    said = sinopia(capsys, "render", project, "-o", tmp_path / "out")
    assert said.code == EngineFailureError.exit == 3
    assert "Traceback" not in said.err
    assert "The engine cannot be started" in said.err


def test_a_device_that_is_not_there_is_refused(project: Path, tmp_path: Path, capsys: Capture) -> None:
    sketch = Sketch(REGISTRY)
    sketch.node("p", "prompt", (0, 0), text="a castle")
    sketch.node("m", "storybook", (0, 1))
    sketch.node("d", "denoise", (1, 0), steps=1)
    sketch.wire("p.conditioning", "d.prompt")
    sketch.wire("m.base", "d.denoiser")
    file = saved(Project(sketch.graph), tmp_path, "draw.sinopia")
    said = sinopia(capsys, "render", file, "-o", tmp_path / "out", "--target", "d", "--device", "cuda")
    if "no device 'cuda'" not in said.err:
        pytest.skip("this machine has a CUDA device")
    assert said.code == 1
    assert f"{file}: Denoise: " in said.complaint


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_cancels_with_130(project: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "render", str(project), "-o", str(tmp_path / "out")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    logs = Path(os.environ["SINOPIA_HOME"]) / "logs"
    with process:
        while process.poll() is None and not list(logs.glob("engine-*.log")):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert (out, err.splitlines()[-1]) == ("", "sinopia: Cancelled.")
    assert "Traceback" not in err


def test_a_preview_is_a_result_too(tmp_path: Path, capsys: Capture) -> None:
    picture(tmp_path)
    sketch = Sketch(REGISTRY)
    sketch.node("load", "load-image", (0, 0), file="source.png")
    sketch.node("show", "preview", (1, 0))
    sketch.wire("load.image", "show.image")
    said = sinopia(capsys, "render", bare_graph(tmp_path, sketch), "-o", tmp_path / "out")
    assert said.code == 0
    (path,) = said.out.splitlines()
    with Image.open(path) as made, Image.open(tmp_path / "source.png") as source:
        assert np.array_equal(np.asarray(made), np.asarray(source))


def test_a_picture_of_a_list_tells_which_item_it_is(tmp_path: Path, capsys: Capture) -> None:
    picture(tmp_path)
    sketch = Sketch(REGISTRY)
    sketch.node("load", "load-image", (0, 0), file="source.png")
    sketch.node("names", "text-list", (0, 1), "Names", texts="fox\nowl")
    sketch.node("save", "save-image", (1, 0))
    sketch.wire("load.image", "save.image")
    sketch.wire("names.texts", "save.name")
    said = sinopia(capsys, "render", bare_graph(tmp_path, sketch), "-o", tmp_path / "out")
    fox, owl = said.out.splitlines()
    assert [Path(fox).name, Path(owl).name] == ["fox.png", "owl.png"]
    assert "Item of its lists: Names: owl" in sinopia(capsys, "info", owl).out
    again = sinopia(capsys, "check", fox)
    assert (again.code, again.err) == (0, "")
