"""Edits of prompts and of the phrases painted from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.model.anchors import Anchor, Change, anchor, reanchor
from app.model.document import Document, with_entry, without
from app.model.edits.graph import add_node
from app.model.edits.primitives import TEXT, NewId, node_of, spec_of, with_links, with_parameters
from app.model.edits.wiring import fed_by
from app.model.layers import LAYERS, PHRASE_MASKS, Layer, entries_with, layer_of, layers_of, masks_node
from app.paint.tiles import TileMask
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.graph.model import End, Link, Node
from nodes.registry import Registry

COLOURS = 8
"""Colours in the palette of phrases; more layers than that begin again with the first."""

BELOW = 220.0
"""How far under the prompt a Phrase Masks node is put, in canvas units."""


def set_prompt(document: Document, node: str, text: str, change: Change | None = None) -> Document:
    """Write the text of a prompt; phrases painted from it keep their words, or are marked as lost.

    `change` tells what was typed where; without it, it is found by comparing.
    """
    prompt = node_of(document, node)
    before = prompt.params.get(TEXT, "")
    edited = with_parameters(document, node, **{TEXT: text})
    if not isinstance(before, str):
        return edited
    for masks in masks_fed_by(document, node):
        if layers_of(masks):
            edited = with_layers(edited, masks, _reanchored(layers_of(masks), before, text, change))
    return edited


def masks_fed_by(document: Document, prompt: str) -> tuple[Node, ...]:
    """The Phrase Masks nodes whose phrases are of this prompt."""
    reached = fed_by(document.graph, End(prompt, "conditioning"))
    wired = {end.node for end in reached if end.port == "prompt"}
    return tuple(node for node in document.graph.nodes if node.id in wired and node.type == PHRASE_MASKS)


def prompt_of(document: Document, masks: str) -> Node | None:
    """The prompt whose phrases a Phrase Masks node holds; None when none is wired straight to it."""
    wired = (link.source.node for link in document.graph.links if link.target == End(masks, "prompt"))
    found = document.nodes.get(next(wired, ""))
    return found if found is not None and isinstance(found.params.get(TEXT, ""), str) else None


def bind_phrase(
    document: Document,
    registry: Registry,
    prompt: str,
    start: int,
    end: int,
    layer: str,
    colour: int | None = None,
    ids: NewId = new_id,
) -> Document:
    """Make characters [start, end) of a prompt an empty layer, called `layer`, on top of the others.

    Without a Phrase Masks node the prompt gets one, wired to every solve that follows the prompt. `colour` None takes
    the first that is free. EditError when nothing but blanks is selected.
    """
    found = _anchor(document, prompt, start, end)
    document, masks = ensure_masks(document, registry, prompt, ids)
    held = layers_of(masks)
    if any(each.id == layer for each in held):
        raise EditError(f"There is a layer {layer} already. Give the new one an id of its own.")
    added = Layer(layer, found.start, found.end, found.phrase, colour=_free_colour(held) if colour is None else colour)
    painted = with_entry(document.paint, added.raster, TileMask.blank(*document.size))
    return replace(with_layers(document, masks, (*held, added)), paint=painted)


def rebind_layer(document: Document, node: str, layer: str, start: int, end: int) -> Document:
    """Bind a layer to other characters of its prompt."""
    prompt = prompt_of(document, node)
    if prompt is None:
        raise EditError("No prompt is wired to these painted phrases. Wire one, then select the words again.")
    found = _anchor(document, prompt.id, start, end)
    old = layer_of(document, node, layer)
    return set_layer(
        document, node, replace(old, start=found.start, end=found.end, phrase=found.phrase, lost=found.lost)
    )


def set_layer(document: Document, node: str, layer: Layer) -> Document:
    """Put `layer` in the place of the one with its id."""
    layer_of(document, node, layer.id)
    masks = masks_node(document, node)
    return with_layers(document, masks, (layer if each.id == layer.id else each for each in layers_of(masks)))


def remove_layers(document: Document, node: str, layers: Iterable[str]) -> Document:
    """Remove layers with their paint."""
    gone = [layer_of(document, node, layer) for layer in layers]
    masks = masks_node(document, node)
    kept = [layer for layer in layers_of(masks) if layer not in gone]
    paint = without(document.paint, [layer.raster for layer in gone])
    return replace(with_layers(document, masks, kept), paint=paint)


def move_layer(document: Document, node: str, layer: str, index: int) -> Document:
    """Put a layer at a place in the order; 0 is the lowest."""
    moved = layer_of(document, node, layer)
    masks = masks_node(document, node)
    others = [each for each in layers_of(masks) if each.id != layer]
    place = min(max(index, 0), len(others))
    return with_layers(document, masks, (*others[:place], moved, *others[place:]))


def duplicate_layer(document: Document, node: str, layer: str, copy: str) -> Document:
    """Put a copy of a layer, called `copy`, on top of it, with the same paint."""
    old, masks = layer_of(document, node, layer), masks_node(document, node)
    copied = replace(old, id=copy, mask="")
    layers = [each for held in layers_of(masks) for each in ((held, copied) if held == old else (held,))]
    painted = document.paint.get(old.raster, TileMask.blank(*document.size))
    return replace(with_layers(document, masks, layers), paint=with_entry(document.paint, copied.raster, painted))


def commit_paint(document: Document, node: str, layer: str, mask: TileMask) -> Document:
    """Make `mask` the paint of a layer. EditError when it has another size than the canvas."""
    if (mask.width, mask.height) != document.size:
        width, height = document.size
        raise EditError(
            f"The paint is {mask.width} x {mask.height} pixels and the canvas {width} x {height}; scale it first."
        )
    return replace(document, paint=with_entry(document.paint, layer_of(document, node, layer).raster, mask))


def paint_of(document: Document, layer: Layer) -> TileMask:
    """The paint of a layer; blank where nothing was painted yet."""
    return document.paint.get(layer.raster) or TileMask.blank(*document.size)


def with_layers(document: Document, masks: Node, layers: Iterable[Layer]) -> Document:
    """Give a Phrase Masks node other layers."""
    return with_parameters(document, masks.id, **{LAYERS: entries_with(masks, layers)})


def ensure_masks(document: Document, registry: Registry, prompt: str, ids: NewId) -> tuple[Document, Node]:
    """The Phrase Masks node of a prompt; one is made, and wired to every solve that follows, if there is none."""
    fed = masks_fed_by(document, prompt)
    if fed:
        return document, fed[0]
    above, node = node_of(document, prompt), ids()
    document = add_node(document, spec_of(registry, PHRASE_MASKS), node, above.x, above.y + BELOW)
    given = End(node, "phrases")
    solves = [end.node for end in fed_by(document.graph, End(prompt, "conditioning")) if end.port == "prompt"]
    wires = [Link(given, End(solve, "phrases")) for solve in solves if _takes_phrases(document, registry, solve)]
    own = Link(End(prompt, "conditioning"), End(node, "prompt"))
    document = with_links(document, [*document.graph.links, own, *wires])
    return document, document.nodes[node]


def _anchor(document: Document, prompt: str, start: int, end: int) -> Anchor:
    text = node_of(document, prompt).params.get(TEXT, "")
    found = anchor(text, start, end) if isinstance(text, str) else None
    if found is None:
        raise EditError("No words are selected. Select the words to paint in the sentence.")
    return found


def _reanchored(layers: Sequence[Layer], before: str, after: str, change: Change | None) -> list[Layer]:
    # Phrases of another text that comes in by a Prompt Switch are not of this one; they stay.
    ours = [layer for layer in layers if layer.lost or before[layer.start : layer.end] == layer.phrase]
    moved = reanchor([layer.anchor for layer in ours], before, after, change)
    places = {layer.id: place for layer, place in zip(ours, moved, strict=True)}
    return [_at(layer, places) for layer in layers]


def _at(layer: Layer, places: dict[str, Anchor]) -> Layer:
    place = places.get(layer.id, layer.anchor)
    return replace(layer, start=place.start, end=place.end, phrase=place.phrase, lost=place.lost)


def _free_colour(layers: Sequence[Layer]) -> int:
    taken = {layer.colour for layer in layers}
    return next((colour for colour in range(COLOURS) if colour not in taken), len(layers) % COLOURS)


def _takes_phrases(document: Document, registry: Registry, node: str) -> bool:
    spec = registry.get(document.nodes[node].type)
    declared = spec is not None and any(port.name == "phrases" for port in spec.inputs)
    return declared and all(link.target != End(node, "phrases") for link in document.graph.links)
