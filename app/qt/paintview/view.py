"""The widget: Qt's events in, gestures in between, pixels out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.model.aside import Aside, at_once
from app.paint.brush import Brush
from app.paint.overlap import Resize
from app.paint.scene import PaintScene
from app.paint.tiles import Pixels
from app.paint.toolbox import REFERENCE_SIDE, Tool, ToolSettings
from app.qt.paintview import marks
from app.qt.paintview.cursors import Ring, cursor_shape, ring_of
from app.qt.paintview.easel import Easel
from app.qt.paintview.pointer import Pointer, from_mouse, from_place, from_tablet, sent_by_pen
from app.qt.paintview.projection import Projection
from app.qt.paintview.surface import parts
from app.qt.paintview.tools.crop import CropGesture
from app.qt.paintview.tools.gesture import Gesture
from app.qt.paintview.tools.kit import PAINTING, gesture_for
from app.qt.paintview.tools.look import PanGesture, ZoomGesture

SURROUND = QColor(0x1C, 0x1C, 0x1C)
TURN = 15.0
"""Degrees by which a key turns the view."""

REST = 120
"""Milliseconds after which a canvas that was zoomed or turned counts as resting, and is drawn sharp."""

_SLICE = 0.006  # seconds of sharpening between two looks at the artist's hand
_ZOOM_STEP = 1.2


class PaintView(QWidget):
    """Shows a scene and lets it be painted on.

    Call `refresh` whenever the scene changed in any way. Signals: `told` a sentence for the artist, `tool_changed` and
    `settings_changed` after the view or its owner chose another, `looked` after zoom, angle or place changed. `aside`
    does what takes longer than a frame.
    """

    told = Signal(str)
    tool_changed = Signal(Tool)
    settings_changed = Signal(ToolSettings)
    looked = Signal()

    def __init__(self, scene: PaintScene, aside: Aside = at_once) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Painting canvas")
        self._easel = Easel(scene, self.update, aside)
        self._tool = Tool.BRUSH
        self._gesture: Gesture | None = None
        self._by_tablet = False
        self._hover: Pointer | None = None
        self._space = False
        self._follows = True  # the canvas is fitted to the view until the artist looks elsewhere
        self._thirds = False
        self._surround = SURROUND
        self._tips_for = self.canvas_scale
        self._painted = self.projection
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._sharpen)
        self._keys: Mapping[Qt.Key, Callable[[], None]] = {
            Qt.Key.Key_4: self.turn_left,
            Qt.Key.Key_6: self.turn_right,
            Qt.Key.Key_5: self.turn_upright,
        }
        self._choose_cursor()

    # What is shown

    def refresh(self) -> None:
        """Show the scene as it is now. A gesture on a mask that changed meanwhile is given up.

        On a canvas of another size the tips keep the share of it that they cover.
        """
        if self._easel.refresh():
            self.cancel()
        before, self._tips_for = self._tips_for, self.canvas_scale
        if self._tips_for != before:
            self.set_settings(self.settings.scaled(self._tips_for / before))
        if self._follows:
            self.fit()
        self._choose_cursor()

    def set_preview(self, pixels: Pixels | None) -> None:
        """Show a picture in the making, uint8 [height, width, 3] of any size, until it is None."""
        self._easel.underlay.set_preview(pixels)
        self.update()

    def set_heat(self, heat: NDArray[np.float32] | None) -> None:
        """Lay a heat map over the picture, float32 [height, width] of any size, at least 0; None takes it away."""
        self._easel.show_heat(heat)

    def set_picture_opacity(self, opacity: float) -> None:
        """How strongly the picture below the paint is seen, 0..1."""
        self._easel.underlay.opacity = min(max(opacity, 0.0), 1.0)
        self.update()

    def show_cells(self, cells: int | None, resize: Resize = "antialias") -> None:
        """Show the layers as a model sees them at `cells` cells along the longer side; None as they are painted."""
        self._easel.show_cells(cells, resize)

    def set_thirds(self, on: bool) -> None:
        """Show lines and rulers at thirds."""
        self._thirds = on
        self.update()

    def set_surround(self, colour: QColor) -> None:
        """The colour around the canvas."""
        self._surround = colour
        self.update()

    # Tools

    @property
    def tool(self) -> Tool:
        """The tool chosen."""
        return self._tool

    def set_tool(self, tool: Tool) -> None:
        """Choose a tool; what the one before was doing is given up."""
        if tool is self._tool:
            return
        self.cancel()
        self._tool = tool
        self._choose_cursor()
        self.update()
        self.tool_changed.emit(tool)

    def swap_erasing(self) -> None:
        """From the brush to the eraser; from anything else to the brush."""
        self.set_tool(Tool.ERASER if self._tool is Tool.BRUSH else Tool.BRUSH)

    @property
    def settings(self) -> ToolSettings:
        """How the tools are set."""
        return self._easel.settings

    def set_settings(self, settings: ToolSettings) -> None:
        """Set the tools; a stroke that is being drawn keeps the tip it began with."""
        if settings == self._easel.settings:
            return
        self._easel.settings = settings
        self.update()
        self.settings_changed.emit(settings)

    @property
    def canvas_scale(self) -> float:
        """By how much the canvas is larger than the one that brush sizes are kept for."""
        return max(self._easel.size) / REFERENCE_SIDE

    def change_tip(self, change: Callable[[Brush], Brush]) -> None:
        """Change the tip in hand, as in `change_tip(Brush.larger)`."""
        erasing = self._tool is Tool.ERASER
        self.set_settings(self.settings.with_tip(change(self.settings.tip(erasing=erasing)), erasing=erasing))

    @property
    def busy(self) -> bool:
        """Whether a gesture is going on."""
        return self._gesture is not None

    @property
    def unfinished(self) -> bool:
        """Whether some of what is seen is a draft that is still to be drawn sharp."""
        return self._easel.overlay.unfinished

    def cancel(self) -> bool:
        """Give up the gesture that is going on; answers whether there was one."""
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return False
        gesture.cancel()
        self.update()
        self._choose_cursor()
        return True

    # How it is looked at

    @property
    def projection(self) -> Projection:
        """How the canvas lies in the view."""
        return self._easel.projection

    def look(self, projection: Projection) -> None:
        """Look at the canvas in another way."""
        self._follows = False
        self._look(projection)

    def fit(self) -> None:
        """The whole canvas, now and when the view is resized."""
        self._follows = True
        self._look(self.projection.fitted(*self._easel.size))

    def zoom_to(self, zoom: float) -> None:
        """Another zoom about the middle of the view; 1 shows pixel for pixel."""
        self.look(self.projection.zoomed(zoom, *self._middle()))

    def zoom_in(self) -> None:
        """One step nearer."""
        self.zoom_to(self.projection.zoom * _ZOOM_STEP)

    def zoom_out(self) -> None:
        """One step further off."""
        self.zoom_to(self.projection.zoom / _ZOOM_STEP)

    def turn_left(self) -> None:
        """Turn the canvas a step against the clock."""
        self.look(self.projection.turned(self.projection.angle - TURN, *self._middle()))

    def turn_right(self) -> None:
        """Turn the canvas a step with the clock."""
        self.look(self.projection.turned(self.projection.angle + TURN, *self._middle()))

    def turn_upright(self) -> None:
        """Turn the canvas upright."""
        self.look(self.projection.turned(0.0, *self._middle()))

    def bind_keys(self, keys: Mapping[Qt.Key, Callable[[], None]]) -> None:
        """Plain keys that the view itself answers; at first 4, 6 and 5, which turn the canvas."""
        self._keys = dict(keys)

    def sizeHint(self) -> QSize:
        return QSize(640, 640)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 120)

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._begin(from_mouse(event, self.projection), PanGesture)
        elif event.button() == Qt.MouseButton.LeftButton and not sent_by_pen(event):
            self._press(from_mouse(event, self.projection))
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # Two quick taps are two presses: without this every second dab of a fast hand would be lost.
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._by_tablet:
            self._move(from_mouse(event, self.projection), pressed=event.buttons() != Qt.MouseButton.NoButton)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._by_tablet and event.button() != Qt.MouseButton.RightButton:
            self._release(from_mouse(event, self.projection))

    def tabletEvent(self, event: QTabletEvent) -> None:
        # Accepted whatever it is, or Qt would send it once more as a mouse event.
        event.accept()
        pointer = from_tablet(event, self.projection)
        kind = event.type()
        if kind == QEvent.Type.TabletPress and self._gesture is None:
            self._by_tablet = True
            if event.button() == Qt.MouseButton.LeftButton:
                self._press(pointer)
            else:
                self._begin(pointer, PanGesture)
        elif kind == QEvent.Type.TabletMove:
            self._move(pointer, pressed=event.buttons() != Qt.MouseButton.NoButton)
        elif kind == QEvent.Type.TabletRelease:
            self._release(pointer)
            self._by_tablet = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        turns = event.angleDelta().y() / 120.0
        if turns == 0.0:
            event.ignore()
            return
        at = event.position()
        self.look(self.projection.zoomed(self.projection.zoom * _ZOOM_STEP**turns, at.x(), at.y()))
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover_at(from_place(event.position(), self.projection))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = Qt.Key(event.key()), event.modifiers() in _PLAIN
        if key == Qt.Key.Key_Space:
            self._hold_space(held=True)
        elif key == Qt.Key.Key_Escape and self.cancel():
            pass
        elif plain and key in self._keys:
            self._keys[key]()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._hold_space(held=False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        # The release of the key will go to whoever has the focus then.
        self._hold_space(held=False)
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()

    def _press(self, at: Pointer) -> None:
        if self._gesture is not None:
            return
        if self._space:
            gesture = ZoomGesture if at.control else PanGesture
            self._begin(at, gesture)
            return
        kind, make = gesture_for(self._tool, at)
        refusal = self._easel.refusal() if kind.paints else None
        if refusal is None:
            self._begin(at, make)
        else:
            self.told.emit(refusal)

    def _begin(self, at: Pointer, make: Callable[[Easel], Gesture]) -> None:
        if self._gesture is not None:
            return
        self._gesture = make(self._easel)
        self._gesture.start(at)
        self._choose_cursor()
        self.update(self._extent())

    def _move(self, to: Pointer, *, pressed: bool) -> None:
        self._hover_at(to)
        if self._gesture is None:
            return
        if not pressed:  # the hand lifted where we could not see it: over a menu, or beyond the tablet's reach
            self._release(to)
            self._by_tablet = False
            return
        before, projection = self._extent(), self.projection
        self._gesture.update(to)
        self.update(before.united(self._extent()))
        self._noticed(projection)

    def _release(self, at: Pointer) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return
        extent, projection = gesture.extent().toAlignedRect(), self.projection
        gesture.finish(at)
        self.update(extent)
        self._noticed(projection)
        self._choose_cursor()

    def _noticed(self, before: Projection) -> None:
        """A gesture may have changed how the canvas is looked at."""
        if before != self.projection:
            self._follows = False
            self.looked.emit()

    def _extent(self) -> QRect:
        return QRect() if self._gesture is None else self._gesture.extent().toAlignedRect()

    def _hover_at(self, at: Pointer | None) -> None:
        before, self._hover = self._ring_extent(), at
        self.update(before.united(self._ring_extent()).toAlignedRect())

    def _hold_space(self, *, held: bool) -> None:
        self._space = held
        self._choose_cursor()

    def _choose_cursor(self) -> None:
        refused = self._tool in PAINTING and self._easel.refusal() is not None
        panning = isinstance(self._gesture, PanGesture)
        shape = cursor_shape(self._tool, panning=panning, about_to_pan=self._space, refused=refused)
        if self.cursor().shape() != shape:
            self.setCursor(QCursor(shape))

    def _look(self, projection: Projection) -> None:
        if projection != self.projection:
            self._easel.look(projection)
            self.looked.emit()

    def _measure(self) -> None:
        """Take over the size of the widget and the pixels of its screen."""
        projection = replace(
            self.projection, view=(float(self.width()), float(self.height())), ratio=self.devicePixelRatioF()
        )
        self._look(projection.fitted(*self._easel.size) if self._follows else projection)

    def _middle(self) -> tuple[float, float]:
        return self.width() / 2.0, self.height() / 2.0

    # Pixels

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.devicePixelRatioF() != self.projection.ratio:
            self._measure()  # the window was moved to another screen
        with QPainter(self) as painter:
            for part in parts(event.region()):
                painter.setClipRect(part)
                painter.fillRect(part, self._surround)
                self._paint_canvas(painter)
            painter.setClipping(False)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_marks(painter)
        self._wait_for_rest()

    def _wait_for_rest(self) -> None:
        """Sharpen drafts once the canvas lies still."""
        moved, self._painted = self._painted != self.projection, self.projection
        if self._easel.overlay.outdated:
            self._rest.start(0)
        elif self._easel.overlay.unfinished and (moved or not self._rest.isActive()):
            self._rest.start(REST)

    def _sharpen(self) -> None:
        if self._easel.sharpen(_SLICE):
            self._rest.start(0)

    def _paint_canvas(self, painter: QPainter) -> None:
        easel = self._easel
        if not easel.overlay.paint_turned(painter, easel.underlay):
            self._paint_ground(painter)
            easel.overlay.paint(painter)
        painter.setPen(QPen(QColor(0, 0, 0), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(marks.outline(self.projection, easel.canvas))

    def _paint_ground(self, painter: QPainter) -> None:
        width, height = self._easel.size
        projection = self.projection
        painter.save()
        # Slanted edges that are about to move on need not be smooth, which costs as much as all the rest.
        slanted = projection.angle % 90.0 != 0.0 and not self._easel.overlay.blurred
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, slanted)
        painter.setTransform(projection.transform(), True)
        self._easel.underlay.paint(painter, QRectF(0.0, 0.0, width, height), projection.zoom * projection.ratio)
        painter.restore()

    def _paint_marks(self, painter: QPainter) -> None:
        easel, projection, settings = self._easel, self.projection, self.settings
        if self._thirds:
            marks.draw_thirds(painter, projection, easel.canvas)
        marks.draw_mirrors(painter, projection, easel.canvas, across=settings.mirror_across, down=settings.mirror_down)
        if not easel.scene.layers and easel.underlay.bare:
            area = projection.view_rect(easel.canvas)
            marks.draw_empty_state(painter, area, easel.scene.invitation, self.font())
        crop = easel.scene.crop
        if crop is not None and self._tool is Tool.CROP and not isinstance(self._gesture, CropGesture):
            marks.draw_crop(painter, projection, crop, easel.canvas, self.font())
        if self._gesture is not None:
            self._gesture.draw(painter)
        self._paint_ring(painter)

    def _paint_ring(self, painter: QPainter) -> None:
        if self._hover is not None and self.cursor().shape() == Qt.CursorShape.BlankCursor:
            self._ring(self._hover).draw(painter, self._hover.view)

    def _ring(self, at: Pointer) -> Ring:
        return ring_of(self.settings.tip(erasing=self._tool is Tool.ERASER), at.touch, self.projection)

    def _ring_extent(self) -> QRectF:
        return QRectF() if self._hover is None else self._ring(self._hover).extent(self._hover.view)


_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
