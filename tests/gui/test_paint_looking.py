"""Looking at the canvas: pan, zoom, turn, and what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.paint import operations
from app.paint.brush import Brush
from app.paint.errors import PaintError
from app.paint.palette import swatch
from app.paint.rect import Rect
from app.paint.tiles import TILE, TileMask
from app.paint.toolbox import Tool, ToolSettings
from app.qt.paintview.hatches import hatch_brush
from app.qt.paintview.projection import LARGEST_ZOOM, SMALLEST_ZOOM, Projection
from app.qt.paintview.sheets import Sheet
from app.qt.paintview.view import TURN, PaintView
from tests.gui.painting import MemoryScene, Mouse, leave
from tests.paint.masks import masks, speckled

PLACES = st.tuples(st.floats(-500.0, 500.0), st.floats(-500.0, 500.0))
PROJECTIONS = st.builds(
    Projection,
    zoom=st.floats(SMALLEST_ZOOM, LARGEST_ZOOM),
    angle=st.floats(0.0, 360.0),
    centre=PLACES,
    view=st.just((400.0, 300.0)),
    ratio=st.sampled_from([1.0, 1.25, 2.0]),
)


@pytest.fixture
def scene() -> MemoryScene:
    return MemoryScene.of("a meadow", "a castle")


@pytest.fixture
def view(qtbot: QtBot, scene: MemoryScene) -> Iterator[PaintView]:
    view = PaintView(scene)
    qtbot.addWidget(view)
    view.resize(560, 440)
    with qtbot.waitExposed(view):
        view.show()
    yield view
    assert not view.busy


@given(PROJECTIONS, PLACES)
def test_view_and_canvas_points_correspond(projection: Projection, place: tuple[float, float]) -> None:
    seen = projection.to_view(*place)
    assert projection.to_canvas(seen.x(), seen.y()) == pytest.approx(place, abs=1e-3)


@given(PROJECTIONS, st.floats(0.01, 100.0), st.floats(0.0, 400.0), st.floats(0.0, 300.0))
def test_zooming_and_turning_hold_the_point_under_the_hand(
    projection: Projection, zoom: float, x: float, y: float
) -> None:
    held = projection.to_canvas(x, y)
    for after in (projection.zoomed(zoom, x, y), projection.turned(zoom, x, y)):
        seen = after.to_view(*held)
        assert abs(seen.x() - x) <= 1.0  # places are rounded to whole screen pixels
        assert abs(seen.y() - y) <= 1.0
        assert SMALLEST_ZOOM <= after.zoom <= LARGEST_ZOOM


@given(PROJECTIONS, st.floats(-200.0, 200.0), st.floats(-200.0, 200.0), PLACES)
def test_panning_moves_everything_alike(
    projection: Projection, dx: float, dy: float, place: tuple[float, float]
) -> None:
    way = projection.panned(dx, dy).to_view(*place) - projection.to_view(*place)
    assert way.x() == pytest.approx(dx, abs=1.01)
    assert way.y() == pytest.approx(dy, abs=1.01)
    assert (way.x() * projection.ratio) == pytest.approx(round(way.x() * projection.ratio), abs=1e-3)


@given(st.integers(1, 4000), st.integers(1, 4000), st.floats(0.0, 360.0))
def test_fitting_shows_the_whole_canvas(width: int, height: int, angle: float) -> None:
    fitted = Projection(angle=angle, view=(400.0, 300.0)).fitted(width, height)
    seen = fitted.view_rect(Rect(0, 0, width, height))
    assert seen.left() >= -1.0
    assert seen.top() >= -1.0
    assert seen.right() <= 401.0
    assert seen.bottom() <= 301.0


@given(masks(), st.integers(0, 4), st.data())
def test_sheets_and_their_halves_follow_the_mask(mask: TileMask, level: int, data: st.DataObject) -> None:
    sheet, fresh = Sheet(mask.width, mask.height), Sheet(mask.width, mask.height)
    sheet.level(2.0**-level * 0.5)  # the halves are there before anything changes
    rect = Rect(0, 0, data.draw(st.integers(1, mask.width)), data.draw(st.integers(1, mask.height)))
    sheet.write(rect, speckled(rect.width, rect.height, density=0.5))
    sheet.set_mask(mask, also=rect.cells(TILE))
    fresh.set_mask(mask)
    assert np.array_equal(alpha(sheet.image), mask.to_array())
    assert np.array_equal(alpha(sheet.level(2.0**-level * 0.5)[0]), alpha(fresh.level(2.0**-level * 0.5)[0]))


def alpha(image: QImage) -> NDArray[np.uint8]:
    stored = np.ndarray((image.height(), image.bytesPerLine()), np.uint8, buffer=image.constBits())
    return stored[:, : image.width()].copy()


def test_the_canvas_is_fitted_until_the_artist_looks_elsewhere(view: PaintView) -> None:
    view.resize(300, 300)
    fitted = view.projection.zoom
    assert fitted == pytest.approx((300 - 48) / 256)
    view.zoom_in()
    view.resize(500, 500)
    assert view.projection.zoom == pytest.approx(1.2 * fitted)
    view.fit()
    view.resize(300, 300)
    assert view.projection.zoom == pytest.approx(fitted)


def test_the_wheel_zooms_to_the_cursor(view: PaintView) -> None:
    at = QPointF(400.0, 100.0)
    held, zoom = view.projection.to_canvas(at.x(), at.y()), view.projection.zoom
    QApplication.sendEvent(view, wheel(view, at, 120))
    assert view.projection.zoom == pytest.approx(1.2 * zoom)
    assert view.projection.to_canvas(at.x(), at.y()) == pytest.approx(held, abs=1.0)
    QApplication.sendEvent(view, wheel(view, at, -240))
    assert view.projection.zoom == pytest.approx(zoom / 1.2)


def wheel(view: PaintView, at: QPointF, by: int) -> QWheelEvent:
    return QWheelEvent(
        at,
        QPointF(view.mapToGlobal(at)),
        QPoint(),
        QPoint(0, by),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def test_keys_turn_the_canvas_and_can_be_bound_anew(view: PaintView) -> None:
    for key, angle in ((Qt.Key.Key_6, TURN), (Qt.Key.Key_6, 2 * TURN), (Qt.Key.Key_4, TURN), (Qt.Key.Key_5, 0.0)):
        QTest.keyClick(view, key)
        assert view.projection.angle == pytest.approx(angle)
    view.bind_keys({})
    QTest.keyClick(view, Qt.Key.Key_6)
    assert view.projection.angle == 0.0


def drag_in_view(view: PaintView, begin: QPoint, end: QPoint, button: Qt.MouseButton) -> None:
    QTest.mousePress(view, button, pos=begin)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, button, pos=end)


def test_space_drag_pans_whatever_the_tool(view: PaintView, scene: MemoryScene) -> None:
    before = view.projection.to_view(0.0, 0.0)
    QTest.keyPress(view, Qt.Key.Key_Space)
    assert view.cursor().shape() == Qt.CursorShape.OpenHandCursor
    drag_in_view(view, QPoint(200, 200), QPoint(230, 190), Qt.MouseButton.LeftButton)
    QTest.keyRelease(view, Qt.Key.Key_Space)
    assert view.projection.to_view(0.0, 0.0) - before == QPointF(30.0, -10.0)
    assert view.cursor().shape() == Qt.CursorShape.BlankCursor
    assert scene.edits == []


def test_the_middle_button_and_the_pan_tool_pan(view: PaintView) -> None:
    before = view.projection.to_view(0.0, 0.0)
    drag_in_view(view, QPoint(200, 200), QPoint(230, 190), Qt.MouseButton.MiddleButton)
    view.set_tool(Tool.PAN)
    drag_in_view(view, QPoint(200, 200), QPoint(230, 190), Qt.MouseButton.LeftButton)
    assert view.projection.to_view(0.0, 0.0) - before == QPointF(60.0, -20.0)


def test_the_zoom_tool_zooms_by_clicks_and_drags(view: PaintView) -> None:
    view.set_tool(Tool.ZOOM)
    zoom = view.projection.zoom
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert view.projection.zoom == pytest.approx(1.5 * zoom)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, QPoint(200, 200))
    assert view.projection.zoom == pytest.approx(zoom)
    drag_in_view(view, QPoint(200, 200), QPoint(320, 200), Qt.MouseButton.LeftButton)
    assert view.projection.zoom == pytest.approx(2.0 * zoom)


def test_a_turned_canvas_is_painted_where_the_hand_is(view: PaintView, scene: MemoryScene) -> None:
    view.set_settings(ToolSettings(brush=Brush(size=20.0, hardness=1.0)))
    view.turn_right()
    view.turn_right()
    view.zoom_to(1.7)
    Mouse(view).drag((60, 60), (180, 130))
    painted = scene.masks["a castle"].to_array()
    assert painted[95, 120] == 255
    assert painted[60:131, 60:181].sum() > 0.8 * painted.sum()


GROUND = (0x4C, 0x4C, 0x4C)


def rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def seen(view: PaintView, x: float, y: float) -> QColor:
    """The colour in which a canvas point is shown."""
    return view.grab().toImage().pixelColor(view.projection.to_view(x, y).toPoint())


def test_layers_are_shown_in_their_colours(view: PaintView, scene: MemoryScene) -> None:
    scene.masks["a castle"] = TileMask.from_array(np.full((192, 256), 255, np.uint8))
    view.refresh()
    orange, sky_blue = (QColor(*swatch(index).rgb) for index in (0, 1))
    shot = view.grab().toImage()
    corner = view.projection.to_view(0, 0).toPoint()
    colours = {shot.pixelColor(corner + QPoint(x, y)).name() for x in range(40, 80) for y in range(40, 80)}
    assert sky_blue.name() in colours  # hatch lines have the very colour of the palette
    assert orange.name() not in colours


def test_hidden_layers_are_not_shown(view: PaintView, scene: MemoryScene) -> None:
    bare = seen(view, 100, 100)
    scene.masks["a castle"] = TileMask.from_array(np.full((192, 256), 255, np.uint8))
    view.refresh()
    assert seen(view, 100, 100) != bare
    scene.change("a castle", visible=False)
    view.refresh()
    assert seen(view, 100, 100) == bare


def test_upper_layers_hide_lower_ones_only_when_stacked(view: PaintView, scene: MemoryScene) -> None:
    full = TileMask.from_array(np.full((192, 256), 255, np.uint8))
    scene.masks["a castle"] = full
    view.refresh()
    alone = view.grab().toImage()
    scene.masks["a meadow"] = full
    view.refresh()
    assert view.grab().toImage() == alone
    scene.overlap = "mix"
    view.refresh()
    assert view.grab().toImage() != alone


def test_a_stroke_is_seen_while_it_is_drawn(view: PaintView) -> None:
    view.set_settings(ToolSettings(brush=Brush(size=40.0, hardness=1.0)))
    mouse = Mouse(view)
    before = seen(view, 100, 100)
    mouse.press(60, 100)
    mouse.move(140, 100)
    during = view.grab().toImage()
    mouse.release(140, 100)
    assert during.pixelColor(view.projection.to_view(100, 108).toPoint()) != before
    assert view.grab().toImage() == during  # nothing jumps when the hand lifts


@pytest.mark.parametrize("zoom", [0.3, 1.0, 2.5, 9.0])
def test_drawing_piece_by_piece_looks_like_drawing_all_at_once(
    view: PaintView, scene: MemoryScene, zoom: float, qtbot: QtBot
) -> None:
    view.set_settings(ToolSettings(brush=Brush(size=40.0, hardness=0.3)))
    view.zoom_to(zoom)
    mouse = Mouse(view)
    mouse.press(100, 90)
    for x, y in ((120, 95), (140, 110), (128, 96), (150, 80)):
        mouse.move(x, y)
        view.grab()
    mouse.release(150, 80)
    view.look(view.projection.panned(31.0, -17.0))
    leave(view)
    fresh = PaintView(scene)
    qtbot.addWidget(fresh)
    fresh.resize(view.size())
    with qtbot.waitExposed(fresh):
        fresh.show()
    fresh.look(view.projection)
    leave(fresh)
    pieces = view.grab().toImage()
    differences = difference(pieces, fresh.grab().toImage())
    # Scaling rounds differently from piece to piece, which shifts a soft layer's line by a tenth of a pixel or two.
    assert differences.max() <= 64
    assert (differences > 3).mean() < 0.0005


def difference(one: QImage, other: QImage) -> NDArray[np.int_]:
    """The largest difference of a channel, [height, width]."""
    images = [each.convertToFormat(QImage.Format.Format_RGB32) for each in (one, other)]
    values = [np.ndarray((each.height(), each.width(), 4), np.uint8, buffer=each.constBits()) for each in images]
    apart: NDArray[np.int_] = np.abs(values[0][..., :3].astype(int) - values[1][..., :3]).max(axis=2)
    return apart


def test_the_picture_fills_the_canvas_with_its_opacity(view: PaintView, scene: MemoryScene) -> None:
    scene.picture = np.full((48, 64, 3), (10, 200, 30), np.uint8)
    view.refresh()
    assert rgb(seen(view, 200, 20)) == (10, 200, 30)
    view.set_picture_opacity(0.0)
    assert rgb(seen(view, 200, 20)) == GROUND


def test_a_picture_of_other_proportions_is_not_bent(view: PaintView, scene: MemoryScene) -> None:
    scene.picture = np.full((48, 48, 3), (10, 200, 30), np.uint8)
    view.refresh()
    assert rgb(seen(view, 128, 96)) == (10, 200, 30)
    assert rgb(seen(view, 20, 96)) == rgb(seen(view, 236, 96)) == GROUND


def test_a_preview_stands_in_for_the_picture_while_it_lasts(view: PaintView, scene: MemoryScene) -> None:
    scene.picture = np.full((48, 64, 3), (10, 200, 30), np.uint8)
    view.refresh()
    view.set_preview(np.full((8, 8, 3), (90, 80, 70), np.uint8))
    assert rgb(seen(view, 200, 20)) == (90, 80, 70)
    view.set_preview(None)
    assert rgb(seen(view, 200, 20)) == (10, 200, 30)


def test_a_heat_map_glows_where_it_is_hot(view: PaintView) -> None:
    heat = np.zeros((12, 16), np.float32)
    heat[6:, 8:] = 3.0
    view.set_heat(heat)
    assert seen(view, 240, 180).lightness() > seen(view, 10, 10).lightness() + 100
    view.set_heat(None)
    assert seen(view, 240, 180) == seen(view, 10, 10)


def test_cells_show_what_a_model_sees(view: PaintView, scene: MemoryScene) -> None:
    mask = np.zeros((192, 256), np.uint8)
    mask[:96, :100] = 255
    scene.masks["a castle"] = TileMask.from_array(mask)
    view.refresh()
    bare = seen(view, 108, 30)
    view.show_cells(8)
    shot = view.grab().toImage()
    cell = [shot.pixelColor(view.projection.to_view(x, 30).toPoint()).name() for x in range(99, 126)]
    assert bare.name() not in cell  # the cell at 96 to 128 is covered in part, so all of it is
    view.show_cells(None)
    assert seen(view, 108, 30) == bare


def test_pictures_of_other_kinds_are_refused(view: PaintView) -> None:
    with pytest.raises(PaintError, match=r"a picture is uint8 \[height, width, 3\]"):
        view.set_preview(np.zeros((4, 4), np.uint8))


def test_an_empty_canvas_tells_what_to_do(view: PaintView, scene: MemoryScene) -> None:
    with_layers = view.grab().toImage()
    scene.layers.clear()
    scene.active = None
    view.refresh()
    assert view.grab().toImage() != with_layers


def test_undoing_in_the_scene_is_shown(view: PaintView, scene: MemoryScene) -> None:
    leave(view)
    before = view.grab().toImage()
    Mouse(view).drag((60, 60), (180, 130))
    scene.masks["a castle"] = operations.clear(scene.masks["a castle"])
    view.refresh()
    leave(view)
    assert view.grab().toImage() == before


def test_thirds_are_drawn_at_thirds(view: PaintView) -> None:
    bare = seen(view, 256 / 3, 60)
    view.set_thirds(True)
    assert seen(view, 256 / 3, 60) != bare
    assert seen(view, 40, 40) == seen(view, 50, 50)


def test_tips_change_by_steps(qtbot: QtBot, view: PaintView) -> None:
    with qtbot.waitSignal(view.settings_changed):
        view.change_tip(Brush.larger)
    assert view.settings == replace(ToolSettings(), brush=Brush().larger())
    view.set_tool(Tool.ERASER)
    view.change_tip(Brush.softer)
    assert view.settings.eraser == ToolSettings().eraser.softer()


def test_a_brush_covers_the_same_share_of_a_larger_canvas(view: PaintView, scene: MemoryScene) -> None:
    before = view.settings.brush.size
    scene.size = (512, 384)
    scene.masks = {name: TileMask.blank(512, 384) for name in scene.masks}
    view.refresh()
    assert view.settings.brush.size == 2.0 * before


def test_hatches_have_the_colour_of_their_phrase() -> None:
    for index in range(8):
        image = hatch_brush(swatch(index), 1.0, 1.0).textureImage()
        colours = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert swatch(index).hex.lower() in colours


def test_the_ring_is_as_large_as_the_brush_and_shows_its_core(view: PaintView) -> None:
    view.zoom_to(2.0)
    view.set_settings(ToolSettings(brush=Brush(size=60.0, hardness=0.5)))
    leave(view)
    bare = view.grab().toImage()
    middle = view.projection.to_view(100.0, 100.0).toPoint()
    QTest.mouseMove(view, middle)
    changed = difference(bare, view.grab().toImage())[middle.y()] > 8
    changed[: middle.x()] = False
    places = np.flatnonzero(changed) - middle.x()
    assert places.min() == pytest.approx(30, abs=2)
    assert places.max() == pytest.approx(60, abs=2)
    view.set_settings(ToolSettings(brush=Brush(size=60.0, hardness=1.0)))
    changed = difference(bare, view.grab().toImage())[middle.y()] > 8
    changed[: middle.x()] = False
    assert (np.flatnonzero(changed) - middle.x()).min() >= 57
