"""A heavy canvas in motion: first a draft, then what a view that never moved shows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.paint.brush import Brush
from app.paint.shapes import ellipse
from app.paint.tiles import TileMask
from app.paint.toolbox import ToolSettings
from app.qt.paintview.projection import Projection
from app.qt.paintview.view import PaintView
from tests.gui.painting import MemoryScene, Mouse, leave

SIDE = 900


@pytest.fixture
def scene() -> MemoryScene:
    scene = MemoryScene.of("a meadow", "a castle", "a moon", size=(SIDE, SIDE))
    for number, layer in enumerate(scene.layers):
        disc = ellipse((50.0 + 60 * number, 40.0), (800.0 + 20 * number, 850.0), TileMask.blank(SIDE, SIDE).rect)
        scene.masks[layer.id] = TileMask.blank(SIDE, SIDE).with_region(disc.rect, disc.values)
    scene.active = "a castle"
    return scene


@pytest.fixture
def view(qtbot: QtBot, scene: MemoryScene) -> Iterator[PaintView]:
    view = shown(qtbot, scene)
    qtbot.waitUntil(lambda: not view.unfinished)
    view.set_settings(ToolSettings(brush=Brush(size=60.0, hardness=0.8)))
    yield view
    assert not view.busy


def shown(qtbot: QtBot, scene: MemoryScene) -> PaintView:
    view = PaintView(scene)
    qtbot.addWidget(view)
    view.resize(1000, 960)
    with qtbot.waitExposed(view):
        view.show()
    return view


def pixels(view: PaintView) -> NDArray[np.int_]:
    leave(view)
    image = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    values = np.ndarray((image.height(), image.width(), 4), np.uint8, buffer=image.constBits())
    return values[..., :3].astype(np.int_)


def fresh_pixels(qtbot: QtBot, scene: MemoryScene, projection: Projection) -> NDArray[np.int_]:
    view = shown(qtbot, scene)
    view.look(projection)
    qtbot.waitUntil(lambda: not view.unfinished)
    return pixels(view)


def assert_alike(one: NDArray[np.int_], other: NDArray[np.int_]) -> None:
    """But for lines that rounding shifts by a fraction of a pixel."""
    assert (np.abs(one - other).max(axis=2) > 6).mean() < 0.001


@pytest.mark.parametrize("move", [PaintView.zoom_in, PaintView.zoom_out, PaintView.turn_left])
def test_a_draft_looks_nearly_alike_and_is_sharpened_at_rest(
    qtbot: QtBot, view: PaintView, scene: MemoryScene, move: object
) -> None:
    assert callable(move)
    move(view)
    draft = pixels(view)
    assert view.unfinished
    qtbot.waitUntil(lambda: not view.unfinished)
    sharp = pixels(view)
    assert (draft != sharp).any()
    assert np.abs(draft - sharp).mean() < 12.0
    assert_alike(sharp, fresh_pixels(qtbot, scene, view.projection))


def test_a_stroke_on_a_draft_is_sharp_at_once_and_whole(qtbot: QtBot, view: PaintView, scene: MemoryScene) -> None:
    view.zoom_to(view.projection.zoom * 1.3)
    mouse = Mouse(view)
    mouse.press(300, 500)
    mouse.move(420, 520)
    stroke = pixels(view)
    assert view.unfinished
    mouse.release(420, 520)
    qtbot.waitUntil(lambda: not view.unfinished)
    corner = view.projection.to_view(330, 490).toPoint()
    seen = (slice(corner.y(), corner.y() + 20), slice(corner.x(), corner.x() + 60))
    assert_alike(stroke[seen], pixels(view)[seen])
    assert_alike(pixels(view), fresh_pixels(qtbot, scene, view.projection))


def test_a_stroke_is_kept_when_the_canvas_moves_on_before_it_rested(
    qtbot: QtBot, view: PaintView, scene: MemoryScene
) -> None:
    view.zoom_to(view.projection.zoom * 1.3)
    pixels(view)
    Mouse(view).drag((300, 500), (420, 520))
    pixels(view)
    view.turn_left()
    view.turn_right()
    pixels(view)
    view.look(view.projection.panned(40.0, 10.0))
    qtbot.waitUntil(lambda: not view.unfinished)
    assert_alike(pixels(view), fresh_pixels(qtbot, scene, view.projection))


def test_painting_between_other_layers_looks_like_drawing_all_of_them(
    qtbot: QtBot, view: PaintView, scene: MemoryScene
) -> None:
    scene.masks["a castle"] = TileMask.blank(SIDE, SIDE)
    view.refresh()
    Mouse(view).drag((20, 450), (200, 500), (600, 880), (860, 300))
    qtbot.waitUntil(lambda: not view.unfinished)
    assert_alike(pixels(view), fresh_pixels(qtbot, scene, view.projection))
    scene.overlap = "mix"
    view.refresh()
    Mouse(view).drag((20, 200), (300, 60), (860, 500))
    qtbot.waitUntil(lambda: not view.unfinished)
    assert_alike(pixels(view), fresh_pixels(qtbot, scene, view.projection))


def test_the_picture_turns_with_the_paint_and_a_new_one_is_seen_at_once(
    qtbot: QtBot, view: PaintView, scene: MemoryScene
) -> None:
    scene.picture = np.full((64, 64, 3), (200, 40, 40), np.uint8)
    scene.picture[:32] = (40, 40, 200)
    view.refresh()
    qtbot.waitUntil(lambda: not view.unfinished)
    view.turn_left()
    draft = pixels(view)
    view.set_preview(np.full((8, 8, 3), (10, 220, 10), np.uint8))
    greener = pixels(view)
    assert view.unfinished
    view.set_preview(None)
    assert (pixels(view) == draft).all()
    qtbot.waitUntil(lambda: not view.unfinished)
    assert np.abs(draft - pixels(view)).mean() < 12.0
    assert (greener[..., 1] > draft[..., 1] + 40).mean() > 0.1


def test_what_changes_everywhere_is_drawn_piece_by_piece(qtbot: QtBot, view: PaintView, scene: MemoryScene) -> None:
    before = pixels(view)
    scene.change("a meadow", opacity=0.2)
    view.refresh()
    assert view.unfinished
    assert (pixels(view) == before).all()
    scene.change("a castle", opacity=0.3)  # as when a slider is dragged on
    view.refresh()
    Mouse(view).drag((300, 500), (420, 520))
    qtbot.waitUntil(lambda: not view.unfinished)
    after = pixels(view)
    assert (after != before).any(axis=2).mean() > 0.05
    assert_alike(after, fresh_pixels(qtbot, scene, view.projection))
