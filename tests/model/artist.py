"""Random edits of a document, of every kind that the studio offers, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import blake2b
from random import Random

import msgspec
import numpy as np

from app.files.pictures import encode_mask
from app.model import edits
from app.model.document import Document
from app.model.face import face_of
from app.model.layers import Layer, layers_of
from app.paint.rect import Rect
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.graph.model import End, Graph, Link, Node
from nodes.registry import Registry, built_in

CANVAS = 300
WORDS = ("rabbit", "castle", "night", "sky", "owl", "tower", "a", "the", "under")


def studio_graph() -> Graph:
    """The graph of a new picture: one prompt, one model, one solve, one result."""
    nodes = (
        Node("prompt", "sinopia.prompt", params={"text": "a rabbit by a castle under a night sky"}),
        Node("model", "sinopia.storybook"),
        Node("solve", "sinopia.denoise", params={"steps": 8}),
        Node("save", "sinopia.save-image"),
    )
    wires = (
        ("prompt", "conditioning", "solve", "prompt"),
        ("model", "base", "solve", "denoiser"),
        ("solve", "image", "save", "image"),
    )
    return Graph(nodes, tuple(Link(End(a, b), End(c, d)) for a, b, c, d in wires))


def start() -> Document:
    """A small document to begin with."""
    return Document(studio_graph(), size=(CANVAS, CANVAS))


def written(document: Document) -> tuple[bytes, ...]:
    """Everything in a document, made into bytes afresh: changing a value in place could not hide from it."""
    facts = [document.size, document.graph]
    facts += [(name, mask.width, blake2b(mask.to_array().data).hexdigest()) for name, mask in document.paint.items()]
    return msgspec.json.encode(facts), *map(str.encode, document.assets), *document.assets.values()


class Artist:
    """Makes one random edit after another; the same seed makes the same kinds of edits."""

    def __init__(self, seed: int, registry: Registry | None = None) -> None:
        self.dice = Random(seed)
        self.registry = registry or built_in()
        self.acts: Mapping[str, Callable[[Document], Document]] = {
            "type": self.type,
            "bind": self.bind,
            "paint": self.paint,
            "layer": self.layer,
            "parameter": self.parameter,
            "add": self.add,
            "remove": self.remove,
            "move": self.move,
            "wire": self.wire,
            "duplicate": self.duplicate,
            "style": self.style,
            "size": self.size,
        }

    def edit(self, document: Document) -> tuple[str, Document]:
        """One edit and its name; one that turns out to be impossible changes nothing."""
        name = self.dice.choice(list(self.acts))
        try:
            return name, self.acts[name](document)
        except EditError:
            return name, document

    def type(self, document: Document) -> Document:
        prompts = [node for node in document.graph.nodes if node.type == "sinopia.prompt"]
        node = self.dice.choice(prompts)
        words = str(node.params.get("text", "")).split()[:20]
        words.insert(self.dice.randint(0, len(words)), self.dice.choice(WORDS))
        if self.dice.random() < 0.4:
            words.pop(self.dice.randrange(len(words)))
        return edits.set_prompt(document, node.id, " ".join(words))

    def bind(self, document: Document) -> Document:
        if len(document.paint) > 8:
            raise EditError("The artist has enough layers.")
        text = str(document.nodes["prompt"].params["text"])
        first = self.dice.randint(0, len(text))
        return edits.bind_phrase(document, self.registry, "prompt", first, first + self.dice.randint(1, 9), new_id())

    def paint(self, document: Document) -> Document:
        masks, layer = self._layer(document)
        mask = edits.paint_of(document, layer)
        side = self.dice.randint(1, 90)
        place = Rect(self.dice.randint(0, CANVAS), self.dice.randint(0, CANVAS), side, side)
        values = np.full((side, side), self.dice.randint(0, 255), np.uint8)
        return edits.commit_paint(document, masks, layer.id, mask.with_region(place, values))

    def layer(self, document: Document) -> Document:
        masks, layer = self._layer(document)
        match self.dice.randrange(5):
            case 0:
                return edits.set_layer(document, masks, replace(layer, strength=self.dice.random(), locked=True))
            case 1:
                return edits.move_layer(document, masks, layer.id, self.dice.randint(0, 5))
            case 2:
                return edits.remove_layers(document, masks, [layer.id])
            case 3 if len(document.paint) > 8:
                return edits.set_layer(document, masks, replace(layer, name=self.dice.choice(WORDS)))
        return edits.duplicate_layer(document, masks, layer.id, new_id())

    def parameter(self, document: Document) -> Document:
        return edits.set_parameter(document, self._node(document), self.dice.choice(WORDS), self.dice.random())

    def add(self, document: Document) -> Document:
        if len(document.nodes) > 25:
            raise EditError("The artist has enough.")
        spec = self.dice.choice([spec for spec in self.registry if spec.type != "sinopia.prompt"])
        return edits.add_node(document, spec, new_id(), self.dice.random(), self.dice.random())

    def remove(self, document: Document) -> Document:
        node = self._node(document)
        if node in {"prompt", "solve", "save"}:
            raise EditError("The artist keeps these.")
        return edits.remove_nodes(document, [node], self.registry, reconnect=self.dice.random() < 0.5)

    def move(self, document: Document) -> Document:
        return edits.move_nodes(document, {self._node(document): (self.dice.random(), self.dice.random())})

    def wire(self, document: Document) -> Document:
        if document.graph.links and self.dice.random() < 0.3:
            cut = self.dice.choice(document.graph.links)
            return edits.disconnect(document, [(cut.source, cut.target)])
        source, target = (self.registry.get(document.nodes[self._node(document)].type) for _ in range(2))
        if not (source and target and source.outputs and target.inputs):
            raise EditError("The artist found no ports.")
        start, goal = self._of_type(document, source.type), self._of_type(document, target.type)
        output, entry = self.dice.choice(source.outputs).name, self.dice.choice(target.inputs).name
        return edits.connect(document, self.registry, End(start, output), End(goal, entry))

    def duplicate(self, document: Document) -> Document:
        if len(document.nodes) > 25:
            raise EditError("The artist has enough.")
        node = self._node(document)
        if node == "prompt" or document.nodes[node].type == "sinopia.phrase-masks":
            raise EditError("The artist writes and paints on one.")
        return edits.duplicate(document, [node], with_wires=self.dice.random() < 0.5).document

    def style(self, document: Document) -> Document:
        styles = face_of(document, self.registry).styles
        if styles and self.dice.random() < 0.6:
            return edits.remove_style_picture(document, styles[0], 0)
        if len(document.nodes) > 25:
            raise EditError("The artist has enough.")
        picture = edits.PictureFile(encode_mask(np.full((4, 4), self.dice.randrange(256), np.uint8)), "png", "owl")
        return edits.add_style_pictures(document, self.registry, [picture])

    def size(self, document: Document) -> Document:
        side = self.dice.choice((64, 128, 192))
        return edits.set_size(document, self.registry, edits.SizeCrop(side, 128, crop_left=self.dice.randint(0, 9)))

    def _node(self, document: Document) -> str:
        return self.dice.choice(document.graph.nodes).id

    def _of_type(self, document: Document, type_id: str) -> str:
        return self.dice.choice([node.id for node in document.graph.nodes if node.type == type_id])

    def _layer(self, document: Document) -> tuple[str, Layer]:
        held = [(node.id, layer) for node in document.graph.nodes for layer in layers_of(node)]
        if not held:
            raise EditError("The artist painted nothing yet.")
        return self.dice.choice(held)
