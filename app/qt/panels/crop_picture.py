"""A small picture with a rectangle on it that is dragged: the part of a reference that is looked at."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from app.model.edits.style import WHOLE, Shares
from app.paint.crop import CropBox, Handle
from app.paint.rect import Rect
from app.qt.theme import GRID

TALLEST = 176
_UNITS = 1000  # of the longer side: the box moves in thousandths of it
_REACH, _HANDLE = 9.0, 3.5
_STEP, _FINE = 20, 2
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CURSORS = {
    (-1, -1): Qt.CursorShape.SizeFDiagCursor,
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (1, -1): Qt.CursorShape.SizeBDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (0, -1): Qt.CursorShape.SizeVerCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
    (-1, 0): Qt.CursorShape.SizeHorCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
}


class CropPicture(QWidget):
    """`dragged` tells the shares at every step, `released` when the hand lifts.

    Arrows move the box, with Shift its lower right corner, with Control by small steps; Delete and a double-click take
    the whole picture again.
    """

    dragged = Signal(object)
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        told = "The part of the picture whose look counts: drag the rectangle; a double-click takes all of it"
        self.setToolTip(told)
        self.setAccessibleName(told)
        self._image = QImage()
        self._shares = WHOLE
        self._held: tuple[Handle | None, QPointF, CropBox] | None = None

    def show_picture(self, image: QImage) -> None:
        """The picture below the rectangle."""
        self._image = image
        self.updateGeometry()
        self.update()

    def show_crop(self, shares: Shares) -> None:
        """Where the rectangle lies."""
        if shares != self._shares:
            self._shares = shares
            self.update()

    @property
    def crop(self) -> Shares:
        """Where the rectangle lies."""
        return self._shares

    def come_into_sight(self) -> None:
        """Scroll what it lies in until it is seen."""
        inside = self.parentWidget()
        while inside is not None and not isinstance(inside, QScrollArea):
            inside = inside.parentWidget()
        if inside is not None:
            inside.ensureWidgetVisible(self, 0, GRID)

    def sizeHint(self) -> QSize:
        return QSize(200, TALLEST)

    def heightForWidth(self, width: int) -> int:
        if self._image.isNull():
            return TALLEST
        return min(TALLEST, max(round(width * self._image.height() / self._image.width()), 48))

    def hasHeightForWidth(self) -> bool:
        return True

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not self._image.isNull():
            self._held = (self._handle_at(event.position()), event.position(), self._box())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            self._choose_cursor(event.position())
            return
        handle, begin, box = self._held
        way = (event.position() - begin) / self._scale()
        dx, dy = round(way.x()), round(way.y())
        keep = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._take(box.moved(dx, dy) if handle is None else box.resized(handle, dx, dy, keep_aspect=keep))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held is not None:
            self._held = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._set(WHOLE)
        self.released.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _ARROWS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Delete:
            self._set(WHOLE)
        elif way is not None and not self._image.isNull():
            step = _FINE if event.modifiers() & Qt.KeyboardModifier.ControlModifier else _STEP
            dx, dy = step * way[0], step * way[1]
            stretch = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._take(self._box().resized(Handle.BOTTOM_RIGHT, dx, dy) if stretch else self._box().moved(dx, dy))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.released.emit()
        self.update()

    # Pixels

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image.isNull():
            return
        picture, box = self._picture(), self._on_screen()
        with QPainter(self) as painter:
            painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
            painter.drawImage(picture, self._image)
            outside = QPainterPath()
            outside.addRect(picture)
            outside.addRect(box)
            painter.fillPath(outside, QColor(0, 0, 0, 150))
            for colour, width in ((QColor(0, 0, 0, 170), 3.0), (QColor(255, 255, 255), 1.25)):
                painter.setPen(QPen(colour, width))
                painter.drawRect(box.adjusted(1.0, 1.0, -1.0, -1.0))
            if self.hasFocus() or self.underMouse():
                self._paint_handles(painter)

    def _paint_handles(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(0, 0, 0, 170), 1.0))
        painter.setBrush(QColor(255, 255, 255))
        for handle in Handle:
            at = self._to_screen(*self._box().place_of(handle))
            square = QRectF(at.x() - _HANDLE, at.y() - _HANDLE, 2.0 * _HANDLE, 2.0 * _HANDLE)
            painter.drawRect(square.translated(-_HANDLE * handle.value[0], -_HANDLE * handle.value[1]))

    # The rectangle, in units

    def _units(self) -> Rect:
        scale = _UNITS / max(self._image.width(), self._image.height())
        return Rect(0, 0, max(round(self._image.width() * scale), 8), max(round(self._image.height() * scale), 8))

    def _box(self) -> CropBox:
        units = self._units()
        left, top, right, bottom = self._shares
        rect = Rect.between(
            min(round(left * units.width), units.width - 8),
            min(round(top * units.height), units.height - 8),
            round(right * units.width),
            round(bottom * units.height),
        )
        least = Rect(rect.left, rect.top, max(rect.width, 8), max(rect.height, 8))
        return CropBox(least, within=units)

    def _take(self, box: CropBox) -> None:
        units, rect = self._units(), box.rect
        across = (round(rect.left / units.width, 4), round(rect.right / units.width, 4))
        down = (round(rect.top / units.height, 4), round(rect.bottom / units.height, 4))
        self._set((across[0], down[0], across[1], down[1]))

    def _set(self, shares: Shares) -> None:
        if shares != self._shares:
            self._shares = shares
            self.update()
            self.dragged.emit(shares)

    # Between units and the screen

    def _picture(self) -> QRectF:
        size = QSize(self._image.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) / 2.0, 0.0, size.width(), size.height())

    def _scale(self) -> float:
        """Pixels of the screen for one unit."""
        return self._picture().width() / self._units().width

    def _to_screen(self, x: float, y: float) -> QPointF:
        return self._picture().topLeft() + QPointF(x, y) * self._scale()

    def _on_screen(self) -> QRectF:
        rect = self._box().rect
        return QRectF(self._to_screen(rect.left, rect.top), self._to_screen(rect.right, rect.bottom))

    def _handle_at(self, at: QPointF) -> Handle | None:
        place = (at - self._picture().topLeft()) / self._scale()
        return self._box().handle_at(place.x(), place.y(), _REACH / self._scale())

    def _choose_cursor(self, at: QPointF) -> None:
        handle = None if self._image.isNull() else self._handle_at(at)
        self.setCursor(Qt.CursorShape.SizeAllCursor if handle is None else _CURSORS[handle.value])
