"""A slider over noise levels that shows, as a curve, how much a phrase was looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.model.timeline_words import noise_said
from app.model.xray import Look, percent
from app.qt.canvas.look import mixed
from app.qt.theme import GRID

HEIGHT = 8 * GRID
_SIDE, _TOP, _BOTTOM = 1.5 * GRID, GRID, 2.5 * GRID
_DOT = 2.5
_LIGHT = 128
_ALL = 10_000
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -_ALL, Qt.Key.Key_End: _ALL}


class NoiseCurve(QWidget):
    """High noise at the left, as the picture is made. `chosen`: the noise level that was clicked or stepped to."""

    chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self._looks: tuple[Look, ...] = ()
        self._shown: Look | None = None
        self._colour = QColor(Qt.GlobalColor.white)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.SizeHorCursor)
        self.setAccessibleName("Noise level")
        self.setToolTip("Drag to another noise level; the curve is the share of attention that the phrase got there")

    def show_looks(self, looks: Sequence[Look], shown: Look | None, colour: QColor) -> None:
        """Show a phrase at all levels, and mark the one whose map is seen."""
        self._looks, self._shown = tuple(looks), shown
        paper = self.palette().base().color()
        # Yellow and white phrases would not be seen on light paper.
        self._colour = mixed(colour, self.palette().text().color(), 0.35) if paper.lightness() > _LIGHT else colour
        if shown is not None:
            self.setAccessibleDescription(f"Noise {noise_said(shown.level.sigma)}: {percent(shown.phrase.mean)}")
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough to drag on."""
        return QSize(320, HEIGHT)

    def place(self, sigma: float) -> float:
        """Where a noise level lies across the widget, in pixels."""
        high, low = (math.log(self._looks[end].level.sigma) for end in (0, -1))
        share = (high - math.log(sigma)) / (high - low) if high > low else 0.5
        return _SIDE + share * (self.width() - 2.0 * _SIDE)

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose_at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose_at(event.position().x())

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            self._step(-1 if event.angleDelta().y() > 0 else 1)
            event.accept()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Its own keys are for this slider, not for the canvas."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _STEPS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._step(step)

    def _choose_at(self, x: float) -> None:
        if self._looks:
            nearest = min(self._looks, key=lambda look: abs(self.place(look.level.sigma) - x))
            self.chosen.emit(nearest.level.sigma)

    def _step(self, step: int) -> None:
        if self._shown is not None:
            at = self._looks.index(self._shown) + step
            self.chosen.emit(self._looks[min(max(at, 0), len(self._looks) - 1)].level.sigma)

    # Pixels

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, area = self.palette(), QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        base, ink = palette.base().color(), palette.text().color()
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(mixed(base, ink, 0.5 if self.hasFocus() else 0.14), 1.0))
            painter.setBrush(base)
            painter.drawRoundedRect(area, 4.0, 4.0)
            if self._looks:
                self._paint_curve(painter, mixed(base, ink, 0.3), ink)
                self._paint_words(painter)

    def _paint_curve(self, painter: QPainter, quiet: QColor, ink: QColor) -> None:
        points = [self._point(look) for look in self._looks]
        floor = self.height() - _BOTTOM
        painter.setPen(QPen(quiet, 1.0))
        painter.drawLine(QPointF(_SIDE, floor), QPointF(self.width() - _SIDE, floor))
        fill = QColor(self._colour)
        fill.setAlphaF(0.22)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF([QPointF(points[0].x(), floor), *points, QPointF(points[-1].x(), floor)]))
        painter.setPen(QPen(self._colour, 1.5))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._colour)
        for point in points:
            painter.drawEllipse(point, _DOT, _DOT)
        if self._shown in self._looks:
            self._paint_mark(painter, self._point(self._shown), ink)

    def _paint_mark(self, painter: QPainter, at: QPointF, ink: QColor) -> None:
        accent = self.palette().highlight().color()
        painter.setPen(QPen(accent, 2.0))
        painter.drawLine(QPointF(at.x(), _TOP), QPointF(at.x(), self.height() - _BOTTOM))
        painter.setPen(QPen(ink, 1.5))
        painter.setBrush(accent)
        painter.drawEllipse(at, 5.0, 5.0)

    def _paint_words(self, painter: QPainter) -> None:
        palette = self.palette()
        first, last = self._looks[0], self._looks[-1]
        below = QRectF(_SIDE, self.height() - _BOTTOM, self.width() - 2 * _SIDE, _BOTTOM)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(palette.placeholderText().color())
        painter.drawText(below, middle | Qt.AlignmentFlag.AlignLeft, f"noise {noise_said(first.level.sigma)}")
        if last is not first:
            painter.drawText(below, middle | Qt.AlignmentFlag.AlignRight, noise_said(last.level.sigma))

    def _point(self, look: Look) -> QPointF:
        top = max(each.phrase.mean for each in self._looks) or 1.0
        room = self.height() - _BOTTOM - _TOP
        return QPointF(self.place(look.level.sigma), self.height() - _BOTTOM - room * look.phrase.mean / top)
