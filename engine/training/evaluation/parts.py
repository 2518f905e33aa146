"""What a model's card tells the evaluations: its world, and which of its parts do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.api.cards import ModelCard, PartCard
from engine.api.cascade import cascade
from engine.models.catalogue import CARD
from engine.models.errors import ModelFileError
from engine.training.world.kinds import KINDS, Name


@dataclass(frozen=True)
class Parts:
    """Names of a model's parts: the `shared` model of all noise, the `experts` that share the noise instead, and what
    draws the next larger size, the `upscalers`; each group from high noise to low. `weaker`: what guidance leads away
    from where pictures are drawn as the studio draws them.
    """

    shared: str
    experts: tuple[str, ...]
    upscalers: tuple[str, ...]
    weaker: str | None = None

    @property
    def drawing(self) -> tuple[str, ...]:
        """The parts that draw best: the experts where there are any."""
        return self.experts or (self.shared,)


def world_of(folder: Path, card: ModelCard) -> Name:
    """The smallest drawn world that has all things that the card names.

    Raises:
        ModelFileError: there is none.
    """
    things = set(card.words.get("object", ()))
    for name, kind in KINDS.items():
        if things and things <= {word for noun in kind.kit.vocabulary.nouns for word in noun.words}:
            return name
    raise ModelFileError(folder / CARD, "the things that the card names are those of no drawn world")


def parts_of(folder: Path, card: ModelCard) -> Parts:
    """Sort a card's parts by what they do.

    Raises:
        ModelFileError: no part covers all noise at the smallest size, or there is nothing to enlarge its pictures.
    """
    stages = cascade(card)
    if len(stages) < 2 or stages[0].whole is None:
        raise ModelFileError(folder / CARD, "the card names no shared model of all noise, or nothing that enlarges")
    few, large = stages[:2]
    weaker = None if few.weaker is None else few.weaker.name
    return Parts(stages[0].whole.name, _names(few.experts), _names(large.drawing), weaker)


def _names(parts: Sequence[PartCard]) -> tuple[str, ...]:
    return tuple(part.name for part in parts)
