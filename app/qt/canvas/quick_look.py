"""A node's result, large, over the canvas."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.qt.canvas.facts import happened
from app.qt.canvas.look import font
from app.qt.canvas.node_item import NodeItem
from app.qt.canvas.scene import CanvasScene
from app.qt.canvas.texts import wrapped
from app.qt.pictures import read_image

_MARGIN, _LINE, _SMALL_LINE = 32.0, 24.0, 18.0
_MOST_WORDS = 6
_PALE = 0.45
"""How strongly a picture is seen that is out of date."""

_CLOSING = (Qt.Key.Key_Escape, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_I)


class QuickLook(QWidget):
    """Covers the canvas until a key or a click. A result that is not there is asked for by `draw`, and then shown.

    `stale` tells whether the graph of a node has changed since its picture was made: then that is said, and pressing
    the button asks for a new one.
    """

    def __init__(
        self, scene: CanvasScene, draw: Callable[[str], None], stale: Callable[[str], bool], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._scene, self._draw, self._is_stale, self._canvas = scene, draw, stale, parent
        self._node: str | None = None
        self._read = ("", QImage())
        self._stale = False
        self.again = QPushButton("Draw Again", self)
        self.again.setToolTip("Draw it from the graph as it is now; it is only looked at, and not kept")
        self.again.clicked.connect(lambda _checked=False: self._draw_again())
        self.again.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Quick look")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()
        scene.facts.changed.connect(self._on_facts)
        scene.mirrored.connect(self._on_mirrored)

    @property
    def node(self) -> str | None:
        """The node that is looked at."""
        return self._node

    def open(self, node: str) -> None:
        """Show the result of a node."""
        item = self._scene.nodes[node]
        self._node = node
        self.setAccessibleDescription(item.card.title)
        self.show()
        self.raise_()
        self.setFocus()
        # Pictures that were only looked at are not kept.
        if not Path(item.card.facts.path).is_file():
            self._draw(node)
        self.follow()

    def follow(self) -> None:
        """The graph, or what is known of the node, may have changed."""
        item = self._item()
        if item is None or self._node is None:
            return
        self._stale = item.card.facts.progress is None and bool(item.card.facts.path) and self._is_stale(self._node)
        self.again.setVisible(self._stale)
        self._lay_out()
        self.update()

    @property
    def stale(self) -> bool:
        """Whether what is seen is no longer what the graph would give."""
        return self._stale

    def _draw_again(self) -> None:
        self.setFocus()
        if self._node is not None:
            self._draw(self._node)
        self.follow()

    def close_look(self) -> None:
        """Show the canvas again."""
        if self._node is not None:
            self._node = None
            self.hide()
            self._canvas.setFocus()

    @property
    def picture(self) -> QImage:
        """The picture as large as it is known; a null one where there is none."""
        item = self._item()
        if item is None:
            return QImage()
        path = item.card.facts.path
        if path and path != self._read[0]:
            self._read = path, read_image(Path(path))
        if path and not self._read[1].isNull():
            return self._read[1]
        return item.card.picture or QImage()

    def _item(self) -> NodeItem | None:
        return self._scene.nodes.get(self._node or "")

    def _on_facts(self, name: str) -> None:
        if self._node is not None and name == self._scene.prefix + self._node:
            _ = self.picture  # read while its file is there
            self.follow()

    def _on_mirrored(self) -> None:
        if self._node is not None and self._item() is None:
            self.close_look()
        else:
            self.follow()

    # Leaving ----------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Any click leads back."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Any click leads back."""
        self.close_look()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys that one strikes to be done with a thing lead back."""
        if event.key() in _CLOSING:
            self.close_look()
        else:
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Escape is for this, before it cancels what runs."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _CLOSING:
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The button stays in its corner of the words."""
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        size = self.again.sizeHint()
        left, top = (self.width() - size.width()) // 2, self.height() - round(_MARGIN) - size.height()
        self.again.setGeometry(QRect(QPoint(left, top), size))

    # Painting ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture as large as it fits, and below it what there is to say."""
        item = self._item()
        if item is None:
            return
        ground = QColor(self._scene.look.surround)
        ground.setAlphaF(0.94)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.fillRect(self.rect(), ground)
            words = self._words(item)
            room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
            height = _LINE + _SMALL_LINE * len(words)
            if self._stale:
                room.adjust(0, 0, 0, -self.again.height() - _MARGIN / 4)
            self._paint_picture(painter, room.adjusted(0, 0, 0, -height - _MARGIN / 2), item)
            self._paint_words(painter, QRectF(room.left(), room.bottom() - height, room.width(), height), item, words)

    def _words(self, item: NodeItem) -> list[str]:
        facts, width = item.card.facts, min(self.width() - 2 * _MARGIN, 720.0)
        if self._stale:
            return ["Out of date: the graph has changed since this was drawn."]
        told = (happened(facts) if facts.progress is None else facts.step or "Running", *facts.notes)
        return [line for text in told if text for line in wrapped(text, width, 2, 13)][:_MOST_WORDS]

    def _paint_picture(self, painter: QPainter, room: QRectF, item: NodeItem) -> None:
        picture, look = self.picture, self._scene.look
        if picture.isNull():
            painter.setPen(look.dim)
            painter.setFont(font(15))
            waiting = "No picture yet" if item.card.preview is not None else "This node makes no picture"
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, waiting)
            return
        size = picture.size().toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.setOpacity(_PALE if self._stale else 1.0)
        painter.drawImage(place, picture)
        painter.setOpacity(1.0)

    def _paint_words(self, painter: QPainter, room: QRectF, item: NodeItem, words: list[str]) -> None:
        look, middle = self._scene.look, Qt.AlignmentFlag.AlignHCenter
        painter.setPen(look.text)
        painter.setFont(font(15, bold=True))
        painter.drawText(room, middle, item.card.title)
        painter.setFont(font())
        painter.setPen(look.warning if self._stale else look.dim)
        for number, line in enumerate(words):
            painter.drawText(room.adjusted(0, _LINE + number * _SMALL_LINE, 0, 0), middle, line)
