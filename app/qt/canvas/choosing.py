"""Choosing at a point of the canvas: a node type to add, or one of a few things."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from app.qt.canvas.interactions.base import Choice
from app.qt.canvas.matching import Candidate
from app.qt.canvas.scene import CanvasScene
from app.qt.canvas.search_popup import NodeSearch
from nodes.graph.model import COMPONENT_PREFIX
from nodes.specs.shape import Shape

_GAP = 8


class Choosing:
    """One search at a time over one view. `ended` is called when something was chosen, and when nothing was."""

    def __init__(self, over: QWidget, scene: CanvasScene, ended: Callable[[], None]) -> None:
        self.search: NodeSearch | None = None
        self._over, self._scene, self._ended = over, scene, ended
        self._recent: list[str] = []

    def nodes(
        self,
        at: QPoint,
        fitting: Callable[[Shape], bool],
        chosen: Callable[[str], None],
        hint: str,
        others: Iterable[Candidate] = (),
    ) -> None:
        """Search among the node types that fit, and `others`, with the field at a point of the view.

        Those chosen last stand first, as long as nothing is typed.
        """
        candidates = [*(_candidate(shape) for shape in self._addable() if fitting(shape)), *others]
        order = {key: place for place, key in enumerate(self._recent)}
        candidates.sort(key=lambda candidate: order.get(candidate.key, len(order)))

        def choose(key: str) -> None:
            self._recent = [key, *(other for other in self._recent if other != key)]
            chosen(key)

        self._open(at, candidates, choose, f"Add a node that {hint}" if hint else "Add a node")

    def few(self, at: QPoint, choices: Sequence[Choice], chosen: Callable[[str], None], question: str) -> None:
        """Choose from a few things at a point of the view."""
        candidates = [Candidate(choice.key, choice.title, help=choice.help) for choice in choices]
        self._open(at, candidates, chosen, question)

    def close(self) -> None:
        """Close what is open."""
        if self.search is not None:
            self.search.close_search()

    def _open(self, at: QPoint, candidates: Sequence[Candidate], chosen: Callable[[str], None], question: str) -> None:
        self.close()
        # Beside the view's map, not below it, so that it can lie over it.
        view = self._over.parentWidget() or self._over
        search = NodeSearch(candidates, self._scene.look, question, view)
        search.chosen.connect(chosen)
        search.closed.connect(self._closed)
        search.adjustSize()
        room = self._over.rect()
        x = min(at.x(), room.width() - search.width() - _GAP)
        y = min(at.y(), room.height() - search.height() - _GAP)
        search.move(self._over.mapTo(view, QPoint(max(x, _GAP), max(y, _GAP))))
        search.show()
        search.raise_()
        search.field.setFocus()
        self.search = search

    def _addable(self) -> list[Shape]:
        types = [spec.type for spec in self._scene.registry]
        components = (component.id for component in self._scene.graph.components)
        types += [COMPONENT_PREFIX + name for name in components if name not in self._scene.barred]
        shapes = map(self._scene.shapes.of_type, types)
        return [shape for shape in shapes if shape is not None]

    def _closed(self) -> None:
        self.search = None
        self._ended()


def _candidate(shape: Shape) -> Candidate:
    spec = shape.spec
    return Candidate(spec.type, spec.title, spec.family, spec.help, spec.aliases)
