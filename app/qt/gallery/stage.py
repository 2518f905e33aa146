"""Looking at one picture, or comparing two: fitted, zoomed to the cursor by the wheel, moved by the hand."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.qt.theme import GRID

_MOST = 32.0
_NOTCH = 120.0
_STEP = 1.25
_GRIP = 12.0
"""Pixels beside the line of the slider in which it can be taken hold of."""

_NUDGE = 0.02
_ROOM = 2.0 * GRID


class Stage(QWidget):
    """One picture. `stepped`: the next one is wanted (1), or the one before (-1)."""

    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.surround = QColor("#1c1c1c")
        self._image = QImage()
        self._zoom: float | None = None  # screen pixels for one of the picture; None: fitted
        self._centre = QPointF()  # of what is seen, in pixels of the picture
        self._held: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Picture")

    def show_image(self, image: QImage) -> None:
        """Show a picture, fitted."""
        self._image = image
        self.fit()

    @property
    def zoom(self) -> float:
        """Screen pixels for one pixel of the picture."""
        if self._zoom is not None or self._image.isNull():
            return self._zoom or 1.0
        room = QSizeF(max(self.width() - 2 * _ROOM, 1.0), max(self.height() - 2 * _ROOM, 1.0))
        return min(room.width() / self._image.width(), room.height() / self._image.height())

    def fit(self) -> None:
        """Show all of it."""
        self._zoom = None
        self._centre = QRectF(self._image.rect()).center()
        self.update()

    @property
    def place(self) -> QRectF:
        """Where the picture lies."""
        zoom, middle = self.zoom, QRectF(self.rect()).center()
        corner = middle - self._centre * zoom
        return QRectF(corner, QSizeF(self._image.width(), self._image.height()) * zoom)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.surround)
        if not self._image.isNull():
            self.paint_images(painter)
        painter.end()

    def paint_images(self, painter: QPainter) -> None:
        """Draw what there is to see."""
        draw(painter, self._image, self.place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._image.isNull():
            return
        at, before = event.position(), self.zoom
        least = min(1.0, before)
        wanted = min(max(before * _STEP ** (event.angleDelta().y() / _NOTCH), least if before <= 1.0 else 0.1), _MOST)
        under = self._centre + (at - QRectF(self.rect()).center()) / before
        self._zoom = wanted
        self._centre = under - (at - QRectF(self.rect()).center()) / wanted
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is not None and event.buttons():
            self._zoom = self.zoom
            self._centre -= (event.position() - self._held) / self._zoom
            self._held = event.position()
            self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = None

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Between all of it and its real pixels."""
        if self._zoom is None:
            self._zoom = 1.0
            self.update()
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Home:
            self.fit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()


class Wipe(Stage):
    """Two pictures, one over the other: the first is seen left of a line that is dragged or moved by arrow keys."""

    def __init__(self) -> None:
        super().__init__()
        self._other = QImage()
        self._names = ("", "")
        self.share = 0.5
        self._moving = False
        self.setMouseTracking(True)
        self.setAccessibleName("Two pictures compared")

    def show_pair(self, first: QImage, second: QImage, names: tuple[str, str]) -> None:
        """Compare two pictures; the second is fitted into the place of the first."""
        self._other, self._names, self.share = second, names, 0.5
        self.show_image(first)

    @property
    def line(self) -> float:
        """Where the line is, in pixels from the left."""
        place = self.place
        return place.left() + self.share * place.width()

    def paint_images(self, painter: QPainter) -> None:
        place, line = self.place, self.line
        right = QRectF(self.rect())
        left = QRectF(right)
        left.setRight(line)
        right.setLeft(line)
        for image, part in ((self._image, left), (self._other, right)):
            painter.save()
            painter.setClipRect(part)
            draw(painter, image, _fitted(image, place))
            painter.restore()
        self._draw_line(painter, line)
        self._draw_names(painter)

    def _draw_line(self, painter: QPainter, line: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((QColor(0, 0, 0, 130), 4.0), (QColor("#ffffff"), 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(line, 0.0), QPointF(line, self.height()))
        middle = QPointF(line, self.height() / 2.0)
        painter.setPen(QPen(QColor(0, 0, 0, 130), 1.0))
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(middle, 11.0, 11.0)
        painter.setPen(QPen(QColor("#333333"), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for side in (-1.0, 1.0):
            tip = middle + QPointF(side * 7.0, 0.0)
            painter.drawLine(tip, tip - QPointF(side * 3.5, 3.5))
            painter.drawLine(tip, tip - QPointF(side * 3.5, -3.5))

    def _draw_names(self, painter: QPainter) -> None:
        metrics = painter.fontMetrics()
        for name, at_left in zip(self._names, (True, False), strict=True):
            width = metrics.horizontalAdvance(name) + 2 * GRID
            left = GRID * 2 if at_left else self.width() - width - GRID * 2
            box = QRectF(left, self.height() - 5 * GRID, width, 3 * GRID)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 170))
            painter.drawRoundedRect(box, 4.0, 4.0)
            painter.setPen(QColor("#ffffff"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._moving = abs(event.position().x() - self.line) <= _GRIP
        if not self._moving:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        near = self._moving or abs(event.position().x() - self.line) <= _GRIP
        self.setCursor(Qt.CursorShape.SplitHCursor if near else Qt.CursorShape.OpenHandCursor)
        if self._moving:
            place = self.place
            self._put((event.position().x() - place.left()) / max(place.width(), 1.0))
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._moving = False
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -_NUDGE, Qt.Key.Key_Right: _NUDGE}
        if event.key() in steps:
            self._put(self.share + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _put(self, share: float) -> None:
        self.share = min(max(share, 0.0), 1.0)
        self.update()


def draw(painter: QPainter, image: QImage, place: QRectF) -> None:
    """Draw a picture into a place: smooth, but its pixels as squares when it is looked at closely."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, place.width() < 8.0 * image.width())
    painter.drawImage(place, image)


def _fitted(image: QImage, place: QRectF) -> QRectF:
    size = QSizeF(image.size()).scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
    fitted = QRectF(QPointF(), size)
    fitted.moveCenter(place.center())
    return fitted
