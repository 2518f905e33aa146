"""Noticing that models were added, removed or replaced, without reading any of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.api.shipped import CARD

Stamp = tuple[str, int, int, int]

CARDS = f"[!.]*/{CARD.name}"
"""Where the cards lie in a folder of models; what begins with a dot is not finished."""


class ModelWatch:
    """Looks at folders of models now and then. A model that was put back is another one: its card's file is new."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether anything is different since this was asked before, or since the beginning."""
        before, self._seen = self._seen, self._look()
        return self._seen != before

    def _look(self) -> frozenset[Stamp]:
        cards = (card for folder in self._folders for card in folder.glob(CARDS))
        return frozenset(stamp for card in cards if (stamp := _stamp(card)) is not None)


def _stamp(card: Path) -> Stamp | None:
    try:
        facts = card.stat()
    except OSError:  # it went while one looked
        return None
    return str(card), facts.st_mtime_ns, facts.st_size, facts.st_ino
