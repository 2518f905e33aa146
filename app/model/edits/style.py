"""Edits of style references and of the picture files that a document holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from app.files.project import asset_reference
from app.model.document import Document, with_entry
from app.model.edits.graph import add_node, remove_nodes, rename_node, without_unused_files
from app.model.edits.primitives import NewId, node_of, spec_of, with_links, with_parameters
from app.model.face import STYLE_REFERENCE, face_of
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.graph.model import End, Link
from nodes.registry import Registry

LOAD_IMAGE = "sinopia.load-image"
WEIGHTS, CROP = "weights", "crop"

Shares: TypeAlias = tuple[float, float, float, float]
"""A part of a picture: left, top, right and bottom as shares of its sides."""

WHOLE: Shares = (0.0, 0.0, 1.0, 1.0)

ASIDE, BELOW = 260.0, 320.0
"""Room for a node with its picture."""

_ROOM = 220.0
"""How far from each other new nodes are put, in canvas units."""


@dataclass(frozen=True)
class PictureFile:
    """The bytes of a picture file; `ending` ("png") says of what kind, `title` is shown on its node."""

    content: bytes
    ending: str
    title: str = ""


def add_asset(document: Document, picture: PictureFile) -> tuple[Document, str]:
    """Keep a picture file in the document, and the reference by which parameters name it."""
    reference = asset_reference(picture.content, picture.ending)
    if reference in document.assets:
        return document, reference
    return replace(document, assets=with_entry(document.assets, reference, picture.content)), reference


def add_picture(
    document: Document, registry: Registry, picture: PictureFile, node: str, at: tuple[float, float]
) -> Document:
    """Put a Load Image node, called `node`, with a picture on the canvas."""
    document, reference = add_asset(document, picture)
    document = add_node(document, spec_of(registry, LOAD_IMAGE), node, *at, {"file": reference})
    return rename_node(document, node, picture.title)


def add_style_pictures(
    document: Document,
    registry: Registry,
    pictures: Sequence[PictureFile],
    style: str | None = None,
    ids: NewId = new_id,
) -> Document:
    """Add pictures whose look the result should take on, to the node `style`.

    None takes the first style of the Paint face, or makes one that is wired to every solve of it.
    """
    document, style = _with_style(document, registry, style, ids)
    weights = style_weights(document, style)
    place = document.nodes[style]
    for number, picture in enumerate(pictures, len(weights)):
        node = ids()
        document = add_picture(document, registry, picture, node, (place.x - ASIDE, place.y + number * BELOW))
        wire = Link(End(node, "image"), End(style, "images"))
        document = with_links(document, [*document.graph.links, wire])
    return with_parameters(document, style, weights=[*weights, *(1.0 for _ in pictures)])


def style_pictures(document: Document, style: str) -> tuple[str, ...]:
    """The nodes whose pictures a style takes, in order."""
    return tuple(link.source.node for link in document.graph.links if link.target == End(style, "images"))


def style_weights(document: Document, style: str) -> list[float]:
    """The weight of each picture; pictures without one have weight 1."""
    held = node_of(document, style).params.get(WEIGHTS, [])
    given = [float(each) for each in held if isinstance(each, (int, float))] if isinstance(held, list) else []
    count = len(style_pictures(document, style))
    return [*given, *(1.0 for _ in range(count - len(given)))][:count]


def set_style_weight(document: Document, style: str, index: int, weight: float) -> Document:
    """Set how much one picture of a style counts."""
    weights = style_weights(document, style)
    _require_index(index, len(weights))
    return with_parameters(document, style, weights=[*weights[:index], weight, *weights[index + 1 :]])


def picture_crop(document: Document, node: str) -> Shares:
    """The part of a Load Image node's picture that is used; all of it where what the node says is no part."""
    held = node_of(document, node).params.get(CROP, [])
    match held if isinstance(held, list) else []:
        case [float() | int() as left, float() | int() as top, float() | int() as right, float() | int() as bottom]:
            return (left, top, right, bottom) if left < right and top < bottom else WHOLE
    return WHOLE


def set_picture_crop(document: Document, node: str, crop: Shares) -> Document:
    """Use only a part of a Load Image node's picture."""
    return with_parameters(document, node, crop=[] if crop == WHOLE else list(crop))


def remove_style_picture(document: Document, style: str, index: int) -> Document:
    """Take a picture out of a style; the last one takes the Style Reference node with it."""
    pictures, weights = style_pictures(document, style), style_weights(document, style)
    _require_index(index, len(pictures))
    source = pictures[index]
    if len(pictures) == 1:
        document = remove_nodes(document, (style,))
    else:
        wires = [link for link in document.graph.links if link.target == End(style, "images")]
        document = with_links(document, [link for link in document.graph.links if link != wires[index]])
        document = with_parameters(document, style, weights=[*weights[:index], *weights[index + 1 :]])
    return without_unused_files(_without_idle_picture(document, source))


def _without_idle_picture(document: Document, node: str) -> Document:
    """A Load Image node that nothing else looks at was there for the style only."""
    used = any(link.source.node == node for link in document.graph.links)
    idle = not used and node in document.nodes and document.nodes[node].type == LOAD_IMAGE
    return remove_nodes(document, (node,)) if idle else document


def _with_style(document: Document, registry: Registry, style: str | None, ids: NewId) -> tuple[Document, str]:
    if style is not None:
        return document, node_of(document, style).id
    face = face_of(document, registry)
    if face.styles:
        return document, face.styles[0]
    if face.first is None:
        raise EditError("Nothing draws a picture that could take on a look. Add a Denoise node first.")
    node, first = ids(), document.nodes[face.first]
    lowest = max((other.y for other in document.graph.nodes if other.x < first.x), default=first.y)
    document = add_node(document, spec_of(registry, STYLE_REFERENCE), node, first.x - ASIDE, lowest + _ROOM)
    wires = [Link(End(node, "style"), End(solve, "style")) for solve in _taking(document, registry, face.solves)]
    return with_links(document, [*document.graph.links, *wires]), node


def _taking(document: Document, registry: Registry, solves: Iterable[str]) -> list[str]:
    specs = {solve: registry.get(document.nodes[solve].type) for solve in solves}
    return [node for node, spec in specs.items() if spec and any(port.name == "style" for port in spec.inputs)]


def _require_index(index: int, count: int) -> None:
    if not 0 <= index < count:
        raise EditError(f"The style has {count} pictures and no number {index + 1}. Choose one that is there.")
