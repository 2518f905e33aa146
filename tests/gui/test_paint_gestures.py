"""Gestures with a real mouse, judged by what they leave in the scene."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.paint import operations
from app.paint.brush import Brush
from app.paint.crop import CropBox
from app.paint.rect import Rect
from app.paint.tiles import TileMask
from app.paint.toolbox import Tool, ToolSettings
from app.qt.paintview.view import PaintView
from tests.gui.painting import MemoryScene, Mouse, leave

SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
HARD = ToolSettings(brush=Brush(size=20.0, hardness=1.0), eraser=Brush(size=20.0, hardness=1.0))


@pytest.fixture
def scene() -> MemoryScene:
    return MemoryScene.of("a meadow", "a castle")


@pytest.fixture
def view(qtbot: QtBot, scene: MemoryScene) -> Iterator[PaintView]:
    view = PaintView(scene)
    qtbot.addWidget(view)
    view.resize(560, 440)
    view.set_settings(HARD)
    with qtbot.waitExposed(view):
        view.show()
    view.zoom_to(2.0)
    yield view
    assert not view.busy


def painted(scene: MemoryScene, layer: str = "a castle") -> NDArray[np.uint8]:
    return scene.masks[layer].to_array()


def test_a_drag_paints_on_the_active_layer_and_is_one_edit(view: PaintView, scene: MemoryScene) -> None:
    Mouse(view).drag((40, 60), (100, 60), (160, 60))
    assert scene.edits == ["Paint “a castle”"]
    assert painted(scene)[60, 35:165].min() == 255
    assert scene.masks["a castle"].bounds().height == pytest.approx(21, abs=1)
    assert scene.masks["a meadow"].is_blank


def test_nothing_is_committed_before_the_hand_lifts(view: PaintView, scene: MemoryScene) -> None:
    mouse = Mouse(view)
    mouse.press(40, 60)
    mouse.move(160, 60)
    assert view.busy
    assert scene.edits == []
    assert scene.masks["a castle"].is_blank
    mouse.release(160, 60)
    assert len(scene.edits) == 1


def test_a_click_leaves_a_dab_and_two_quick_ones_leave_two(view: PaintView, scene: MemoryScene) -> None:
    mouse = Mouse(view)
    mouse.drag((60, 60))
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=view.projection.to_view(120, 60).toPoint())
    mouse.release(120, 60)
    assert len(scene.edits) == 2
    assert painted(scene)[60, 60] == painted(scene)[60, 120] == 255


def test_the_eraser_takes_away(view: PaintView, scene: MemoryScene) -> None:
    scene.masks["a castle"] = operations.invert(scene.masks["a castle"])
    view.refresh()
    view.swap_erasing()
    assert view.tool is Tool.ERASER
    Mouse(view).drag((40, 60), (160, 60))
    assert scene.edits == ["Erase “a castle”"]
    assert painted(scene)[60, 40:160].max() == 0
    assert painted(scene)[100].min() == 255


def test_escape_gives_a_stroke_up(view: PaintView, scene: MemoryScene) -> None:
    mouse = Mouse(view)
    leave(view)
    before = view.grab().toImage()
    mouse.press(40, 60)
    mouse.move(160, 60)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    mouse.move(200, 100)
    mouse.release(200, 100)
    assert scene.edits == []
    leave(view)
    assert view.grab().toImage() == before


def test_shift_click_draws_a_straight_line_from_the_last_end(view: PaintView, scene: MemoryScene) -> None:
    mouse = Mouse(view)
    mouse.drag((40, 40), (60, 40))
    mouse.drag((60, 150), keys=SHIFT)
    assert painted(scene)[40:150, 60].min() == 255
    mouse.drag((200, 150), keys=SHIFT)
    assert painted(scene)[150, 60:200].min() == 255
    assert len(scene.edits) == 3


def test_shift_drag_draws_one_straight_line_however_the_hand_wanders(view: PaintView, scene: MemoryScene) -> None:
    Mouse(view).drag((40, 40), (60, 150), (120, 20), (200, 40), keys=SHIFT)
    bounds = scene.masks["a castle"].bounds()
    assert bounds.height <= 23
    assert bounds.width >= 175


def test_a_line_does_not_go_on_from_another_layer(view: PaintView, scene: MemoryScene) -> None:
    mouse = Mouse(view)
    mouse.drag((40, 40), (60, 40))
    scene.activate("a meadow")
    view.refresh()
    mouse.drag((200, 150), keys=SHIFT)
    assert scene.masks["a meadow"].bounds().width <= 23


def test_mirrors_paint_on_all_sides(view: PaintView, scene: MemoryScene) -> None:
    view.set_settings(ToolSettings(brush=HARD.brush, mirror_across=True, mirror_down=True))
    Mouse(view).drag((30, 30), (60, 50))
    mask = scene.masks["a castle"]
    assert mask == operations.mirror(mask, across=True) == operations.mirror(mask, down=True)
    assert painted(scene)[30, 30] == painted(scene)[191 - 30, 255 - 30] == 255


@pytest.mark.parametrize(("tool", "area"), [(Tool.RECTANGLE, 80.0 * 60.0), (Tool.ELLIPSE, np.pi * 80.0 * 60.0 / 4.0)])
def test_shapes_fill_their_area(view: PaintView, scene: MemoryScene, tool: Tool, area: float) -> None:
    view.set_tool(tool)
    Mouse(view).drag((60, 50), (100, 90), (140, 110))
    assert painted(scene).sum() / 255.0 == pytest.approx(area, rel=0.03)
    assert scene.edits == [f"{tool.value.capitalize()} “a castle”"]


def test_modifiers_square_centre_and_erase_shapes(view: PaintView, scene: MemoryScene) -> None:
    view.set_tool(Tool.RECTANGLE)
    mouse = Mouse(view)
    mouse.drag((100, 90), (140, 100), keys=SHIFT | ALT)
    assert scene.masks["a castle"].bounds() == Rect(60, 50, 80, 80)
    mouse.drag((60, 50), (140, 90), keys=CONTROL)
    assert scene.masks["a castle"].bounds() == Rect(60, 90, 80, 40)


def test_the_lasso_fills_what_it_encloses(view: PaintView, scene: MemoryScene) -> None:
    view.set_tool(Tool.LASSO)
    Mouse(view).drag((60, 50), (140, 50), (140, 110), (60, 110))
    assert painted(scene)[55:105, 65:135].min() == 255
    assert painted(scene).sum() / 255.0 == pytest.approx(80.0 * 60.0, rel=0.03)


def test_flood_fill_stops_at_painted_lines(view: PaintView, scene: MemoryScene) -> None:
    scene.masks["a castle"] = TileMask.from_array(frame(Rect(60, 50, 80, 60), 6))
    view.refresh()
    view.set_tool(Tool.FILL)
    Mouse(view).drag((100, 80))
    assert painted(scene)[55:105, 65:135].min() == 255
    assert painted(scene)[:48].max() == 0
    Mouse(view).drag((100, 80), keys=CONTROL)
    assert scene.masks["a castle"].is_blank
    assert scene.edits == ["Fill “a castle”", "Erase “a castle”"]


def frame(rect: Rect, width: int) -> NDArray[np.uint8]:
    """The rim of a rectangle, uint8 [192, 256]."""
    values = np.zeros((192, 256), np.uint8)
    values[rect.slices] = 255
    values[rect.padded(-width).slices] = 0
    return values


def test_move_shifts_all_paint_of_the_layer(view: PaintView, scene: MemoryScene) -> None:
    before = TileMask.from_array(frame(Rect(60, 50, 80, 60), 6))
    scene.masks["a castle"] = before
    view.refresh()
    view.set_tool(Tool.MOVE)
    Mouse(view).drag((100, 80), (130, 120), (120, 92))
    assert scene.masks["a castle"] == operations.move(before, 20, 12)
    Mouse(view).drag((100, 80), (80, 85), keys=SHIFT)
    assert scene.masks["a castle"] == operations.move(before, 0, 12)


def test_a_gesture_that_changes_nothing_is_no_edit(view: PaintView, scene: MemoryScene) -> None:
    view.set_tool(Tool.MOVE)
    Mouse(view).drag((100, 80), (120, 92))
    view.set_tool(Tool.ERASER)
    Mouse(view).drag((100, 80), (120, 92))
    view.set_tool(Tool.LASSO)
    Mouse(view).drag((100, 80))
    assert scene.edits == []


def test_alt_click_picks_the_uppermost_layer_painted_there(view: PaintView, scene: MemoryScene) -> None:
    scene.masks["a meadow"] = operations.invert(scene.masks["a meadow"])
    scene.masks["a castle"] = TileMask.from_array(frame(Rect(60, 50, 80, 60), 20))
    view.refresh()
    Mouse(view).drag((100, 20), keys=ALT)
    assert scene.active == "a meadow"
    Mouse(view).drag((70, 60), keys=ALT)
    assert scene.active == "a castle"
    assert scene.edits == []


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (lambda scene: scene.layers.clear(), MemoryScene.invitation),
        (lambda scene: setattr(scene, "active", None), "Choose a phrase to paint on in the list of phrases"),
        (lambda scene: scene.change("a castle", locked=True), "“a castle” is locked; unlock it"),
        (lambda scene: scene.change("a castle", visible=False), "“a castle” is hidden; show it"),
        (lambda scene: scene.change("a meadow", solo=True), "“a castle” is hidden; show it"),
    ],
)
def test_what_cannot_be_painted_is_explained(
    qtbot: QtBot, view: PaintView, scene: MemoryScene, prepare: Callable[[MemoryScene], None], told: str
) -> None:
    prepare(scene)
    view.refresh()
    assert view.cursor().shape() == Qt.CursorShape.ForbiddenCursor
    with qtbot.waitSignal(view.told) as signal:
        Mouse(view).drag((60, 50), (100, 90))
    assert signal.args is not None
    assert signal.args[0].startswith(told)
    assert scene.edits == []


def test_a_mask_that_changes_below_a_stroke_ends_it(view: PaintView, scene: MemoryScene) -> None:
    mouse = Mouse(view)
    mouse.press(40, 60)
    scene.masks["a castle"] = TileMask.from_array(frame(Rect(60, 50, 80, 60), 6))  # an undo, say
    view.refresh()
    mouse.move(160, 60)
    mouse.release(160, 60)
    assert scene.edits == []
    assert scene.masks["a castle"].bounds() == Rect(60, 50, 80, 60)


def test_another_active_layer_ends_a_stroke(view: PaintView, scene: MemoryScene) -> None:
    mouse = Mouse(view)
    leave(view)
    before = view.grab().toImage()
    mouse.press(40, 60)
    mouse.move(120, 60)
    scene.activate("a meadow")
    view.refresh()
    mouse.move(160, 60)
    mouse.release(160, 60)
    assert scene.edits == []
    leave(view)
    assert view.grab().toImage() == before


def test_a_picture_that_arrives_does_not_disturb_a_stroke(view: PaintView, scene: MemoryScene) -> None:
    mouse = Mouse(view)
    mouse.press(40, 60)
    scene.picture = np.full((32, 32, 3), 200, np.uint8)
    view.refresh()
    view.set_preview(np.full((8, 8, 3), 90, np.uint8))
    mouse.move(160, 60)
    mouse.release(160, 60)
    assert painted(scene)[60, 40:160].min() == 255


def test_another_canvas_size_takes_over(view: PaintView, scene: MemoryScene) -> None:
    scene.size = (64, 64)
    scene.masks = {layer.id: TileMask.blank(64, 64) for layer in scene.layers}
    view.refresh()
    view.fit()
    Mouse(view).drag((10, 32), (50, 32))
    assert painted(scene)[32, 12:48].min() == 255


BOX = CropBox(Rect(60, 50, 100, 80), within=Rect(0, 0, 256, 192))


@pytest.mark.parametrize(
    ("places", "keys", "expected"),
    [
        ([(100, 90), (120, 100)], Qt.KeyboardModifier.NoModifier, Rect(80, 60, 100, 80)),
        ([(100, 90), (400, 100)], Qt.KeyboardModifier.NoModifier, Rect(156, 60, 100, 80)),
        ([(160, 130), (200, 150)], Qt.KeyboardModifier.NoModifier, Rect(60, 50, 140, 100)),
        ([(160, 130), (210, 150)], SHIFT, Rect(60, 50, 150, 120)),
        ([(60, 80), (40, 0)], Qt.KeyboardModifier.NoModifier, Rect(40, 50, 120, 80)),
        ([(10, 10), (50, 40)], Qt.KeyboardModifier.NoModifier, Rect(10, 10, 40, 30)),
    ],
)
def test_the_crop_box_is_dragged(
    view: PaintView, scene: MemoryScene, places: list[tuple[int, int]], keys: Qt.KeyboardModifier, expected: Rect
) -> None:
    scene.crop = BOX
    view.set_tool(Tool.CROP)
    view.refresh()
    Mouse(view).drag(*places, keys=keys)
    assert scene.crop.rect == expected
    assert scene.edits == ["Crop"]


def test_a_cancelled_or_idle_crop_is_no_edit(view: PaintView, scene: MemoryScene) -> None:
    scene.crop = BOX
    view.set_tool(Tool.CROP)
    mouse = Mouse(view)
    mouse.press(100, 90)
    mouse.move(120, 100)
    assert view.cancel()
    mouse.release(120, 100)
    mouse.drag((10, 10))
    assert scene.crop == BOX
    assert scene.edits == []
