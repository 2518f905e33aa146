"""Edits of the parameters of nodes."""

from __future__ import annotations

from collections.abc import Mapping

from app.model.document import Document
from app.model.edits.phrases import set_prompt
from app.model.edits.primitives import TEXT, node_of, with_graph, with_parameters
from engine.api.plan import Json
from nodes.graph import edit

PROMPTS = frozenset({"sinopia.prompt", "sinopia.negative-prompt"})


def set_parameter(document: Document, node: str, name: str, value: Json) -> Document:
    """Set one parameter. What is wrong with the value, validation tells. Phrases of a prompt keep their words."""
    held = node_of(document, node)
    if name == TEXT and held.type in PROMPTS and isinstance(value, str):
        return set_prompt(document, node, value)
    return with_parameters(document, node, **{name: value})


def set_parameters(document: Document, values: Mapping[str, Mapping[str, Json]]) -> Document:
    """Set parameters of several nodes, by node and name."""
    for node, settings in values.items():
        for name, value in settings.items():
            document = set_parameter(document, node, name, value)
    return document


def reset_parameter(document: Document, node: str, name: str) -> Document:
    """Give a parameter its default again."""
    return with_graph(document, edit.unset_params(document.graph, node, (name,)))
