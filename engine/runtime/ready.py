"""Which of several ready steps comes next: order is free among them, so models need not be swapped to and fro."""

from __future__ import annotations

import heapq
from collections.abc import Callable

References = frozenset[str]


class ReadySteps:
    """Places in the plan that are ready to run, grouped by the models that they will borrow.

    Steps that need no model come first: they are quick and open the way for others. Then steps whose models are all
    loaded, drained group by group; then the earliest in the plan.
    """

    def __init__(self, is_resident: Callable[[References], bool]) -> None:
        self._is_resident = is_resident
        self._groups: dict[References, list[int]] = {}
        self._last: References = frozenset()

    def push(self, place: int, needs: References) -> None:
        """The step at `place` of the plan is ready and will borrow `needs`."""
        heapq.heappush(self._groups.setdefault(needs, []), place)

    def pop(self) -> int | None:
        """The place of the step to run now; None when none is ready."""
        if not self._groups:
            return None
        needs = next(iter(self._groups)) if len(self._groups) == 1 else self._choose()
        group = self._groups[needs]
        place = heapq.heappop(group)
        if not group:
            del self._groups[needs]
        self._last = needs or self._last
        return place

    def _choose(self) -> References:
        if frozenset() in self._groups:
            return frozenset()
        if self._last in self._groups:
            return self._last
        return min(self._groups, key=lambda needs: (not self._is_resident(needs), self._groups[needs][0]))
