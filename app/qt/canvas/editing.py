"""Edits of what is selected: each makes a new document and puts it into the session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QGuiApplication

from app.model import edits
from app.model.document import Document
from app.model.edits import Box, Pasted
from app.qt.canvas.changes import Align, Spread, added, aligned, distributed, moved, removed
from app.qt.canvas.clipboard import from_text, looks_like_graph, to_text
from app.qt.canvas.frame_item import TITLE_HEIGHT
from app.qt.canvas.look import GRID
from app.qt.canvas.parts import KEPT
from app.qt.canvas.scene import united
from app.qt.canvas.selection import Selection
from nodes.graph.edit import new_id
from nodes.graph.errors import GraphFileError
from nodes.graph.model import Frame

if TYPE_CHECKING:
    from app.qt.canvas.view import CanvasView

_FRAME_MARGIN = 24.0
_NOTE_SIZE = (208.0, 96.0)
_BETWEEN_FRAMES = 8.0


class Editing:
    """Works on the selection of one view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    # Adding -----------------------------------------------------------------------------------------------------------

    def add(self, where: QPointF | None = None) -> None:
        """Search for a node to add at a point of the scene; at the pointer, or in the middle, for none."""
        view, at = self._view, self._view.pointed_at() if where is None else where
        kept = view.parts.candidates()
        view.choosing.nodes(view.mapFromScene(at), lambda _shape: True, lambda key: self._add(key, at), "", kept)

    def _add(self, type_id: str, where: QPointF) -> None:
        if type_id.startswith(KEPT):
            self._view.parts.insert(type_id, where)
            return
        shape = self._view.canvas.shapes.of_type(type_id)
        if shape is not None:
            document, name = added(self._view.document, shape, where.x(), where.y())
            self._view.commit(f"Add {shape.spec.title}", document)
            self._view.canvas.select(Selection.of(nodes=(name,)))

    # Taking away and muting -------------------------------------------------------------------------------------------

    def remove(self, *, reconnect: bool = True) -> None:
        """Remove what is selected; `reconnect` joins across the gaps where the types allow."""
        what = self._selected
        if what:
            document = removed(self._view.document, what, self._view.registry, reconnect=reconnect)
            self._view.commit(f"Delete {_counted(what)}", document)

    def mute(self) -> None:
        """Let the selected nodes pass their input on, or work again."""
        nodes = self._selected.nodes
        if nodes:
            wakes = all(self._view.document.nodes[node].muted for node in nodes)
            document = edits.mute(self._view.document, nodes, not wakes)
            self._view.commit("Unmute" if wakes else "Mute", document)

    # Copying ----------------------------------------------------------------------------------------------------------

    def copy(self) -> bool:
        """Put what is selected on the clipboard; False when nothing that can be copied is."""
        what = self._selected
        if not (what.nodes or what.frames):
            return False
        QGuiApplication.clipboard().setText(to_text(edits.copy(self._view.document, what.nodes, what.frames)))
        return True

    def cut(self) -> None:
        """Put what is selected on the clipboard and take it away."""
        if self.copy():
            self.remove(reconnect=False)

    def paste(self, where: QPointF | None = None) -> None:
        """Put in what is on the clipboard, in the middle of what is seen or around a point of the scene."""
        text = QGuiApplication.clipboard().text()
        if not looks_like_graph(text):
            self._view.told.emit("There are no nodes on the clipboard. Copy some first.")
            return
        try:
            fragment = from_text(text, self._view.registry)
        except GraphFileError as error:
            self._view.told.emit(str(error))
            return
        offset = self._offset(fragment, self._view.visible().center() if where is None else where)
        self._put("Paste", edits.paste(self._view.document, fragment, offset))

    def duplicate(self, *, with_wires: bool = False) -> None:
        """Put a copy of what is selected beside it; `with_wires` feeds it from where the originals are fed."""
        what = self._selected
        if what.nodes or what.frames:
            self._put("Duplicate", edits.duplicate(self._view.document, what.nodes, what.frames, with_wires))

    def _put(self, label: str, pasted: Pasted) -> None:
        self._view.commit(label, pasted.document)
        names, canvas = set(pasted.names.values()), self._view.canvas
        canvas.select(Selection.of(names & canvas.nodes.keys(), names & canvas.frames.keys()))

    @staticmethod
    def _offset(fragment: Document, where: QPointF) -> tuple[float, float]:
        """What brings the middle of a fragment to a point, on the grid."""
        graph = fragment.graph
        places = [QRectF(node.x, node.y, 208, 160) for node in graph.nodes]
        places += [QRectF(frame.x, frame.y, frame.width, frame.height) for frame in graph.frames]
        step = where - united(places).center()
        return round(step.x() / GRID) * float(GRID), round(step.y() / GRID) * float(GRID)

    # Frames, notes, order ---------------------------------------------------------------------------------------------

    def frame(self) -> None:
        """Put a frame around the selected nodes, and let its title be written."""
        nodes = self._selected.nodes
        if not nodes:
            return
        inner = united(self._view.canvas.boxes(nodes))
        area = inner.adjusted(-_FRAME_MARGIN, -_FRAME_MARGIN - TITLE_HEIGHT, _FRAME_MARGIN, _FRAME_MARGIN)
        name, box = new_id(), Box(area.x(), area.y(), area.width(), area.height())
        document = edits.frame_nodes(self._view.document, nodes, name, "Frame", box)
        for outer in (item for item in self._view.canvas.frames.values() if item.box.contains(inner)):
            document = edits.set_frame(document, _grown(outer.frame, outer.box, area))
        self._view.commit("Frame", document)
        self._view.canvas.select(Selection.of(frames=(name,)))
        self._view.writing.frame_title(name)

    def note(self, where: QPointF | None = None) -> None:
        """Put a note on the canvas, and let it be written."""
        place = self._view.visible().center() if where is None else where
        frame = Frame(new_id(), x=place.x(), y=place.y(), width=_NOTE_SIZE[0], height=_NOTE_SIZE[1], note="Note")
        self._view.commit("Add a note", edits.add_frame(self._view.document, frame))
        self._view.canvas.select(Selection.of(frames=(frame.id,)))
        self._view.writing.frame_note(frame.id)

    def align(self, how: Align) -> None:
        """Put the selected nodes to a common line."""
        self._in_line("Align", lambda document, boxes: aligned(document, boxes, how))

    def distribute(self, how: Spread) -> None:
        """Put equal gaps between the selected nodes."""
        self._in_line("Distribute", lambda document, boxes: distributed(document, boxes, how))

    def nudge(self, dx: float, dy: float) -> None:
        """Move what is selected by a step; steps in a row are one edit."""
        what = self._selected
        if what.nodes or what.frames:
            document = moved(self._view.document, Selection(what.nodes, what.frames), dx, dy)
            self._view.apply("Nudge", document, ("nudge", what))

    def select_all(self) -> None:
        """Select everything but wires."""
        self._view.canvas.select(Selection.of(self._view.canvas.nodes, self._view.canvas.frames))

    def _in_line(self, label: str, change: Callable[[Document, Mapping[str, Box]], Document]) -> None:
        canvas = self._view.canvas
        rects = {node: canvas.nodes[node].box for node in self._selected.nodes}
        boxes = {node: Box(rect.x(), rect.y(), rect.width(), rect.height()) for node, rect in rects.items()}
        if len(boxes) > 1:
            self._view.commit(label, change(self._view.document, boxes))

    @property
    def _selected(self) -> Selection:
        return self._view.canvas.selection


def _counted(what: Selection) -> str:
    counts = ((len(what.nodes), "node"), (len(what.frames), "frame"), (len(what.links), "wire"))
    parts = [f"{count} {word}s" if count > 1 else f"a {word}" for count, word in counts if count]
    return " and ".join(parts)


def _grown(outer: Frame, box: QRectF, area: QRectF) -> Frame:
    """A frame that holds another one, below its own title."""
    gap = _BETWEEN_FRAMES
    box = box.united(area.adjusted(-gap, -gap - TITLE_HEIGHT, gap, gap))
    return replace(outer, x=box.x(), y=box.y(), width=box.width(), height=box.height())
