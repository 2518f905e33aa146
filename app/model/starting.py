"""What a new picture begins with: a sentence to be written, a seed, the model's experts, and the way to a picture."""

from __future__ import annotations

from collections.abc import Iterator

from app.model.document import Document
from engine.api.cards import ModelCard
from engine.api.cascade import CascadeStage, cascade
from engine.api.plan import Json
from engine.api.shipped import SHIPPED, shipped_card
from nodes.graph.model import End, Graph, Link, Node
from nodes.registry import Registry

COLUMN, ROW = 300.0, 240.0
BESIDE = 0.5
"""Rows between two ensembles below each other."""

STAGES = 2
"""Of a model's sizes, how many a new picture passes through: a larger one is for a template to ask for."""

_Place = tuple[str, str, str, float, float, dict[str, Json]]


def starting_document(registry: Registry, card: ModelCard | None = None, seed: int = 1) -> Document:
    """A document in which only the sentence is missing, for the model of `card`: None for that of the program."""
    card = shipped_card() if card is None else card
    stages = cascade(card)[:STAGES]
    nodes = tuple(_node(registry, *place) for place in _places(stages, seed, card.default_guidance))
    return Document(Graph(nodes, tuple(_link(*wire) for wire in _wires(stages))))


def _places(stages: tuple[CascadeStage, ...], seed: int, guidance: float) -> Iterator[_Place]:
    side = stages[-1].size if stages else 0
    yield "prompt", "prompt", "", 0, 0, {}
    yield "seed", "seed", "", 0, 2, {"seed": seed}
    yield "size", "size-crop", "", 1, 1.2, {"width": side, "height": side} if side else {}
    yield SHIPPED, "storybook", "", 1, 0, {}
    if stages and stages[0].experts:
        yield "ensemble", "ensemble", "", 2, 0, {}
    if stages[1:] and stages[1].experts:
        yield "upscalers", "ensemble", "Upscaler's Experts", 2, BESIDE, {}
    yield "base", "denoise", "Base", 3, 0, {"sampler": "dpmpp_2m", "steps": 16, "guidance": guidance}
    if stages[1:]:
        yield "enlarged", "denoise", "Upscaler", 4, 0, {"sampler": "euler", "steps": 6, "guidance": 1.0}
    yield "saved", "save-image", "", 5, 0, {"name": "picture"}


def _wires(stages: tuple[CascadeStage, ...]) -> Iterator[tuple[str, str]]:
    yield "prompt.conditioning", "base.prompt"
    yield "seed.seed", "base.seed"
    yield "size.size", "base.size"
    for stage, ensemble, solve in zip(stages, ("ensemble", "upscalers"), ("base", "enlarged"), strict=False):
        into = f"{ensemble}.experts" if stage.experts else f"{solve}.denoiser"
        for part in stage.drawing:
            yield f"{SHIPPED}.{part.name}", into
        if stage.weaker is not None:
            yield f"{SHIPPED}.{stage.weaker.name}", f"{solve}.weaker"
        if stage.experts:
            yield f"{ensemble}.ensemble", f"{solve}.denoiser"
    if stages[1:]:
        yield "prompt.conditioning", "enlarged.prompt"
        yield "seed.seed", "enlarged.seed"
        yield "base.image", "enlarged.low_resolution"
    yield ("enlarged.image" if stages[1:] else "base.image"), "saved.image"


def _node(
    registry: Registry, name: str, kind: str, title: str, column: float, row: float, params: dict[str, Json]
) -> Node:
    type_id = f"sinopia.{kind}"
    spec = registry.get(type_id)
    version = 1 if spec is None else spec.version
    return Node(name, type_id, version, title, params, x=column * COLUMN, y=row * ROW)


def _link(source: str, target: str) -> Link:
    return Link(End(*source.split(".")), End(*target.split(".")))
