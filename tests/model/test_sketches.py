"""What a project looks like that was never drawn."""

from __future__ import annotations

from pathlib import Path

from app.cli.places import RESOURCES
from app.model.projects import read_document
from app.model.sketches import sentences
from nodes.registry import built_in

EXAMPLES = RESOURCES / "examples"


def said(path: Path) -> str:
    registry = built_in()
    return sentences(read_document(path, registry).document, registry)


def test_both_sentences_of_a_switch_are_told() -> None:
    assert said(EXAMPLES / "demo.sinopia") == "a castle and a red mushroom on grass under a blue sky"
    first, second = said(EXAMPLES / "prompt-switch.sinopia").split(" → ")
    assert first != second
