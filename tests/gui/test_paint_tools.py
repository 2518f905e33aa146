"""How tools and layers are set, in the real window: each slider and button, and what it does to the paint."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from app.model.layers import Layer
from app.paint import operations
from app.paint.tiles import Pixels, TileMask
from app.paint.toolbox import Tool
from app.qt.application import Studio
from app.qt.desk import Desk
from app.qt.pictures import encoded
from engine.api.messages import Preview
from tests.gui.painting import Mouse, Pen, leave
from tests.gui.studios import action, open_studio, strike, type_into

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def studio(qtbot: QtBot, qapp: QApplication, sinopia_home: Path) -> Iterator[Studio]:
    with open_studio(qtbot, qapp, sinopia_home) as studio:
        yield studio


def chosen(desk: Desk) -> Layer:
    layer = desk.active_phrase
    assert layer is not None
    return layer


def values(studio: Studio) -> Pixels:
    """What is painted on the chosen layer."""
    return studio.window.desk.mask(chosen(studio.window.desk).id).to_array()


def seen(studio: Studio) -> QImage:
    leave(studio.window.page.view)
    return studio.window.page.view.grab().toImage()


@pytest.mark.parametrize("tool", [Tool.BRUSH, Tool.ERASER])
def test_size_hardness_and_flow_are_typed_into_the_bar(studio: Studio, tool: Tool) -> None:
    window, page, view = studio.window, studio.window.page, studio.window.page.view
    action(window, "phrase.clear").trigger()
    if tool is Tool.ERASER:
        action(window, "phrase.invert").trigger()
    view.set_tool(tool)
    other = view.settings.tip(erasing=tool is Tool.BRUSH)
    middle = (120.0, 120.0)

    def dab() -> Pixels:
        Mouse(view).drag(middle)
        left = values(studio)[120]
        action(window, "edit.undo").trigger()
        changed: Pixels = np.abs(left.astype(np.int16) - values(studio)[120]).astype(np.uint8)
        return changed

    type_into(page.options.diameter, "40")
    type_into(page.options.hardness, "100")
    hard = dab()
    assert np.flatnonzero(hard).size == pytest.approx(40.0, abs=2.0)
    assert hard[120] == 255
    type_into(page.options.hardness, "0")
    soft = dab()
    assert 0 < soft[136] < 128 < hard[136]
    type_into(page.options.flow, "50")
    assert dab()[120] == pytest.approx(128.0, abs=2.0)
    assert view.settings.tip(erasing=tool is Tool.BRUSH) == other


def test_the_mirrors_of_the_bar_paint_on_four_sides(studio: Studio) -> None:
    window, options, view = studio.window, studio.window.page.options, studio.window.page.view
    action(window, "phrase.clear").trigger()
    QTest.mouseClick(options.across, LEFT)
    QTest.mouseClick(options.down, LEFT)
    Mouse(view).drag((40.0, 60.0), (60.0, 60.0))
    painted = values(studio)
    assert painted[60, 50] == 255
    for flip in (painted[:, ::-1], painted[::-1]):
        assert np.array_equal(flip, painted)


def test_the_tolerance_says_what_counts_as_alike(studio: Studio) -> None:
    window, desk, page = studio.window, studio.window.desk, studio.window.page
    height, width = values(studio).shape
    ramp = np.broadcast_to(np.linspace(0.0, 255.0, width).astype(np.uint8), (height, width))
    desk.commit("Ramp", chosen(desk).id, TileMask.from_array(ramp.copy()))
    page.view.set_tool(Tool.FILL)
    filled = []
    for tolerance in ("20", "200"):
        type_into(page.options.tolerance, tolerance)
        Mouse(page.view).drag((5.0, 100.0))
        filled.append(int((values(studio) == 255).sum()))
        action(window, "edit.undo").trigger()
    assert filled[0] < filled[1] < values(studio).size


def test_alt_picks_the_layer_below_the_brush(studio: Studio) -> None:
    desk, view = studio.window.desk, studio.window.page.view
    for layer in desk.phrases:
        desk.activate(layer.id)
        action(studio.window, "phrase.clear").trigger()
    lower, upper, *_others = desk.phrases
    for layer, x in ((lower, 60.0), (upper, 180.0)):
        desk.activate(layer.id)
        Mouse(view).drag((x, 80.0), (x, 120.0))
    steps = len(studio.workspace.session.done)
    Mouse(view).drag((60.0, 100.0), keys=ALT)
    assert desk.active == lower.id
    Mouse(view).drag((180.0, 100.0), keys=ALT)
    assert desk.active == upper.id
    assert len(studio.workspace.session.done) == steps


def test_paint_is_mirrored_and_inverted_as_a_whole(studio: Studio) -> None:
    window, desk = studio.window, studio.window.desk
    before = desk.mask(chosen(desk).id)
    for name, changed in (
        ("phrase.mirror", operations.mirror(before, across=True)),
        ("phrase.invert", operations.invert(before)),
    ):
        action(window, name).trigger()
        assert desk.mask(chosen(desk).id) == changed
        action(window, "edit.undo").trigger()


def test_a_locked_layer_is_not_painted_on_until_it_is_unlocked(studio: Studio, qtbot: QtBot) -> None:
    window, desk, view = studio.window, studio.window.desk, studio.window.page.view
    lock, before = window.page.phrases.row(chosen(desk).id).lock, values(studio)
    QTest.mouseClick(lock, LEFT)
    assert chosen(desk).locked
    with qtbot.waitSignal(view.told, check_params_cb=lambda told: "is locked" in told):
        Mouse(view).drag((60.0, 60.0), (90.0, 90.0))
    action(window, "phrase.clear").trigger()
    assert "is locked" in window.messages.text
    assert np.array_equal(values(studio), before)
    QTest.mouseClick(window.page.phrases.row(chosen(desk).id).lock, LEFT)
    action(window, "phrase.clear").trigger()
    assert not values(studio).any()


def test_layers_are_ordered_by_their_buttons(studio: Studio) -> None:
    desk, details = studio.window.desk, studio.window.page.phrases.details
    names = [layer.id for layer in desk.phrases]
    desk.activate(names[0])
    buttons = {button.accessibleName(): button for button in details.findChildren(QToolButton)}
    QTest.mouseClick(buttons["Move the layer up"], LEFT)
    assert [layer.id for layer in desk.phrases] == [names[1], names[0], *names[2:]]
    QTest.mouseClick(buttons["Move the layer down"], LEFT)
    assert [layer.id for layer in desk.phrases] == names
    strike(studio.window, Qt.Key.Key_BracketRight, ALT)
    assert desk.active == names[1]


def test_how_a_layer_acts_is_typed_and_reaches_the_plan(studio: Studio) -> None:
    desk, details = studio.window.desk, studio.window.page.phrases.details
    for slider, text in (
        (details.strength, "2.5"),
        (details.repel, "30"),
        (details.begin, "20"),
        (details.finish, "60"),
    ):
        type_into(slider, text)
    layer = chosen(desk)
    assert (layer.strength, layer.repel, layer.begin, layer.finish) == (2.5, 0.3, 0.2, 0.6)
    type_into(details.begin, "80")
    assert (chosen(desk).begin, chosen(desk).finish) == (0.8, 0.8)  # what ends does not begin later
    for _ in range(5):
        action(studio.window, "edit.undo").trigger()
    assert chosen(desk) != layer


def test_how_strongly_paint_and_picture_are_shown(studio: Studio) -> None:
    desk, page = studio.window.desk, studio.window.page
    Mouse(page.view).drag((60.0, 60.0), (160.0, 160.0))
    looks = [seen(studio)]
    type_into(page.phrases.details.opacity, "10")
    looks.append(seen(studio))
    assert chosen(desk).opacity == 0.1
    page.view.set_preview(np.full((8, 8, 3), (10, 200, 30), np.uint8))
    for share in ("0", "100"):
        type_into(page.options.picture, share)
        looks.append(seen(studio))
    assert looks[0] != looks[1]
    corner = page.view.projection.to_view(2.0, 2.0).toPoint() + QPoint(4, 4)
    assert looks[-1].pixelColor(corner).green() > looks[-2].pixelColor(corner).green() + 60


def test_paint_does_not_step_back_before_a_hand_that_paints(studio: Studio) -> None:
    desk, view, pen = studio.window.desk, studio.window.page.view, Pen(studio.window.page.view)
    job = studio.jobs.submit(desk.document)
    studio.jobs.cancel_all()  # only what is told of it counts here
    grey = QImage(8, 8, QImage.Format.Format_RGB32)
    grey.fill(Qt.GlobalColor.gray)

    def preview() -> float:
        studio.jobs.previewed.emit(job, Preview("1", "base", 0, 8, 8, encoded(grey)))
        return desk.layers[0].opacity

    shown = desk.layers[0].opacity
    resting = preview()
    assert resting < shown
    pen.press(60.0, 60.0)
    for x in range(61, 121):
        pen.move(float(x), 60.0, 0.5)
        assert preview() == shown
    desk.show_picture(np.zeros((8, 8, 3), np.uint8))
    assert desk.layers[0].opacity == shown
    pen.release(120.0, 60.0)
    assert preview() == shown, "one who paints during a run goes on seeing the paint"
    assert not view.busy
    job = studio.jobs.submit(desk.document)
    studio.jobs.cancel_all()
    pen.draw([(60.0, 90.0), (120.0, 90.0)])
    assert preview() == shown, "also where the first sight of it comes after the stroke"
    desk.show_picture(np.zeros((8, 8, 3), np.uint8))
    assert desk.layers[0].opacity == resting


def test_phrases_wear_colours_and_patterns_of_the_palette(studio: Studio) -> None:
    rows = [studio.window.page.phrases.row(layer.id) for layer in studio.window.desk.phrases]
    looks = [row.grab().toImage().copy(0, 0, 40, row.height()) for row in rows]
    assert all(one != other for number, one in enumerate(looks) for other in looks[number + 1 :])
    grounds = {QColor(look.pixelColor(20, look.height() // 2)).name() for look in looks}
    assert len(grounds) > 1


def test_growing_does_not_wait_for_a_file(studio: Studio, qtbot: QtBot) -> None:
    window, desk = studio.window, studio.window.desk
    before, disk = desk.mask(chosen(desk).id), threading.Event()
    written: list[bool] = []
    studio.aside(disk.wait, written.append, lambda _error: None)  # a slow disk
    action(window, "phrase.grow").trigger()
    qtbot.waitUntil(lambda: desk.mask(chosen(desk).id) != before)
    assert written == []
    disk.set()
    qtbot.waitUntil(lambda: written == [True])
