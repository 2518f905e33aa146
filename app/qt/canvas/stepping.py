"""The canvas without a mouse: going from node to node, and laying wires by choosing both ends."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from app.model import edits
from app.qt.canvas.card import Spot
from app.qt.canvas.interactions.base import Choice
from app.qt.canvas.selection import Selection
from nodes.graph.errors import EditError
from nodes.graph.model import End
from nodes.specs.declare import fits

if TYPE_CHECKING:
    from app.qt.canvas.view import CanvasView

_ASIDE = 2.0
"""How much more a step aside counts than one ahead."""


class Stepping:
    """Works on the selection of one view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    def go(self, across: int, down: int) -> None:
        """Select the nearest node in a direction, and bring it into view."""
        canvas = self._view.canvas
        here = self._centre()
        found = [(_effort(here, item.box.center(), across, down), name) for name, item in canvas.nodes.items()]
        effort, name = min(found, default=(math.inf, ""))
        if effort < math.inf:
            canvas.select(Selection.of(nodes=(name,)))
            if not self._view.visible().contains(canvas.nodes[name].box):
                self._view.centre_on(canvas.nodes[name].box.center())

    def wire(self) -> None:
        """Choose a wire for the selected node among all that can be laid."""
        selected = self._view.canvas.selection.nodes
        if len(selected) != 1:
            self._view.told.emit("Select the node to wire first.")
            return
        node = next(iter(selected))
        wires = {_key(source, target): (source, target) for source, target in self._possible(node)}
        if not wires:
            self._view.told.emit(f"Nothing can be wired to {self._view.canvas.title(node)}.")
            return
        choices = [Choice(key, self._said(node, *wires[key])) for key in wires]
        where = self._view.canvas.nodes[node].box.topRight()
        self._view.offer(where, choices, lambda key: self._lay(*wires[key]), f"Wire {self._view.canvas.title(node)}")

    def _centre(self) -> QPointF:
        boxes = self._view.canvas.boxes(self._view.canvas.selection.nodes)
        return boxes[0].center() if boxes else self._view.visible().center()

    def _possible(self, node: str) -> Iterator[tuple[End, End]]:
        """The wires that a node could have, from its outputs and to its inputs, and has not."""
        canvas = self._view.canvas
        for own in canvas.nodes[node].card.spots:
            for other, item in canvas.nodes.items():
                for spot in item.card.spots if other != node else ():
                    source, target = (own, spot) if own.is_output else (spot, own)
                    ends = (End(node, own.name), End(other, spot.name))
                    ends = ends if own.is_output else (ends[1], ends[0])
                    if _could(source, target) and ends not in canvas.links:
                        yield ends

    def _said(self, node: str, source: End, target: End) -> str:
        canvas = self._view.canvas
        if source.node == node:
            return f"{source.port} → {canvas.title(target.node)}: {target.port}"
        return f"{target.port} ← {canvas.title(source.node)}: {source.port}"

    def _lay(self, source: End, target: End) -> None:
        try:
            document = edits.connect(self._view.document, self._view.registry, source, target)
        except EditError as error:
            self._view.told.emit(str(error))
        else:
            self._view.commit("Connect", document)


def _effort(here: QPointF, there: QPointF, across: int, down: int) -> float:
    step = there - here
    ahead = step.x() * across + step.y() * down
    aside = abs(step.x() * down) + abs(step.y() * across)
    return ahead + _ASIDE * aside if ahead > 1.0 else math.inf


def _could(source: Spot, target: Spot) -> bool:
    return source.is_output and not target.is_output and fits(source.kind, target.kind)


def _key(source: End, target: End) -> str:
    return f"{source.node} {source.port} {target.node} {target.port}"
