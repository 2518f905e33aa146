"""A node on the canvas: shows its card, and knows where its ports are."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from app.qt.canvas.card import Card, Spot
from app.qt.canvas.look import PORT_RADIUS, ROW, Look, within
from app.qt.canvas.node_paint import MARGIN, paint_block, paint_full
from app.qt.canvas.pixmaps import Drawn, Pixmaps
from nodes.graph.model import Node

BLOCK_BELOW = 0.55
"""Zoom under which a node is a coloured block with its title, since its small letters could not be read."""

NODE_Z = 10.0


class NodeItem(QGraphicsRectItem):
    """Follows what it is told; never changes the graph.

    The base class holds the rectangle, so that culling and hit tests never call back into Python.
    """

    def __init__(self, node: Node, card: Card, look: Look, pixmaps: Pixmaps) -> None:
        super().__init__()
        self.node = node
        self.card = card
        self.selected = False
        self._look = look
        self._pixmaps = pixmaps
        self.setZValue(NODE_Z)
        self.setPos(_place(node))
        self._fit()

    @property
    def box(self) -> QRectF:
        """The node without its ports and outline, in scene coordinates."""
        return QRectF(self.x(), self.y(), self.card.width, self.card.height)

    def show_node(self, node: Node, card: Card) -> None:
        """Follow the node's new value."""
        if (node.x, node.y) != (self.node.x, self.node.y):
            self.setPos(_place(node))
        self.node = node
        if card != self.card:
            self.card = card
            self._fit()
            self.update()

    def show_selected(self, *, selected: bool) -> None:
        """Show whether it is selected."""
        if selected != self.selected:
            self.selected = selected
            self.update()

    def wear_look(self, look: Look) -> None:
        """Change to another theme."""
        self._look = look
        self._pixmaps.drop(self.node.id)
        self.update()

    def spot_at(self, position: QPointF, reach: float = PORT_RADIUS + 3) -> Spot | None:
        """The port nearest to a point in scene coordinates, within `reach`."""
        local = position - self.pos()
        near = [(math.hypot(local.x() - spot.x, local.y() - spot.y), spot) for spot in self.card.spots]
        distance, spot = min(near, key=lambda pair: pair[0], default=(math.inf, None))
        return spot if distance <= reach else None

    def port_position(self, name: str, *, is_output: bool) -> QPointF:
        """Where wires end at a port, in scene coordinates; on the header's side when the card does not show it."""
        place = self.card.places.get((name, is_output))
        x, y = place if place is not None else (self.card.width if is_output else 0.0, float(ROW))
        return QPointF(self.x() + x, self.y() + y)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Copy the pixmap of this zoom, drawing it anew where that is due."""
        # Rounded, since the shift of what is seen gets into its last digits.
        zoom = round(option.levelOfDetailFromTransform(painter.worldTransform()), 6)
        if widget is None:
            # A picture of the graph or a print: lines and letters, no pixels.
            paint_full(painter, self.card, self._look, selected=self.selected)
            return
        drawn = self._drawn(zoom, widget.devicePixelRatioF())
        if drawn is None:
            painter.fillRect(QRectF(0, 0, self.card.width, self.card.height), self._look.of_family(self.card.family))
        elif drawn.scale == zoom:
            self._copy(painter, drawn.pixmap)
        else:
            painter.drawPixmap(self.rect(), drawn.pixmap, QRectF(drawn.pixmap.rect()))

    def _copy(self, painter: QPainter, pixmap: QPixmap) -> None:
        """Pixel by pixel on whole pixels of the screen, so that letters stay sharp."""
        transform = painter.worldTransform()
        corner = transform.map(self.rect().topLeft())
        painter.setWorldTransform(QTransform.fromTranslate(round(corner.x()), round(corner.y())))
        painter.drawPixmap(0, 0, pixmap)
        painter.setWorldTransform(transform)

    def _drawn(self, scale: float, device_ratio: float) -> Drawn | None:
        state = (self.card, self.selected)
        drawn = self._pixmaps.get(self.node.id)
        if drawn is not None and drawn.scale == scale and drawn.state == state:
            return drawn
        # What the artist sees must be true even when it is not sharp: only an outdated zoom may wait.
        if self._pixmaps.may_draw() or (drawn is not None and drawn.state != state):
            drawn = Drawn(self._rendered(scale, device_ratio), scale, state)
            self._pixmaps.keep(self.node.id, drawn)
        else:
            self._pixmaps.owed = True
        return drawn

    def _rendered(self, scale: float, device_ratio: float) -> QPixmap:
        rect = self.rect()
        size = rect.size() * scale * device_ratio
        pixmap = QPixmap(math.ceil(size.width()), math.ceil(size.height()))
        pixmap.setDevicePixelRatio(device_ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        with QPainter(pixmap) as painter:
            painter.scale(scale, scale)
            painter.translate(-rect.topLeft())
            if scale < BLOCK_BELOW:
                paint_block(painter, self.card, self._look, scale, selected=self.selected)
            else:
                paint_full(painter, self.card, self._look, scale, selected=self.selected)
        return pixmap

    def _fit(self) -> None:
        self.setRect(QRectF(0, 0, self.card.width, self.card.reach).adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))


def _place(node: Node) -> QPointF:
    return QPointF(within(node.x), within(node.y))
