"""Models of one's own, from the command line to the picture."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app.examples.sketch import Sketch
from engine.models.adopting import adopt
from engine.models.ediff.ensemble_file import EnsembleFile, ExpertFile, write_ensemble
from engine.models.errors import AdoptionError, ModelError
from engine.models.weights import save_weights
from nodes.registry import built_in
from tests.cli.command import sinopia
from tests.cli.projects import bare_graph
from tests.models.small import BASE, random_network, write_model

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has added nothing yet."""
    monkeypatch.setenv("SINOPIA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete model in miniature, as somebody gives it away."""
    return write_model(tmp_path_factory.mktemp("given"), "tiny")


@pytest.fixture
def copied(source: Path, tmp_path: Path) -> Path:
    """The same, to be damaged."""
    folder = tmp_path / "given" / "tiny"
    for file in source.rglob("*"):
        if file.is_file():
            target = folder / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.read_bytes())
    return folder


def drawing(folder: Path, model: str, *parts: str) -> Path:
    """A project that draws with parts of a model; with several, as an ensemble."""
    sketch = Sketch(built_in())
    sketch.node("prompt", "prompt", (0, 0), text="a red fox")
    if parts[1:]:
        sketch.node("all", "ensemble", (1, 0))
    for part in parts:
        sketch.node(part, "model", (0, 1), model=model, part=part)
        sketch.wire(f"{part}.denoiser", "all.experts" if parts[1:] else "drawn.denoiser")
    if parts[1:]:
        sketch.wire("all.ensemble", "drawn.denoiser")
    sketch.node("drawn", "denoise", (2, 0), steps=3)
    sketch.node("save", "save-image", (3, 0), name="drawn")
    sketch.wire("prompt.conditioning", "drawn.prompt")
    sketch.wire("drawn.image", "save.image")
    return bare_graph(folder, sketch)


def rendered(capsys: Capture, project: Path, folder: Path) -> tuple[int, int]:
    """The size of the picture that the project gives."""
    said = sinopia(capsys, "render", project, "-o", folder, "--device", "cpu", "--target", "save")
    assert said.code == 0, said.err
    with Image.open(said.out.strip()) as picture:
        return picture.size


def names(capsys: Capture) -> set[str]:
    """The models that are listed."""
    return {card["name"] for card in json.loads(sinopia(capsys, "models", "list", "--json").out)}


def test_a_model_is_added_drawn_with_and_removed(source: Path, tmp_path: Path, home: Path, capsys: Capture) -> None:
    project = drawing(tmp_path, "mine", "base")
    assert "there is no model “mine”" in sinopia(capsys, "check", project).out
    assert sinopia(capsys, "models", "add", source, "--name", "mine").code == 0
    assert names(capsys) == {"storybook", "mine"}
    assert "fox, castle" in sinopia(capsys, "models", "info", "mine").out
    assert sinopia(capsys, "check", drawing(tmp_path, "mine", "middle")).code == 1
    project = drawing(tmp_path, "mine", "base")
    assert rendered(capsys, project, tmp_path / "out") == (16, 16)
    assert sinopia(capsys, "models", "remove", "mine").code == 0
    assert names(capsys) == {"storybook"}
    assert list((home / "models").iterdir()) == []


def test_the_experts_of_an_ensemble_become_a_model(source: Path, tmp_path: Path, home: Path, capsys: Capture) -> None:
    experts = []
    for name, interval in (("high", (1.0, 80.0)), ("low", (0.002, 1.0))):
        save_weights(random_network(BASE).state_dict(), tmp_path / f"{name}.safetensors")
        experts.append(ExpertFile(name, f"{name}.safetensors", BASE, (interval,)))
    file = tmp_path / "pair.json"
    write_ensemble(file, EnsembleFile("pair", tuple(experts)))
    with pytest.raises(ModelError, match="--encoders"):
        adopt(file, home / "models")
    assert [part.sigma_max for part in adopt(file, home / "models", encoders=source).parts] == [80.0, 1.0]
    assert rendered(capsys, drawing(tmp_path, "pair", "high", "low"), tmp_path / "out") == (16, 16)


def pickled(folder: Path) -> None:
    card = json.loads((folder / "model.json").read_bytes())
    (folder / "parts" / "base.safetensors").rename(folder / "parts" / "base.pt")
    card["parts"][0]["file"] = "parts/base.pt"
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")


def leading_out(folder: Path) -> None:
    card = json.loads((folder / "model.json").read_bytes())
    card["parts"][0]["file"] = "../../parts/base.safetensors"
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")


def flipped(folder: Path) -> None:
    content = bytearray((folder / "parts" / "low.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "parts" / "low.safetensors").write_bytes(content)


def cut(folder: Path) -> None:
    file = folder / "t5" / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-9])


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (pickled, "only .safetensors files are ever loaded"),
        (leading_out, "names a file outside its folder"),
        (flipped, "the content is not what the model card says"),
        (cut, "the weights are damaged"),
        (lambda folder: (folder / "clip" / "tokenizer.json").unlink(), "the file is missing"),
        (lambda folder: (folder / "model.json").unlink(), "this is no model"),
        (lambda folder: (folder / "model.json").write_text("{"), "the model card is damaged"),
    ],
    ids=["pickle", "outside", "flipped bit", "cut short", "lacks a file", "no card", "broken card"],
)
def test_what_is_no_sound_model_leaves_nothing(
    harm: Callable[[Path], object], told: str, copied: Path, home: Path
) -> None:
    harm(copied)
    with pytest.raises(ModelError, match=re.escape(told)):
        adopt(copied, home / "models")
    assert not list((home / "models").glob("*")) if home.exists() else True


def test_a_name_is_taken_once_and_must_be_plain(source: Path, home: Path, capsys: Capture) -> None:
    models = home / "models"
    heard: list[tuple[int, int]] = []
    assert adopt(source, models, progress=lambda done, total: heard.append((done, total))).name == "tiny"
    assert heard[-1][0] == heard[-1][1] > 10_000
    for name, told in (("", "a model tiny already"), ("storybook", "a model storybook already"), ("../x", "--name")):
        with pytest.raises(AdoptionError, match=told):
            adopt(source, models, name)
    assert [folder.name for folder in models.iterdir()] == ["tiny"]
    assert "no such file" in sinopia(capsys, "models", "add", models / "nothing").complaint
    assert "comes with the program" in sinopia(capsys, "models", "remove", "storybook").complaint
