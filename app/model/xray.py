"""X-ray: where the model looked for a phrase, by noise level, in the run that records or in a picture that was made."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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


MOST_RUNS = 64
"""Runs whose maps are remembered: a few hundred kilobytes each at most."""


@dataclass
class _Run:
    """What one run told: levels by node and item, the item that each node told last, and its newest noise."""

    levels: dict[str, dict[int, tuple[AttentionLevel, ...]]] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    newest: dict[str, float] = field(default_factory=dict)

    def hear(self, event: Attention) -> None:
        items = self.levels.setdefault(event.node, {})
        items[event.item] = with_level(items.get(event.item, ()), event.level)
        self.last[event.node], self.newest[event.node] = event.item, event.level.sigma

    def levels_of(self, node: str, item: int | None) -> tuple[AttentionLevel, ...]:
        """Those of an item of a list; a node without that item drew for all, and None is what was told last."""
        items = self.levels.get(node, {})
        return items.get(self.last[node] if item is None or item not in items else item, ()) if items else ()


@dataclass(frozen=True)
class _Shown:
    run: str
    item: int | None = None


class Xray:
    """The attention of the runs that recorded, kept with their pictures, and what of it is looked at.

    A run that tells is looked at, until a picture is: then its maps, or none where nothing was recorded as it was
    drawn. Each node that draws has its own maps; of a list without pictures yet, the item that was told last. Until
    the artist chooses a noise level, the newest is shown.
    """

    def __init__(self) -> None:
        self.changed: Signal[()] = Signal()
        self._runs: dict[str, _Run] = {}
        self._pictures: dict[Path, _Shown] = {}
        self._shown: _Shown | None = None
        self._node: str | None = None
        self._sigma: float | None = None

    def hear(self, event: Attention, *, looked_at: bool = True) -> None:
        """Take what the engine tells, and look at it, unless its picture is not the one that is seen."""
        run = self._runs.setdefault(event.job, _Run())
        run.hear(event)
        while len(self._runs) > MOST_RUNS:
            del self._runs[next(iter(self._runs))]
        if looked_at:
            if self._shown is None or self._shown.run != event.job:
                self._node = self._sigma = None
            self._shown = _Shown(event.job)
        self.changed.emit()

    def keep(self, run: str, pictures: Mapping[Path, int | None]) -> None:
        """A run is over: what it told belongs to these pictures, each with its item where they are a list."""
        if run in self._runs:
            self._pictures |= {path: _Shown(run, item) for path, item in pictures.items()}

    def show(self, picture: Path | None) -> None:
        """Look at the maps of a picture; None looks at none."""
        shown = None if picture is None else self._pictures.get(picture)
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()

    @property
    def _run(self) -> _Run:
        return self._runs.get(self._shown.run, _Run()) if self._shown is not None else _Run()

    @property
    def empty(self) -> bool:
        """Whether nothing was recorded of what is looked at."""
        return not self._run.levels

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that told, in the order in which they ran."""
        return tuple(self._run.levels)

    @property
    def node(self) -> str | None:
        """The node that is looked at: the chosen one, else the first, which decides the layout."""
        nodes = self.nodes
        return self._node if self._node in nodes else next(iter(nodes), None)

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

    def looks(self, phrase: str, words: str = "") -> tuple[Look, ...]:
        """A phrase at every level of the node at which it was in the sentence, highest noise first.

        A picture that was made from another document has layers of its own: there the same `words` are meant.
        """
        levels = self._run.levels_of(self.node or "", self._shown.item if self._shown is not None else None)
        held = ((level, _held(level, phrase, words)) for level in levels)
        return tuple(Look(level, found) for level, found in held if found is not None)

    def look(self, phrase: str, words: str = "") -> Look | None:
        """A phrase at the chosen level; None when it was not recorded."""
        wanted = self._run.newest.get(self.node or "") if self._sigma is None else self._sigma
        looks = self.looks(phrase, words)
        return min(looks, key=lambda look: _apart(look.level.sigma, wanted or look.level.sigma), default=None)


def _held(level: AttentionLevel, phrase: str, words: str) -> PhraseAttention | None:
    by_id = next((held for held in level.phrases if held.id == phrase), None)
    return by_id or next((held for held in level.phrases if words and held.text == words.strip()), None)


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


def advice(phrase: str | None, xray: Xray, *, recording: bool, picture: bool = False) -> Advice:
    """What to do about a phrase (its words; None where none is chosen) that there is no map of.

    `picture`: one that is kept is seen, and what is recorded is of that one.
    """
    if phrase is None:
        return Advice("Select words in the sentence and press Ctrl+P. Once painted, a phrase can be X-rayed.")
    if recording:
        return Advice(f"Recording. The map of “{phrase}” appears as the picture is drawn.")
    if picture:
        if xray.empty:
            told = "This picture has no X-ray: nothing was recorded while it was drawn."
            told += f" It can be drawn again to see where the model looked for “{phrase}”."
            return Advice(told, "Draw Again and Record")
        return Advice(f"“{phrase}” was not painted yet when this picture was drawn. Generate to see it in a new one.")
    if xray.empty:
        told = f"Where did the model look for “{phrase}”? Nothing was recorded."
        return Advice(f"{told} The picture, as it is set up now, can be drawn once more to see.", "Record")
    return Advice(f"“{phrase}” was not painted yet when this was recorded.", "Record Again")
