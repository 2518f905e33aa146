"""A hand for the node canvas: real mouse and key events, aimed at nodes, ports and wires by name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.model.document import Document
from app.model.session import Session
from app.qt.canvas.facts import Facts
from app.qt.canvas.view import CanvasView
from nodes.graph.model import End, Frame, Graph, Link, Node
from nodes.registry import Registry, built_in

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


@dataclass
class Hand:
    """Points, presses and drags on a shown view, in scene coordinates."""

    view: CanvasView
    session: Session

    def port(self, node: str, port: str, *, output: bool = False) -> QPointF:
        """Where a port is."""
        return self.view.canvas.nodes[node].port_position(port, is_output=output)

    def out(self, node: str, port: str) -> QPointF:
        """Where an output is."""
        return self.port(node, port, output=True)

    def header(self, node: str) -> QPointF:
        """A place on a node that has no port."""
        return self.view.canvas.nodes[node].box.topLeft() + QPointF(60, 14)

    def press(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """A button goes down."""
        self._mouse(QEvent.Type.MouseButtonPress, at, button, button, keys)

    def move(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """The pointer moves with the button down."""
        self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, button, keys)

    def release(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """A button goes up."""
        self._mouse(QEvent.Type.MouseButtonRelease, at, button, Qt.MouseButton.NoButton, keys)

    def hover(self, at: QPointF) -> None:
        """The pointer moves freely."""
        self._mouse(QEvent.Type.MouseMove, at, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, NONE)

    def click(self, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press and release in one place."""
        self.press(at, button, keys)
        self.release(at, button, keys)

    def double_click(self, at: QPointF) -> None:
        """Two clicks, as Qt tells them."""
        self.click(at)
        self._mouse(QEvent.Type.MouseButtonDblClick, at, LEFT, LEFT, NONE)
        self.release(at)

    def drag(
        self,
        start: QPointF,
        *stops: QPointF,
        button: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NONE,
        drop: bool = True,
    ) -> None:
        """Press, go to every stop in a few steps, and let go unless told otherwise."""
        self.press(start, button, keys)
        at = start
        for stop in stops:
            for step in range(1, 5):
                self.move(at + (stop - at) * (step / 4), button, keys)
            at = stop
        if drop:
            self.release(at, button, keys)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE, text: str = "") -> None:
        """Strike a key where the focus is."""
        target = self.view.focusWidget()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, key, keys, text))

    def type(self, text: str) -> None:
        """Write."""
        for letter in text:
            self.key(Qt.Key.Key_unknown, NONE, letter)

    def wheel(self, at: QPointF, notches: float, keys: Qt.KeyboardModifier = NONE) -> None:
        """Turn the wheel."""
        place = QPointF(self.view.mapFromScene(at))
        turned = QPoint(0, round(120 * notches))
        phase = Qt.ScrollPhase.NoScrollPhase
        event = QWheelEvent(place, place, QPoint(), turned, Qt.MouseButton.NoButton, keys, phase, False)
        QApplication.sendEvent(self.view.viewport(), event)

    def _mouse(
        self,
        kind: QEvent.Type,
        at: QPointF,
        button: Qt.MouseButton,
        buttons: Qt.MouseButton,
        keys: Qt.KeyboardModifier,
    ) -> None:
        place = self.view.viewportTransform().map(at)
        there = QPointF(self.view.viewport().mapToGlobal(place.toPoint()))
        QApplication.sendEvent(self.view.viewport(), QMouseEvent(kind, place, there, button, buttons, keys))

    # What the document says -------------------------------------------------------------------------------------------

    @property
    def graph(self) -> Graph:
        """The graph of the document."""
        return self.session.document.graph

    def node(self, name: str) -> Node:
        """A node of the document."""
        return self.session.document.nodes[name]

    def wires(self) -> set[str]:
        """The wires of the document, as "a.x > b.y"."""
        return {_said(link) for link in self.graph.links}

    def added(self, before: Graph) -> list[Node]:
        """The nodes that a graph did not have."""
        known = {node.id for node in before.nodes}
        return [node for node in self.graph.nodes if node.id not in known]

    @property
    def edits(self) -> list[str]:
        """The labels of all edits so far."""
        return [entry.label for entry in self.session.done]


def _said(link: Link) -> str:
    return f"{link.source.node}.{link.source.port} > {link.target.node}.{link.target.port}"


def wire(text: str) -> Link:
    """A wire written as "a.x > b.y"."""
    source, target = (End(*end.strip().split(".")) for end in text.split(">"))
    return Link(source, target)


def graph_of(nodes: Iterable[Node], wires: Iterable[str] = (), frames: Iterable[Frame] = ()) -> Graph:
    """A graph with wires written as "a.x > b.y"."""
    return Graph(tuple(nodes), tuple(map(wire, wires)), tuple(frames))


def studio(qtbot: QtBot, graph: Graph, registry: Registry | None = None) -> Hand:
    """A shown canvas of a graph, at 100 % around the origin's right."""
    session = Session(Document(graph))
    view = CanvasView(session, registry or built_in(), Facts())
    view.resize(1200, 800)
    qtbot.addWidget(view)
    with qtbot.waitExposed(view):
        view.show()
    view.centre_on(QPointF(500, 300))
    view.setFocus()
    return Hand(view, session)


def painter() -> Graph:
    """A prompt, a model and a seed before a solve, and what saves its picture."""
    return graph_of(
        (
            Node("prompt", "sinopia.prompt", params={"text": "a rabbit by a castle"}, x=0, y=0),
            Node("model", "sinopia.storybook", x=0, y=200),
            Node("seed", "sinopia.seed", params={"seed": 7}, x=0, y=400),
            Node("solve", "sinopia.denoise", x=400, y=0),
            Node("save", "sinopia.save-image", x=800, y=0),
        ),
        ("prompt.conditioning > solve.prompt", "model.base > solve.denoiser", "solve.image > save.image"),
    )
