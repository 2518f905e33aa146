"""The window onto the canvas: turns events into gestures, and keeps the scene at the document."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QToolTip, QWidget

from app.model.document import Document
from app.model.focus import Focus
from app.model.freshness import Freshness
from app.model.session import Session
from app.qt.canvas.backdrop import paint_backdrop, paint_empty
from app.qt.canvas.checking import Checker
from app.qt.canvas.choosing import Choosing
from app.qt.canvas.commands import Commands
from app.qt.canvas.drops import Drops, holds_pictures
from app.qt.canvas.editing import Editing
from app.qt.canvas.facts import Facts
from app.qt.canvas.hand import Hand
from app.qt.canvas.inline_edit import InlineEdit
from app.qt.canvas.interactions.base import Choice
from app.qt.canvas.look import DARK, Look
from app.qt.canvas.minimap import Minimap
from app.qt.canvas.navigation import Navigation
from app.qt.canvas.overview import OVERVIEW_BELOW, paint_frames, paint_selected
from app.qt.canvas.parts import Parts
from app.qt.canvas.quick_look import QuickLook
from app.qt.canvas.scene import CanvasScene
from app.qt.canvas.stepping import Stepping
from app.qt.canvas.thumbnails import Thumbnails
from app.qt.canvas.tips import tip_of
from app.qt.canvas.trail import Trail
from app.qt.canvas.walking import Walking
from app.qt.canvas.writing import Writing
from nodes.graph.errors import EditError
from nodes.registry import Registry
from nodes.specs.shape import Shape

_WORLD = QRectF(-500_000, -500_000, 1_000_000, 1_000_000)
_MAP_GAP = 12


class CanvasView(QGraphicsView):
    """Shows a session's graph and lets hands work on it.

    `wanted`: the nodes whose results are wanted, by their ids in the whole graph; `looked`: they are only to be seen,
    and not kept. `told`: a sentence for the artist.
    """

    wanted = Signal(object)
    looked = Signal(object)
    told = Signal(str)

    def __init__(
        self, session: Session, registry: Registry, facts: Facts, look: Look = DARK, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.session, self.registry, self.facts = session, registry, facts
        self.focus = Focus(session)
        self._canvas = CanvasScene(registry, facts, look, Thumbnails(self._asset), self)
        self._previewing = False
        self._prepare()
        self.navigation = Navigation(self)
        self.hand = Hand(self, self.navigation, self.viewport(), self)
        self.minimap = Minimap(self._canvas, self, self)
        self.choosing = Choosing(self.viewport(), self._canvas, self._chosen)
        self.inline = InlineEdit(self)
        self.writing = Writing(self)
        self.editing = Editing(self)
        self.parts = Parts(self)
        self.stepping = Stepping(self)
        self.walking = Walking(self)
        self.commands = Commands(self)
        self.drops = Drops(self, self.focus, self)
        self.drops.told.connect(self.told)
        # A timer of its own, which goes with the view: one that Qt keeps would call a view that is gone.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self.refresh)
        for signal in (self._canvas.mirrored, self._canvas.selected, facts.changed):
            signal.connect(self.refresh)
        self.checker = Checker(registry, self)
        self.checker.found.connect(self._canvas.show_problems)
        self.trail = Trail(self.focus, self.walking.go_to, self)
        self.freshness = Freshness(registry)
        self.quick_look = QuickLook(self._canvas, self._draw_to_look, self._is_stale, self)
        self.focus.changed.connect(self._on_changed)
        self._on_changed(self.focus.document)

    def _prepare(self) -> None:
        self.setScene(self._canvas)
        self.setSceneRect(_WORLD)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Overlays of gestures lie anywhere; a frame costs a few milliseconds, a forgotten corner costs trust.
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setAccessibleName("Node canvas")

    # The stage of gestures --------------------------------------------------------------------------------------------

    @property
    def canvas(self) -> CanvasScene:
        """The items."""
        return self._canvas

    @property
    def document(self) -> Document:
        """The document as it is, whatever is shown; inside a component, its definition as a document of its own."""
        return self.focus.document

    @property
    def zoom(self) -> float:
        """Pixels on screen for one unit of the scene."""
        return self.navigation.zoom

    def preview(self, document: Document) -> None:
        """Show what would be, without changing the document."""
        self._previewing = True
        self._canvas.mirror(document.graph)

    def revert(self) -> None:
        """Show the document again."""
        self._previewing = False
        self._canvas.mirror(self.document.graph)

    def commit(self, label: str, document: Document) -> None:
        """Make this the document."""
        self.apply(label, document)

    def apply(self, label: str, document: Document, merge_key: Hashable | None = None) -> None:
        """Make this the document; edits in a row with one `merge_key` are one."""
        self._previewing = False
        try:
            self.focus.apply(label, document, merge_key)
        except EditError as error:
            self.told.emit(str(error))
        self._canvas.mirror(self.document.graph)

    def refresh(self) -> None:
        """Draw the canvas again."""
        self.viewport().update()

    def visible(self) -> QRectF:
        """The part of the scene that is seen."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def pan_by(self, step: QPointF) -> None:
        """Move what is seen by so many pixels."""
        self.navigation.pan_by(step)

    def zoom_at(self, factor: float, where: QPointF) -> None:
        """Zoom so that the point of the view stays where it is."""
        self.navigation.zoom_at(factor, where)

    def centre_on(self, point: QPointF) -> None:
        """Bring a point of the scene to the middle."""
        self.navigation.centre_on(point)

    def look_at(self, node: str) -> None:
        """Show a node's result large; it is asked for when it is not there."""
        self.quick_look.open(node)

    def run_to(self, nodes: Iterable[str]) -> None:
        """Ask for the results of nodes."""
        targets = tuple(self.focus.targets(nodes))
        if targets:
            self.wanted.emit(targets)

    def _draw_to_look(self, node: str) -> None:
        self.looked.emit(tuple(self.focus.targets((node,))))

    def _is_stale(self, node: str) -> bool:
        return self.freshness.stale(self.focus.targets((node,)), self.session.document)

    def offer_nodes(
        self, where: QPointF, fitting: Callable[[Shape], bool], chosen: Callable[[str], None], hint: str
    ) -> None:
        """Let the artist search for a node type at a point of the scene."""
        self.choosing.nodes(self.mapFromScene(where), fitting, chosen, hint)

    def offer(self, where: QPointF, choices: Sequence[Choice], chosen: Callable[[str], None], question: str) -> None:
        """Let the artist choose one of a few at a point of the scene."""
        self.choosing.few(self.mapFromScene(where), choices, chosen, question)

    def pointed_at(self) -> QPointF:
        """The point of the scene at the pointer, or in the middle of what is seen."""
        return self.hand.pointer.scene if self.viewport().underMouse() else self.visible().center()

    def _asset(self, reference: str) -> bytes | None:
        return self.document.assets.get(reference)

    def _chosen(self) -> None:
        self.hand.settle()
        self.setFocus()
        self.refresh()

    def show_place(self) -> None:
        """Another graph is worked on: nothing of the one before lingers."""
        self.cancel_gesture()
        self.inline.close()
        self._canvas.show_graph(self.document.graph, self.focus.prefix, self.focus.barred)

    def _on_changed(self, after: Document) -> None:
        if self._previewing:
            # Somebody else changed the document under the hand: what the gesture was about is no longer so.
            self.cancel_gesture()
        self.hand.settle()
        self.choosing.close()
        self._canvas.mirror(after.graph)
        self._canvas.show_interface(self.focus.component)
        self.checker.follow(self.session.document, self.focus.prefix)

    # Gestures ---------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin what the press means; a second button takes back what the first began."""
        self.choosing.close()
        self.hand.follow(event.position(), event.modifiers())
        if not self.cancel_gesture():
            self.hand.press(event.button())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or show what a press here would do."""
        self.hand.move(event.position(), event.modifiers())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        self.hand.leave()
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish the gesture."""
        self.hand.release(event.position(), event.modifiers())
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Write on what has words, take a dot off a wire, or search for a node to add."""
        pointer = self.hand.follow(event.position(), event.modifiers())
        if event.button() == Qt.MouseButton.LeftButton:
            self.commands.open_at(self.hand.hit, pointer)
        event.accept()

    def cancel_gesture(self) -> bool:
        """Leave everything as it was before the gesture; False when there is none."""
        self._previewing = self._previewing and self.hand.gesture is None
        return self.hand.cancel()

    # Keys, wheel, tips, drops -----------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom or move."""
        self.navigation.wheel(event)
        self.hand.follow(event.position(), event.modifiers())
        self.refresh()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape ends a gesture, Space takes hold of the canvas; commands have their keys."""
        if event.key() == Qt.Key.Key_Escape and (self.cancel_gesture() or self.hand.disarm()):
            return
        if event.key() == Qt.Key.Key_Space:
            self.hand.hold_space(held=True)
        elif self.hand.gesture is not None:
            self.hand.hold_key(Qt.Key(event.key()), held=True)
        elif not self.commands.take(event):
            event.ignore()  # the base class would scroll

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space, and keys that change a gesture, are let go."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.hand.hold_space(held=False)
        elif self.hand.gesture is not None:
            self.hand.hold_key(Qt.Key(event.key()), held=False)
        else:
            event.ignore()

    def focusNextPrevChild(self, following: bool) -> bool:
        """Tab adds a node; Shift+Tab goes on to the next control."""
        return False if following else super().focusNextPrevChild(following)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys are heard no more."""
        self.hand.forget_keys()
        super().focusOutEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tips, and pinching on a touchpad."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self.hand.hit_at(self.navigation.to_scene(QPointF(event.pos())))
            QToolTip.showText(event.globalPos(), tip_of(self._canvas, hit), self.viewport())
            return True
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_at(1.0 + event.value(), event.position())
                self.refresh()
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with what is under the pointer."""
        if self.hand.gesture is None:
            pointer = self.hand.follow(QPointF(event.pos()), Qt.KeyboardModifier.NoModifier)
            self.commands.show_menu(self.hand.hit, pointer, event.globalPos())
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Pictures may come."""
        event.setAccepted(holds_pictures(event.mimeData()))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Pictures may come anywhere."""
        event.setAccepted(holds_pictures(event.mimeData()))

    def dropEvent(self, event: QDropEvent) -> None:
        """Pictures become nodes, or go to the node they are dropped on."""
        pointer = self.hand.follow(event.position(), Qt.KeyboardModifier.NoModifier)
        self.drops.drop(event.mimeData(), pointer.scene, self.hand.hit)
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the map in its corner."""
        super().resizeEvent(event)
        corner = self.viewport().geometry().bottomRight()
        self.minimap.move(corner.x() - self.minimap.width() - _MAP_GAP, corner.y() - self.minimap.height() - _MAP_GAP)
        self.quick_look.setGeometry(self.viewport().geometry())

    def leave(self) -> None:
        """Listen to the session no more, and let nothing run on."""
        self.focus.leave_session()
        self.checker.stop()
        self.drops.leave()
        self._canvas.thumbnails.leave()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A closed view hears nothing."""
        self.leave()
        super().closeEvent(event)

    # Painting ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw node by node, or from afar all nodes at once."""
        if self.zoom < OVERVIEW_BELOW:
            self._paint_overview()
            return
        self._canvas.pixmaps.begin_frame()
        super().paintEvent(event)
        if self._canvas.pixmaps.owed:
            self._again.start()

    def _paint_overview(self) -> None:
        with QPainter(self.viewport()) as painter:
            painter.setWorldTransform(self.viewportTransform())
            self.drawBackground(painter, QRectF())
            look = self._canvas.look
            paint_frames(painter, self._canvas.frames.values(), look, self.zoom)
            self._canvas.overview.paint(painter, look)
            paint_selected(painter, self._canvas.boxes(self._canvas.selection.nodes), look)
            self.drawForeground(painter, QRectF())

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The ground with its dots."""
        paint_backdrop(painter, self.viewport().rect(), self.viewportTransform(), self._canvas.look)

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """What a gesture shows; a word of help where there is nothing yet."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.hand.paint(painter)
        if not self._canvas.nodes and not self._canvas.frames:
            paint_empty(painter, self.viewport().rect(), self._canvas.look)

    def wear_look(self, look: Look) -> None:
        """Change to another theme."""
        self._canvas.wear_look(look)
        self.minimap.follow()
        self.refresh()
