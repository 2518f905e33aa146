"""The panels around the workspaces: each workspace remembers how they lie.

A panel is added with `Docks.add(Panel(...))`. It is one widget for all workspaces, in which it may lie differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMainWindow, QTabWidget, QWidget

from app.model.layouts import Layout, Place
from app.qt.dock import Column, Dock
from app.qt.theme import GRID, Icons

SIDE_WIDTH = 36 * GRID
_Area = Qt.DockWidgetArea
_VERSION = 1


@dataclass(frozen=True)
class Panel:
    """What lies beside or below the canvas.

    `name` is kept in the layout file. `band`: it lies along the bottom, not at the side. `shown_in`: the workspaces in
    which it is seen at first. `corner`: buttons for its header. `scrolls`: it is longer than there may be room.
    """

    name: str
    title: str
    widget: QWidget
    shown_in: tuple[Place, ...] = ()
    band: bool = False
    corner: tuple[QWidget, ...] = ()
    scrolls: bool = True


class Docks(QMainWindow):
    """The middle of the window: a canvas, and panels around it. `arranged`: some panel lies elsewhere now."""

    arranged = Signal()

    def __init__(self, centre: QWidget, icons: Icons, layouts: Mapping[Place, Layout]) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setObjectName("page")
        self.setDockNestingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCentralWidget(centre)
        # The side panels are long: they have the whole height, and the bands below end beside them.
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self._icons = icons
        self._layouts = dict(layouts)
        self._panels: dict[str, tuple[Panel, Dock]] = {}
        self._place: Place | None = None
        self._owes_sizes: Place | None = None

    def add(self, panel: Panel) -> Dock:
        """Take a panel in; it appears when a workspace is shown in which it belongs."""
        widget = Column(panel.widget) if panel.scrolls and not panel.band else panel.widget
        dock = Dock(panel.name, panel.title, widget, self._icons, panel.corner)
        self._panels[panel.name] = panel, dock
        self._put(panel, dock)
        dock.arranged.connect(self.arranged)
        if self._place is None or self._place not in panel.shown_in:
            dock.hide()
        return dock

    def __getitem__(self, name: str) -> Dock:
        return self._panels[name][1]

    def show_place(self, place: Place) -> None:
        """Let the panels lie as in this workspace."""
        if place is self._place:
            return
        self.remember()
        self._place = place
        layout = self._layouts.get(place)
        if layout is None or not self._restore(layout, place):
            self._arrange_as_at_first(place)

    def reset(self) -> None:
        """Let the panels of this workspace lie as at first."""
        if self._place is not None:
            self._layouts.pop(self._place, None)
            self._arrange_as_at_first(self._place)

    def show_panel(self, name: str) -> None:
        """Make sure that a panel is seen."""
        dock = self[name]
        dock.show()
        dock.set_folded(folded=False)
        dock.raise_()

    def remember(self) -> Mapping[Place, Layout]:
        """Every layout as it is now."""
        if self._place is not None:
            folded = tuple(name for name, (_panel, dock) in self._panels.items() if dock.folded)
            state = bytes(self.saveState(_VERSION).data())
            self._layouts[self._place] = Layout(state, tuple(self._panels), folded)
        return dict(self._layouts)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._owes_sizes is not None:
            self._size_as_at_first(self._owes_sizes)

    def _restore(self, layout: Layout, place: Place) -> bool:
        self._unfold_all()
        if not self.restoreState(QByteArray(layout.state), _VERSION):
            return False
        for name, (panel, dock) in self._panels.items():
            if name not in layout.panels:
                self._put(panel, dock)
                dock.setVisible(place in panel.shown_in)
            dock.set_folded(folded=name in layout.folded)
        return True

    def _arrange_as_at_first(self, place: Place) -> None:
        self._unfold_all()
        for _panel, dock in self._panels.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        for panel, dock in self._panels.values():
            self._put(panel, dock)
            dock.setVisible(place in panel.shown_in)
        self._size_as_at_first(place)

    def _size_as_at_first(self, place: Place) -> None:
        """As much as each likes; the first at the side takes what is left."""
        # Sizes are not heard before the window has one.
        self._owes_sizes = None if self.isVisible() else place
        shown = [(panel, dock) for panel, dock in self._panels.values() if place in panel.shown_in]
        sides = [dock for panel, dock in shown if not panel.band]
        bands = [dock for panel, dock in shown if panel.band]
        self.resizeDocks(sides, [SIDE_WIDTH] * len(sides), Qt.Orientation.Horizontal)
        self.resizeDocks(bands, [dock.sizeHint().height() for dock in bands], Qt.Orientation.Vertical)
        likes = [dock.sizeHint().height() for dock in sides]
        left = self.height() - sum(dock.sizeHint().height() for dock in bands)
        if likes:
            likes[0] = max(likes[0], left - sum(likes[1:]))
        self.resizeDocks(sides, likes, Qt.Orientation.Vertical)

    def _put(self, panel: Panel, dock: Dock) -> None:
        area = _Area.BottomDockWidgetArea if panel.band else _Area.RightDockWidgetArea
        self.addDockWidget(area, dock, Qt.Orientation.Vertical)
        dock.lie_in(area)

    def _unfold_all(self) -> None:
        for _panel, dock in self._panels.values():
            dock.set_folded(folded=False)
