"""A result is out of date when the graph would give another one, and only then."""

from __future__ import annotations

import numpy as np
import pytest

from app.model import edits
from app.model.document import Document
from app.model.freshness import Freshness
from app.model.layers import PHRASE_MASKS, layers_of
from app.model.starting import starting_document
from app.paint.tiles import TileMask
from nodes.registry import built_in

REGISTRY = built_in()


@pytest.fixture(scope="module")
def painted() -> Document:
    """A sentence with one painted phrase."""
    document = edits.set_parameter(starting_document(REGISTRY), "prompt", "text", "an owl and a lamp")
    return edits.bind_phrase(document, REGISTRY, "prompt", 0, 6, "owl", None)


def stale(before: Document, after: Document, node: str = "base") -> bool:
    freshness = Freshness(REGISTRY)
    freshness.note(node, before)
    return freshness.stale((node,), after)


def test_what_does_not_reach_a_result_leaves_it_fresh(painted: Document) -> None:
    assert not stale(painted, painted)
    assert not stale(painted, edits.move_nodes(painted, {"base": (7.0, 7.0)}))
    assert not stale(painted, edits.rename_node(painted, "base", "Mine"))
    assert not stale(painted, edits.set_parameter(painted, "enlarged", "steps", 3))
    assert not Freshness(REGISTRY).stale(("base",), painted), "nothing was made yet"


def test_values_wires_and_paint_make_it_stale(painted: Document) -> None:
    assert stale(painted, edits.set_parameter(painted, "prompt", "text", "an owl and a lake"))
    assert stale(painted, edits.set_parameter(painted, "enlarged", "steps", 3), "enlarged")
    assert stale(painted, edits.remove_nodes(painted, ["storybook"]))
    masks = next(node for node in painted.graph.nodes if node.type == PHRASE_MASKS)
    (layer,) = layers_of(masks)
    filled = TileMask.from_array(np.full(painted.size[::-1], 255, np.uint8))
    assert stale(painted, edits.commit_paint(painted, masks.id, layer.id, filled))
