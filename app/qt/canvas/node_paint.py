"""How a node is drawn: in full, or as a coloured block with its title. Pure painting: a card in, pixels out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from app.model.durations import measured_time
from app.qt.canvas import look as measures
from app.qt.canvas.card import Block, Callout, Card, Line, Spot, Swatch
from app.qt.canvas.look import LETTERS, PHRASE_COLOURS, Look, font
from app.qt.canvas.texts import wrapped
from app.qt.eliding import elided
from engine.api.report import StepOutcome

MARGIN = 10.0
"""Room around a node for ports and the outline of the selection."""

_BADGE = 8.0
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTRE = Qt.AlignmentFlag.AlignCenter
_MUTED_OPACITY = 0.42
_GROOVE_LEFT = 10.0
_BAR = 2.0
_TITLE_ON_BLOCK = 11
_BLOCK_LINE = 13
_PORT_ON_BLOCK = 3.0
"""Pixels on screen of titles, their lines and ports at small zoom, where they no longer shrink with their node."""

_TITLE_FROM_AFAR = 10.0
"""Pixels on screen below which the title of a whole node does not shrink."""

_LARGEST_TITLE, _LARGEST_BESIDE = 28.0, 18
"""The largest title that a header has room for, and the largest beside which other words fit."""


def paint_full(painter: QPainter, card: Card, look: Look, scale: float = 1.0, *, selected: bool) -> None:
    """Draw everything the card holds. The title stays readable at small `scale`, as far as its header has room."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    _outline(painter, card, look, selected=selected)
    painter.save()
    if card.muted:
        painter.setOpacity(_MUTED_OPACITY)
    _body(painter, card, look)
    _header(painter, card, look, scale)
    for line in card.lines:
        _line(painter, line, look)
    for block in card.blocks:
        _block(painter, block, look)
    for swatch in card.swatches:
        _swatch(painter, swatch, look)
    _well(painter, card, look)
    for spot in card.spots:
        paint_spot(painter, spot, look)
    painter.restore()
    if card.muted:
        _mute_stroke(painter, card, look)
    if card.callout is not None:
        _callout(painter, card.callout, look)
    if card.problem:
        _badge(painter, card, look)


