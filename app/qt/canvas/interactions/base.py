"""What all gestures share: the pointer, the stage they act on, and their four moments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.model.document import Document
from app.qt.canvas.hits import Hit
from app.qt.canvas.scene import CanvasScene
from nodes.registry import Registry
from nodes.specs.shape import Shape

REACH = 7.0
"""How far beside thin things one may point, in pixels on screen."""


@dataclass(frozen=True)
class Pointer:
    """Where the pointer is, in scene coordinates and in pixels of the view, and which keys are held."""

    scene: QPointF
    view: QPointF
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def shift(self) -> bool:
        """Whether Shift is held."""
        return bool(self.keys & Qt.KeyboardModifier.ShiftModifier)

    @property
    def ctrl(self) -> bool:
        """Whether Ctrl is held."""
        return bool(self.keys & Qt.KeyboardModifier.ControlModifier)

    @property
    def alt(self) -> bool:
        """Whether Alt is held."""
        return bool(self.keys & Qt.KeyboardModifier.AltModifier)


@dataclass(frozen=True)
class Choice:
    """One of a few things to choose from."""

    key: str
    title: str
    help: str = ""


class Stage(Protocol):
    """What a gesture may do: look at the scene, show a document that could be, and make it the document."""

    registry: Registry

    @property
    def canvas(self) -> CanvasScene:
        """The items."""
        ...

    @property
    def document(self) -> Document:
        """The document as it is, whatever is shown."""
        ...

    @property
    def zoom(self) -> float:
        """Pixels on screen for one unit of the scene."""
        ...

    def preview(self, document: Document) -> None:
        """Show what would be, without changing the document."""
        ...

    def revert(self) -> None:
        """Show the document again."""
        ...

    def commit(self, label: str, document: Document) -> None:
        """Make this the document."""
        ...

    def refresh(self) -> None:
        """Draw again what the gesture paints."""
        ...

    def visible(self) -> QRectF:
        """The part of the scene that is seen."""
        ...

    def pan_by(self, step: QPointF) -> None:
        """Move what is seen by so many pixels."""
        ...

    def zoom_at(self, factor: float, where: QPointF) -> None:
        """Zoom so that the point of the view stays where it is."""
        ...

    def offer_nodes(
        self, where: QPointF, fitting: Callable[[Shape], bool], chosen: Callable[[str], None], hint: str
    ) -> None:
        """Let the artist search for a node type at a point of the scene."""
        ...

    def offer(self, where: QPointF, choices: Sequence[Choice], chosen: Callable[[str], None], question: str) -> None:
        """Let the artist choose one of a few at a point of the scene."""
        ...

    def look_at(self, node: str) -> None:
        """Ask for a node's result to be shown."""
        ...


class Gesture:
    """One thing a hand does, from press to release. Each class here is one such thing.

    `start`, `update` and `finish` get the pointer; `cancel` leaves everything as it was before. `paint` draws over the
    canvas in scene coordinates.
    """

    cursor: Qt.CursorShape | None = None
    scrolls_at_edges = False
    """Whether the view moves on when the pointer is at its edge."""

    def __init__(self, stage: Stage, hit: Hit) -> None:
        self.stage = stage
        self.hit = hit

    def start(self, pointer: Pointer) -> None:
        """The button went down."""

    def update(self, pointer: Pointer) -> None:
        """The pointer, or a held key, has changed."""

    def finish(self, pointer: Pointer) -> bool:
        """The button went up. False when what it paints must stay a while, because a choice is still open."""
        return True

    def cancel(self) -> None:
        """Leave everything as it was."""

    def paint(self, painter: QPainter) -> None:
        """Draw over the canvas."""


def far(first: QPointF, second: QPointF, pixels: float = 4.0) -> bool:
    """Whether two points of the view are further apart than a hand trembles."""
    return (first - second).manhattanLength() > pixels
