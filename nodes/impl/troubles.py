"""Turns what the engine's own parts refuse into a node's error, so that the artist reads it on the node."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.api.errors import NodeError
from engine.conditioning.brief import BriefError
from engine.diffusion.errors import DiffusionError
from engine.models.errors import ModelError


@contextmanager
def told_on_node() -> Iterator[None]:
    """Raise NodeError in place of the errors of conditioning, diffusion and models."""
    try:
        yield
    except (BriefError, DiffusionError, ModelError) as error:
        sentence, _, advice = str(error).partition("; ")
        raise NodeError(as_sentence(sentence), as_sentence(advice)) from error


def as_sentence(text: str) -> str:
    """`text` with a capital and a full stop; names that begin with code keep their first letter's form."""
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