def paint_block(painter: QPainter, card: Card, look: Look, scale: float, *, selected: bool) -> None:
    """Draw a coloured block with the title at a readable size, its ports, and the picture if there is one."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    rect = QRectF(0, 0, card.width, card.height)
    colour = look.of_family(card.family)
    if card.muted:
        colour.setAlphaF(_MUTED_OPACITY)
    pen = QPen(look.accent, 2.0 / scale) if selected else QPen(Qt.PenStyle.NoPen)
    painter.setPen(pen)
    painter.setBrush(colour if card.known else QBrush(look.dim, Qt.BrushStyle.BDiagPattern))
    painter.drawRoundedRect(rect, measures.CORNER, measures.CORNER)
    top = _picture_on_block(painter, card, rect, scale)
    _title_on_block(painter, card, QRectF(0, 0, card.width, top), scale)
    _ports_on_block(painter, card, look, scale)
    if card.facts.progress is not None:
        thick = 4.0 / scale
        painter.fillRect(QRectF(0, card.height - thick, card.width * card.facts.progress, thick), look.accent)
    if card.problem:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_problem_colour(card, look))
        painter.drawEllipse(QPointF(card.width - 3 / scale, 3 / scale), 4.5 / scale, 4.5 / scale)


def _picture_on_block(painter: QPainter, card: Card, rect: QRectF, scale: float) -> float:
    """Draw the picture at the bottom, where it also lies in the whole node; tell how far down the title may go."""
    image, gap = card.picture, 4.0 / scale
    if image is None or image.isNull():
        return rect.height()
    room = rect.adjusted(gap, (_BLOCK_LINE + 6) / scale, -gap, -gap)
    if room.height() < 8 / scale:
        return rect.height()
    size = image.size().toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(QPointF(room.center().x() - size.width() / 2, room.bottom() - size.height()), size)
    painter.drawImage(place, _shrunk(painter, image, place))
    return place.top()


def _title_on_block(painter: QPainter, card: Card, rect: QRectF, scale: float) -> None:
    painter.save()
    painter.scale(1.0 / scale, 1.0 / scale)
    room = QRectF(5, 3, rect.width() * scale - 9, rect.height() * scale - 6)
    painter.setFont(font(_TITLE_ON_BLOCK, bold=True))
    painter.setPen(QColor("#ffffff"))
    most = max(1, min(3, int(room.height() / _BLOCK_LINE)))
    for number, line in enumerate(wrapped(card.title, room.width(), most, _TITLE_ON_BLOCK, bold=True)):
        top = room.adjusted(0, _BLOCK_LINE * number, 0, 0).topLeft()
        painter.drawText(top + QPointF(0, _TITLE_ON_BLOCK), line)
    painter.restore()


def _ports_on_block(painter: QPainter, card: Card, look: Look, scale: float) -> None:
    """Where wires end: dots of a few pixels."""
    radius = min(0.8 * measures.PORT_RADIUS, _PORT_ON_BLOCK / scale)
    for spot in card.spots:
        if spot.wired or not spot.parameter:
            painter.setPen(QPen(look.surround, 1.0 / scale))
            painter.setBrush(look.of_type(spot.kind))
            painter.drawEllipse(QPointF(spot.x, spot.y), radius, radius)


def _outline(painter: QPainter, card: Card, look: Look, *, selected: bool) -> None:
    """The selection, or the glow of a node that runs."""
    running = card.facts.progress is not None
    if not (selected or running):
        return
    painter.setPen(QPen(look.accent, 2.0 if selected else 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    gap = 2.0
    rect = QRectF(-gap, -gap, card.width + 2 * gap, card.height + 2 * gap)
    painter.drawRoundedRect(rect, measures.CORNER + gap, measures.CORNER + gap)


def _body(painter: QPainter, card: Card, look: Look) -> None:
    pen = QPen(look.edge, 1.0)
    if not card.known:
        pen = QPen(look.dim, 1.2, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.setBrush(look.node)
    painter.drawRoundedRect(QRectF(0.5, 0.5, card.width - 1, card.height - 1), measures.CORNER, measures.CORNER)
    if not card.known:
        painter.setPen(Qt.PenStyle.NoPen)
        hatch = QColor(look.dim)
        hatch.setAlphaF(0.16)
        painter.setBrush(QBrush(hatch, Qt.BrushStyle.BDiagPattern))
        painter.drawRoundedRect(QRectF(1, 1, card.width - 2, card.height - 2), measures.CORNER, measures.CORNER)


def _header(painter: QPainter, card: Card, look: Look, scale: float) -> None:
    if card.known:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.header_of(card.family))
        painter.drawPath(_header_shape(card.width))
    size = round(min(max(measures.FONT_SIZE, _TITLE_FROM_AFAR / scale), _LARGEST_TITLE))
    taken = _side_note(painter, card, look) if size <= _LARGEST_BESIDE else 0.0
    chosen = font(size, bold=True)
    margin = 12 if size == measures.FONT_SIZE else 8
    room = QRectF(margin, 0, card.width - 2 * margin - taken, measures.HEADER)
    painter.setFont(chosen)
    painter.setPen(look.text)
    title = elided(card.title, chosen, room.width())
    painter.drawText(room, _LEFT, title)
    _progress(painter, card, look)


def _side_note(painter: QPainter, card: Card, look: Look) -> float:
    """Draw what stands at the right of the title, and tell the width that it takes."""
    note = _side_words(card)
    if not note:
        return 0.0
    painter.setFont(font(measures.SMALL_FONT_SIZE))
    painter.setPen(look.dim)
    painter.drawText(QRectF(0, 0, card.width - 12, measures.HEADER), _RIGHT, note)
    taken = QFontMetricsF(painter.font()).horizontalAdvance(note) + 8
    return taken + (_notes_mark(painter, card.width - 12 - taken, look) if card.facts.notes else 0.0)


def _notes_mark(painter: QPainter, right: float, look: Look) -> float:
    """A ring with an i: there is more to read when the pointer rests here."""
    painter.setPen(QPen(look.dim, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = QPointF(right - 6, measures.HEADER / 2)
    painter.drawEllipse(middle, 6, 6)
    painter.drawLine(middle + QPointF(0, -0.5), middle + QPointF(0, 3))
    painter.drawPoint(middle + QPointF(0, -3))
    return 20.0


def _header_shape(width: float) -> QPainterPath:
    corner, bottom = measures.CORNER, float(measures.HEADER)
    shape = QPainterPath(QPointF(1, bottom))
    shape.lineTo(1, corner)
    shape.quadTo(1, 1, corner, 1)
    shape.lineTo(width - corner, 1)
    shape.quadTo(width - 1, 1, width - 1, corner)
    shape.lineTo(width - 1, bottom)
    shape.closeSubpath()
    return shape


def _side_words(card: Card) -> str:
    """What stands at the right of the title: time, or the state that explains why there is none."""
    if card.muted:
        return "muted"
    if card.facts.progress is not None:
        return f"{card.facts.progress:.0%}"
    if card.facts.outcome in (StepOutcome.HIT, StepOutcome.COVERED):
        return "kept"
    return "" if card.facts.seconds is None else measured_time(card.facts.seconds)


def _progress(painter: QPainter, card: Card, look: Look) -> None:
    if card.facts.progress is None:
        return
    top = measures.HEADER - 3.0
    painter.fillRect(QRectF(1, top, card.width - 2, 3), look.line)
    painter.fillRect(QRectF(1, top, (card.width - 2) * card.facts.progress, 3), look.accent)


def _line(painter: QPainter, line: Line, look: Look) -> None:
    rect = QRectF(16, line.top, measures.NODE_WIDTH - 32, measures.ROW)
    if line.name and not line.driven:
        _groove(painter, line, look)
    painter.setFont(font())
    painter.setPen(look.dim)
    painter.drawText(rect, _LEFT, line.title)
    used = QFontMetricsF(painter.font()).horizontalAdvance(line.title) + 10
    painter.setPen(look.text if line.is_set else look.dim)
    painter.drawText(rect, _RIGHT, elided(line.value, font(), rect.width() - used))


def _groove(painter: QPainter, line: Line, look: Look) -> None:
    """What a value lies in; for a number, filled as far as it lies in its range."""
    groove = QRectF(_GROOVE_LEFT, line.top + 1, measures.NODE_WIDTH - 2 * _GROOVE_LEFT, measures.ROW - 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.inset)
    painter.drawRoundedRect(groove, 3, 3)
    if line.share:
        inside = groove.adjusted(3, 0, -3, 0)
        bar = QRectF(inside.left(), groove.bottom() - _BAR, inside.width() * line.share, _BAR)
        painter.fillRect(bar, measures.mixed(look.inset, look.text, 0.5))


def _block(painter: QPainter, block: Block, look: Look) -> None:
    rect = QRectF(measures.PADDING, block.top, measures.NODE_WIDTH - 2 * measures.PADDING, block.height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.inset)
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(look.dim if block.is_empty else look.text)
    painter.setFont(font())
    for number, text in enumerate(block.lines):
        painter.drawText(QRectF(rect.x() + 6, rect.y() + 6 + 16 * number, rect.width() - 8, 16), _LEFT, text)


def _swatch(painter: QPainter, swatch: Swatch, look: Look) -> None:
    middle = swatch.top + measures.ROW / 2
    painter.setPen(QPen(look.line, 1))
    painter.setBrush(QColor(PHRASE_COLOURS[swatch.colour % len(PHRASE_COLOURS)]))
    painter.drawRoundedRect(QRectF(16, middle - 5, 10, 10), 2, 2)
    painter.setPen(look.text)
    painter.setFont(font())
    rect = QRectF(34, swatch.top, measures.NODE_WIDTH - 46, measures.ROW)
    painter.drawText(rect, _LEFT, elided(swatch.phrase, font(), rect.width()))


def _well(painter: QPainter, card: Card, look: Look) -> None:
    """The picture, or the empty room for it."""
    if card.preview is None:
        return
    top, height = card.preview
    room = QRectF(measures.PADDING, top, card.width - 2 * measures.PADDING, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.inset)
    painter.drawRoundedRect(room, 4, 4)
    if card.picture is not None and not card.picture.isNull():
        _picture(painter, card, room)
        return
    painter.setFont(font(measures.SMALL_FONT_SIZE + 1))
    painter.setPen(look.dim)
    painter.drawText(room, _CENTRE, "Drop a picture here" if card.invites else "No picture yet")


def _picture(painter: QPainter, card: Card, room: QRectF) -> None:
    """The node's picture, as large as it fits, in the middle."""
    image = card.picture
    if image is None or image.isNull() or room.height() < 4 or room.width() < 4:
        return
    size = image.size().toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(QPointF(0, 0), size)
    place.moveCenter(room.center())
    painter.drawImage(place, _shrunk(painter, image, place))


