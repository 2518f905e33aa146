"""Everything is reached by keys and shows where the focus is; pictures and icons are as fine as the screen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QButtonGroup, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from app.model.job import Result
from app.model.layouts import Place
from app.qt.application import Studio
from app.qt.canvas.selection import Selection
from app.qt.theme import DARK, LIGHT, Theme
from tests.gui.studios import open_studio

_FINE = """
import sys
from PySide6.QtWidgets import QApplication
from app.client.settings import EngineSettings
from app.model.home import find_home
from app.model.job import Result
from app.model.layouts import Place
from app.qt.application import Studio
from app.qt.canvas.selection import Selection

application = QApplication(["sinopia"])
home = find_home()
studio = Studio(application, home, EngineSettings(warm=(), logs=home.root / "logs"))
studio.begin()
window = studio.window
window.show()
application.processEvents()
for part in (window, window.page.view, window.canvas):
    shown = part.grab()
    print(shown.width(), part.width(), shown.devicePixelRatio())
pixmap = window.actions_["tool.brush"].icon().pixmap(20, 20)
print(pixmap.width(), 20, pixmap.devicePixelRatio())
studio.workspace.session.mark_saved(studio.workspace.session.document)
window.close()
studio.close()
"""


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        yield studio


def _wanting_focus(window: QWidget) -> set[QWidget]:
    """What should be reached by Tab: what is seen, works, and takes the focus."""
    return {
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisibleTo(window)
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.window() is window
        and not _left_to_the_arrows(widget)
    }


def _left_to_the_arrows(widget: QWidget) -> bool:
    """Of several buttons of which one is chosen, Tab leads to that one, and the arrow keys to the others."""
    return isinstance(widget, QAbstractButton) and not widget.isChecked() and _one_of_several(widget)


def _one_of_several(button: QAbstractButton) -> bool:
    group: QButtonGroup | None = button.group()
    return button.autoExclusive() or bool(group and group.exclusive())


def _tabbed(window: QWidget, limit: int = 400) -> set[QWidget]:
    """What Tab leads to, one after the other. Ctrl+Tab leaves what takes a Tab for itself."""
    reached: set[QWidget] = set()
    for _ in range(limit):
        held = window.focusWidget()
        assert held is not None
        if held in reached and len(reached) > 1 and held is next(iter(reached)):
            break
        reached.add(held)
        window.focusNextPrevChild(True)
    return reached


def _show(studio: Studio, place: Place) -> None:
    """A workspace with as much in it as can be: a node is selected, a picture of the gallery chosen."""
    window = studio.window
    if place is Place.GALLERY:
        window.show_gallery()
        folder = studio.gallery.results
        folder.mkdir(parents=True)
        Image.new("RGB", (40, 30)).save(folder / "kept.png")
        studio.gallery.add([Result(folder / "kept.png", "saved", 40, 30, "an owl", 1, 1, 2.0)])
        window.gallery.grid.choose(studio.gallery.entries[0].name)
    else:
        window.show_workspace(graph=place is Place.GRAPH)
        window.canvas.canvas.select(Selection.of(nodes=("base",)))
    QApplication.processEvents()


@pytest.mark.parametrize("place", Place)
def test_tab_leads_to_everything(studio: Studio, place: Place) -> None:
    window = studio.window
    _show(studio, place)
    missed = _wanting_focus(window) - _tabbed(window)
    assert not missed, sorted(f"{type(each).__name__} {each.accessibleName()}" for each in missed)


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_focus_is_seen(studio: Studio, theme: Theme, place: Place) -> None:
    window = studio.window
    window.wear_theme(theme)
    _show(studio, place)
    unseen = []
    for widget in _wanting_focus(window):
        if isinstance(widget, QPlainTextEdit) or widget in (window.page.view, window.canvas, window.gallery.grid):
            continue  # a cursor blinks there, the brush stands there, or what is chosen is marked
        window.setFocus()
        QApplication.processEvents()
        before = widget.grab().toImage()
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if not widget.isVisible():
            continue
        if widget.grab().toImage() == before:
            unseen.append(f"{type(widget).__name__} {widget.objectName()} {widget.accessibleName()}")
    assert not unseen, sorted(unseen)


@pytest.mark.parametrize("place", Place)
def test_every_control_has_a_name_for_screen_readers(studio: Studio, place: Place) -> None:
    _show(studio, place)
    nameless = []
    for widget in _wanting_focus(studio.window):
        said = widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip()
        if not said:
            nameless.append(f"{type(widget).__name__} {widget.objectName()}")
    assert not nameless, sorted(nameless)


def test_twice_as_fine_on_a_fine_screen(sinopia_home: Path) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", _FINE], capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        pixels, width, ratio = map(float, line.split())
        assert (pixels, ratio) == (2 * width, 2.0), line
