"""A frame behind nodes, or a note: a titled rectangle with words of the artist's own."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from app.qt.canvas.look import FONT_SIZE, Look, font, mixed, within
from app.qt.canvas.texts import wrapped
from app.qt.eliding import elided
from nodes.graph.model import Frame

FRAME_Z = 0.0
TITLE_HEIGHT = 32.0
_TITLE_SIZE = 15
_LINE = 18.0
_MOST_LINES = 400
_ABOVE = 80.0
_COLOUR = "#7d7d7d"


_WORDS_FROM, _TITLE_FROM = 0.5, 0.8
"""Zoom from which words and titles are drawn at their own size; below, there are no words, and titles stay readable."""


class Side(Enum):
    """Where a frame is taken to resize it: which of left, top, right, bottom move (as 0 or 1)."""

    LEFT = (1, 0, 0, 0)
    RIGHT = (0, 0, 1, 0)
    TOP = (0, 1, 0, 0)
    BOTTOM = (0, 0, 0, 1)
    TOP_LEFT = (1, 1, 0, 0)
    TOP_RIGHT = (0, 1, 1, 0)
    BOTTOM_LEFT = (1, 0, 0, 1)
    BOTTOM_RIGHT = (0, 0, 1, 1)


class FrameItem(QGraphicsRectItem):
    """Follows what it is told; never changes the graph."""

    def __init__(self, frame: Frame, look: Look) -> None:
        super().__init__()
        self.frame = frame
        self.selected = False
        self._look = look
        self._size = QSizeF()
        self.show_frame(frame)

    @property
    def box(self) -> QRectF:
        """The rectangle in scene coordinates."""
        return QRectF(self.pos(), self._size)

    @property
    def is_note(self) -> bool:
        """Whether it is only words: those have no title bar to take it by."""
        return not self.frame.title and bool(self.frame.note)

    def show_frame(self, frame: Frame) -> None:
        """Follow the frame's new value."""
        self.frame = frame
        self.setPos(within(frame.x), within(frame.y))
        self._size = QSizeF(within(frame.width, 0.0), within(frame.height, 0.0))
        # Room above for a title at small zoom.
        self.setRect(QRectF(-2, -_ABOVE, self._size.width() + 4, self._size.height() + 2 + _ABOVE))
        # The smaller of two frames lies in front, so that a frame inside another can be reached.
        self.setZValue(FRAME_Z + 1.0 / (1.0 + self._size.width() * self._size.height()))
        self.update()

    def select(self, selected: bool) -> None:
        """Show or hide the selection."""
        if selected != self.selected:
            self.selected = selected
            self.update()

    def wear_look(self, look: Look) -> None:
        """Change to another theme."""
        self._look = look
        self.update()

    def handle_at(self, position: QPointF) -> bool:
        """Whether a point in scene coordinates is on what one takes to move it."""
        box = self.box
        return box.contains(position) and (self.is_note or position.y() < box.top() + TITLE_HEIGHT)

    def side_at(self, position: QPointF, reach: float) -> Side | None:
        """The edge or corner within `reach` of a point in scene coordinates."""
        box = self.box
        if not box.adjusted(-reach, -reach, reach, reach).contains(position):
            return None
        near = (
            int(abs(position.x() - box.left()) <= reach),
            int(abs(position.y() - box.top()) <= reach),
            int(abs(position.x() - box.right()) <= reach),
            int(abs(position.y() - box.bottom()) <= reach),
        )
        return next((side for side in Side if side.value == near), None)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Draw the rectangle, its title and its words."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(QPointF(0, 0), self._size)
        self._paint_rect(painter, rect)
        zoom = option.levelOfDetailFromTransform(painter.worldTransform())
        if zoom < _TITLE_FROM:
            paint_landmark(painter, self.frame.title, rect.topLeft(), self._look, zoom)
        if zoom >= _WORDS_FROM:
            self._paint_words(painter, rect, titled=zoom >= _TITLE_FROM)

    def paint_ground(self, painter: QPainter) -> None:
        """Draw the bare rectangle, in scene coordinates."""
        self._paint_rect(painter, self.box)

    def _paint_rect(self, painter: QPainter, rect: QRectF) -> None:
        colour = self._colour()
        ground = QColor(colour)
        ground.setAlphaF(0.30 if self.is_note else 0.09)
        edge = self._look.accent if self.selected else mixed(colour, self._look.surround, 0.55)
        painter.setPen(QPen(edge, 2.0 if self.selected else 1.0))
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 8, 8)

    def _colour(self) -> QColor:
        known = QColor.isValidColorName(self.frame.colour)
        return QColor(self.frame.colour if known else _COLOUR)

    def _paint_words(self, painter: QPainter, rect: QRectF, *, titled: bool) -> None:
        room = rect.adjusted(12, 0, -12, -6)
        top = room.top() + 8
        if self.frame.title and titled:
            chosen = font(_TITLE_SIZE, bold=True)
            title = elided(self.frame.title, chosen, room.width())
            painter.setFont(chosen)
            painter.setPen(self._look.text)
            line = QRectF(room.left(), room.top(), room.width(), TITLE_HEIGHT)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
            top = room.top() + TITLE_HEIGHT
        if self.frame.note:
            painter.setFont(font())
            painter.setPen(self._look.text if self.is_note else self._look.dim)
            fitting = min(int((room.bottom() - top) / _LINE), _MOST_LINES)
            for number, text in enumerate(wrapped(self.frame.note, room.width(), max(fitting, 0), FONT_SIZE)):
                painter.drawText(QPointF(room.left(), top + 13 + number * _LINE), text)


def paint_landmark(painter: QPainter, title: str, corner: QPointF, look: Look, zoom: float) -> None:
    """Draw a title above a corner at the same size at any zoom: titles are the landmarks of a large graph."""
    if not title:
        return
    painter.save()
    painter.translate(corner)
    painter.scale(1.0 / zoom, 1.0 / zoom)
    painter.setFont(font(12, bold=True))
    painter.setPen(look.text)
    painter.drawText(QPointF(2, -5), title)
    painter.restore()
