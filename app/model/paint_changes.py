"""Changes of whole masks that take too long to be waited for: they are worked out aside, and become one edit each.

They are done in the order in which they were asked for, each on what the one before left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from app.model.aside import Aside, at_once
from app.paint.tiles import TileMask

Change: TypeAlias = Callable[[TileMask], TileMask]


@dataclass(frozen=True)
class _Wish:
    label: str
    layer: str
    change: Change
    long: bool


class PaintChanges:
    """`painted` gives the mask of a layer, None for one that is gone; `commit` takes a label, a layer and its new mask;
    `tell` hears a sentence when something was not done.
    """

    def __init__(
        self,
        painted: Callable[[str], TileMask | None],
        commit: Callable[[str, str, TileMask], object],
        aside: Aside,
        tell: Callable[[str], object],
    ) -> None:
        self._painted = painted
        self._commit = commit
        self._aside = aside
        self._tell = tell
        self._wishes: deque[_Wish] = deque()
        self._working = False

    @property
    def working(self) -> bool:
        """Whether a change is still to come."""
        return self._working

    def begin(self, label: str, layer: str, change: Change, *, long: bool) -> None:
        """Change the mask of a layer; `long`: aside. `label` names the edit."""
        self._wishes.append(_Wish(label, layer, change, long))
        if not self._working:
            self._next()

    def _next(self) -> None:
        self._working = bool(self._wishes)
        if not self._working:
            return
        wish = self._wishes.popleft()
        before = self._painted(wish.layer)
        if before is None:
            self._next()
            return
        aside = self._aside if wish.long else at_once
        aside(lambda: wish.change(before), lambda after: self._done(wish, before, after), self._failed)

    def _done(self, wish: _Wish, before: TileMask, after: TileMask) -> None:
        now = self._painted(wish.layer)
        if now == before:
            self._commit(wish.label, wish.layer, after)
        elif now is not None:
            self._tell(f"{wish.label} was not done, because the layer was changed meanwhile. Do it again.")
        self._next()

    def _failed(self, error: Exception) -> None:
        self._tell(str(error))
        self._next()
