"""The panels around the workspaces: each workspace remembers how they lie.

A panel is added with `Docks.add(Panel(...))`. It is one widget for all workspaces, in which it may lie differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStyle, QTabBar, QTabWidget, QWidget

from app.model.layouts import Layout, Place, shares
from app.qt.dock import Column, Dock
from app.qt.theme import GRID, Icons

SIDE_WIDTH = 36 * GRID
_LEAST_CENTRE = 42 * GRID
"""Height below which the canvas, with the tools beside it, would be too low to work on."""

_Area = Qt.DockWidgetArea
_BORDER = QStyle.PixelMetric.PM_DockWidgetSeparatorExtent
_VERSION = 2  # of what the window system writes down: layouts of before some panels were tabs are not taken up


@dataclass(frozen=True)
class Panel:
    """What lies beside or below the canvas.

    `name` is kept in the layout file. `band`: it lies along the bottom, not at the side. `shown_in`: the workspaces in
    which it is seen at first. `corner`: buttons for its header. `scrolls`: it is longer than there may be room.
    `beside`: it is a tab with the first of these that the workspace shows, so that opening it takes no room away.
    """

    name: str
    title: str
    widget: QWidget
    shown_in: tuple[Place, ...] = ()
    band: bool = False
    corner: tuple[QWidget, ...] = ()
    scrolls: bool = True
    beside: tuple[str, ...] = ()


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
        self._shaped: set[Place] = set()
        self._made_way: list[Dock] = []
        self._shared: tuple[object, ...] = ()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._share)

    def add(self, panel: Panel) -> Dock:
        """Take a panel in; it appears when a workspace is shown in which it belongs."""
        widget = Column(panel.widget) if panel.scrolls and not panel.band else panel.widget
        dock = Dock(panel.name, panel.title, widget, self._icons, panel.corner)
        self._panels[panel.name] = panel, dock
        self._put(panel, dock, self._place)
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
            self._shaped.discard(self._place)
            self._arrange_as_at_first(self._place)

    def show_panel(self, name: str) -> None:
        """Make sure that a panel is seen."""
        dock = self[name]
        dock.show()
        dock.set_folded(folded=False)
        dock.raise_()

    def toggle_panel(self, name: str) -> bool:
        """Close a panel that is seen; show one that is closed, or that lies behind another. Whether it is seen now."""
        dock = self[name]
        if dock.isHidden() or not dock.in_front:
            self.show_panel(name)
        else:
            dock.hide()
        return not dock.isHidden()

    def remember(self) -> Mapping[Place, Layout]:
        """Every layout as it is now."""
        if self._place is not None:
            held = self._panels.items()
            folded = tuple(name for name, (_panel, dock) in held if dock.folded and dock not in self._made_way)
            state = bytes(self.saveState(_VERSION).data())
            self._layouts[self._place] = Layout(state, tuple(self._panels), folded, self._place in self._shaped)
        return dict(self._layouts)

    def minimumSizeHint(self) -> QSize:
        """Bands make way before anything is cut off."""
        return QSize(super().minimumSizeHint().width(), _LEAST_CENTRE)

    def event(self, event: QEvent) -> bool:
        """A border that is taken hold of makes the heights the artist's own; other panels follow what they hold."""
        heard = super().event(event)
        if event.type() == QEvent.Type.MouseButtonPress and heard and self._place is not None:
            self._shaped.add(self._place)
        elif event.type() == QEvent.Type.LayoutRequest:
            self._soon.start()
        return heard

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_way()
        self._soon.start()

    def _make_way(self) -> None:
        """Fold bands, the lowest first, where the canvas would be too low; unfold them when there is room again."""
        bands = [dock for panel, dock in self._panels.values() if panel.band and dock.in_band and not dock.isHidden()]
        self._made_way = [dock for dock in self._made_way if dock.folded]
        heights = {dock: dock.header.height() if dock.folded else dock.height() for dock in bands}
        for dock in reversed(bands):
            if self.height() - sum(heights.values()) < _LEAST_CENTRE and not dock.folded:
                dock.set_folded(folded=True)
                heights[dock] = dock.header.height()
                self._made_way.append(dock)
        for dock in bands:
            opened = sum(heights.values()) - heights[dock] + dock.unfolded_height
            if dock in self._made_way and self.height() - opened >= _LEAST_CENTRE:
                dock.set_folded(folded=False)
                heights[dock] = dock.unfolded_height
                self._made_way.remove(dock)

    def _share(self) -> None:
        """Divide the height at the side among the panels there by what they hold, unless the artist has done so."""
        self._name_tabs()
        stacks = self._stacks()
        if self._place in self._shaped or len(stacks) < 2:
            return
        bar = max((tabs.height() for tabs in self.findChildren(QTabBar) if tabs.isVisible()), default=0)
        likes = [max(dock.liked_height for dock in stack) + bar * (len(stack) > 1) for stack in stacks]
        state = (self._place, self.height(), tuple(stacks), tuple(likes))
        if state != self._shared:
            self._shared = state
            borders = (len(stacks) - 1) * self.style().pixelMetric(_BORDER, None, self)
            heights = shares(likes, self.height() - borders)
            self.resizeDocks([stack[0] for stack in stacks], heights, Qt.Orientation.Vertical)

    def _name_tabs(self) -> None:
        """For screen readers. Qt makes the bars when panels are put together, and keeps those that it needs no more."""
        for tabs in self.findChildren(QTabBar):
            tabs.setAccessibleName("Panels in one place")
            tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus if tabs.count() > 1 else Qt.FocusPolicy.NoFocus)

    def _stacks(self) -> list[tuple[Dock, ...]]:
        """The panels that are seen at the right, from above; those that are tabs of one another together."""
        docks = [dock for _panel, dock in self._panels.values() if dock.isVisible() and not dock.isFloating()]
        stacks: dict[frozenset[str], tuple[Dock, ...]] = {}
        for dock in docks:
            others = {other.objectName() for other in self.tabifiedDockWidgets(dock)}
            stack = tuple(each for each in docks if each is dock or each.objectName() in others)
            dock.set_tabbed(tabbed=len(stack) > 1)
            if self.dockWidgetArea(dock) is _Area.RightDockWidgetArea:
                stacks[frozenset(each.objectName() for each in stack)] = stack
        return list(stacks.values())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._owes_sizes is not None:
            self._size_as_at_first(self._owes_sizes)

    def _restore(self, layout: Layout, place: Place) -> bool:
        self._unfold_all()
        self._shared = ()
        if not self.restoreState(QByteArray(layout.state), _VERSION):
            return False
        if layout.shaped:
            self._shaped.add(place)
        for name, (panel, dock) in self._panels.items():
            if name not in layout.panels:
                self._put(panel, dock, place)
                dock.setVisible(place in panel.shown_in)
            dock.set_folded(folded=name in layout.folded)
        self._make_way()
        self._soon.start()
        return True

    def _arrange_as_at_first(self, place: Place) -> None:
        self._unfold_all()
        for _panel, dock in self._panels.values():
            dock.setFloating(False)
            self.removeDockWidget(dock)
        for panel, dock in self._panels.values():
            self._put(panel, dock, place)
            dock.setVisible(place in panel.shown_in)
        self._size_as_at_first(place)

    def _size_as_at_first(self, place: Place) -> None:
        """The bands as high as they like, and what is at the side by what it holds."""
        # Sizes are not heard before the window has one.
        self._owes_sizes = None if self.isVisible() else place
        shown = [(panel, dock) for panel, dock in self._panels.values() if place in panel.shown_in]
        sides = [dock for panel, dock in shown if not panel.band]
        bands = [dock for panel, dock in shown if panel.band]
        self.resizeDocks(sides, [SIDE_WIDTH] * len(sides), Qt.Orientation.Horizontal)
        self.resizeDocks(bands, [dock.sizeHint().height() for dock in bands], Qt.Orientation.Vertical)
        self._make_way()
        self._shared = ()
        self._share()

    def _put(self, panel: Panel, dock: Dock, place: Place | None) -> None:
        area = _Area.BottomDockWidgetArea if panel.band else _Area.RightDockWidgetArea
        self.addDockWidget(area, dock, Qt.Orientation.Vertical)
        dock.lie_in(area)
        host = next((name for name in panel.beside if place in self._panels[name][0].shown_in), None)
        if host is not None:
            self.tabifyDockWidget(self[host], dock)

    def _unfold_all(self) -> None:
        self._made_way = []
        for _panel, dock in self._panels.values():
            dock.set_folded(folded=False)
