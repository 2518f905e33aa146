"""Results kept by what made them, under a byte budget, least recently used out first; shared by all documents.

Two kinds of things are kept. A `KeptResult` holds what one run of one node gave, under the key of all that it depends
on. A `KeptLayout` says, under the key of a plan's step, which results that step spread into: for steps whose own
results have other keys than the plan could know (each item of a list has its own; a switch depends on its chosen side
only).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from engine.api.attention import AttentionLevel
from engine.runtime.lists import Axis
from engine.runtime.survey import SMALL, Survey


@dataclass(frozen=True, slots=True)
class KeptResult:
    """The outputs of one run, in declared order, and the notes that the node gave; its attention if it was recorded."""

    outputs: tuple[object, ...]
    notes: tuple[str, ...]
    attention: tuple[AttentionLevel, ...] | None = None


@dataclass(frozen=True, slots=True)
class KeptLayout:
    """The axes that a step spread over and the key of each of its results."""

    axes: tuple[Axis, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    value: KeptResult | KeptLayout
    plain: int
    buffers: Mapping[int, int]


class ResultCache:
    """A mapping that forgets. Buffers that several results share are counted once."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self.size = 0
        self._slots: OrderedDict[str, _Slot] = OrderedDict()
        self._owners: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, key: str) -> bool:
        return key in self._slots

    def result(self, key: str) -> KeptResult | None:
        """The result kept under `key`, now the most recently used."""
        value = self._get(key)
        return value if isinstance(value, KeptResult) else None

    def layout(self, key: str) -> KeptLayout | None:
        """The layout kept under the key of a step, now the most recently used."""
        value = self._get(_layout_key(key))
        return value if isinstance(value, KeptLayout) else None

    def keep(self, key: str, result: KeptResult, facts: Survey) -> bool:
        """Keep a result; False when it alone is larger than the budget."""
        return self._put(key, _Slot(result, facts.plain + SMALL, facts.buffers))

    def keep_layout(self, key: str, layout: KeptLayout) -> bool:
        """Keep a layout; False when it alone is larger than the budget."""
        return self._put(_layout_key(key), _Slot(layout, SMALL * 2 * (len(layout.keys) + 1), {}))

    def clear(self) -> None:
        """Forget everything."""
        self._slots.clear()
        self._owners.clear()
        self.size = 0

    def _get(self, key: str) -> KeptResult | KeptLayout | None:
        slot = self._slots.get(key)
        if slot is None:
            return None
        self._slots.move_to_end(key)
        return slot.value

    def _put(self, key: str, slot: _Slot) -> bool:
        if slot.plain + sum(slot.buffers.values()) > self.budget:
            return False
        if key in self._slots:
            self._release(self._slots.pop(key))
        self._slots[key] = slot
        self.size += slot.plain
        for buffer, size in slot.buffers.items():
            self.size += 0 if buffer in self._owners else size
            self._owners[buffer] = self._owners.get(buffer, 0) + 1
        while self.size > self.budget:
            self._release(self._slots.popitem(last=False)[1])
        return True

    def _release(self, slot: _Slot) -> None:
        self.size -= slot.plain
        for buffer, size in slot.buffers.items():
            self._owners[buffer] -= 1
            if self._owners[buffer] == 0:
                del self._owners[buffer]
                self.size -= size


def _layout_key(step_key: str) -> str:
    return f"layout {step_key}"
