"""Which model reads the sentence."""

from __future__ import annotations

from app.model.document import Document
from app.model.model_cards import model_of
from nodes.graph.model import End


def model_behind(document: Document, solve: str | None) -> str | None:
    """The folder name of the model that a solve draws with, the first of several; None where none is known."""
    if solve is None:
        return None
    pending = [link.source.node for link in document.graph.links if link.target == End(solve, "denoiser")]
    seen: set[str] = set()
    while pending:
        name = pending.pop(0)
        node = document.nodes.get(name)
        if node is None or name in seen:
            continue
        model = model_of(node)
        if model is not None:
            return model
        seen.add(name)
        pending += [link.source.node for link in document.graph.links if link.target.node == name]
    return None
