"""What each run of a step gets: the values that meet at one place of its lists, and the keys that they came under."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.api.errors import NodeError
from engine.api.plan import Plan, Step
from engine.runtime.items import Collected
from engine.runtime.lists import Axis, Bundle, collected, joint_axes, places

Wired = Mapping[str, tuple[Bundle, ...]]


@dataclass(frozen=True, slots=True)
class RunInputs:
    """The values for one run by port, and (port, key) of all that came in."""

    values: Mapping[str, object]
    parents: tuple[tuple[str, str | None], ...]


def spread_axes(step: Step, wired: Wired) -> tuple[Axis, ...]:
    """The lists over which `step` runs: those of every port that does not swallow them."""
    return joint_axes(bundle for port, bundles in wired.items() if port not in step.collects for bundle in bundles)


def runs_of(step: Step, wired: Wired, axes: tuple[Axis, ...]) -> Iterator[RunInputs]:
    """The inputs of every run of `step`, in order."""
    if not axes:
        yield _inputs_at(step, wired, {})
        return
    for place in places(axes):
        yield _inputs_at(step, wired, place)


def chosen_ports(step: Step, wired: Wired) -> frozenset[str]:
    """The lazy ports that some run of a lazy `step` chooses, once its chooser is there."""
    if step.lazy is None:
        return frozenset()
    choices = wired[step.lazy][0].values if wired.get(step.lazy) else (step.params.get(step.lazy),)
    return frozenset(str(choice) for choice in choices).intersection(step.lazy_ports)


def list_signatures(plan: Plan) -> dict[str, str]:
    """For every step that stands after a list, a name for how the lists before it meet; others have none.

    Keys do not tell two equal lists apart, but whether wires come from one list or from two decides between going
    together and multiplying. The signature tells, and so makes the layout of a step safe to keep.
    """
    if not any(step.lists for step in plan.steps):
        return {}
    signatures: dict[str, str] = {}
    for step in plan.steps:
        wires = [
            f"{port} {source.port} {signatures[source.node]}"
            for port, sources in sorted(step.inputs.items())
            for source in sources
            if source.node in signatures
        ]
        own = [step.node] if step.lists else []
        if wires or own:
            text = "\0".join([*own, *wires])
            signatures[step.node] = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    return signatures


def _inputs_at(step: Step, wired: Wired, place: dict[str, int]) -> RunInputs:
    values: dict[str, object] = {}
    parents: list[tuple[str, str | None]] = []
    for port, bundles in wired.items():
        if port in step.lazy_ports:
            continue
        if port in step.collects:
            whole = collected(bundles)
            values[port] = whole
            parents += ((port, key) for key in _collected_keys(bundles, whole))
        else:
            parents += _take(step, port, bundles, place, values)
    if step.lazy is not None:
        parents += _take_chosen(step, wired, place, values)
    return RunInputs(values, tuple(parents))


def _take(
    step: Step, port: str, bundles: tuple[Bundle, ...], place: dict[str, int], values: dict[str, object]
) -> list[tuple[str, str | None]]:
    indices = [bundle.at(place) for bundle in bundles]
    found = tuple(bundle.values[index] for bundle, index in zip(bundles, indices, strict=True))
    values[port] = found if port in step.many else (found[0] if found else None)
    return [(port, bundle.keys[index]) for bundle, index in zip(bundles, indices, strict=True)]


def _take_chosen(
    step: Step, wired: Wired, place: dict[str, int], values: dict[str, object]
) -> list[tuple[str, str | None]]:
    lazy = step.lazy or ""
    choice = values.get(lazy, step.params.get(lazy))
    values.update(dict.fromkeys(step.lazy_ports))
    if choice not in step.lazy_ports:
        raise NodeError(f"{step.title} cannot choose {choice!r}.", f"Choose one of {', '.join(step.lazy_ports)}.")
    if not wired.get(str(choice)):
        raise NodeError(f"{step.title} chooses {choice!r}, but nothing is wired there.", "Wire it, or choose another.")
    return _take(step, str(choice), wired[str(choice)], place, values)


def _collected_keys(bundles: Iterable[Bundle], whole: Collected) -> Iterator[str | None]:
    for bundle in bundles:
        yield from bundle.keys
    # The labels reach the run function too; a single value has none, and then the keys are those that the plan knows.
    for axis, labels in whole.labels_by_axis.items():
        text = "\0".join((axis and "axis", *labels))
        yield hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
