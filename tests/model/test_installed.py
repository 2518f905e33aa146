"""Models that come, go and come back while the program is open."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec

from app.model.installed import InstalledModels
from app.model.model_cards import Models
from engine.api.cards import ModelCard
from engine.api.model_folders import ModelWatch


def add(folder: Path, name: str, title: str = "Mine") -> Path:
    place = folder / name
    place.mkdir(parents=True)
    (place / "model.json").write_bytes(msgspec.json.encode(ModelCard(name, title, "", "", "", 1.0, ())))
    return place


def test_a_watch_tells_each_change_once(tmp_path: Path) -> None:
    folders = (tmp_path / "program", tmp_path / "added")
    add(folders[0], "storybook")
    watch = ModelWatch(folders)
    assert not watch.changed()
    place = add(folders[1], "mine")
    assert watch.changed()
    assert not watch.changed()
    aside = place.rename(tmp_path / "aside")
    assert watch.changed()
    (folders[1] / ".adding-mine").mkdir()
    (folders[1] / "notes").mkdir()
    assert not watch.changed()
    aside.rename(place)
    assert watch.changed()
    card = (place / "model.json").read_bytes()
    shutil.rmtree(place)
    place.mkdir()
    (place / "model.json").write_bytes(card)
    assert watch.changed()  # put back within one look: another file, though it says the same


def test_models_are_read_again_when_they_change_and_told(tmp_path: Path) -> None:
    told: list[Models] = []
    installed = InstalledModels([tmp_path])
    installed.changed.connect(told.append)
    assert not installed.latest().cards
    place = add(tmp_path, "mine")
    assert installed.latest().cards["mine"].title == "Mine"
    assert installed.latest() is told[-1]
    (place / "model.json").write_text("{")
    assert not installed.latest().cards
    (complaint,) = told[-1].complaints
    assert str(place) in complaint
    assert len(told) == 2
