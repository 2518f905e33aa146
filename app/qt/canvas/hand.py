"""The hand on the canvas: where it points, which gesture is under way, and which keys it holds."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QCursor, QPainter
from PySide6.QtWidgets import QWidget

from app.qt.canvas.hits import Hit
from app.qt.canvas.hover import paint_hover
from app.qt.canvas.interactions.base import REACH, Gesture, Pointer, Stage
from app.qt.canvas.interactions.choose import Press, gesture_for
from app.qt.canvas.interactions.frames import cursor_of
from app.qt.canvas.navigation import Navigation

_TICK = 16
"""Milliseconds between two steps of what moves on while the pointer is at an edge."""

_MODIFIERS = {
    Qt.Key.Key_Shift: Qt.KeyboardModifier.ShiftModifier,
    Qt.Key.Key_Control: Qt.KeyboardModifier.ControlModifier,
    Qt.Key.Key_Alt: Qt.KeyboardModifier.AltModifier,
}


class Hand(QObject):
    """`viewport`: the widget that shows the cursor. `gesture`: what is under way, from press to release."""

    def __init__(self, stage: Stage, navigation: Navigation, viewport: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._stage, self._navigation, self._viewport = stage, navigation, viewport
        self.pointer = Pointer(QPointF(), QPointF())
        self.gesture: Gesture | None = None
        self._lingering: Gesture | None = None
        self._space = self._lasso = False
        self._hover = Hit()
        self._at_edge = QTimer(self)
        self._at_edge.setInterval(_TICK)
        self._at_edge.timeout.connect(self._scroll_at_edge)

    @property
    def hit(self) -> Hit:
        """What the pointer is on."""
        return self.hit_at(self.pointer.scene)

    def hit_at(self, point: QPointF) -> Hit:
        """What is at a point of the scene, as near as a hand can point."""
        return self._stage.canvas.hit(point, REACH / self._stage.zoom)

    def follow(self, where: QPointF, keys: Qt.KeyboardModifier) -> Pointer:
        """The pointer is at a point of the view."""
        self.pointer = Pointer(self._navigation.to_scene(where), where, keys)
        return self.pointer

    def press(self, button: Qt.MouseButton) -> None:
        """Begin what the press means."""
        hit = self.hit
        kind = gesture_for(Press(self.pointer, button, self._space, self._lasso), hit)
        if kind is not None:
            self._lasso = False
            self.gesture = kind(self._stage, hit)
            self.gesture.start(self.pointer)
            self._show_cursor(hit)

    def move(self, where: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Go on with the gesture, or show what a press here would do."""
        pointer = self.follow(where, keys)
        if self.gesture is not None:
            self.gesture.update(pointer)
            self._watch_edges()
        else:
            self._point_at(self.hit)

    def release(self, where: QPointF, keys: Qt.KeyboardModifier) -> None:
        """Finish the gesture."""
        gesture, self.gesture = self.gesture, None
        self._at_edge.stop()
        pointer = self.follow(where, keys)
        if gesture is not None and not gesture.finish(pointer):
            self._lingering = gesture
        self._show_cursor(self.hit)
        self._stage.refresh()

    def leave(self) -> None:
        """Nothing is pointed at any more."""
        self._point_at(Hit())

    def cancel(self) -> bool:
        """Leave everything as it was before the gesture; False when there is none."""
        gesture, self.gesture = self.gesture, None
        self._at_edge.stop()
        if gesture is None:
            return False
        gesture.cancel()
        self._stage.refresh()
        return True

    def settle(self) -> None:
        """The choice that a finished gesture left open is made, or no longer there."""
        self._lingering = None

    def arm_lasso(self) -> None:
        """Let the next drag draw around things."""
        self._lasso = True
        self._show_cursor(Hit())

    def disarm(self) -> bool:
        """Let the next drag mean what it usually does; False when it does already."""
        armed, self._lasso = self._lasso, False
        self._show_cursor(Hit())
        return armed

    def hold_space(self, *, held: bool) -> None:
        """While Space is held a drag moves the canvas."""
        self._space = held
        self._show_cursor(Hit())

    def hold_key(self, key: Qt.Key, *, held: bool) -> None:
        """Shift, Ctrl or Alt went up or down in the middle of a gesture: it counts at once."""
        changed = _MODIFIERS.get(key)
        if changed is not None and self.gesture is not None:
            keys = self.pointer.keys | changed if held else self.pointer.keys & ~changed
            self.gesture.update(self.follow(self.pointer.view, keys))

    def forget_keys(self) -> None:
        """A key let go elsewhere would never be heard of."""
        self._space = False

    def paint(self, painter: QPainter) -> None:
        """Draw what the gesture shows, or what a press would take hold of."""
        gesture = self.gesture or self._lingering
        if gesture is not None:
            gesture.paint(painter)
        else:
            paint_hover(painter, self._stage.canvas, self._hover)

    def _point_at(self, hit: Hit) -> None:
        self._show_cursor(hit)
        if hit != self._hover:
            self._hover = hit
            self._stage.refresh()

    def _show_cursor(self, hit: Hit) -> None:
        shape = None if self.gesture is None else self.gesture.cursor
        if shape is None and self._space:
            shape = Qt.CursorShape.OpenHandCursor
        elif shape is None and (hit.spot is not None or self._lasso):
            shape = Qt.CursorShape.CrossCursor
        elif shape is None and hit.line is not None:
            shape = Qt.CursorShape.SizeHorCursor
        elif shape is None and hit.side is not None:
            shape = cursor_of(hit.side)
        self._viewport.setCursor(QCursor(shape or Qt.CursorShape.ArrowCursor))

    def _watch_edges(self) -> None:
        beyond = not self._navigation.beyond_edge(self.pointer.view).isNull()
        if self.gesture is None or not self.gesture.scrolls_at_edges or not beyond:
            self._at_edge.stop()
        elif not self._at_edge.isActive():
            self._at_edge.start()

    def _scroll_at_edge(self) -> None:
        self._navigation.scroll_towards(self.pointer.view)
        if self.gesture is not None:
            self.gesture.update(self.follow(self.pointer.view, self.pointer.keys))
