"""Taking something over from the document that a picture carries: its seed, its prompt, its paint."""

from __future__ import annotations

from dataclasses import replace

from app.model.anchors import reanchor
from app.model.document import Document, frozen
from app.model.edits.graph import without_unused_files
from app.model.edits.parameters import set_parameter
from app.model.edits.phrases import ensure_masks, prompt_of, set_prompt, with_layers
from app.model.edits.primitives import TEXT, NewId, node_of
from app.model.face import TEXT_LIST, Face, face_of
from app.model.layers import layers_of
from app.paint.operations import fitted
from engine.api.plan import Json
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.graph.model import End, Node
from nodes.registry import Registry


def take_seed(document: Document, registry: Registry, given: Document) -> Document:
    """Take over the seed of `given`."""
    source = face_of(given, registry).seed
    value: Json = None
    if source is not None:
        node = node_of(given, source.node)
        spec = registry.get(node.type)
        declared = {each.name: each.default for each in spec.parameters} if spec is not None else {}
        value = node.params.get(source.port, declared.get(source.port))
    if not isinstance(value, int):
        raise EditError("The picture does not tell its seed. Restore all of it instead.")
    return set_seed(document, registry, value)


def set_seed(document: Document, registry: Registry, seed: int) -> Document:
    """Let the next picture grow from `seed`."""
    goal = face_of(document, registry).seed
    if goal is None:
        raise EditError("The seed of this project comes over a wire. Change it in the graph.")
    return set_parameter(document, goal.node, goal.port, seed)


def take_prompt(document: Document, registry: Registry, given: Document) -> Document:
    """Take over the sentence of `given`; phrases keep their words where the new sentence has them."""
    goal, text = face_of(document, registry), _prompt_text(given, face_of(given, registry))
    if goal.prompt is None:
        raise EditError("The prompt of this project is made by the graph. Change it there.")
    return set_prompt(document, goal.prompt, text)


def take_paint(document: Document, registry: Registry, given: Document, ids: NewId = new_id) -> Document:
    """Take over the painted phrases of `given` in place of one's own, bound to the same words of one's own sentence."""
    goal, source = face_of(document, registry), face_of(given, registry)
    if goal.prompt is None or source.masks is None:
        raise EditError("The picture carries no painted phrases, or this project has no sentence. Restore all of it.")
    document, masks = ensure_masks(document, registry, goal.prompt, ids)
    layers = layers_of(given.nodes[source.masks])
    before, after = _prompt_text(given, source), str(node_of(document, goal.prompt).params.get(TEXT, ""))
    places = reanchor([layer.anchor for layer in layers], before, after)
    names = {layer.id: ids() for layer in layers}
    taken = [
        replace(layer, id=names[layer.id], mask="", start=at.start, end=at.end, phrase=at.phrase, lost=at.lost)
        for layer, at in zip(layers, places, strict=True)
    ]
    painted = {
        names[layer.id]: fitted(given.paint[layer.raster], *document.size)
        for layer in layers
        if layer.raster in given.paint
    }
    document = with_layers(document, masks, taken)
    return without_unused_files(replace(document, paint=frozen({**document.paint, **painted})))


def _prompt_text(document: Document, face: Face) -> str:
    found = prompt_of(document, face.masks) if face.masks is not None else None
    node = found or (None if face.prompt is None else document.nodes[face.prompt])
    if node is None:
        raise EditError("The picture does not tell its sentence. Restore all of it instead.")
    source = next((link.source.node for link in document.graph.links if link.target == End(node.id, TEXT)), None)
    return str(node.params.get(TEXT, "")) if source is None else _only_line(document.nodes[source])


def _only_line(source: Node) -> str:
    """The text of a list that has only one; a picture from a list is given with its list cut to its own item."""
    lines = str(source.params.get("texts", "")).split("\n") if source.type == TEXT_LIST else []
    if len(lines) != 1 or not lines[0]:
        raise EditError("The sentence of the picture is made by its graph. Restore all of it instead.")
    return lines[0]
