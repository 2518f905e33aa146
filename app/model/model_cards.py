"""What is known of the installed models without loading them: their parts, and the words they were trained on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from app.model.vocabulary import Vocabulary
from engine.api.cards import ModelCard, PartCard

CARD = "model.json"


@dataclass(frozen=True)
class Models:
    """The cards of all models by folder name, and a sentence for each that cannot be read."""

    cards: Mapping[str, ModelCard]
    complaints: tuple[str, ...] = ()

    def part(self, model: str, name: str) -> PartCard | None:
        """One denoiser of a model; None when it is not there."""
        card = self.cards.get(model)
        return None if card is None else next((part for part in card.parts if part.name == name), None)

    def vocabulary(self, model: str) -> Vocabulary:
        """The words that a model knows."""
        card = self.cards.get(model)
        return Vocabulary({} if card is None else card.words)


def read_models(folders: Iterable[Path]) -> Models:
    """Read the cards of the models in these folders."""
    cards, complaints = {}, []
    for folder in folders:
        for file in sorted(folder.glob(f"*/{CARD}")):
            try:
                cards[file.parent.name] = msgspec.json.decode(file.read_bytes(), type=ModelCard)
            except (OSError, msgspec.DecodeError) as error:
                complaints.append(f"{file}: The model card cannot be read ({error}). Fetch this model again.")
    return Models(cards, tuple(complaints))
