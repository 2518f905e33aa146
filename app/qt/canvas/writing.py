"""Titles, notes and prompts, written where they are seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF

from app.model import edits
from app.model.document import Document
from app.qt.canvas.card import Block, Line
from app.qt.canvas.frame_item import TITLE_HEIGHT
from app.qt.canvas.interactions.base import Choice
from app.qt.canvas.look import HEADER, PADDING, ROW, font
from app.qt.canvas.said import said
from app.qt.canvas.scale import typed
from engine.api.plan import Json
from nodes.graph.errors import EditError
from nodes.specs.declare import Kind, Parameter

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

    def node_value(self, name: str, where: QPointF) -> bool:
        """Let the value at a point of a node be set; False when there is none that can be."""
        item, shape = self._view.canvas.nodes[name], self._view.canvas.shape(name)
        height = where.y() - item.box.top()
        block = next((each for each in item.card.blocks if each.top <= height <= each.top + each.height), None)
        line = item.card.line_at(height)
        if shape is None:
            return False
        if block is not None:
            self._write_text(name, shape.parameters[block.name], block)
            return True
        if line is None or line.driven or line.name not in shape.parameters:
            return False
        return self._set_line(name, shape.parameters[line.name], line)

    def _write_text(self, name: str, parameter: Parameter, block: Block) -> None:
        item = self._view.canvas.nodes[name]
        place = QRectF(item.box.x() + PADDING, item.box.y() + block.top, item.box.width() - 2 * PADDING, block.height)
        self._view.inline.open(
            place.adjusted(0, 0, 0, 64),
            str(item.node.params.get(parameter.name, parameter.default)),
            lambda text: self._set(name, parameter, text),
            self._view.canvas.look,
            font(),
            one_line=False,
        )

    def _set_line(self, name: str, parameter: Parameter, line: Line) -> bool:
        value = self._view.canvas.nodes[name].node.params.get(parameter.name, parameter.default)
        match parameter.kind:
            case Kind.BOOLEAN:
                self._set(name, parameter, value is not True)
            case Kind.CHOICE:
                self._choose(name, parameter, line)
            case Kind.INTEGER | Kind.NUMBER | Kind.SEED:
                bare = f"{value:.10g}" if isinstance(value, float) else str("" if value is None else value)
                self._write_line(name, line, bare, lambda text: self._read(name, parameter, text))
            case Kind.NAME:
                self._write_line(name, line, str(value), lambda text: self._set(name, parameter, text))
            case _:
                return False
        return True

    def _choose(self, name: str, parameter: Parameter, line: Line) -> None:
        choices = [Choice(each, parameter.choice_label(each)) for each in parameter.choices]
        if parameter.optional:
            choices.insert(0, Choice("", said(parameter, None).capitalize()))
        where = self._view.canvas.nodes[name].box.topLeft() + QPointF(0, line.top + ROW)
        self._view.offer(where, choices, lambda key: self._set(name, parameter, key or None), parameter.label)

    def _write_line(self, name: str, line: Line, text: str, written: Callable[[str], None]) -> None:
        box = self._view.canvas.nodes[name].box
        place = QRectF(box.center().x(), box.y() + line.top, box.width() / 2 - PADDING, ROW)
        self._view.inline.open(place, text, written, self._view.canvas.look, font(), one_line=True)

    def _read(self, name: str, parameter: Parameter, text: str) -> None:
        read = typed(parameter, text)
        if read.fault:
            self._view.told.emit(read.fault)
        else:
            self._set(name, parameter, read.value)

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

    def _set(self, node: str, parameter: Parameter, value: Json) -> None:
        self._apply(
            f"Change {parameter.label}", lambda document: edits.set_parameter(document, node, parameter.name, value)
        )

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
