"""Where the canvas is seen: moving, zooming, fitting, and moving on at the edges."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QInputDevice, QTransform, QWheelEvent
from PySide6.QtWidgets import QGraphicsView

LEAST_ZOOM, MOST_ZOOM = 0.02, 4.0
USUAL = 1.0
_WHEEL = 1.2
"""What one notch of the wheel multiplies the zoom by."""

_EDGE, _SCROLL = 28, 0.5
_FIT_MARGIN = 40.0


class Navigation:
    """Moves one view over its scene."""

    def __init__(self, view: QGraphicsView) -> None:
        self._view = view

    @property
    def zoom(self) -> float:
        """Pixels on screen for one unit of the scene."""
        return self._view.transform().m11()

    def to_scene(self, where: QPointF) -> QPointF:
        """The point of the scene at a point of the view."""
        back, _ = self._view.viewportTransform().inverted()
        return back.map(where)

    def pan_by(self, step: QPointF) -> None:
        """Move what is seen by so many pixels."""
        bars = (self._view.horizontalScrollBar(), step.x()), (self._view.verticalScrollBar(), step.y())
        for bar, length in bars:
            # The ends are far out, yet numbers from files can lie further still.
            bar.setValue(round(min(max(bar.value() - length, bar.minimum()), bar.maximum())))

    def zoom_at(self, factor: float, where: QPointF) -> None:
        """Zoom so that the point of the view stays where it is."""
        zoom = min(max(self.zoom * factor, LEAST_ZOOM), MOST_ZOOM)
        fixed = self.to_scene(where)
        self._view.setTransform(QTransform.fromScale(zoom, zoom))
        self.pan_by(where - self._view.viewportTransform().map(fixed))

    def zoom_to(self, zoom: float) -> None:
        """Zoom to a share of the real size around the middle."""
        self.zoom_at(zoom / self.zoom, self._middle())

    def centre_on(self, point: QPointF) -> None:
        """Bring a point of the scene to the middle."""
        self.pan_by(self._middle() - self._view.viewportTransform().map(point))

    def fit(self, area: QRectF) -> None:
        """Show all of an area, never larger than it is; the middle of the canvas for none."""
        if area.isEmpty():
            self.zoom_to(USUAL)
            self.centre_on(QPointF(0, 0))
            return
        room = self._view.viewport().rect()
        width, height = max(room.width() - 2 * _FIT_MARGIN, 1.0), max(room.height() - 2 * _FIT_MARGIN, 1.0)
        self.zoom_to(min(width / area.width(), height / area.height(), USUAL))
        self.centre_on(area.center())

    def wheel(self, event: QWheelEvent) -> None:
        """The wheel zooms at the pointer, with Shift it goes sideways; two fingers on a touchpad move."""
        delta, fingers = event.angleDelta(), event.pixelDelta()
        is_touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        if is_touchpad and not fingers.isNull() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.pan_by(QPointF(fingers))
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.pan_by(QPointF(delta.y() or delta.x(), 0) / 2)
        else:
            factor = _WHEEL ** (delta.y() / 120)
            # The real size lies on the way, wherever the wheel began: only there is every letter as it was drawn.
            self.zoom_at(USUAL / self.zoom if abs(self.zoom * factor - USUAL) < 0.09 else factor, event.position())

    def beyond_edge(self, at: QPointF) -> QPointF:
        """How far a point of the view lies beyond the inner part in which nothing scrolls."""
        inner: QRect = self._view.viewport().rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        across = min(at.x() - inner.left(), 0.0) + max(at.x() - inner.right(), 0.0)
        down = min(at.y() - inner.top(), 0.0) + max(at.y() - inner.bottom(), 0.0)
        return QPointF(across, down)

    def scroll_towards(self, at: QPointF) -> None:
        """Move on by one tick, faster the further a point lies beyond the edge."""
        self.pan_by(-self.beyond_edge(at) * _SCROLL)

    def _middle(self) -> QPointF:
        return QRectF(self._view.viewport().rect()).center()
