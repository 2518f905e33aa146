"""The easel: what is on the canvas, how it is looked at, and all that a gesture may do to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

from app.model.aside import Aside, at_once
from app.paint.blend import Symmetry
from app.paint.brush import DabCache, Touch
from app.paint.overlap import Resize
from app.paint.rect import Rect, united
from app.paint.scene import PaintScene, SceneLayer, shown_layers
from app.paint.tiles import TILE, Pixels, Place, TileMask
from app.paint.toolbox import ToolSettings
from app.qt.paintview.eyes import Look, ModelEyes
from app.qt.paintview.overlay import Overlay
from app.qt.paintview.projection import Projection
from app.qt.paintview.sheets import Sheet
from app.qt.paintview.underlay import Underlay
from app.qt.paintview.veil import ACTIVE_LINE, LINE, Veil

_MOST_RECTS = 8


class Easel:
    """Keeps what is shown in step with a scene.

    `redraw` is called with the part of the view that has to be painted anew. Nothing here is a widget: gestures can be
    driven without one. What would hold up a window is done `aside`.
    """

    def __init__(self, scene: PaintScene, redraw: Callable[[QRect], None], aside: Aside = at_once) -> None:
        self.scene = scene
        self.underlay = Underlay()
        self.settings = ToolSettings()
        self.dabs = DabCache()
        self._redraw = redraw
        self._overlay = Overlay()
        self._projection = Projection()
        self._sheets: dict[str, Sheet] = {}
        self._active: str | None = None
        self._shown: set[Place] = set()  # tiles on which the active layer shows something that is not committed
        self._cells: tuple[int, Resize] | None = None
        self._eyes = ModelEyes(aside, self._refresh_veils)
        self._last: tuple[str, Touch] | None = None
        self._picture: Pixels | None = None
        self.refresh()

    # What there is

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas."""
        return self.scene.size

    @property
    def canvas(self) -> Rect:
        """The whole canvas."""
        return Rect(0, 0, *self.size)

    @property
    def overlay(self) -> Overlay:
        """The layers as they lie over the picture."""
        return self._overlay

    @property
    def symmetry(self) -> Symmetry:
        """The mirror lines that are on."""
        return self.settings.symmetry(*self.size)

    def active(self) -> SceneLayer | None:
        """The layer that is painted on."""
        return next((layer for layer in self.scene.layers if layer.id == self._active), None)

    def refusal(self) -> str | None:
        """Why nothing can be painted now, as a sentence; None when it can."""
        layer = self.active()
        if layer is None and not self.scene.layers:
            return self.scene.invitation
        if layer is None:
            return "Choose a phrase to paint on in the list of phrases"
        if layer.locked:
            return f"“{layer.phrase}” is locked; unlock it in the list of phrases to paint on it"
        if layer not in shown_layers(self.scene.layers):
            return f"“{layer.phrase}” is hidden; show it in the list of phrases to paint on it"
        return None

    def layer_at(self, x: float, y: float) -> SceneLayer | None:
        """The uppermost layer shown that is clearly painted at a canvas point."""
        spot = Rect(int(x // 1), int(y // 1), 1, 1)
        painted = (layer for layer in reversed(shown_layers(self.scene.layers)) if self._clearly(layer, spot))
        return next(painted, None)

    # How it is looked at

    @property
    def projection(self) -> Projection:
        """How the canvas lies in the view."""
        return self._projection

    def look(self, projection: Projection) -> None:
        """Look at the canvas in another way."""
        if projection == self._projection:
            return
        self._projection = projection
        self._overlay.project(projection)
        self.redraw_all()

    def sharpen(self, seconds: float) -> bool:
        """Draw on at what is only a draft so far, for about some seconds; answers whether more is to be done."""
        self._redraw(self._overlay.sharpen(seconds))
        return self._overlay.unfinished

    def redraw_all(self) -> None:
        """Paint the whole view anew."""
        self._redraw(QRect(0, 0, *(int(side) + 1 for side in self._projection.view)))

    def redraw(self, rect: QRect) -> None:
        """Paint a part of the view anew."""
        self._redraw(rect)

    # What is shown

    def refresh(self) -> bool:
        """Read the scene again; answers whether another layer or mask than before lies below a gesture.

        Only tiles that changed are drawn anew, so this is cheap enough to be called after every edit.
        """
        elsewhere = self.scene.active != self._active
        if elsewhere:
            self.restore()
            self._active = self.scene.active
        changed, disturbed = self._refresh_sheets()
        if self.scene.picture is not self._picture:
            self._picture = self.scene.picture
            self.underlay.set_picture(self._picture)
            self.redraw_all()
        self._refresh_veils()
        for rect in _few(changed):
            self._redraw(self._overlay.touch(rect))
        return disturbed or elsewhere

    def show_heat(self, heat: NDArray[np.float32] | None) -> None:
        """Lay a heat map over the picture, float32 [height, width] of at least 0; None takes it away."""
        self.underlay.set_heat(heat)
        self._refresh_veils()
        self.redraw_all()

    def show_cells(self, cells: int | None, resize: Resize = "antialias") -> None:
        """Show the layers as a model sees them, with `cells` cells along the longer side; None as they are painted."""
        self._cells = None if cells is None else (cells, resize)
        self._refresh_veils()

    # What a gesture does

    def mask(self) -> TileMask:
        """The mask of the active layer; only when there is no `refusal`."""
        return self._sheets[self._active_id()].mask

    def show(self, rect: Rect, values: Pixels) -> None:
        """Show on the active layer what a gesture would leave at `rect`, until it commits or restores."""
        if rect.empty:
            return
        if self._cells is not None and not self._shown:
            self._set_veils(self._painted_veils())  # while painting, the paint itself is to be seen
        sheet = self._sheets[self._active_id()]
        self._overlay.work_on(sheet)
        sheet.write(rect, values)
        self._shown.update(rect.cells(TILE))
        self._redraw(self._overlay.touch(rect, sheet))

    def restore(self) -> None:
        """Forget what was shown since the last commit."""
        if not self._shown:
            return
        sheet = None if self._active is None else self._sheets.get(self._active)
        if sheet is not None:
            for rect in sheet.set_mask(sheet.mask, also=self._shown):
                self._redraw(self._overlay.touch(rect, sheet))
        self._shown = set()
        if self._cells is not None:
            self._refresh_veils()

    def commit(self, label: str, mask: TileMask) -> None:
        """End a gesture: hand the new mask of the active layer to the scene, unless nothing changed."""
        layer = self.active()
        if layer is None or mask == self.mask():
            self.restore()
            return
        self._take(self._sheets[layer.id], mask)
        self.scene.commit(f"{label} “{layer.phrase}”", layer.id, mask)
        self.refresh()

    def remember_end(self, touch: Touch | None) -> None:
        """Where a stroke on the active layer ended: a straight line can go on from there."""
        self._last = None if self._active is None or touch is None else (self._active, touch)

    def last_end(self) -> Touch | None:
        """Where the last stroke on the active layer ended."""
        return self._last[1] if self._last is not None and self._last[0] == self._active else None

    def _take(self, sheet: Sheet, mask: TileMask) -> None:
        """Show a new mask; what a gesture showed of it already is not drawn again."""
        shown, self._shown = self._shown, set()
        unseen = (rect for rect in sheet.set_mask(mask, also=shown) if shown.isdisjoint(rect.cells(TILE)))
        for rect in _few(list(unseen)):
            self._redraw(self._overlay.touch(rect, sheet))

    def _active_id(self) -> str:
        assert self._active is not None  # gestures that paint begin only when nothing refuses them
        return self._active

    def _clearly(self, layer: SceneLayer, spot: Rect) -> bool:
        return bool(self._sheets[layer.id].mask.region(spot)[0, 0] >= 64)

    def _refresh_sheets(self) -> tuple[list[Rect], bool]:
        """Where masks changed, and whether any did, came or went."""
        width, height = self.size
        self._overlay.set_canvas(width, height)
        changed: list[Rect] = []
        sheets: dict[str, Sheet] = {}
        for layer in self.scene.layers:
            sheet = self._sheets.get(layer.id)
            if sheet is None or (sheet.width, sheet.height) != (width, height):
                sheet = Sheet(width, height)
            sheets[layer.id] = sheet
            mask = self.scene.mask(layer.id)
            if mask is not sheet.mask:
                changed += sheet.set_mask(mask)
        disturbed = bool(changed) or sheets != self._sheets
        self._sheets = sheets
        return changed, disturbed

    def _refresh_veils(self) -> None:
        veils = self._painted_veils() if self._cells is None or self._shown else self._seen_veils(*self._cells)
        if veils is not None:  # until a model's view of the layers is worked out, they are seen as they were
            self._set_veils(veils)

    def _set_veils(self, veils: tuple[Veil, ...]) -> None:
        # What a model sees has its overlaps resolved already.
        overlap = self.scene.overlap if all(veil.sheet in self._sheets.values() for veil in veils) else "mix"
        if self._overlay.set_layers(veils, overlap):
            self.redraw_all()

    def _painted_veils(self) -> tuple[Veil, ...]:
        return tuple(self._veil(layer, self._sheets[layer.id]) for layer in shown_layers(self.scene.layers))

    def _veil(self, layer: SceneLayer, sheet: Sheet) -> Veil:
        # Over a heat map only lines are drawn: two kinds of colour in one place could not be told apart.
        line = ACTIVE_LINE if layer.id == self._active else LINE
        return Veil(sheet, layer.colour, layer.opacity, line, filled=not self.underlay.heated)

    def _seen_veils(self, cells: int, resize: Resize) -> tuple[Veil, ...] | None:
        if not self.scene.layers:
            return ()
        # A layer that is not shown still hides those below it: the model does not know what the screen shows.
        masks = tuple(self._sheets[layer.id].mask for layer in self.scene.layers)
        blocks = self._eyes.see(Look(masks, self.scene.overlap, resize, cells))
        if blocks is None:
            return None
        by_id = {layer.id: sheet for layer, sheet in zip(self.scene.layers, blocks, strict=True)}
        return tuple(
            Veil(by_id[layer.id], layer.colour, layer.opacity, line=0.0) for layer in shown_layers(self.scene.layers)
        )


def _few(rects: Sequence[Rect]) -> Sequence[Rect]:
    """The same places in few rectangles: many small ones cost more than what lies between them."""
    return rects if len(rects) <= _MOST_RECTS else [united(rects)]
