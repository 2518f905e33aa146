"""Titles, notes and prompts, written where they are seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF

from app.model import edits
from app.model.document import Document
from app.qt.canvas.frame_item import TITLE_HEIGHT
from app.qt.canvas.look import HEADER, PADDING, font
from nodes.graph.errors import EditError

if TYPE_CHECKING:
    from app.qt.canvas.view import CanvasView


class Writing:
    """Opens the field in the right place, and puts what was written into the session."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    def node_title(self, name: str) -> None:
        """Let a node be renamed; an empty title gives it back its type's."""
        self.title(name, lambda title: self._rename(name, title))

    def title(self, name: str, written: Callable[[str], None]) -> None:
        """Let the title of a node be written."""
        item = self._view.canvas.nodes[name]
        place = QRectF(item.box.x() + 8, item.box.y() + 4, item.box.width() - 16, HEADER - 8)
        self._view.inline.open(
            place,
            item.card.title,
            written,
            self._view.canvas.look,
            font(bold=True),
            one_line=True,
        )

    def node_text(self, name: str, where: QPointF) -> bool:
        """Let the text at a point of a node be written; False when there is none."""
        item, shape = self._view.canvas.nodes[name], self._view.canvas.shape(name)
        local = where - item.box.topLeft()
        block = next((each for each in item.card.blocks if each.top <= local.y() <= each.top + each.height), None)
        if shape is None or block is None:
            return False
        parameter = shape.parameters[block.name]
        place = QRectF(item.box.x() + PADDING, item.box.y() + block.top, item.box.width() - 2 * PADDING, block.height)
        self._view.inline.open(
            place.adjusted(0, 0, 96, 64),
            str(item.node.params.get(parameter.name, parameter.default)),
            lambda text: self._set(name, parameter.name, text),
            self._view.canvas.look,
            font(),
            one_line=False,
        )
        return True

    def frame_title(self, name: str) -> None:
        """Let a frame's title be written."""
        item = self._view.canvas.frames[name]
        place = QRectF(item.box.x() + 8, item.box.y() + 4, item.box.width() - 16, TITLE_HEIGHT - 8)
        self._view.inline.open(
            place,
            item.frame.title,
            lambda title: self._change_frame(name, title=title),
            self._view.canvas.look,
            font(15, bold=True),
            one_line=True,
        )

    def frame_note(self, name: str) -> None:
        """Let a note be written."""
        item = self._view.canvas.frames[name]
        top = 0.0 if item.is_note else TITLE_HEIGHT
        self._view.inline.open(
            item.box.adjusted(8, 6 + top, -8, -6),
            item.frame.note,
            lambda note: self._change_frame(name, note=note),
            self._view.canvas.look,
            font(),
            one_line=False,
        )

    def _rename(self, name: str, title: str) -> None:
        self._apply("Rename", lambda document: edits.rename_node(document, name, title))

    def _set(self, node: str, name: str, text: str) -> None:
        self._apply(f"Change {name}", lambda document: edits.set_parameter(document, node, name, text))

    def _change_frame(self, name: str, **words: str) -> None:
        item = self._view.canvas.frames.get(name)
        if item is not None:
            self._apply("Write", lambda document: edits.set_frame(document, replace(item.frame, **words)))

    def _apply(self, label: str, change: Callable[[Document], Document]) -> None:
        try:
            self._view.commit(label, change(self._view.document))
        except EditError as error:
            # While it was being written, what it was written on went away, by undo for instance.
            self._view.told.emit(str(error))
