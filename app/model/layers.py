"""The painted phrases of a Phrase Masks node as values: what the engine reads, and what only the screen shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import count

import msgspec

from app.files.project import PAINT, paint_reference
from app.model.anchors import Anchor
from app.model.document import Document
from engine.api.defaults import PHRASE_REPEL
from engine.api.plan import Json
from nodes.graph.errors import EditError
from nodes.graph.model import Node

PHRASE_MASKS = "sinopia.phrase-masks"
LAYERS = "layers"


@dataclass(frozen=True)
class Layer:
    """One painted phrase: characters [start, end) of the prompt, the words there, and how its paint acts.

    `strength` at least 0; `repel`, `begin`, `finish`, `opacity` in 0..1. `colour` counts through the palette. `lost`:
    the words are no longer in the prompt. `mask` refers to its paint; as usual "", it is that of its id. `other`: what
    a file says beyond that, kept as it is.
    """

    id: str
    start: int
    end: int
    phrase: str
    mask: str = ""
    strength: float = 1.0
    repel: float = PHRASE_REPEL
    begin: float = 0.0
    finish: float = 1.0
    colour: int = 0
    opacity: float = 0.6
    name: str = ""
    locked: bool = False
    visible: bool = True
    solo: bool = False
    lost: bool = False
    other: Mapping[str, Json] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the artist calls it."""
        return self.name or self.phrase

    @property
    def raster(self) -> str:
        """The name of its paint in `Document.paint`."""
        return self.mask.removeprefix(PAINT).removesuffix(".png") if self.mask else self.id

    @property
    def anchor(self) -> Anchor:
        """Where its words are."""
        return Anchor(self.start, self.end, self.phrase, self.lost)


_FIELDS = {each.name: each for each in fields(Layer) if each.name != "other"}
_ALWAYS = frozenset({"id", "start", "end", "phrase", "colour"})


def layers_of(node: Node) -> tuple[Layer, ...]:
    """The layers of a Phrase Masks node, lowest first. Entries that are no layers are left to validation.

    Layers of files that were not painted here have no colours; each gets its own by its place.
    """
    entries = node.params.get(LAYERS, [])
    read = map(_coloured, entries, count()) if isinstance(entries, list) else ()
    return tuple(layer for layer in read if layer is not None)


def layer_of(document: Document, node: str, layer: str) -> Layer:
    """One layer; EditError when it is not there."""
    found = next((each for each in layers_of(masks_node(document, node)) if each.id == layer), None)
    if found is None:
        raise EditError(f"The node {node} has no layer {layer}. Choose a layer that is still there.")
    return found


def masks_node(document: Document, node: str) -> Node:
    """A Phrase Masks node; EditError when there is none of that id."""
    found = document.nodes.get(node)
    if found is None or found.type != PHRASE_MASKS:
        raise EditError(f"There is no Phrase Masks node {node}. Choose one that is still there.")
    return found


def entries_with(node: Node, layers: Iterable[Layer]) -> list[Json]:
    """The `layers` parameter with these layers, and behind them whatever else it holds."""
    held = node.params.get(LAYERS, [])
    strange = [entry for entry in held if _from_entry(entry) is None] if isinstance(held, list) else []
    return [*map(_to_entry, layers), *strange]


def _coloured(entry: Json, place: int) -> Layer | None:
    layer = _from_entry(entry)
    if layer is None or not isinstance(entry, dict) or "colour" in entry:
        return layer
    return replace(layer, colour=place)


def _from_entry(entry: Json) -> Layer | None:
    if not isinstance(entry, dict):
        return None
    known = {name: value for name, value in entry.items() if name in _FIELDS}
    try:
        layer: Layer = msgspec.convert(known, Layer)
    except msgspec.ValidationError:
        return None
    other = {name: value for name, value in entry.items() if name not in _FIELDS}
    return replace(layer, other=other) if other else layer


def _to_entry(layer: Layer) -> Json:
    """What a file says of a layer; what is as usual is left out, except for the fields that every layer has."""
    told: dict[str, Json] = {"mask": paint_reference(layer.id), **layer.other}
    for name, declared in _FIELDS.items():
        value = getattr(layer, name)
        if name in _ALWAYS or value != declared.default:
            told[name] = value
    return told
