"""Edits of the size of the picture, of the crop it seems to come from, and of the canvas that is painted on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

from app.model.document import Document
from app.model.edits.graph import add_node
from app.model.edits.primitives import NewId, node_of, spec_of, with_links, with_parameters
from app.model.face import SIZE_CROP, face_of
from app.paint.operations import fitted
from app.paint.tiles import LARGEST_SIDE
from engine.api.plan import Json
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.graph.model import End, Link
from nodes.registry import Registry

ASIDE, ABOVE = 260.0, 180.0
"""How far from the solve a new Size and Crop node is put, in canvas units."""


@dataclass(frozen=True)
class SizeCrop:
    """What a Size and Crop node says, in pixels.

    The picture is `width` x `height`. The model should think that it was cut out of a picture of `original_width` x
    `original_height`, `crop_left` and `crop_top` from its corner; originals of None are the picture's own.
    """

    width: int
    height: int
    original_width: int | None = None
    original_height: int | None = None
    crop_left: int = 0
    crop_top: int = 0


def size_of(document: Document, registry: Registry, node: str) -> SizeCrop:
    """What a Size and Crop node says; where a value cannot be one, the default."""
    held, spec = node_of(document, node).params, spec_of(registry, SIZE_CROP)
    values = {parameter.name: parameter.default for parameter in spec.parameters}
    values.update({name: value for name, value in held.items() if name in values and _is_pixels(value)})
    return SizeCrop(**values)  # type: ignore[arg-type]  # whole numbers, or None where the default is


def set_size(
    document: Document, registry: Registry, size: SizeCrop, node: str | None = None, ids: NewId = new_id
) -> Document:
    """Set size and crop on the node `node`.

    None takes that of the Paint face, or makes one that is wired to every solve of it that has none.
    """
    document, node = _with_size(document, registry, node, ids)
    values: dict[str, Json] = {name: getattr(size, name) for name in SizeCrop.__dataclass_fields__}
    return with_parameters(document, node, **values)


def set_canvas(document: Document, width: int, height: int) -> Document:
    """Give the canvas another size; what is painted is stretched to it. EditError for sides it cannot have."""
    if not (0 < width <= LARGEST_SIDE and 0 < height <= LARGEST_SIDE):
        raise EditError(f"A canvas cannot be {width} x {height} pixels. Choose sides of 1 to {LARGEST_SIDE}.")
    if (width, height) == document.size:
        return document
    paint = {name: fitted(mask, width, height) for name, mask in document.paint.items()}
    return replace(document, size=(width, height), paint=MappingProxyType(paint))


def shape_canvas(document: Document, width: int, height: int) -> Document:
    """Give the canvas the proportions of a picture of `width` x `height`, its longer side staying as it is."""
    longer = max(document.size)
    scale = longer / max(width, height)
    return set_canvas(document, max(1, round(width * scale)), max(1, round(height * scale)))


def _is_pixels(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _with_size(document: Document, registry: Registry, node: str | None, ids: NewId) -> tuple[Document, str]:
    if node is not None:
        return document, node_of(document, node).id
    face = face_of(document, registry)
    if face.size is not None:
        return document, face.size
    if face.first is None:
        raise EditError("Nothing draws a picture that could have a size. Add a Denoise node first.")
    if "size" in face.driven:
        raise EditError("The size of the picture is driven by the graph. Change it there.")
    node, first = ids(), document.nodes[face.first]
    document = add_node(document, spec_of(registry, SIZE_CROP), node, first.x - ASIDE, first.y - ABOVE)
    wired = {link.target for link in document.graph.links}
    ends = [End(solve, "size") for solve in face.solves]
    wires = [Link(End(node, "size"), end) for end in ends if end not in wired]
    return with_links(document, [*document.graph.links, *wires]), node
