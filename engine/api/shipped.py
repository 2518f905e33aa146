"""The model that comes with the program, as its card tells it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from engine.api.cards import ModelCard
from engine.api.decoding import decode_json

SHIPPED = "storybook"
"""Its folder among the resources."""

CARD = Path(__file__).resolve().parents[2] / "resources" / SHIPPED / "model.json"


@lru_cache(maxsize=1)
def shipped_card() -> ModelCard:
    """The card; one without parts where it cannot be read, so that the program starts and can tell what is wrong."""
    try:
        return decode_json(CARD.read_bytes(), ModelCard)
    except (OSError, msgspec.DecodeError):
        return ModelCard(SHIPPED, SHIPPED.capitalize(), "", "", "", 1.0, ())
