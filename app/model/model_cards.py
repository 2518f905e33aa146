"""What is known of the installed models without loading them: their parts, and the words they were trained on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

import msgspec

from engine.api.cards import ModelCard, PartCard

CARD = "model.json"

# Words that only join others; every model passes over them.
_SMALL = frozenset({
    "a", "an", "and", "at", "behind", "beneath", "beside", "by", "in", "into", "near", "next", "of", "off", "on", "one",
    "onto", "over", "the", "to", "two", "under", "with",
})  # fmt: skip

MOST_NEAR = 3


@dataclass(frozen=True)
class UnknownWord:
    """Characters [start, end) of a text that no word of the model is, and near ones that it knows."""

    start: int
    end: int
    word: str
    near: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The words of a model, for a sentence to be held against."""

    phrases: tuple[str, ...]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every single word in its phrases, in small letters."""
        return frozenset(word for phrase in self.phrases for word in _WORD.findall(phrase.casefold()))

    def unknown(self, text: str) -> tuple[UnknownWord, ...]:
        """The words of a text that the model was never shown; none where a model tells no words."""
        if not self.words:
            return ()
        return tuple(self._strangers(text))

    def _strangers(self, text: str) -> Iterator[UnknownWord]:
        for found in _WORD.finditer(text):
            word = found.group().casefold()
            if word not in self.words and word not in _SMALL:
                yield UnknownWord(*found.span(), found.group(), self._near(word))

    def _near(self, word: str) -> tuple[str, ...]:
        singular = word.removesuffix("s")
        alike = [singular] if singular in self.words else []
        alike += get_close_matches(word, sorted(self.words), MOST_NEAR, 0.6)
        return tuple(dict.fromkeys(alike))[:MOST_NEAR]


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


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
        return Vocabulary(() if card is None else tuple(word for words in card.words.values() for word in words))


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
