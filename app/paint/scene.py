"""What a painting view shows and changes: the seam between the canvas and whatever holds the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.paint.crop import CropBox
from app.paint.overlap import Overlap
from app.paint.rect import Rect
from app.paint.tiles import Pixels, TileMask


@dataclass(frozen=True)
class SceneLayer:
    """A phrase layer as it is shown: `colour` is its index in the palette, `opacity` 0..1 only how it is displayed."""

    id: str
    phrase: str
    colour: int = 0
    opacity: float = 1.0
    visible: bool = True
    solo: bool = False
    locked: bool = False


class PaintScene(Protocol):
    """Everything a painting view needs to know, and the only three things it ever changes.

    The view reads it when it is told to refresh; the masks and layers it gets are values that do not change.
    """

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the canvas in pixels; every mask has this size."""
        ...

    @property
    def layers(self) -> Sequence[SceneLayer]:
        """The phrase layers, the lowest first."""
        ...

    @property
    def invitation(self) -> str:
        """What to do first where there are no layers, as a sentence."""
        ...

    @property
    def active(self) -> str | None:
        """The id of the layer that is painted on."""
        ...

    @property
    def overlap(self) -> Overlap:
        """Whether upper layers hide lower ones."""
        ...

    @property
    def picture(self) -> Pixels | None:
        """The last picture, uint8 [height, width, 3] of any size; it is stretched to the canvas."""
        ...

    @property
    def crop(self) -> CropBox | None:
        """The crop box; None shows none."""
        ...

    def mask(self, layer_id: str) -> TileMask:
        """What is painted on a layer."""
        ...

    def commit(self, label: str, layer_id: str, mask: TileMask) -> None:
        """A gesture on a layer is finished: this is its mask now. `label` names the edit for undo."""
        ...

    def commit_crop(self, label: str, rect: Rect) -> None:
        """The crop box was dragged to `rect`."""
        ...

    def activate(self, layer_id: str) -> None:
        """The artist picked a layer on the canvas."""
        ...


def shown_layers(layers: Sequence[SceneLayer]) -> tuple[SceneLayer, ...]:
    """The layers that are drawn: those that are visible, or only the solo ones when there is any."""
    solo = tuple(layer for layer in layers if layer.solo)
    return solo or tuple(layer for layer in layers if layer.visible)
