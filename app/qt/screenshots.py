"""Pictures of the studio with the demo, without a display: `python -m app.qt.screenshots OUT`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtWidgets import QApplication

from app.client.settings import EngineSettings
from app.model.home import Home
from app.model.settings import SeedMode
from app.qt.application import DEMO, Studio
from app.qt.canvas.selection import Selection
from app.qt.theme import DARK, LIGHT

_SIZE = (1440, 900)
_PATIENCE = 300_000
_PICTURES_READ = 3_000
_LOOKED_AT = 0.8  # where layout is settled and objects take their shapes
_LOOKS = 4  # the node canvas draws only so many nodes anew in one frame
_SEEDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures into a folder."""
    parser = argparse.ArgumentParser(prog="python -m app.qt.screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--without-engine", action="store_true", help="do not generate a picture first")
    told = parser.parse_args(arguments)
    told.folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(["sinopia"])
    with tempfile.TemporaryDirectory() as home:
        studio = Studio(application, Home(Path(home)), EngineSettings(logs=Path(home) / "logs"))
        try:
            _take(studio, told.folder, generate=not told.without_engine)
        finally:
            studio.close()
    return 0


def _take(studio: Studio, folder: Path, *, generate: bool) -> None:
    window = studio.window
    window.resize(*_SIZE)
    _shoot(studio, folder / "empty-dark.png")
    studio.workspace.new(DEMO)
    window.show()
    if generate:
        window.running.seed_mode = SeedMode.FIXED
        _take_running(studio, folder)
        _take_queue(studio, folder)
    for theme in (DARK, LIGHT):
        window.wear_theme(theme)
        window.show_workspace(graph=False)
        window.desk.rest(resting=True)
        _shoot(studio, folder / f"result-{theme.name}.png")
        window.desk.rest(resting=False)
        _shoot(studio, folder / f"paint-{theme.name}.png")
        window.show_workspace(graph=True)
        window.canvas.commands.run("canvas.fit")
        window.canvas.canvas.select(Selection.of(nodes=("base",)))
        _shoot(studio, folder / f"graph-{theme.name}.png")
        _take_sheets(studio, folder, theme.name)
        if generate:
            _take_xray(studio, folder / f"x-ray-{theme.name}.png")
            _take_gallery(studio, folder / f"gallery-{theme.name}.png", folder / f"compare-{theme.name}.png")
    window.show_workspace(graph=False)
    window.resize(window.minimumSize())
    _shoot(studio, folder / "smallest-light.png")


def _take_sheets(studio: Studio, folder: Path, theme: str) -> None:
    """The windows beside the window."""
    offers = studio.window.offers
    shown = {"settings": offers.show_settings, "keys": offers.show_keys, "templates": offers.show_templates}
    for name, show in shown.items():
        sheet = show()
        _settle(_PICTURES_READ)
        sheet.grab().save(str(folder / f"{name}-{theme}.png"))
        sheet.close()


def _take_running(studio: Studio, folder: Path) -> None:
    """The noise timeline in the middle of a run."""
    window, jobs = studio.window, studio.jobs
    for theme in (LIGHT, DARK):
        window.wear_theme(theme)
        _settle(100)
        window.running.generate(fresh=True)
        _wait(lambda: not jobs.unfinished or any(at.running and at.done > 2 for at in window.timeline.played.values()))
        window.grab().save(str(folder / f"timeline-{theme.name}.png"))
        _wait(lambda: not jobs.unfinished)


def _take_queue(studio: Studio, folder: Path) -> None:
    """Several seeds at one press: one runs, the others wait."""
    window, jobs = studio.window, studio.jobs
    window.bar.count.setValue(_SEEDS)
    window.running.generate()
    window.actions_["run.queue"].trigger()
    for theme in (LIGHT, DARK):
        window.wear_theme(theme)
        _shoot(studio, folder / f"queue-{theme.name}.png")
    _wait(lambda: not jobs.unfinished)
    window.actions_["run.queue"].trigger()
    window.bar.count.setValue(1)


def _take_xray(studio: Studio, path: Path) -> None:
    """Where the model looked for the topmost phrase, in the middle of the noise."""
    window, control = studio.window, studio.window.xray
    window.show_workspace(graph=False)
    window.desk.activate(window.desk.phrases[-1].id)
    control.set_on(on=True)
    if control.xray.empty:
        control.record()
        _wait(lambda: not studio.jobs.unfinished)
    control.xray.choose(_LOOKED_AT)
    window.desk.rest(resting=True)
    _shoot(studio, path)
    control.set_on(on=False)


def _take_gallery(studio: Studio, grid: Path, compared: Path) -> None:
    gallery = studio.window.gallery
    studio.window.show_gallery()
    two = [entry.name for entry in studio.gallery.entries[:2]]
    gallery.grid.choose(two[0])
    _shoot(studio, grid)
    studio.gallery.compare((two[0], two[1]))
    _shoot(studio, compared)
    gallery.back()


def _shoot(studio: Studio, path: Path) -> None:
    studio.window.show()
    for _ in range(_LOOKS):
        _settle(200)
        studio.window.grab()
    studio.window.grab().save(str(path))
    sys.stdout.write(f"{path}\n")


def _wait(done: Callable[[], bool]) -> None:
    deadline = QDeadlineTimer(_PATIENCE)
    while not done() and not deadline.hasExpired():
        _settle(20)


def _settle(milliseconds: int) -> None:
    deadline = QDeadlineTimer(milliseconds)
    while not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


if __name__ == "__main__":
    sys.exit(main())
