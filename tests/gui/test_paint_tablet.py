"""A pen on a tablet: every point counts, and none counts twice."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.paint.brush import Brush, Touch
from app.paint.stroke import Stroke
from app.paint.tiles import TileMask
from app.paint.toolbox import Tool, ToolSettings
from app.qt.paintview.view import PaintView
from tests.gui.painting import ERASER, MemoryScene, Mouse, Pen


@pytest.fixture
def scene() -> MemoryScene:
    return MemoryScene.of("a castle")


@pytest.fixture
def view(qtbot: QtBot, scene: MemoryScene) -> Iterator[PaintView]:
    view = PaintView(scene)
    qtbot.addWidget(view)
    view.resize(560, 440)
    with qtbot.waitExposed(view):
        view.show()
    view.zoom_to(2.0)
    yield view
    assert not view.busy


def test_every_point_is_drawn_with_its_pressure_and_tilt(view: PaintView, scene: MemoryScene) -> None:
    """A quick spiral at 240 Hz: what is left is exactly the stroke through all its points."""
    brush = Brush(size=18.0, pressure_size=1.0, pressure_flow=0.5, tilt=0.7)
    view.set_settings(ToolSettings(brush=brush))
    turns = np.linspace(0.0, 6.0 * np.pi, 480)
    points = [
        Touch(128 + 12 * t**0.6 * np.cos(t), 96 + 12 * t**0.6 * np.sin(t), 0.3 + 0.7 * (n % 7) / 7, 40.0, -15.0)
        for n, t in enumerate(turns)
    ]
    pen = Pen(view)
    expected = Stroke(TileMask.blank(*scene.size), brush)
    pen.press(points[0].x, points[0].y, points[0].pressure, (points[0].tilt_x, points[0].tilt_y))
    for point in points[1:]:
        pen.move(point.x, point.y, point.pressure, (point.tilt_x, point.tilt_y))
    pen.release(points[-1].x, points[-1].y)
    for point in points:
        expected.add(point)
    difference = np.abs(scene.masks["a castle"].to_array().astype(int) - expected.finish().to_array())
    assert difference.mean() < 0.05
    assert len(scene.edits) == 1


def test_events_are_accepted_so_that_no_mouse_event_follows(view: PaintView, scene: MemoryScene) -> None:
    pen = Pen(view)
    assert pen.press(60.0, 60.0)
    assert pen.move(90.0, 60.0)
    assert pen.release(90.0, 60.0)
    view.set_tool(Tool.PAN)
    scene.layers.clear()
    scene.active = None
    view.set_tool(Tool.BRUSH)
    view.refresh()
    assert pen.press(60.0, 60.0)  # also where nothing can be painted
    assert pen.release(60.0, 60.0)


def test_lifting_the_pen_does_not_thin_the_end(view: PaintView, scene: MemoryScene) -> None:
    view.set_settings(ToolSettings(brush=Brush(size=20.0, hardness=1.0)))
    pen = Pen(view)
    pen.press(60.0, 60.0, 0.8)
    pen.move(120.0, 60.0, 0.8)
    pen.release(160.0, 60.0)
    columns = (scene.masks["a castle"].to_array() > 127).sum(0)
    assert columns[60:158].min() >= 15


def test_the_other_end_of_the_pen_erases_with_any_tool(view: PaintView, scene: MemoryScene) -> None:
    scene.masks["a castle"] = TileMask.from_array(np.full((192, 256), 255, np.uint8))
    view.refresh()
    view.set_tool(Tool.LASSO)
    Pen(view, ERASER).draw([(60.0, 60.0), (120.0, 60.0)])
    assert scene.edits == ["Erase “a castle”"]
    assert scene.masks["a castle"].to_array()[60, 60:120].max() == 0


def test_light_strokes_are_thinner(view: PaintView, scene: MemoryScene) -> None:
    view.set_settings(ToolSettings(brush=Brush(size=30.0)))
    pen = Pen(view)
    pen.draw([(40.0, 40.0), (200.0, 40.0)], pressure=0.3)
    pen.draw([(40.0, 120.0), (200.0, 120.0)], pressure=0.9)
    heights = (scene.masks["a castle"].to_array()[:, 120] > 127).nonzero()[0]
    assert (heights < 80).sum() < 0.5 * (heights > 80).sum()


def test_a_pen_draws_lassos_too(view: PaintView, scene: MemoryScene) -> None:
    view.set_tool(Tool.LASSO)
    Pen(view).draw([(60.0, 50.0), (140.0, 50.0), (140.0, 110.0), (60.0, 110.0)])
    assert scene.masks["a castle"].to_array()[55:105, 65:135].min() == 255


def test_a_lift_that_was_not_reported_ends_the_stroke(view: PaintView, scene: MemoryScene) -> None:
    pen = Pen(view)
    pen.press(60.0, 60.0)
    pen.move(90.0, 60.0)
    pen.hover(200.0, 60.0)
    assert not view.busy
    assert len(scene.edits) == 1
    Mouse(view).drag((60, 120), (90, 120))  # the mouse is listened to again
    assert len(scene.edits) == 2
