"""X-ray: where the model looked for a phrase, by noise level, in the run that records or the last one that did."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app.model.signal import Signal
from engine.api.attention import AttentionLevel, PhraseAttention, with_level
from engine.api.messages import Attention

_FINER = 8
"""How many times finer than its cells a map is drawn, so that they do not show as blocks."""


@dataclass(frozen=True)
class Look:
    """One phrase at one noise level."""

    level: AttentionLevel
    phrase: PhraseAttention


class Xray:
    """The attention of one run, and what of it is looked at.

    Each node that draws has its own maps; of a list the item that was told last. Until the artist chooses a noise
    level, the newest is shown.
    """

    def __init__(self) -> None:
        self.changed: Signal[()] = Signal()
        self._job = ""
        self._items: dict[str, int] = {}
        self._levels: dict[str, tuple[AttentionLevel, ...]] = {}
        self._newest: dict[str, float] = {}
        self._node: str | None = None
        self._sigma: float | None = None

    def hear(self, event: Attention) -> None:
        """Take what the engine tells; with another run everything of the one before goes."""
        if event.job != self._job:
            self._clear()
            self._job = event.job
        if self._items.get(event.node) != event.item:
            self._items[event.node] = event.item
            self._levels[event.node] = ()
        self._levels[event.node] = with_level(self._levels[event.node], event.level)
        self._newest[event.node] = event.level.sigma
        self.changed.emit()

    def forget(self) -> None:
        """Nothing was recorded any more."""
        self._clear()
        self.changed.emit()

    def _clear(self) -> None:
        self._job, self._node, self._sigma = "", None, None
        for kept in (self._items, self._levels, self._newest):
            kept.clear()

    @property
    def empty(self) -> bool:
        """Whether nothing was recorded."""
        return not self._levels

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that told, in the order in which they ran."""
        return tuple(self._levels)

    @property
    def node(self) -> str | None:
        """The node that is looked at: the chosen one, else the first, which decides the layout."""
        return self._node if self._node in self._levels else next(iter(self._levels), None)

    def choose_node(self, node: str) -> None:
        """Look at another node."""
        if node != self.node:
            self._node, self._sigma = node, None
            self.changed.emit()

    def choose(self, sigma: float | None) -> None:
        """Look at the level nearest to a noise; None follows the newest again."""
        if sigma != self._sigma:
            self._sigma = sigma
            self.changed.emit()

    def looks(self, phrase: str) -> tuple[Look, ...]:
        """A phrase at every level of the node at which it was in the sentence, highest noise first."""
        levels = self._levels.get(self.node or "", ())
        return tuple(Look(level, held) for level in levels for held in level.phrases if held.id == phrase)

    def look(self, phrase: str) -> Look | None:
        """A phrase at the chosen level; None when it was not recorded."""
        looks = self.looks(phrase)
        wanted = self._newest.get(self.node or "") if self._sigma is None else self._sigma
        return min(looks, key=lambda look: _apart(look.level.sigma, wanted or look.level.sigma), default=None)


def _apart(one: float, other: float) -> float:
    return abs(math.log(one / other))


def heat_of(look: Look) -> NDArray[np.float32]:
    """The share of attention of each cell, float32 [height, width], 0..1."""
    cells = np.frombuffer(look.phrase.cells, np.uint8).reshape(look.level.height, look.level.width)
    return cells.astype(np.float32) * np.float32(look.phrase.peak / 255.0)


def drawn_heat(look: Look) -> NDArray[np.float32]:
    """The same on a finer grid with soft edges between cells; never above the strongest cell or below 0."""
    heat = heat_of(look)
    size = heat.shape[1] * _FINER, heat.shape[0] * _FINER
    finer = np.asarray(Image.fromarray(heat).resize(size, Image.Resampling.BICUBIC))
    return finer.clip(0.0, float(heat.max()))


def percent(share: float) -> str:
    """A share in words: 12 %, 3.4 %, 0.05 %."""
    value = 100.0 * share
    digits = 0 if value >= 10.0 or value == 0.0 else 1 if value >= 1.0 else 2
    return f"{value:.{digits}f} %"


@dataclass(frozen=True)
class Advice:
    """What to say where no map can be shown; `button` names what would record one, "" where nothing would."""

    text: str
    button: str = ""


def advice(phrase: str | None, xray: Xray, *, recording: bool) -> Advice:
    """What to do about a phrase (its words; None where none is chosen) that there is no map of."""
    if phrase is None:
        return Advice("Select words in the sentence and press Ctrl+P. Once painted, a phrase can be X-rayed.")
    if recording:
        return Advice(f"Recording. The map of “{phrase}” appears as the picture is drawn.")
    if xray.empty:
        told = f"Where did the model look for “{phrase}”? Nothing was recorded."
        return Advice(f"{told} The picture, as it is set up now, can be drawn once more to see.", "Record")
    return Advice(f"“{phrase}” was not painted yet when this was recorded.", "Record Again")
