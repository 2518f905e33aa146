"""The desk: what the panels of a window share beside the document: the face, the active layer, the picture below.

It is also the scene of the painting view. Every change goes through the session, so that there is one undo.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QObject, QTimer, Signal

from app.model import edits
from app.model.document import Document
from app.model.edits import SizeCrop
from app.model.face import Face, face_of
from app.model.layers import Layer, layers_of
from app.model.session import Session
from app.paint.crop import CropBox
from app.paint.overlap import Overlap
from app.paint.rect import Rect
from app.paint.scene import SceneLayer
from app.paint.tiles import Pixels, TileMask
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.registry import Registry

RESTING = 0.0
"""How much of the paint is left to see while a picture is looked at: any would bend its colours."""

IDLE = 500
"""Milliseconds without a change after which typing or dragging counts as finished."""

INVITATION = "Select words in the sentence, then paint where they go"
DRIVEN = "The sentence is driven by the graph. Paint phrases where its Prompt node is."

Arguments = ParamSpec("Arguments")


class Desk(QObject):
    """Belongs to one window.

    `changed`: the document or what is chosen on the desk. `told`: a sentence for the artist. `rested`: the picture is
    looked at, and the paint steps back; or it is painted again.
    """

    changed = Signal()
    rested = Signal(bool)
    told = Signal(str)

    def __init__(self, session: Session, registry: Registry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.registry = session, registry
        self._face = face_of(session.document, registry)
        self._active: str | None = None
        self._picture: Pixels | None = None
        self._picture_file: Path | None = None
        self._resting = False
        self.painting: Callable[[], bool] = lambda: False
        """Whether a hand is at work on the canvas; the paint does not step back before it then."""
        self._chosen_seed: int | None = None
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE)
        self._idle.timeout.connect(session.settle)
        self._disconnect = session.changed.connect(self._on_changed)
        self._choose_layer()

    def leave(self) -> None:
        """Listen to the session no more."""
        self._idle.stop()
        self._disconnect()

    # What there is

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self.session.document

    @property
    def face(self) -> Face:
        """Which nodes stand behind the controls."""
        return self._face

    @property
    def phrases(self) -> tuple[Layer, ...]:
        """The painted phrases, the lowest first."""
        masks = self._face.masks
        return () if masks is None else layers_of(self.document.nodes[masks])

    @property
    def invitation(self) -> str:
        """What to do first where nothing is painted."""
        return DRIVEN if self.sentence_driven else INVITATION

    @property
    def active_phrase(self) -> Layer | None:
        """The phrase that is painted on."""
        return next((layer for layer in self.phrases if layer.id == self._active), None)

    @property
    def prompt(self) -> str:
        """The sentence."""
        node = self.document.nodes.get(self._face.prompt or "")
        text = "" if node is None else node.params.get("text", "")
        return text if isinstance(text, str) else ""

    @property
    def sentence_driven(self) -> bool:
        """Whether only the graph knows the sentence, so that no words of it can be painted."""
        return self._face.prompt is None or "prompt.text" in self._face.driven

    @property
    def seed(self) -> int | None:
        """The seed of the next run; None when only the graph knows."""
        end = self._face.seed
        if end is None:
            return None
        value = self.document.nodes[end.node].params.get(end.port, 0)
        return value if isinstance(value, int) else 0

    @property
    def picture_size(self) -> SizeCrop | None:
        """The size of the picture, and its crop; None when the graph says nothing of it."""
        node = self._face.size
        return None if node is None else edits.size_of(self.document, self.registry, node)

    # Changes

    def edit(
        self,
        label: str,
        change: Callable[Concatenate[Document, Arguments], Document],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> bool:
        """Change the document; what cannot be done is told as a sentence."""
        return self._apply(label, None, lambda: change(self.document, *arguments, **named))

    def drag(
        self,
        label: str,
        key: Hashable,
        change: Callable[Concatenate[Document, Arguments], Document],
        *arguments: Arguments.args,
        **named: Arguments.kwargs,
    ) -> bool:
        """As `edit`, one step of a gesture: steps with one `key` are undone together."""
        self._idle.start()
        return self._apply(label, key, lambda: change(self.document, *arguments, **named))

    def _apply(self, label: str, key: Hashable | None, make: Callable[[], Document]) -> bool:
        try:
            return self.session.apply(label, make(), key)
        except EditError as error:
            self.told.emit(str(error))
            return False

    def settle(self) -> None:
        """The gesture is over."""
        self._idle.stop()
        self.session.settle()

    def paint_phrase(self, start: int, end: int) -> bool:
        """Make characters [start, end) of the sentence a layer, and the one that is painted on."""
        if self._face.prompt is None or self.sentence_driven:
            self.told.emit(DRIVEN)
            return False
        self.rest(resting=False)
        layer = new_id()
        before, self._active = self._active, layer
        done = self.edit("Paint a phrase", edits.bind_phrase, self.registry, self._face.prompt, start, end, layer, None)
        if not done:
            self._active = before
        return done

    def change_layer(self, label: str, layer: Layer, *, dragging: bool = False) -> None:
        """Put a layer in the place of the one with its id."""
        masks = self._face.masks
        if masks is None:
            return
        if dragging:
            self.drag(label, (label, layer.id), edits.set_layer, masks, layer)
        else:
            self.edit(label, edits.set_layer, masks, layer)

    def set_seed(self, seed: int) -> None:
        """Set the seed of the next run."""
        end = self._face.seed
        if end is not None:
            self.drag("Seed", ("seed", end.node), edits.set_parameter, end.node, end.port, seed)
            self.choose_seed()

    @property
    def seed_chosen(self) -> bool:
        """Whether the artist asked for the seed that is shown, and no run has used it since."""
        return self._chosen_seed is not None and self._chosen_seed == self.seed

    def choose_seed(self, *, chosen: bool = True) -> None:
        """Let the next run have the seed that is shown, whatever happens to seeds before a run; or no longer."""
        self._chosen_seed = self.seed if chosen else None

    def show_picture(self, pixels: Pixels | None, file: Path | None = None) -> None:
        """Put a picture below the paint, and let it be looked at; `file` is where it is kept."""
        self._picture, self._picture_file = pixels, file
        self._resting = pixels is not None and not self.painting()
        self.rested.emit(self._resting)
        self.changed.emit()

    def rest(self, *, resting: bool) -> None:
        """Let the paint step back before a picture, or come forward to be worked on."""
        resting = resting and not self.painting()
        if resting != self._resting:
            self._resting = resting
            self.rested.emit(resting)
            self.changed.emit()

    # The scene of the painting view

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas."""
        return self.document.size

    @property
    def layers(self) -> Sequence[SceneLayer]:
        """The phrases as the painting view shows them."""
        share = RESTING if self._resting else 1.0
        return [
            SceneLayer(
                layer.id, layer.title, layer.colour, share * layer.opacity, layer.visible, layer.solo, layer.locked
            )
            for layer in self.phrases
        ]

    @property
    def active(self) -> str | None:
        """The id of the layer that is painted on."""
        return self._active

    @property
    def overlap(self) -> Overlap:
        """Whether upper layers hide lower ones."""
        masks = self._face.masks
        chosen = None if masks is None else self.document.nodes[masks].params.get("overlap")
        return "mix" if chosen == "mix" else "stack"

    @property
    def picture(self) -> Pixels | None:
        """The picture below the paint."""
        return self._picture

    @property
    def picture_file(self) -> Path | None:
        """The file of the picture below the paint, where it is kept."""
        return self._picture_file

    @property
    def crop(self) -> CropBox | None:
        """The picture inside the original that the model should think it was cut from, in canvas pixels."""
        told = self.picture_size
        if told is None:
            return None
        across, down = self._scale(told)
        width = (told.original_width or told.width) * across
        height = (told.original_height or told.height) * down
        left, top = -told.crop_left * across, -told.crop_top * down
        around = Rect(0, 0, *self.size)
        rect = Rect.between(
            min(round(left), 0),
            min(round(top), 0),
            max(round(left + width), around.width),
            max(round(top + height), around.height),
        )
        return CropBox(rect, around=around, unit=(across, down))

    def mask(self, layer_id: str) -> TileMask:
        """What is painted on a layer."""
        layer = next((each for each in self.phrases if each.id == layer_id), None)
        return TileMask.blank(*self.size) if layer is None else edits.paint_of(self.document, layer)

    def commit(self, label: str, layer_id: str, mask: TileMask) -> None:
        """A gesture on a layer is finished."""
        if self._face.masks is not None:
            self.edit(label, edits.commit_paint, self._face.masks, layer_id, mask)

    def commit_crop(self, label: str, rect: Rect) -> None:
        """The original around the picture was dragged."""
        told = self.picture_size
        if told is None:
            return
        across, down = self._scale(told)
        changed = replace(
            told,
            original_width=max(round(rect.width / across), 1),
            original_height=max(round(rect.height / down), 1),
            crop_left=max(round(-rect.left / across), 0),
            crop_top=max(round(-rect.top / down), 0),
        )
        self.edit(label, edits.set_size, self.registry, changed, self._face.size)

    def activate(self, layer_id: str) -> None:
        """Choose the layer that is painted on."""
        self.rest(resting=False)
        if layer_id != self._active:
            self._active = layer_id
            self.changed.emit()

    def step_active(self, step: int) -> None:
        """Choose the next layer above (1) or below (-1)."""
        names = [layer.id for layer in self.phrases]
        if self._active in names:
            self.activate(names[min(max(names.index(self._active) + step, 0), len(names) - 1)])

    def _scale(self, told: SizeCrop) -> tuple[float, float]:
        """Canvas pixels for one pixel of the picture."""
        return self.size[0] / max(told.width, 1), self.size[1] / max(told.height, 1)

    def _on_changed(self, before: Document, after: Document) -> None:
        if before.graph is not after.graph:
            self._face = face_of(after, self.registry)
        self._choose_layer()
        self.changed.emit()

    def _choose_layer(self) -> None:
        if self.active_phrase is None:
            top = self.phrases[-1:]
            self._active = top[0].id if top else None
