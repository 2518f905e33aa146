"""What a new picture begins with: a sentence to be written, a seed, Storybook's experts, and the way to a picture."""

from __future__ import annotations

from app.model.document import Document
from engine.api.plan import Json
from nodes.graph.model import End, Graph, Link, Node
from nodes.registry import Registry

COLUMN, ROW = 300.0, 240.0

_PLACES: tuple[tuple[str, str, str, float, float, dict[str, Json]], ...] = (
    ("prompt", "prompt", "", 0, 0, {}),
    ("seed", "seed", "", 0, 2, {"seed": 1}),
    ("size", "size-crop", "", 1, 1.2, {}),
    ("storybook", "storybook", "", 1, 0, {}),
    ("ensemble", "ensemble", "", 2, 0, {}),
    ("base", "denoise", "Base", 3, 0, {"sampler": "dpmpp_2m", "steps": 16}),
    ("enlarged", "denoise", "Upscaler", 4, 0, {"sampler": "dpmpp_2m", "steps": 8, "guidance": 1.0}),
    ("saved", "save-image", "", 5, 0, {"name": "picture"}),
)

_WIRES = (
    ("storybook.high", "ensemble.experts"),
    ("storybook.low", "ensemble.experts"),
    ("ensemble.ensemble", "base.denoiser"),
    ("prompt.conditioning", "base.prompt"),
    ("seed.seed", "base.seed"),
    ("size.size", "base.size"),
    ("storybook.upscaler", "enlarged.denoiser"),
    ("prompt.conditioning", "enlarged.prompt"),
    ("seed.seed", "enlarged.seed"),
    ("base.image", "enlarged.low_resolution"),
    ("enlarged.image", "saved.image"),
)


def starting_document(registry: Registry) -> Document:
    """A document in which only the sentence is missing."""
    return Document(Graph(tuple(_node(registry, *place) for place in _PLACES), tuple(_link(*wire) for wire in _WIRES)))


def _node(
    registry: Registry, name: str, kind: str, title: str, column: float, row: float, params: dict[str, Json]
) -> Node:
    type_id = f"sinopia.{kind}"
    spec = registry.get(type_id)
    version = 1 if spec is None else spec.version
    return Node(name, type_id, version, title, params, x=column * COLUMN, y=row * ROW)


def _link(source: str, target: str) -> Link:
    return Link(End(*source.split(".")), End(*target.split(".")))
