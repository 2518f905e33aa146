"""Lines and signs over the canvas: they are never part of the picture, and read on any picture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from app.paint.crop import CropBox, Handle
from app.paint.palette import swatch
from app.paint.rect import Rect
from app.qt.paintview.hatches import hatch_brush, phrase_colour
from app.qt.paintview.projection import Projection

_DARK = QColor(0, 0, 0, 150)
_LIGHT = QColor(255, 255, 255, 230)
_TEXT = QColor(0xDC, 0xDC, 0xDC)
_CUT_OFF, _DIMMED = QColor(0x9A, 0x9A, 0x9A, 90), QColor(0, 0, 0, 120)
_HANDLE = 4.5


def trace(painter: QPainter, path: QPainterPath, *, dashed: bool = False) -> None:
    """A line that reads on bright and on dark: light on a wider dark one."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_DARK, 3.0))
    painter.drawPath(path)
    pen = QPen(_LIGHT, 1.2)
    if dashed:
        pen.setDashPattern([4.0, 3.0])
    painter.setPen(pen)
    painter.drawPath(path)


def outline(projection: Projection, rect: Rect) -> QPainterPath:
    """A rectangle of the canvas as it is seen, perhaps turned."""
    path = QPainterPath()
    path.addPolygon(projection.transform().map(QPolygonF(QRectF(rect.left, rect.top, rect.width, rect.height))))
    path.closeSubpath()
    return path


def draw_thirds(painter: QPainter, projection: Projection, rect: Rect) -> None:
    """The lines at thirds, and a ruler of ticks around the canvas at thirds (long) and sixths (short)."""
    path = QPainterPath()
    for share in (1.0 / 3.0, 2.0 / 3.0):
        for begin, end in _across_and_down(rect, share):
            path.moveTo(projection.to_view(*begin))
            path.lineTo(projection.to_view(*end))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((QColor(0, 0, 0, 90), 2.0), (QColor(255, 255, 255, 130), 1.0)):
        painter.setPen(QPen(colour, width))
        painter.drawPath(path)
    painter.setPen(QPen(QColor(0x9A, 0x9A, 0x9A), 1.0))
    for sixth in range(7):
        length = 10.0 if sixth % 2 == 0 else 5.0
        for begin, end in _across_and_down(rect, sixth / 6.0):
            for at, other in ((begin, end), (end, begin)):
                _draw_tick(painter, projection.to_view(*at), projection.to_view(*other), length)


def draw_mirrors(painter: QPainter, projection: Projection, rect: Rect, *, across: bool, down: bool) -> None:
    """The mirror lines through the middle."""
    path = QPainterPath()
    upright, level = _across_and_down(rect, 0.5)
    for wanted, (begin, end) in ((across, upright), (down, level)):
        if wanted:
            path.moveTo(projection.to_view(*begin))
            path.lineTo(projection.to_view(*end))
    trace(painter, path, dashed=True)


def draw_crop(painter: QPainter, projection: Projection, box: CropBox, canvas: Rect, font: QFont) -> None:
    """The crop box: what it holds beside the canvas is tinted, what it leaves out dimmed; its numbers stand below."""
    frame, ground = outline(projection, box.rect), outline(projection, canvas)
    painter.setPen(Qt.PenStyle.NoPen)
    for colour, part, other in ((_CUT_OFF, frame, ground), (_DIMMED, ground, frame)):
        painter.setBrush(colour)
        painter.drawPath(part.subtracted(other))
    trace(painter, frame)
    painter.setPen(QPen(_DARK, 1.0))
    painter.setBrush(QColor(255, 255, 255))
    for handle in Handle:
        at = projection.to_view(*box.place_of(handle))
        painter.drawRect(QRectF(at.x() - _HANDLE, at.y() - _HANDLE, 2.0 * _HANDLE, 2.0 * _HANDLE))
    seen = frame.boundingRect()
    draw_label(painter, QPointF(seen.center().x(), seen.bottom() + 18.0), box.numbers, font)


