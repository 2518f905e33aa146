"""Models that are added, removed and replaced while an engine runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
from PIL import Image

from app.client.client import EngineClient
from app.client.settings import EngineSettings
from app.examples.sketch import Sketch
from engine.api.cards import ModelCard
from engine.api.messages import JobEnded, NodeFailed
from engine.api.plan import Plan
from engine.api.report import JobOutcome
from nodes.graph.compile import compile_plan
from nodes.registry import built_in
from tests.models.small import write_model
from tests.process.conftest import Ear


def drawing() -> Plan:
    """A picture by a part of the model called tiny."""
    sketch = Sketch(built_in())
    sketch.node("prompt", "prompt", (0, 0), text="a red fox")
    sketch.node("part", "model", (0, 1), model="tiny", part="base")
    sketch.node("drawn", "denoise", (1, 0), steps=2)
    sketch.node("save", "save-image", (2, 0), name="drawn")
    for wire in (("prompt.conditioning", "drawn.prompt"), ("part.denoiser", "drawn.denoiser")):
        sketch.wire(*wire)
    sketch.wire("drawn.image", "save.image")
    return compile_plan(sketch.graph, built_in(), None, {})


def pixels(end: JobEnded) -> bytes:
    assert end.outcome is JobOutcome.DONE
    with Image.open(end.pictures[0].path) as picture:
        return picture.tobytes()


def test_the_engine_follows_models_as_they_come_and_go(ear: Ear, tmp_path: Path) -> None:
    models, given, plan = tmp_path / "models", tmp_path / "given", drawing()
    settings = EngineSettings(warm=(), patience=60.0, logs=tmp_path / "logs", models=models)
    with EngineClient(settings, ear) as client:
        assert client.run(plan, tmp_path).outcome is JobOutcome.FAILED
        failed = ear.all(NodeFailed)[0]
        assert isinstance(failed, NodeFailed)
        assert failed.problem.sentence.startswith("There is no model 'tiny' here.")
        write_model(given, "tiny")
        shutil.copytree(given / "tiny", models / "tiny")
        first = client.run(plan, tmp_path)
        again = client.run(plan, tmp_path)
        assert pixels(first) == pixels(again)
        assert again.ran < first.ran  # nothing came or went: what was drawn is kept
        shutil.rmtree(models / "tiny")
        assert client.run(plan, tmp_path).outcome is JobOutcome.FAILED  # though it was loaded, and its picture kept
        other_weights(given / "tiny")
        shutil.copytree(given / "tiny", models / "tiny")
        assert pixels(client.run(plan, tmp_path)) != pixels(first)
        assert len(ear.engines) == 1


def other_weights(folder: Path) -> None:
    """Another model of the same name: its base is what was its part for high noise."""
    file = folder / "model.json"
    card = msgspec.json.decode(file.read_bytes(), type=ModelCard)
    parts = {part.name: part for part in card.parts}
    base = msgspec.structs.replace(parts["high"], name="base")
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(card, parts=(base,))))
