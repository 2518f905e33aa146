"""What is known of the installed models without loading them: their parts, and the words they were trained on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.model.vocabulary import Vocabulary
from engine.api.cards import ModelCard, PartCard
from engine.api.cascade import cascade
from engine.api.decoding import decode_json
from nodes.graph.errors import Problem
from nodes.graph.expand import expand
from nodes.graph.model import Graph, Node
from nodes.specs.codes import Code
from nodes.specs.models import MODEL as MODEL_NODE

CARD = "model.json"
MODEL = "sinopia.model"
"""The node type that names a part of any model."""

MODELS: Mapping[str, str] = {"sinopia.storybook": "storybook"}
"""Node types that stand for one model, and its folder name."""


@dataclass(frozen=True)
class Models:
    """The cards of all models by folder name, and a sentence for each that cannot be read."""

    cards: Mapping[str, ModelCard]
    complaints: tuple[str, ...] = ()

    def part(self, model: str, name: str) -> PartCard | None:
        """One denoiser of a model; None when it is not there."""
        card = self.cards.get(model)
        return None if card is None else next((part for part in card.parts if part.name == name), None)

    def part_of(self, node: Node, port: str) -> PartCard | None:
        """The denoiser that a node gives at an output; None when it stands for no model, or for one not there."""
        model = model_of(node)
        return None if model is None else self.part(model, _text(node, "part") if node.type == MODEL else port)

    def enlarges(self, node: Node, part: PartCard) -> bool:
        """Whether a denoiser that a node gives draws larger pictures than others of its model."""
        card = self.cards.get(model_of(node) or "")
        return card is not None and part.size > min(each.size for each in card.parts)

    def is_whole(self, node: Node, part: PartCard) -> bool:
        """Whether a denoiser that a node gives knows every noise level that pictures of its size pass through."""
        card = self.cards.get(model_of(node) or "")
        return card is not None and any(stage.whole == part for stage in cascade(card))

    def vocabulary(self, model: str) -> Vocabulary:
        """The words that a model knows."""
        card = self.cards.get(model)
        return Vocabulary({} if card is None else card.words)


def model_of(node: Node) -> str | None:
    """The folder name of the model that a node stands for; None when it is no such node."""
    return _text(node, "model") if node.type == MODEL else MODELS.get(node.type)


def _text(node: Node, name: str) -> str:
    return str(node.params.get(name, next(p.default for p in MODEL_NODE.parameters if p.name == name)))


def missing_models(graph: Graph, models: Models) -> tuple[Problem, ...]:
    """A problem for every node that names a model, or a part of one, that is not there."""
    if not _speaks_of_models(graph):
        return ()
    named = (node for node in expand(graph).graph.nodes if node.type == MODEL and not node.muted)
    return tuple(problem for node in named if (problem := _missing(node, models)))


def _speaks_of_models(graph: Graph) -> bool:
    """Few graphs do, and taking components apart is not for nothing."""
    held = (graph.nodes, *(component.nodes for component in graph.components))
    return any(node.type == MODEL for nodes in held for node in nodes)


def _missing(node: Node, models: Models) -> Problem | None:
    title, model = node.title or MODEL_NODE.title, _text(node, "model")
    card = models.cards.get(model)
    if card is None:
        known = ", ".join(sorted(models.cards)) or "none"
        told = f"{title}: there is no model “{model}”. Add it with `sinopia models add`, or name one of: {known}."
        return Problem(node.id, "model", Code.MISSING_MODEL, told)
    part = _text(node, "part")
    if models.part(model, part) is None:
        told = f"{title}: {card.title} has no part “{part}”. Name one of: {', '.join(p.name for p in card.parts)}."
        return Problem(node.id, "part", Code.MISSING_MODEL, told)
    return None


def read_models(folders: Iterable[Path]) -> Models:
    """Read the cards of the models in these folders."""
    cards, complaints = {}, []
    for folder in folders:
        for file in sorted(folder.glob(f"[!.]*/{CARD}")):
            try:
                cards[file.parent.name] = decode_json(file.read_bytes(), ModelCard)
            except (OSError, msgspec.DecodeError) as error:
                complaints.append(f"{file}: The model card cannot be read ({error}). Fetch this model again.")
    return Models(cards, tuple(complaints))
