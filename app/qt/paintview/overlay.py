"""The painted phrases as they lie over the picture, drawn once and kept until something changes.

Layers are drawn in screen pixels: hatches keep their size at every zoom. A stroke redraws only where it went, and of
the layers only its own; panning moves what is there and draws only what comes into view; a moving cursor redraws
nothing. Zooming and turning change every pixel: while they go on, the picture from before they began is stretched, and
when they rest it is sharpened piece by piece.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QRegion

from app.paint.overlap import Overlap
from app.paint.rect import Rect
from app.qt.paintview.draft import Draft, draw_moved
from app.qt.paintview.flats import Flats
from app.qt.paintview.projection import Projection
from app.qt.paintview.sheets import Sheet
from app.qt.paintview.stack import VeilStack
from app.qt.paintview.surface import Surface, pixels_of, rects_of
from app.qt.paintview.underlay import Underlay
from app.qt.paintview.veil import FORMAT, Veil

LIGHT_WORK = 500_000.0
"""Screen pixels, each layer counted, that are drawn within a frame; more of them are first shown as a draft."""

_SKETCH = 1024.0  # longer side of the small copy of the whole canvas
_TILE, _SLANTED_TILE = 256, 128  # of what is sharpened at once; slanted pixels take longer


class Overlay:
    """The layers of a scene over a view of a certain size."""

    def __init__(self) -> None:
        self._screen, self._sketch = Surface(), Surface()
        self._layers = VeilStack()
        self._worked: Sheet | None = None
        self._flats: Flats | None = None
        self._draft: Draft | None = None
        self._canvas = QRectF()
        self._blurred = QRegion()  # what of the screen is shown from the draft
        self._outdated = QRegion()  # what of it shows the layers as they were drawn before
        self._swept = QRegion()
        self._touched = QRegion()  # what of it a gesture changed, and showed something before

    @property
    def blurred(self) -> bool:
        """Whether some of it is only a draft."""
        return not self._blurred.isEmpty()

    @property
    def outdated(self) -> bool:
        """Whether some of it shows the layers as they were before, and nothing is in motion."""
        return not self._outdated.isEmpty() and not self.blurred

    @property
    def unfinished(self) -> bool:
        """Whether `sharpen` has something to do."""
        waiting = self.blurred or self.outdated
        return waiting or (self._heavy() and not self._sketch.stale.isEmpty())

    def set_canvas(self, width: int, height: int) -> None:
        """The size of what is painted on."""
        self._canvas = QRectF(0.0, 0.0, width, height)
        zoom = min(_SKETCH / max(width, height), 1.0)
        view = (math.ceil(zoom * width), math.ceil(zoom * height))
        projection = Projection(zoom, 0.0, (view[0] / 2.0 / zoom, view[1] / 2.0 / zoom), view)
        if projection != self._sketch.projection:
            self._sketch.look(projection)

    def set_layers(self, veils: Sequence[Veil], overlap: Overlap) -> bool:
        """What to draw, the lowest first; answers whether anything is drawn in another way than before.

        Where that is much work, it is done piece by piece: the window goes on answering, and a slider that is dragged
        shows what it does all over the canvas, a little later in some places than in others.
        """
        before, self._layers = self._layers, VeilStack(tuple(veils), overlap)
        if before == self._layers:
            return False
        self._flats = None
        self._sketch.spoil()
        self._put_off(self._screen.whole)
        return True

    def work_on(self, sheet: Sheet | None) -> None:
        """A stroke on a sheet begins: the other layers lie still until further notice."""
        if sheet is not self._worked:
            self._worked, self._flats = sheet, None

    def project(self, projection: Projection) -> None:
        """Draw for another look at the canvas from now on."""
        before, screen = self._screen.projection, self._screen
        if (before.zoom, before.angle, before.ratio, before.view) == (
            projection.zoom,
            projection.angle,
            projection.ratio,
            projection.view,
        ):
            self._pan(projection)
            return
        self._touched = QRegion()
        if self._shows_something():
            self._hold()
            screen.image = QImage(pixels_of(projection), FORMAT)
        screen.look(projection)
        self._flats = None
        self._blurred, self._outdated = QRegion(), QRegion()
        if self._draft is not None and self._heavy():
            self._blurred, screen.stale = QRegion(screen.whole), QRegion()

    def touch(self, rect: Rect, sheet: Sheet | None = None) -> QRect:
        """Redraw a part of the canvas at the next paint; answers the part of the view that this is.

        `sheet`: the only one that changed there, when that is known.
        """
        if sheet is None or sheet is not self._worked:
            self._flats = None
        self._sketch.stale += self._sketch.touched(rect)
        on_screen = self._screen.touched(rect)
        if sheet is None or sheet is not self._worked:
            self._put_off(on_screen)
        else:
            self._touched += QRegion(on_screen) - self._screen.stale
            self._screen.stale += on_screen
        return self._in_view(on_screen)

    def paint(self, painter: QPainter) -> None:
        """Draw the layers over the view, as far as the painter is not clipped."""
        self._refresh()
        if self.blurred:
            self._paint_draft(painter)
        self._paint_sharp(painter)

    def paint_turned(self, painter: QPainter, underlay: Underlay) -> bool:
        """Draw the layers and what lies below them while the canvas is only turned; False when that cannot be."""
        screen, draft = self._screen, self._draft
        all_blurred = (QRegion(screen.whole) - self._blurred).isEmpty() and screen.stale.isEmpty()
        if draft is None or not all_blurred or not draft.whole or draft.projection.zoom != screen.projection.zoom:
            return False
        painter.save()
        painter.scale(1.0 / screen.projection.ratio, 1.0 / screen.projection.ratio)
        draft.paint_with(underlay, painter, screen.to_screen(), self._blurred)
        painter.restore()
        return True

    def sharpen(self, seconds: float) -> QRect:
        """Work on drafts for about some seconds; answers the part of the view to be painted anew."""
        end, done = time.perf_counter() + seconds, QRect()
        while self.unfinished and time.perf_counter() < end:
            if self.blurred:
                piece = _piece(self._blurred, _TILE if self._screen.projection.angle % 90.0 == 0.0 else _SLANTED_TILE)
                self._screen.render(self._layers, QRegion(piece))
                self._blurred -= piece
                done = done.united(piece)
            elif not self._outdated.isEmpty():
                done = done.united(self._sweep())
            else:
                self._sketch.render(self._layers, QRegion(_piece(self._sketch.stale, _TILE)))
        if not self.blurred:
            self._draft = None
        return self._in_view(done)

    def _put_off(self, rect: QRect) -> None:
        """Draw a part of the screen anew at once, or piece by piece when all layers there are much work."""
        screen = self._screen
        if self._shows_something() and self._layers.area(screen.to_screen(), QRectF(rect)) > LIGHT_WORK:
            self._outdated += QRegion(rect) - self._blurred - screen.stale
        else:
            screen.stale += rect

    def _sweep(self) -> QRect:
        """Draw a piece of what is outdated anew; where it was done longest ago first, when more keeps coming."""
        waiting = self._outdated - self._swept
        if waiting.isEmpty():
            waiting, self._swept = self._outdated, QRegion()
        piece = _piece(waiting, _TILE)
        self._render(QRegion(piece))
        self._outdated -= piece
        self._swept += piece
        return piece

    def _refresh(self) -> None:
        """Draw what must be right at the next sight of it; what is too much for that is drawn piece by piece."""
        touched, self._touched = self._touched, QRegion()
        if self._work(touched) > LIGHT_WORK:
            self._outdated += touched - self._blurred
            self._screen.stale -= touched
        stale = QRegion(self._screen.stale)
        self._blurred -= stale
        self._outdated -= stale
        if not stale.isEmpty():
            self._render(stale)

    def _work(self, region: QRegion) -> float:
        """Screen pixels that are to be drawn for a region, each layer counted."""
        if self._flats is None:
            return self._area(region)
        return self._area(self._flats.unknown(region)) + sum(rect.width() * rect.height() for rect in rects_of(region))

    def _area(self, region: QRegion) -> float:
        to_screen = self._screen.to_screen()
        return sum(self._layers.area(to_screen, QRectF(rect)) for rect in rects_of(region))

    def _render(self, region: QRegion) -> None:
        """Draw a region of the screen anew; of the layers only the one that is worked on, where one is."""
        place = None if self._worked is None else self._layers.place_of(self._worked)
        if place is None or len(self._layers.veils) == 1:
            self._screen.render(self._layers, region)
            return
        if self._flats is None:
            screen = self._screen
            self._flats = Flats(screen.whole, screen.to_screen(), screen.projection.ratio, self._layers, place)
        self._flats.render(self._screen.image, region)
        self._screen.stale -= region

    def _paint_sharp(self, painter: QPainter) -> None:
        ratio = self._screen.projection.ratio
        painter.save()
        painter.scale(1.0 / ratio, 1.0 / ratio)
        for rect in rects_of(QRegion(self._screen.whole) - self._blurred):
            painter.drawImage(rect, self._screen.image, rect)
        painter.restore()

    def _paint_draft(self, painter: QPainter) -> None:
        """The picture from before the canvas began to move, and beyond its rim the sketch."""
        assert self._draft is not None  # nothing is blurred without one
        ratio, to_screen = self._screen.projection.ratio, self._screen.to_screen()
        painter.save()
        painter.scale(1.0 / ratio, 1.0 / ratio)
        if not self._draft.whole and self._sketch.stale.boundingRect() != self._sketch.whole:
            self._sketch.render(self._layers, QRegion(self._sketch.stale))
            rest, sketch = self._blurred - self._draft.covered(to_screen), self._sketch
            moved = sketch.to_screen().inverted()[0] * to_screen
            draw_moved(painter, sketch.image, sketch.whole, moved, rest)
        self._draft.paint(painter, to_screen, self._blurred)
        painter.restore()

    def _pan(self, projection: Projection) -> None:
        by = self._screen.scroll(projection)
        if not by.isNull():
            self._flats, self._touched = None, QRegion()
            whole = QRegion(self._screen.whole)
            self._blurred = self._blurred.translated(by) & whole
            self._outdated = self._outdated.translated(by) & whole
            self._swept = QRegion()

    def _hold(self) -> None:
        """Keep what is seen now as the draft of what comes."""
        screen = self._screen
        if self.blurred:
            if self._draft is not None and (QRegion(screen.whole) - self._blurred).isEmpty():
                return  # nothing was sharpened since
            with QPainter(screen.image) as painter:
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                painter.scale(screen.projection.ratio, screen.projection.ratio)
                self._paint_draft(painter)
        self._draft = Draft(screen.image, screen.projection, self._canvas)

    def _shows_something(self) -> bool:
        screen = self._screen
        return not screen.image.isNull() and screen.stale.boundingRect() != screen.whole

    def _heavy(self) -> bool:
        screen = self._screen
        return self._layers.area(screen.to_screen(), QRectF(screen.whole)) > LIGHT_WORK

    def _in_view(self, on_screen: QRect) -> QRect:
        ratio = self._screen.projection.ratio
        return QRectF(QRectF(on_screen).topLeft() / ratio, QRectF(on_screen).size() / ratio).toAlignedRect()


def _piece(region: QRegion, side: int) -> QRect:
    """A piece of a region that is drawn in a moment, nearest to its upper left corner."""
    first = rects_of(region)[0]
    return QRect(first.topLeft(), first.size().boundedTo(QSize(side, side)))
