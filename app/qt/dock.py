"""One panel that can be moved, folded and detached."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QStyle,
    QStyleOption,
    QVBoxLayout,
    QWidget,
)

from app.qt.panels.parts import icon_button
from app.qt.theme import GRID, Icons

HEADER = 28
_SLIM = 3 * GRID
_UPRIGHT = 11
_UNBOUND = 16_777_215  # Qt's own word for a widget that may be as large as it likes
_Feature = QDockWidget.DockWidgetFeature
_BANDS = (Qt.DockWidgetArea.BottomDockWidgetArea, Qt.DockWidgetArea.TopDockWidgetArea)
_PRESSES = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class Header(QWidget):
    """The title of a panel, by which it is dragged; upright at the left of a band."""

    def __init__(self, dock: Dock, title: str, icons: Icons, corner: Sequence[QWidget]) -> None:
        super().__init__(dock)
        self._dock, self._icons, self._title = dock, icons, title
        self.setObjectName("dock-header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(f"{title} panel")
        self.fold = icon_button(icons, "fold", f"Fold {title}", dock.toggle_folded)
        self.fold.setFixedSize(20, 20)
        self.detach = icon_button(icons, "detach", f"Detach {title}", dock.toggle_floating)
        self.shut = icon_button(icons, "cancel", f"Close {title}", dock.close)
        self.label = QLabel(title)
        self.label.setObjectName("heading")
        for button in (self.fold, self.detach, self.shut):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the header hears the keys
            button.setIconSize(QSize(16, 16))
        for button in (self.detach, self.shut):
            button.setFixedSize(20, 20)
            button.hide()
        self._corner = tuple(corner)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(GRID // 2)
        self._row.addWidget(self.fold)
        self._row.addWidget(self.label)
        self._row.addStretch(1)
        for widget in (self.detach, self.shut, *self._corner):
            self._row.addWidget(widget)
        self.stand(upright=False)

    def stand(self, *, upright: bool) -> None:
        """Lie above the panel, or stand at the left of a band."""
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if upright else QBoxLayout.Direction.LeftToRight)
        self._row.setContentsMargins(*((2, 4, 2, 4) if upright else (GRID, 0, GRID, 0)))
        self._upright = upright
        self.label.setVisible(not upright and not self._dock.tabbed)
        self.fold.setVisible(not self._dock.tabbed)
        self.setToolTip(self._title if upright else "")
        self.setMinimumSize(0, 0)
        self.setMaximumSize(_UNBOUND, _UNBOUND)
        if upright:
            self.setFixedWidth(_SLIM)
        else:
            self.setFixedHeight(_SLIM if self._dock.folded and self._dock.in_band else HEADER)
        # What comes and goes with the mouse stands before the corner, which thus never moves away from below it.
        last = (*self._corner, self.detach, self.shut) if self._dock.tabbed else (self.detach, self.shut, *self._corner)
        for widget in last:
            share = self._row.stretch(self._row.indexOf(widget))
            self._row.removeWidget(widget)
            self._row.addWidget(widget, share)
            self._row.setAlignment(widget, Qt.AlignmentFlag.AlignHCenter if upright else Qt.AlignmentFlag.AlignVCenter)
        self._offer(near=self.underMouse())

    def sizeHint(self) -> QSize:
        """As high as it is fixed to be: a dock leaves just so much room for it, whatever its layout would do with."""
        return super().sizeHint().expandedTo(self.minimumSize())

    def show_folded(self, *, folded: bool) -> None:
        """Point to what a press does."""
        self._icons.give(self.fold, "unfold" if folded else "fold")
        told = f"{'Unfold' if folded else 'Fold'} {self._title}"
        self.fold.setToolTip(told)
        self.fold.setAccessibleName(told)
        for widget in self._corner:
            widget.setEnabled(not folded)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._offer(near=True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._offer(near=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space fold the panel."""
        if event.key() in _PRESSES:
            self._dock.toggle_folded()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """All that can be done with the panel."""
        menu = QMenu(self)
        if not self._dock.tabbed:
            menu.addAction("Unfold" if self._dock.folded else "Fold").triggered.connect(self._dock.toggle_folded)
        detached = self._dock.isFloating()
        menu.addAction("Put Back" if detached else "Detach").triggered.connect(self._dock.toggle_floating)
        menu.addAction("Close").triggered.connect(self._dock.close)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The style sheet draws the ground and the ring of the focus."""
        option = QStyleOption()
        option.initFrom(self)
        with QPainter(self) as painter:
            self.style().drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option, painter, self)
            if self._upright:
                self._paint_upright(painter)

    def _offer(self, *, near: bool) -> None:
        """What can be done is seen when the mouse is near; on a tab, which says nothing else here, always."""
        self.detach.setVisible(near or self._dock.tabbed)
        self.shut.setVisible((near or self._dock.tabbed) and not self._upright)  # there is no room for it on a band

    def _paint_upright(self, painter: QPainter) -> None:
        """The title, read from below, under the arrow."""
        font = self.font()
        font.setPixelSize(_UPRIGHT)
        painter.setFont(font)
        painter.setPen(self.palette().placeholderText().color())
        painter.translate(0, self.height())
        painter.rotate(-90)
        room = QRect(4 + (20 if self.detach.isVisible() else 0), 0, self.height() - 30, self.width())
        room.setRight(self.height() - 28)
        metrics, last = painter.fontMetrics(), self._title.rpartition(" ")[2]
        title = self._title if metrics.horizontalAdvance(self._title) <= room.width() else last
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, title)


class Dock(QDockWidget):
    """A panel with its header. `arranged`: it was moved, folded, detached, shown or hidden.

    `tabbed`: it shares its place with others, whose tabs tell their titles, and cannot be folded alone. `in_front`: it
    is the one of them that is seen.
    """

    arranged = Signal()

    def __init__(self, name: str, title: str, widget: QWidget, icons: Icons, corner: Sequence[QWidget] = ()) -> None:
        super().__init__(title)
        self.setObjectName(name)
        self.folded = self.tabbed = False
        self.in_front = True
        self._area = Qt.DockWidgetArea.RightDockWidgetArea
        self._inside = widget
        body = QWidget()
        body.setObjectName("panel")
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)
        self.setWidget(body)
        self.header = Header(self, title, icons, corner)
        self.setTitleBarWidget(self.header)
        self._follow()
        self.dockLocationChanged.connect(self.lie_in)
        self.topLevelChanged.connect(lambda _floating: self._follow())
        self.toggleViewAction().toggled.connect(lambda _shown: self.arranged.emit())
        self.visibilityChanged.connect(self._come_to_front)

    @property
    def in_band(self) -> bool:
        """Whether it lies along the bottom or the top."""
        return self._area in _BANDS and not self.isFloating()

    @property
    def liked_height(self) -> int:
        """The height that suits it as it is now."""
        return self.header.height() if self.folded else self.unfolded_height

    @property
    def unfolded_height(self) -> int:
        """The height at which all that it holds is seen."""
        held = self._inside
        inside = max(held.minimumHeight(), min(held.sizeHint().height(), held.maximumHeight()))
        return inside if self.in_band else self.header.height() + inside

    def toggle_folded(self) -> None:
        """Leave only the header, or show the panel again."""
        self.set_folded(folded=not self.folded)

    def set_folded(self, *, folded: bool) -> None:
        """Leave only the header, or show the panel."""
        if folded != self.folded and not (folded and self.tabbed):
            self.folded = folded
            # Not the whole body: a dock whose widget is hidden is laid out no wider than its title.
            self._inside.setVisible(not folded)
            self.header.show_folded(folded=folded)
            self._follow()

    def set_tabbed(self, *, tabbed: bool) -> None:
        """It shares its place with others now, or no more."""
        if tabbed != self.tabbed:
            self.set_folded(folded=False)
            self.tabbed = tabbed
            self._follow()

    def toggle_floating(self) -> None:
        """Make it a window of its own, for another screen perhaps; or put it back."""
        self.setFloating(not self.isFloating())

    def lie_in(self, area: Qt.DockWidgetArea) -> None:
        """It was put into this area."""
        if area != Qt.DockWidgetArea.NoDockWidgetArea:
            self._area = area
        self._follow()

    def _come_to_front(self, seen: bool) -> None:
        self.in_front = seen

    def _follow(self) -> None:
        upright = self.in_band and not self.folded
        usual = _Feature.DockWidgetClosable | _Feature.DockWidgetMovable | _Feature.DockWidgetFloatable
        self.setFeatures(usual | _Feature.DockWidgetVerticalTitleBar if upright else usual)
        self.header.stand(upright=upright)
        self.setMaximumHeight(self.header.height() if self.folded else _UNBOUND)
        self.header.show_folded(folded=self.folded)
        self.arranged.emit()


class Column(QScrollArea):
    """What a panel at the side holds; it can be scrolled when there is little room."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        inside.setObjectName("panel")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(widget)
        layout.addStretch(1)
        self.setWidget(inside)
        inside.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What it holds has grown or shrunk."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """As much room as what it holds would like."""
        inside = self.widget()
        return super().sizeHint() if inside is None else inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Enough to see that something is there."""
        inside = self.widget()
        width = 0 if inside is None else inside.minimumSizeHint().width()
        return QSize(width, 6 * GRID)
