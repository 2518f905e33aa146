"""Why a node has another key than before: what differs between two plans, in the node itself and in what comes in."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from engine.api.plan import Plan, Source, Step


class Cause(Enum):
    """What kind of difference it is."""

    ADDED = "added"
    TYPE = "type"
    PARAMETER = "parameter"
    FILE = "file"
    WIRING = "wiring"
    INPUT = "input"
    NEVER_KEPT = "never-kept"


class Difference(Struct, frozen=True):
    """One difference: `subject` is the parameter, file or port; `node` is where the value comes from (for `INPUT`)."""

    cause: Cause
    subject: str = ""
    node: str = ""


def explain(before: Plan, after: Plan) -> dict[str, tuple[Difference, ...]]:
    """For each node of `after` whose key is not the one it had (or that is never kept): why, nearest causes first."""
    old, new = ({step.node: step for step in plan.steps} for plan in (before, after))
    found: dict[str, tuple[Difference, ...]] = {}
    for node, step in new.items():
        past = old.get(node)
        if past is None:
            found[node] = (Difference(Cause.ADDED),)
        elif step.key is None or step.key != past.key:
            found[node] = tuple(_differences(past, step, old, new))
    return found


def _differences(past: Step, step: Step, old: dict[str, Step], new: dict[str, Step]) -> Iterator[Difference]:
    if past.type != step.type or (past.seed_key != step.seed_key and _same_settings(past, step)):
        yield Difference(Cause.TYPE, step.type)
    yield from _changed_values(past, step)
    for port in past.inputs | step.inputs:
        sources = step.inputs.get(port, ())
        if sources != past.inputs.get(port, ()):
            yield Difference(Cause.WIRING, port)
        yield from (Difference(Cause.INPUT, port, source.node) for source in sources if _moved(source, old, new))
    if step.seed_key is None:
        yield Difference(Cause.NEVER_KEPT)


def _changed_values(past: Step, step: Step) -> Iterator[Difference]:
    for name in past.params | step.params:
        if name not in step.inputs and not _same(past.params.get(name), step.params.get(name)):
            yield Difference(Cause.PARAMETER, name)
    for reference, asset in step.assets.items():
        known = past.assets.get(reference)
        if known is not None and known.sha256 != asset.sha256:
            yield Difference(Cause.FILE, reference)


def _same_settings(past: Step, step: Step) -> bool:
    return (
        step.seed_key is not None and past.inputs.keys() == step.inputs.keys() and not any(_changed_values(past, step))
    )


def _same(one: object, other: object) -> bool:
    """Equal and of one type: a change from 1 to 1.0 or to true changes a key too."""
    return repr(one) == repr(other)


def _moved(source: Source, old: dict[str, Step], new: dict[str, Step]) -> bool:
    """Whether what comes from a node is not what it was."""
    past, now = old.get(source.node), new[source.node]
    return past is not None and (now.key is None or past.key != now.key)
