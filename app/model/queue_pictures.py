"""What a job that waits is shown by in the queue: what was painted for it, or the picture that it starts from."""

from __future__ import annotations

from app.files.pictures import PictureError, small_picture
from app.model.document import Document
from app.model.face import face_of
from app.model.layers import Layer, layers_of
from app.model.sketches import sketch
from nodes.registry import Registry

_LOAD, _STYLE = "sinopia.load-image", "sinopia.style-reference"


def waiting_picture(document: Document, registry: Registry, longest: int) -> bytes | None:
    """A small PNG with sides of at most `longest` pixels; None for a document that has neither paint nor picture."""
    if any(layer.visible and layer.raster in document.paint for layer in painted_layers(document, registry)):
        return sketch(document, registry, longest)
    started = _started_from(document)
    try:
        return None if started is None else small_picture(started, longest)
    except PictureError:
        return None


def alike(one: Document, other: Document, registry: Registry) -> bool:
    """Whether two documents are shown by the same picture; those of one press of Generate are, whatever their seeds."""
    same = one.paint is other.paint and one.assets is other.assets and one.size == other.size
    return same and painted_layers(one, registry) == painted_layers(other, registry)


def painted_layers(document: Document, registry: Registry) -> tuple[Layer, ...]:
    """The layers that a document is painted on."""
    masks = face_of(document, registry).masks
    return () if masks is None else layers_of(document.nodes[masks])


def _started_from(document: Document) -> bytes | None:
    """The first picture file that is worked on, rather than taken as a model of style."""
    nodes = document.nodes
    for link in document.graph.links:
        source, target = nodes.get(link.source.node), nodes.get(link.target.node)
        if source is not None and target is not None and source.type == _LOAD and target.type != _STYLE:
            reference = source.params.get("file")
            if isinstance(reference, str) and reference in document.assets:
                return document.assets[reference]
    return None
