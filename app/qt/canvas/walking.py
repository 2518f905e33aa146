"""Going into components and out of them; each graph is seen again as it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from app.qt.canvas.selection import Selection

if TYPE_CHECKING:
    from app.qt.canvas.view import CanvasView


class Walking:
    """Works on the focus of one view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._left: list[tuple[float, QPointF]] = []
        view.focus.moved.connect(self._arrive)

    def enter(self, node: str) -> bool:
        """Work on the definition of a component; False when the node is no instance of one."""
        here = self._view.zoom, self._view.visible().center()
        before = len(self._left)
        self._left.append(here)
        if not self._view.focus.enter(node):
            del self._left[before:]
            return False
        return True

    def leave(self) -> None:
        """Work on the graph around the component again."""
        self.go_to(len(self._view.focus.places) - 1)

    def go_to(self, depth: int) -> None:
        """Work on the graph at a depth of the way inwards; what was entered there is selected."""
        places = self._view.focus.places
        if 0 <= depth < len(places):
            self._view.focus.go_to(depth)
            self._view.canvas.select(Selection.of(nodes=(places[depth].instance,)))

    def _arrive(self) -> None:
        view, depth = self._view, len(self._view.focus.places)
        view.show_place()
        if depth < len(self._left):
            zoom, centre = self._left[depth]
            del self._left[depth:]
            view.navigation.zoom_to(zoom)
            view.centre_on(centre)
        else:
            view.navigation.fit(view.canvas.content())