def _shrunk(painter: QPainter, image: QImage, place: QRectF) -> QImage:
    """The picture at the size in which it will be seen: drawing it far too large gives jagged edges."""
    seen = painter.worldTransform().mapRect(place).size() * painter.device().devicePixelRatio()
    if seen.width() * 1.5 >= image.width():
        return image
    smooth = Qt.TransformationMode.SmoothTransformation
    return image.scaled(seen.toSize(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)


def _callout(painter: QPainter, callout: Callout, look: Look) -> None:
    """A note pinned below the node, as wide as it."""
    rect = QRectF(0.5, callout.top, measures.NODE_WIDTH - 1, callout.height)
    painter.setPen(QPen(look.warning, 1.0))
    painter.setBrush(look.window)
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(look.text)
    painter.setFont(font())
    for number, text in enumerate(callout.lines):
        painter.drawText(QRectF(12, callout.top + 6 + 16 * number, rect.width() - 20, 16), _LEFT, text)


def paint_spot(painter: QPainter, spot: Spot, look: Look, *, glow: bool = False) -> None:
    """A port and its name."""
    paint_port(painter, spot, look, glow=glow)
    if spot.parameter and not glow:
        return
    painter.setFont(font())
    painter.setPen(look.text if spot.required or spot.wired or spot.is_output else look.dim)
    half = measures.NODE_WIDTH / 2
    top = spot.y - measures.ROW / 2
    if spot.is_output:
        painter.drawText(QRectF(half, top, half - 16, measures.ROW), _RIGHT, elided(spot.title, font(), half - 18))
    else:
        painter.drawText(QRectF(16, top, half + 8, measures.ROW), _LEFT, elided(spot.title, font(), half + 6))


def paint_port(painter: QPainter, spot: Spot, look: Look, *, glow: bool = False) -> None:
    """A port: filled where a wire ends, a ring where none does; letters tell the type without colour."""
    colour = look.of_type(spot.kind)
    if not (spot.wired or spot.required or spot.is_output or glow):
        colour = measures.mixed(colour, look.node, 0.4)
    radius = port_radius(spot) + (2.0 if glow else 0.0)
    painter.setPen(QPen(colour, 1.6))
    painter.setBrush(colour if spot.wired or glow else look.node)
    tall = 3.0 if spot.many else 0.0
    shape = QRectF(spot.x - radius, spot.y - radius - tall, 2 * radius, 2 * (radius + tall))
    painter.drawRoundedRect(shape, radius, radius)
    if spot.is_list:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(shape.adjusted(-2.5, -2.5, 2.5, 2.5), radius + 2.5, radius + 2.5)
    if radius < measures.PORT_RADIUS:
        return
    painter.setFont(font(11, bold=True))
    painter.setPen(look.on_port if spot.wired or glow else colour)
    painter.drawText(shape, _CENTRE, LETTERS[spot.kind])


def port_radius(spot: Spot) -> float:
    """Parameters are ports of second rank until they are wired."""
    return measures.PORT_RADIUS if not spot.parameter or spot.wired else 4.0


def _mute_stroke(painter: QPainter, card: Card, look: Look) -> None:
    """Values pass a muted node by: a line straight through it."""
    painter.setPen(QPen(look.dim, 1.5, Qt.PenStyle.DashLine))
    middle = card.height / 2 + measures.HEADER / 2
    painter.drawLine(QPointF(8, middle), QPointF(card.width - 8, middle))


def _badge(painter: QPainter, card: Card, look: Look) -> None:
    painter.setPen(QPen(look.surround, 2))
    painter.setBrush(_problem_colour(card, look))
    centre = QPointF(card.width - 2, 2)
    painter.drawEllipse(centre, _BADGE, _BADGE)
    painter.setPen(QPen(look.surround, 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(centre + QPointF(0, -4), centre + QPointF(0, 1))
    painter.drawPoint(centre + QPointF(0, 4.4))


def _problem_colour(card: Card, look: Look) -> QColor:
    return look.failure if card.facts.trouble else look.warning
