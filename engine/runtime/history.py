"""What each node was like when it last ran, and so why it runs again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from engine.api.plan import Step
from engine.api.report import Reason, Why

# Node ids are random, so nodes of all documents share one memory; the oldest go first.
LONGEST = 20_000

_MISSING = object()


class Ending(Enum):
    """What became of a node's result."""

    KEPT = "kept"
    TOO_LARGE = "too large"
    WRITES = "wrote pictures"
    UNFINISHED = "unfinished"


@dataclass(frozen=True, slots=True)
class _Trace:
    step: Step
    parent_keys: Mapping[str, str | None]
    ending: Ending


class History:
    """The last run of every node, by node id."""

    def __init__(self) -> None:
        self._traces: OrderedDict[str, _Trace] = OrderedDict()

    def record(self, step: Step, parents: Mapping[str, Step], ending: Ending) -> None:
        """Remember how `step` was; `parents` are the steps of its plan by node id."""
        self._traces[step.node] = _Trace(step, _parent_keys(step, parents), ending)
        self._traces.move_to_end(step.node)
        if len(self._traces) > LONGEST:
            self._traces.popitem(last=False)

    def why(self, step: Step, parents: Mapping[str, Step]) -> Why:
        """Why `step`, whose result is not at hand, must run."""
        keys = _parent_keys(step, parents)
        if step.key is None:
            return _why_never_kept(step, keys)
        last = self._traces.get(step.node)
        if last is None:
            return Why(Reason.NEVER_RUN)
        return _difference(last.step, step) or _changed_parents(last.parent_keys, keys) or _why_gone(last.ending)


def _parent_keys(step: Step, parents: Mapping[str, Step]) -> dict[str, str | None]:
    return {source.node: parents[source.node].key for sources in step.inputs.values() for source in sources}


def _why_never_kept(step: Step, keys: Mapping[str, str | None]) -> Why:
    unkept = tuple(node for node, key in keys.items() if key is None)
    if step.seed_key is None or not unkept:
        return Why(Reason.NEVER_KEPT)
    return Why(Reason.UNKEPT_INPUT, unkept)


def _difference(before: Step, now: Step) -> Why | None:
    if before.type != now.type:
        return Why(Reason.TYPE)
    if changed := _changed(before.params, now.params):
        return Why(Reason.PARAMETER, changed)
    if changed := _changed(before.assets, now.assets):
        return Why(Reason.FILE, changed)
    if before.seed_key != now.seed_key:
        return Why(Reason.TYPE)
    if changed := _changed(before.inputs, now.inputs):
        return Why(Reason.WIRING, changed)
    return None


def _changed(before: Mapping[str, object], now: Mapping[str, object]) -> tuple[str, ...]:
    names = dict.fromkeys((*before, *now))
    return tuple(name for name in names if not _same(before.get(name, _MISSING), now.get(name, _MISSING)))


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other  # 1, 1.0 and True are three values to a key


def _changed_parents(before: Mapping[str, str | None], now: Mapping[str, str | None]) -> Why | None:
    changed = tuple(node for node, key in now.items() if before.get(node) != key)
    return Why(Reason.INPUT, changed) if changed else None


def _why_gone(ending: Ending) -> Why:
    reasons = {
        Ending.KEPT: Reason.EVICTED,
        Ending.TOO_LARGE: Reason.TOO_LARGE,
        Ending.WRITES: Reason.WRITES,
        Ending.UNFINISHED: Reason.UNFINISHED,
    }
    return Why(reasons[ending])
