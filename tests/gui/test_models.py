"""Models that come and go while the window is open."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.files.saving import save_project
from app.model import edits
from app.model.conversion import MaskEncoder, to_project
from app.model.starting import starting_document
from app.qt.application import Studio
from engine.api.cards import ModelCard, PartCard
from nodes.graph.model import End
from nodes.registry import built_in
from tests.gui.studios import CTRL, LONG, open_studio, strike


def project(path: Path) -> Path:
    """A project whose picture is begun by the model called mine."""
    registry = built_in()
    document, spec = starting_document(registry), registry.get("sinopia.model")
    assert spec is not None
    document = edits.add_node(document, spec, "own", params={"model": "mine", "part": "base"})
    cut = [(each.source, each.target) for each in document.graph.links if each.target == End("base", "denoiser")]
    document = edits.connect(edits.disconnect(document, cut), registry, End("own", "denoiser"), End("base", "denoiser"))
    save_project(to_project(document, MaskEncoder()), path, registry)
    return path


def add_model(folder: Path) -> Path:
    place = folder / "mine"
    place.mkdir(parents=True)
    part = PartCard("base", "Base", "parts/base.safetensors", "", 64, 0.002, 80.0, 1, "")
    (place / "model.json").write_bytes(msgspec.json.encode(ModelCard("mine", "Mine", "", "", "", 1.0, (part,))))
    return place


def come_back(studio: Studio) -> None:
    """As when the artist comes back from another window."""
    QApplication.sendEvent(studio.window, QEvent(QEvent.Type.ActivationChange))


def test_a_model_that_has_gone_is_told_of_and_one_that_came_is_there(
    qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path
) -> None:
    with open_studio(qtbot, qapp, sinopia_home, project(tmp_path / "own.sinopia")) as studio:
        window, messages = studio.window, studio.window.messages
        strike(window, Qt.Key.Key_Return, CTRL)
        assert "there is no model “mine”" in messages.text
        assert messages.action.text() == "Show the node"
        assert not studio.jobs.all
        seed = window.bar.seed.text()
        messages.dismiss()
        place = add_model(studio.home.models)
        with qtbot.waitSignal(window.canvas.checker.found) as found:
            come_back(studio)
        assert "own" not in found.args[0]
        strike(window, Qt.Key.Key_Return, CTRL)
        assert not messages.text
        (job,) = studio.jobs.all
        studio.jobs.cancel_all()
        qtbot.waitUntil(lambda: studio.jobs.job(job.id).state.over, timeout=LONG)
        shutil.rmtree(place)
        strike(window, Qt.Key.Key_Return, CTRL)
        assert "there is no model “mine”" in messages.text
        assert window.bar.seed.text() == seed  # what did not run has used no seed
