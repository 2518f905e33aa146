"""The artist's library of components."""

from pathlib import Path

import pytest

from app.files.errors import UnwritableError
from app.model import edits
from app.model.document import Document
from app.model.library import find_components, insert_component, keep_component
from nodes.graph.errors import EditError
from nodes.registry import built_in
from tests.model.artist import start


def test_a_component_is_kept_and_put_into_another_project(tmp_path: Path) -> None:
    registry, folder = built_in(), tmp_path / "library"
    assert find_components(folder) == ()
    painted = edits.bind_phrase(start(), registry, "prompt", 2, 8, "painted")
    masks = next(node.id for node in painted.graph.nodes if node.type == "sinopia.phrase-masks")
    made, instance = edits.make_component(painted, ["prompt", masks], "Words")
    kept = keep_component(folder, made, instance, registry)
    assert find_components(folder) == (kept,)
    pasted = insert_component(Document(), kept, registry, (30.0, 40.0))
    (node,) = pasted.document.graph.nodes
    assert (node.title, node.x, node.y) == ("Words", 30.0, 40.0)
    assert pasted.document.graph.components == made.graph.components
    assert set(pasted.document.paint) == {"painted"}
    again = insert_component(pasted.document, kept, registry, (0.0, 0.0))
    assert len(again.document.graph.components) == 1


def test_what_cannot_be_kept_says_why(tmp_path: Path) -> None:
    registry = built_in()
    with pytest.raises(EditError, match="no instance"):
        keep_component(tmp_path, start(), "prompt", registry)
    made, instance = edits.make_component(start(), ["prompt"], "../out")
    with pytest.raises(UnwritableError, match="plain one"):
        keep_component(tmp_path, made, instance, registry)
