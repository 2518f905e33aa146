"""Looking at projects and pictures without running anything; and what bad files are answered with."""

import hashlib
import json
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.examples.projects import EXAMPLES
from app.examples.sketch import Sketch
from app.files.embedded import picture_facts
from app.files.opening import open_project
from app.files.project import Project
from nodes.registry import built_in
from tests.cli.command import sinopia
from tests.cli.projects import bare_graph, picture, resizing, saved

Capture = pytest.CaptureFixture[str]
REGISTRY = built_in()


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """The demo project as a file of this test's own."""
    return saved(EXAMPLES["demo"](REGISTRY), tmp_path)


def carrying(project: Project, file: Path) -> Path:
    """A picture that carries `project`."""
    chunks = PngInfo()
    for keyword, text in picture_facts(project, REGISTRY).items():
        chunks.add_text(keyword, text)
    Image.new("RGB", (6, 4)).save(file, pnginfo=chunks)
    return file


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_sound_project_checks_clean(demo: Path, capsys: Capture) -> None:
    said = sinopia(capsys, "check", demo)
    assert (said.code, said.err) == (0, "")
    assert "nothing is wrong" in said.out
    assert json.loads(sinopia(capsys, "check", demo, "--json").out) == []


def test_every_problem_is_a_line_and_an_object(tmp_path: Path, capsys: Capture) -> None:
    sketch = Sketch(REGISTRY)
    sketch.node("d", "denoise", (0, 0), steps=0, sampler="eulr")
    file = bare_graph(tmp_path, sketch)
    said = sinopia(capsys, "check", file)
    assert said.code == 1
    lines = said.out.splitlines()
    assert any(line.startswith("d.steps: ") and "choose from 1 to 1000" in line for line in lines)
    listed = json.loads(sinopia(capsys, "check", file, "--json").out)
    assert len(listed) == len(lines) == 4
    missing = next(each for each in listed if each["port"] == "prompt")
    assert (missing["node"], missing["code"]) == ("d", "missing-input")


def test_a_picture_tells_where_it_came_from(tmp_path: Path, capsys: Capture) -> None:
    file = carrying(EXAMPLES["demo"](REGISTRY), tmp_path / "made.png")
    said = sinopia(capsys, "info", file)
    assert said.code == 0
    assert "PNG, 6 x 4 pixels" in said.out
    assert "a castle and a red mushroom" in said.out
    found = json.loads(sinopia(capsys, "info", file, "--json").out)
    assert found["project"] is True
    assert "castle" in found["phrases"]
    assert {node["type"] for node in found["nodes"]} >= {"sinopia.ensemble", "sinopia.refine"}


def test_a_project_can_be_asked_too(demo: Path, capsys: Capture) -> None:
    assert json.loads(sinopia(capsys, "info", demo, "--json").out)["format"] == "project"


def test_a_picture_of_another_program_tells_its_parameters(tmp_path: Path, capsys: Capture) -> None:
    chunks = PngInfo()
    chunks.add_text("parameters", "a fox\nSteps: 20")
    Image.new("RGB", (6, 4)).save(tmp_path / "other.png", pnginfo=chunks)
    said = sinopia(capsys, "info", tmp_path / "other.png")
    assert said.code == 0
    assert "Steps: 20" in said.out
    assert "Nodes" not in said.out


def test_a_project_comes_back_out_of_its_picture(tmp_path: Path, capsys: Capture) -> None:
    project = EXAMPLES["demo"](REGISTRY)
    file = carrying(project, tmp_path / "made.png")
    said = sinopia(capsys, "extract", file, "-o", tmp_path / "again.sinopia")
    assert said.code == 0
    assert said.out.strip() == str(tmp_path / "again.sinopia")
    again = open_project(tmp_path / "again.sinopia", REGISTRY).project
    assert again.graph == project.graph
    assert again.files == project.files


def test_extracting_never_writes_over_a_file(demo: Path, tmp_path: Path, capsys: Capture) -> None:
    before = digest(demo)
    file = carrying(EXAMPLES["demo"](REGISTRY), tmp_path / "made.png")
    said = sinopia(capsys, "extract", file, "-o", demo)
    assert said.code == 1
    assert "There is a file of that name" in said.complaint
    assert digest(demo) == before


def wrong_files(folder: Path) -> dict[str, Path]:
    """Every kind of bad file, by what it is."""
    project = saved(resizing(picture(folder).read_bytes()), folder, "good.sinopia")
    content = project.read_bytes()
    bad = {
        "missing": folder / "nowhere.sinopia",
        "folder": folder,
        "empty": folder / "empty.sinopia",
        "song": folder / "song.sinopia",
        "cut": folder / "cut.sinopia",
        "json": folder / "list.json",
        "newer": folder / "newer.json",
        "deep": folder / "deep.json",
        "plain": picture(folder, "plain.png"),
        "jpeg": folder / "photo.jpg",
    }
    bad["empty"].write_bytes(b"")
    bad["song"].write_bytes(b"MThd\0\0\0\6")
    bad["cut"].write_bytes(content[: len(content) // 2])
    bad["json"].write_text("[1, 2", encoding="utf-8")
    bad["newer"].write_text('{"format": "sinopia/graph", "version": 999}', encoding="utf-8")
    bad["deep"].write_text("[" * 100_000, encoding="utf-8")
    Image.new("RGB", (4, 4)).save(bad["jpeg"])
    return bad


@pytest.mark.parametrize("verb", ["check", "render", "info", "extract"])
@pytest.mark.parametrize(
    "kind", ["missing", "folder", "empty", "song", "cut", "json", "newer", "deep", "plain", "jpeg"]
)
def test_a_bad_file_gets_one_sentence_and_stays_as_it_was(
    verb: str, kind: str, tmp_path: Path, capsys: Capture
) -> None:
    file = wrong_files(tmp_path)[kind]
    before = digest(file) if file.is_file() else None
    target = tmp_path / "out"
    said = sinopia(capsys, verb, file, *(["-o", target] if verb in {"render", "extract"} else []))
    assert (said.code, said.out) == (1, "")
    assert file.name in said.complaint
    assert said.complaint.endswith(".")
    assert not target.exists()
    assert (digest(file) if file.is_file() else None) == before
