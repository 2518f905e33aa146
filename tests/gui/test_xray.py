"""X-ray through the window and the real engine: keys, the button, the slider, phrases, and the map over the picture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.model.job import JobState
from app.model.settings import SeedMode
from app.model.xray import Xray
from app.qt.application import Studio
from app.qt.window import StudioWindow
from app.qt.xray.glance import HELD
from tests.gui.painting import Mouse
from tests.gui.studios import (
    CTRL,
    LONG,
    action,
    open_studio,
    quick_project,
    select_last_words,
    strike,
    write,
)
from tests.model.test_xray import told

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path, tmp_path: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home, quick_project(tmp_path / "quick.sinopia")) as studio:
        paint_a_fox(studio)
        yield studio


def paint_a_fox(studio: Studio) -> None:
    window = studio.window
    window.page.prompt.setFocus()
    write(window, "a red fox under the night sky")
    strike(window, Qt.Key.Key_Home)
    for _ in range(2):
        strike(window, Qt.Key.Key_Right)
    for _ in range(7):
        strike(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    strike(window, Qt.Key.Key_P, CTRL)
    assert [layer.phrase for layer in window.desk.phrases] == ["red fox"]
    width, height = window.desk.size
    Mouse(window.page.view).drag((0.3 * width, 0.4 * height), (0.4 * width, 0.6 * height))


def heated(window: StudioWindow) -> bool:
    return window.page.view._easel.underlay.heated


def tap(window: StudioWindow, milliseconds: int = 0, key: Qt.Key = Qt.Key.Key_Y) -> None:
    window.page.view.setFocus()
    QTest.keyPress(window.page.view, key)
    if milliseconds:
        QTest.qWait(milliseconds)
    QTest.keyRelease(window.page.view, key)


def test_a_tap_opens_and_closes_and_a_held_key_only_glances(studio: Studio) -> None:
    window = studio.window
    for on in (True, False, True):
        tap(window)
        assert (window.xray.on, action(window, "view.x-ray").isChecked(), studio.jobs.record_attention) == (on,) * 3
    tap(window)
    tap(window, HELD + 100)
    assert not window.xray.on


def test_the_key_of_live_painting_is_held_to_glance_and_both_keys_can_be_changed(studio: Studio) -> None:
    window, live = studio.window, action(studio.window, "run.live")
    view = window.page.view
    view.setFocus()
    QTest.keyPress(view, Qt.Key.Key_L)
    QTest.qWait(HELD + 100)
    assert (window.xray.on, live.isChecked()) == (True, False)
    QTest.keyRelease(view, Qt.Key.Key_L)
    assert (window.xray.on, live.isChecked()) == (False, False)
    live.setShortcuts([QKeySequence("K")])
    tap(window, HELD + 100, Qt.Key.Key_L)
    assert not window.xray.on
    QTest.keyPress(view, Qt.Key.Key_K)
    QTest.qWait(HELD + 100)
    assert window.xray.on
    QApplication.sendEvent(view, QEvent(QEvent.Type.WindowDeactivate))
    assert not window.xray.on
    QTest.keyRelease(view, Qt.Key.Key_K)
    tap(window, HELD // 10, Qt.Key.Key_K)
    assert (window.xray.on, live.isChecked()) == (False, True)


def test_the_letter_is_written_where_words_are_written(studio: Studio) -> None:
    window = studio.window
    window.page.prompt.setFocus()
    strike(window, Qt.Key.Key_End)
    write(window, "y")
    assert window.desk.prompt.endswith("skyy")
    assert not window.xray.on


def test_a_finished_picture_is_xrayed_by_one_button_and_stays_the_only_result(qtbot: QtBot, studio: Studio) -> None:
    window, panel = studio.window, studio.window.xray.panel
    window.running.seed_mode = SeedMode.FIXED
    strike(window, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: [job.state for job in studio.jobs.all] == [JobState.DONE], timeout=LONG)
    results = len(studio.gallery.entries)
    tap(window)
    assert panel.advises
    assert "This picture has no X-ray" in panel.text.text()
    assert not heated(window)
    QTest.mouseClick(panel.button, LEFT)
    assert "Recording" in panel.text.text()
    qtbot.waitUntil(lambda: heated(window), timeout=LONG)
    qtbot.waitUntil(lambda: studio.jobs.all[-1].state is JobState.DONE, timeout=LONG)
    assert not panel.advises
    assert len(studio.gallery.entries) == results
    ran = [node for node, facts in studio.jobs.all[-1].nodes.items() if "attention was asked for" in facts.why]
    assert "base" in ran
    (layer,) = window.desk.phrases
    looks = window.xray.xray.looks(layer.id)
    assert len(looks) >= 3
    assert 0.0 < panel.legend.peak <= 1.0
    tap(window)
    assert not heated(window)
    _maps_stay_with_their_pictures(qtbot, studio)


def _maps_stay_with_their_pictures(qtbot: QtBot, studio: Studio) -> None:
    """A second picture without maps; the first one, chosen in the strip, still has its own."""
    window, before = studio.window, len(studio.gallery.entries)
    studio.window.desk.set_seed(77)
    strike(window, Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: len(studio.gallery.entries) == before + 1, timeout=LONG)
    tap(window)
    assert window.xray.panel.advises
    assert "This picture has no X-ray" in window.xray.panel.text.text()
    for place, seen in ((1, True), (0, False), (1, True)):
        QTest.mouseClick(window.strip.view.viewport(), LEFT, pos=window.strip.place_of(place))
        assert (heated(window), window.xray.panel.advises) == (seen, not seen)


def test_the_slider_goes_through_noise_by_mouse_and_keys(studio: Studio) -> None:
    window, panel = studio.window, studio.window.xray.panel
    (layer,) = window.desk.phrases
    tap(window)
    feed(window.xray.xray, layer.id, 80.0, 8.0, 0.8)
    assert shown(window, layer.id) == 0.8
    QTest.mouseClick(panel.curve, LEFT, pos=QPoint(round(panel.curve.place(8.0)) + 3, 20))
    assert shown(window, layer.id) == 8.0
    assert panel.reading.text().startswith("Noise 8:")
    panel.curve.setFocus()
    for key, sigma in (
        (Qt.Key.Key_Left, 80.0),
        (Qt.Key.Key_Left, 80.0),
        (Qt.Key.Key_End, 0.8),
        (Qt.Key.Key_Home, 80.0),
    ):
        QTest.keyClick(panel.curve, key)
        assert shown(window, layer.id) == sigma
    panel.grab()


def test_phrases_are_clicked_through_and_one_not_recorded_says_so(studio: Studio) -> None:
    window, panel = studio.window, studio.window.xray.panel
    (fox,) = window.desk.phrases
    window.page.prompt.setFocus()
    select_last_words(window, 2)
    strike(window, Qt.Key.Key_P, CTRL)
    tap(window)
    feed(window.xray.xray, fox.id, 5.0)
    sky = next(layer for layer in window.desk.phrases if layer.id != fox.id)
    assert panel.advises
    assert "night sky" in panel.text.text()
    QTest.mouseClick(panel.chips[fox.id], LEFT)
    assert (window.desk.active, heated(window), panel.advises) == (fox.id, True, False)
    assert panel.chips[fox.id].isChecked()
    QTest.mouseClick(panel.chips[sky.id], LEFT)
    assert (window.desk.active, heated(window), panel.advises) == (sky.id, False, True)


def test_without_a_phrase_it_says_what_to_do_first(studio: Studio) -> None:
    window = studio.window
    feed(window.xray.xray, "fox", 1.0)
    studio.workspace.session.mark_saved(studio.workspace.session.document)
    window.filing.new()
    assert window.xray.xray.empty
    tap(window)
    assert "Select words" in window.xray.panel.text.text()
    assert window.xray.panel.button.isHidden()


def feed(xray: Xray, phrase: str, *sigmas: float) -> None:
    for sigma in sigmas:
        xray.hear(told(sigma, phrase=phrase))


def shown(window: StudioWindow, phrase: str) -> float:
    look = window.xray.xray.look(phrase)
    assert look is not None
    assert heated(window)
    return look.level.sigma