def crop_extent(projection: Projection, box: CropBox, canvas: Rect) -> QRectF:
    """The part of the view that `draw_crop` draws in."""
    seen = projection.view_rect(box.rect).adjusted(-12.0, -12.0, 12.0, 40.0)
    return seen.adjusted(-80.0, 0.0, 80.0, 0.0).united(projection.view_rect(canvas))


def draw_label(painter: QPainter, middle: QPointF, text: str, font: QFont) -> None:
    """Words on a dark plate."""
    metrics = QFontMetricsF(font)
    plate = QRectF(0.0, 0.0, metrics.horizontalAdvance(text) + 16.0, metrics.height() + 6.0)
    plate.moveCenter(middle)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0x1C, 0x1C, 0x1C, 220))
    painter.drawRoundedRect(plate, 4.0, 4.0)
    painter.setPen(_TEXT)
    painter.setFont(font)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def draw_empty_state(painter: QPainter, area: QRectF, text: str, font: QFont) -> None:
    """What to do on an empty canvas, with a ghost of how it will look: a word, and its place."""
    large = QFont(font)
    large.setPixelSize(max(min(round(area.width() / 26.0), 20), 11))
    painter.setFont(large)
    middle = area.center()
    _draw_ghost(painter, QPointF(middle.x(), middle.y() - 30.0), min(area.width() / 6.0, 110.0), large)
    painter.setPen(_TEXT)
    below = QRectF(area.left() + 16.0, middle.y() + 80.0, area.width() - 32.0, area.height() / 2.0 - 80.0)
    painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap), text)


def _draw_ghost(painter: QPainter, at: QPointF, size: float, font: QFont) -> None:
    look = swatch(1)
    colour = phrase_colour(look)
    colour.setAlphaF(0.45)
    _draw_words(painter, QPointF(at.x(), at.y() + size * 0.55), ("under ", "a night sky"), colour, font)
    painter.save()
    painter.translate(at)
    painter.setOpacity(0.7)
    painter.setBrush(hatch_brush(look, 0.9, 1.0))
    painter.setPen(QPen(colour, 1.5, Qt.PenStyle.DashLine))
    painter.drawPath(_blob(size))
    painter.restore()


def _draw_words(painter: QPainter, middle: QPointF, words: tuple[str, str], colour: QColor, font: QFont) -> None:
    """Two words in a row, the second one selected."""
    metrics = QFontMetricsF(font)
    widths = [metrics.horizontalAdvance(word) for word in words]
    left, baseline = middle.x() - sum(widths) / 2.0, middle.y()
    plate = QRectF(left + widths[0], baseline - metrics.ascent(), widths[1], metrics.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(plate.adjusted(-4.0, -2.0, 4.0, 2.0), 4.0, 4.0)
    painter.setPen(_TEXT)
    painter.drawText(QPointF(left, baseline), words[0] + words[1])


def _blob(size: float) -> QPainterPath:
    """The outline of a hasty patch of paint around (0, 0)."""
    turns = [(-1.0, -0.9), (0.2, -0.9), (0.5, -0.6), (1.2, -0.5), (1.1, 0.2), (0.6, 0.1), (0.0, 0.0), (-0.8, 0.5)]
    corners = [QPointF(size * x, size * y) for x, y in (*turns, (-1.0, 0.0))]
    path = QPainterPath(corners[-1])
    for first in range(0, len(corners), 3):
        path.cubicTo(*corners[first : first + 3])
    return path


def _across_and_down(rect: Rect, share: float) -> tuple[tuple[tuple[float, float], tuple[float, float]], ...]:
    """The upright and the level line at a share of a rectangle."""
    x, y = rect.left + share * rect.width, rect.top + share * rect.height
    return ((x, rect.top), (x, rect.bottom)), ((rect.left, y), (rect.right, y))


def _draw_tick(painter: QPainter, at: QPointF, away_from: QPointF, length: float) -> None:
    way = at - away_from
    size = (way.x() ** 2 + way.y() ** 2) ** 0.5
    if size > 0.0:
        painter.drawLine(at + way * (4.0 / size), at + way * ((4.0 + length) / size))
