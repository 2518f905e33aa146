"""Taking over layers that were painted elsewhere, each for the words that it is named after."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.model.document import Document
from app.model.edits.phrases import bind_phrase, commit_paint, set_layer
from app.model.edits.primitives import TEXT, NewId, node_of
from app.model.face import face_of
from app.model.layer_files import named_phrase
from app.model.layers import Layer, layers_of
from app.paint.exchange.layers import PaintedPhrase, Painting
from app.paint.operations import fitted
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.registry import Registry


@dataclass(frozen=True)
class Imported:
    """A document with layers taken over; the names of those `missing` from its sentence; sizes that were `fitted`."""

    document: Document
    taken: int = 0
    missing: tuple[str, ...] = ()
    fitted: tuple[tuple[int, int], ...] = ()

    @property
    def sentence(self) -> str:
        """What became of the layers, for the artist."""
        told = [f"{self.taken} {'layer' if self.taken == 1 else 'layers'} taken over."]
        if self.fitted:
            sizes = ", ".join(f"{width} × {height}" for width, height in dict.fromkeys(self.fitted))
            width, height = self.document.size
            told.append(f"The paint of {sizes} pixels was fitted to the canvas of {width} × {height}.")
        if self.missing:
            names = ", ".join(f"“{name}”" for name in self.missing)
            told.append(f"The sentence has no words {names}. Write them and import again.")
        return " ".join(told)


def import_layers(
    document: Document, registry: Registry, paintings: tuple[Painting, ...], ids: NewId = new_id
) -> Imported:
    """Paint as the paintings do wherever the sentence has their phrases; words that are no layer yet become one."""
    prompt = face_of(document, registry).prompt
    if prompt is None:
        raise EditError("The sentence is driven by the graph. Import layers where its Prompt node is.")
    result, used = Imported(document), set[str]()
    for painting in paintings:
        for given in painting.layers:
            result = _taken(result, registry, prompt, given, used, ids)
    return result


def import_mask(document: Document, node: str, layer: str, painting: Painting) -> Imported:
    """Make the only layer of a painting the paint of a layer."""
    mask = painting.layers[0].mask
    changed = commit_paint(document, node, layer, fitted(mask, *document.size))
    return Imported(changed, 1, (), _fit(document, painting.layers[0]))


def _taken(
    result: Imported, registry: Registry, prompt: str, given: PaintedPhrase, used: set[str], ids: NewId
) -> Imported:
    document = result.document
    layer = _held(document, registry, given.phrase, used)
    if layer is None:
        document, layer = _bound(document, registry, prompt, given, ids)
    masks = face_of(document, registry).masks
    if layer is None or masks is None:
        return replace(result, missing=(*result.missing, given.phrase))
    used.add(layer.id)
    document = commit_paint(document, masks, layer.id, fitted(given.mask, *document.size))
    return Imported(document, result.taken + 1, result.missing, (*result.fitted, *_fit(document, given)))


def _held(document: Document, registry: Registry, phrase: str, used: set[str]) -> Layer | None:
    """The layer that a phrase is painted on, of those that were not given paint yet."""
    masks = face_of(document, registry).masks
    layers = () if masks is None else layers_of(document.nodes[masks])
    free = {layer.phrase: layer for layer in reversed(layers) if layer.id not in used}
    named = named_phrase(phrase, free)
    return None if named is None else free[named]


def _bound(
    document: Document, registry: Registry, prompt: str, given: PaintedPhrase, ids: NewId
) -> tuple[Document, Layer | None]:
    """Words of the sentence made a layer; None when it has not the words."""
    text = str(node_of(document, prompt).params.get(TEXT, ""))
    start = text.casefold().find(given.phrase.casefold()) if given.phrase.strip() else -1
    if start < 0:
        return document, None
    name = ids()
    document = bind_phrase(document, registry, prompt, start, start + len(given.phrase), name)
    masks = face_of(document, registry).masks
    layer = next(each for each in layers_of(document.nodes[masks or ""]) if each.id == name)
    return set_layer(document, masks or "", replace(layer, strength=given.strength)), layer


def _fit(document: Document, given: PaintedPhrase) -> tuple[tuple[int, int], ...]:
    size = given.mask.width, given.mask.height
    return () if size == document.size else (size,)
