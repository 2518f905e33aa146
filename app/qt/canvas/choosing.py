"""Choosing at a point of the canvas: a node type to add, or one of a few things."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from app.qt.canvas.interactions.base import Choice
from app.qt.canvas.matching import Candidate
from app.qt.canvas.scene import CanvasScene
from app.qt.canvas.search_popup import NodeSearch
from nodes.graph.model import COMPONENT_PREFIX
from nodes.specs.shape import Shape

_GAP = 8


class Choosing:
    """One search or menu at a time over one view. `ended` is called when nothing was, or had been, chosen."""

    def __init__(self, over: QWidget, scene: CanvasScene, ended: Callable[[], None]) -> None:
        self.search: NodeSearch | None = None
        self.menu: QMenu | None = None
        self._over, self._scene, self._ended = over, scene, ended

    def nodes(self, at: QPoint, fitting: Callable[[Shape], bool], chosen: Callable[[str], None], hint: str) -> None:
        """Search among the node types that fit, with the field at a point of the view."""
        self.close()
        candidates = [_candidate(shape) for shape in self._addable() if fitting(shape)]
        search = NodeSearch(candidates, self._scene.look, hint, self._over)
        search.chosen.connect(chosen)
        search.closed.connect(self._search_closed)
        search.adjustSize()
        room = self._over.rect()
        x = min(at.x(), room.width() - search.width() - _GAP)
        y = min(at.y(), room.height() - search.height() - _GAP)
        search.move(max(x, _GAP), max(y, _GAP))
        search.show()
        search.field.setFocus()
        self.search = search

    def few(self, at: QPoint, choices: Sequence[Choice], chosen: Callable[[str], None]) -> None:
        """Choose from a menu at a point of the view."""
        self.close()
        menu = QMenu(self._over)
        for choice in choices:
            action = menu.addAction(choice.title)
            action.setData(choice.key)
        menu.triggered.connect(lambda action: chosen(action.data()))
        menu.aboutToHide.connect(self._menu_closed, Qt.ConnectionType.QueuedConnection)
        menu.popup(self._over.mapToGlobal(at))
        self.menu = menu

    def close(self) -> None:
        """Close what is open."""
        if self.search is not None:
            self.search.close_search()
        if self.menu is not None:
            self.menu.close()

    def _addable(self) -> list[Shape]:
        types = [spec.type for spec in self._scene.registry]
        types += [COMPONENT_PREFIX + component.id for component in self._scene.graph.components]
        shapes = map(self._scene.shapes.of_type, types)
        return [shape for shape in shapes if shape is not None]

    def _search_closed(self) -> None:
        self.search = None
        self._ended()

    def _menu_closed(self) -> None:
        if self.menu is not None:
            self.menu.deleteLater()
            self.menu = None
        self._ended()


def _candidate(shape: Shape) -> Candidate:
    spec = shape.spec
    return Candidate(spec.type, spec.title, spec.family, spec.help, spec.aliases)
