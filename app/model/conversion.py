"""Documents as project files hold them: masks as pictures, the canvas as a fact of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from app.files.pictures import PictureError, decode_mask, encode_mask
from app.files.project import Project, paint_reference
from app.model.document import CANVAS, Document, frozen
from app.paint.operations import fitted
from app.paint.tiles import LARGEST_SIDE, TileMask
from engine.api.plan import Json

CANVAS_FACT = "canvas"
"""The name under which a graph file tells the size of the canvas, [width, height]."""


@dataclass(frozen=True)
class Converted:
    """A document made of a project, and a sentence for each part that could not be used."""

    document: Document
    complaints: tuple[str, ...] = ()


class MaskEncoder:
    """Encodes masks, and remembers the last picture of each, so that saving costs only what was painted since.

    One encoder serves one document, from one thread at a time.
    """

    def __init__(self) -> None:
        self._last: dict[str, tuple[TileMask, bytes]] = {}

    def encode(self, masks: Mapping[str, TileMask]) -> Mapping[str, bytes]:
        """Each mask as PNG, by its name."""
        self._last = {name: self._encoded(name, mask) for name, mask in masks.items()}
        return frozen({name: png for name, (_mask, png) in self._last.items()})

    def _encoded(self, name: str, mask: TileMask) -> tuple[TileMask, bytes]:
        last = self._last.get(name)
        return last if last is not None and last[0] is mask else (mask, encode_mask(mask.to_array()))


def to_project(document: Document, encoder: MaskEncoder, thumbnail: bytes | None = None) -> Project:
    """The project that holds `document`; `thumbnail` is a small PNG of its last result."""
    extra = {**document.graph.extra, CANVAS_FACT: list(document.size)}
    graph = msgspec.structs.replace(document.graph, extra=extra)
    return Project(graph, encoder.encode(document.paint), document.assets, thumbnail, document.other)


def from_project(project: Project) -> Converted:
    """The document in a project. Masks of another size than the canvas are stretched to it."""
    complaints: list[str] = []
    masks = _decoded(project, complaints)
    size = _canvas(project.graph.extra.get(CANVAS_FACT), masks)
    paint = {name: mask if (mask.width, mask.height) == size else fitted(mask, *size) for name, mask in masks.items()}
    extra = {name: value for name, value in project.graph.extra.items() if name != CANVAS_FACT}
    graph = msgspec.structs.replace(project.graph, extra=extra)
    document = Document(graph, frozen(paint), frozen(project.assets), size, frozen(project.other))
    return Converted(document, tuple(complaints))


def _decoded(project: Project, complaints: list[str]) -> dict[str, TileMask]:
    masks = {}
    for name, png in project.paint.items():
        try:
            array = decode_mask(png)
            if max(array.shape) > LARGEST_SIDE:
                raise PictureError(f"has a side of more than {LARGEST_SIDE} pixels")
        except PictureError as error:
            complaints.append(f"The painted layer {paint_reference(name)} {error}. It is left blank.")
        else:
            masks[name] = TileMask.from_array(array)
    return masks


def _canvas(told: Json, masks: Mapping[str, TileMask]) -> tuple[int, int]:
    """The canvas that the file tells; without that, the size of its largest mask."""
    match told:
        case [int(width), int(height)] if min(width, height) > 0 and max(width, height) <= LARGEST_SIDE:
            return width, height
    largest = max(masks.values(), key=lambda mask: mask.width * mask.height, default=None)
    return CANVAS if largest is None else (largest.width, largest.height)
