"""A sentence held against a model: how its encoders read it, and which of its words it was never shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from app.model.installed import InstalledModels
from app.model.token_reading import Reading
from app.model.vocabulary import UnknownWord, Vocabulary


@dataclass(frozen=True)
class Checked:
    """What is known of a text as the model called `title` reads it."""

    text: str
    title: str
    reading: Reading
    unknown: tuple[UnknownWord, ...]
    vocabulary: Vocabulary


Checker: TypeAlias = Callable[[str, str], Checked]
"""Reads a text (second) with the model in the folder of that name (first)."""


def checker(*folders: Path) -> Checker:
    """Checks texts with the models in `folders`, as they come and go. What it gives belongs to one thread."""
    installed = InstalledModels(folders)

    @lru_cache(maxsize=8)
    def read(model: str) -> Callable[[str], Reading]:
        from app.tokens.reader import SentenceReader  # the library takes a moment, which no start should wait for

        return SentenceReader(_place(folders, model)).read

    installed.changed.connect(lambda _models: read.cache_clear())

    def check(model: str, text: str) -> Checked:
        models = installed.latest()
        vocabulary, card = models.vocabulary(model), models.cards.get(model)
        title = model if card is None else card.title
        return Checked(text, title, read(model)(text), vocabulary.unknown(text), vocabulary)

    return check


def _place(folders: Sequence[Path], model: str) -> Path:
    """Where a model lies; where it would, when it is not there."""
    return next((folder / model for folder in folders if (folder / model).is_dir()), folders[0] / model)
