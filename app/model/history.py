"""One undo stack over immutable values.

An entry holds the whole value before and after an edit. Values share whatever an edit left alone, so an entry costs
only what changed, and going back cannot go wrong by half: it hands out the very value that was there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")

DEFAULT_BUDGET = 512 * 2**20

# What an entry costs even when it changed next to nothing, so that any number of small edits stays bounded too.
ENTRY_COST = 1024


class HistoryError(Exception):
    """The history was used in an order that makes no sense; a mistake in the program, not of the artist."""


@dataclass(frozen=True)
class Entry(Generic[Value]):
    """One edit. `cost`: bytes that it keeps alive at most. `merge_key`: further edits with an equal key join it."""

    before: Value
    after: Value
    label: str
    merge_key: Hashable | None
    cost: int


class History(Generic[Value]):
    """The current value, what led to it, and what was undone.

    `cost(before, after)` tells the bytes that the two do not share. When the entries cost more than `budget` bytes the
    oldest go; the last one and the current value never do.
    """

    def __init__(self, value: Value, cost: Callable[[Value, Value], int], budget: int = DEFAULT_BUDGET) -> None:
        self._value = value
        self._cost = cost
        self._budget = budget
        self._done: deque[Entry[Value]] = deque()
        self._undone: deque[Entry[Value]] = deque()
        self._held = 0
        self._open = False
        self._transaction: str | None = None

    @property
    def value(self) -> Value:
        """The current value."""
        return self._value

    @property
    def held(self) -> int:
        """Bytes that all entries keep alive at most."""
        return self._held

    @property
    def done(self) -> tuple[Entry[Value], ...]:
        """What can be undone, oldest first."""
        return tuple(self._done)

    @property
    def undone(self) -> tuple[Entry[Value], ...]:
        """What can be redone, next first."""
        return tuple(reversed(self._undone))

    def push(self, value: Value, label: str, merge_key: Hashable | None = None) -> bool:
        """Make `value` the current one; False when it equals the current one, which changes nothing.

        An edit whose `merge_key` equals that of the edit just before joins it, unless `seal` was called in between.
        """
        if self._transaction is not None:
            changed = value != self._value
            self._value = value
            return changed
        if value == self._value:
            return False
        self._record(self._value, value, label, merge_key)
        return True

    def set_budget(self, budget: int) -> None:
        """Let entries cost so many bytes from now on; the oldest go at once if they cost more."""
        self._budget = budget
        self._forget()

    def seal(self) -> None:
        """End the present gesture: the next edit begins an entry of its own."""
        self._open = False

    def undo(self) -> str | None:
        """Go back one edit and give its label; None when there is none."""
        return self._step(self._done, self._undone, lambda entry: entry.before)

    def redo(self) -> str | None:
        """Take back one `undo` and give the edit's label; None when there is none."""
        return self._step(self._undone, self._done, lambda entry: entry.after)

    @contextmanager
    def transaction(self, label: str) -> Iterator[None]:
        """Make everything pushed inside one entry. An exception inside brings back the value from before.

        A transaction inside another joins it.
        """
        if self._transaction is not None:
            yield
            return
        before = self._value
        self._transaction = label
        try:
            yield
        except BaseException:
            self._value = before
            raise
        finally:
            self._transaction = None
        if self._value != before:
            self._record(before, self._value, label, None)

    def clear(self, value: Value) -> None:
        """Forget every edit and begin again with `value`."""
        self._done.clear()
        self._undone.clear()
        self._value, self._held, self._open = value, 0, False

    def _record(self, before: Value, after: Value, label: str, merge_key: Hashable | None) -> None:
        self._drop_undone()
        if self._open and merge_key is not None and self._done[-1].merge_key == merge_key:
            last = self._done.pop()
            self._held -= last.cost
            before, label = last.before, last.label
        self._value = after
        self._open = merge_key is not None and before != after
        if before != after:
            self._append(Entry(before, after, label, merge_key, ENTRY_COST + self._cost(before, after)))

    def _append(self, entry: Entry[Value]) -> None:
        self._done.append(entry)
        self._held += entry.cost
        self._forget()

    def _forget(self) -> None:
        # The last edit can always be undone, however large it was.
        while self._held > self._budget and len(self._done) > 1:
            self._held -= self._done.popleft().cost

    def _drop_undone(self) -> None:
        self._held -= sum(entry.cost for entry in self._undone)
        self._undone.clear()

    def _step(
        self, source: deque[Entry[Value]], goal: deque[Entry[Value]], side: Callable[[Entry[Value]], Value]
    ) -> str | None:
        if self._transaction is not None:
            raise HistoryError(f"“{self._transaction}” is not finished; finish it before undoing or redoing.")
        if not source:
            return None
        entry = source.pop()
        goal.append(entry)
        self._value, self._open = side(entry), False
        return entry.label
