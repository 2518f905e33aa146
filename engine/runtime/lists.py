"""Lists with named axes: how the values on wires line up when a node runs once for each item.

Every wire carries a `Bundle`: values over zero or more axes, each axis named by the node that started the list. Inputs
with the same axis go together (zip), different axes multiply, single values go with everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

from engine.api.errors import NodeError
from engine.api.plan import index_key, output_key, value_key
from engine.runtime.items import Collected, Items

PLAIN = (bool, int, float, str)


@dataclass(frozen=True, slots=True)
class Axis:
    """One list: the node that started it, and what its items are called."""

    node: str
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class Bundle:
    """The values on a wire, row-major over `axes`; `keys` name each by all that it depends on (None: never kept)."""

    axes: tuple[Axis, ...]
    values: tuple[object, ...]
    keys: tuple[str | None, ...]

    @cached_property
    def strides(self) -> dict[str, int]:
        """How many values apart two neighbours along an axis are."""
        lengths = [len(axis) for axis in self.axes]
        return {axis.node: prod(lengths[place + 1 :]) for place, axis in enumerate(self.axes)}

    def at(self, place: dict[str, int]) -> int:
        """The index of the value at a place (axis to position) of a larger space."""
        if not self.axes:
            return 0
        return sum(place[node] * stride for node, stride in self.strides.items())


def joint_axes(bundles: Iterable[Bundle]) -> tuple[Axis, ...]:
    """All axes of several inputs, in the order in which they first come."""
    axes: dict[str, Axis] = {}
    for bundle in bundles:
        for axis in bundle.axes:
            known = axes.setdefault(axis.node, axis)
            if len(known) != len(axis):
                raise NodeError(
                    f"Lists of {len(known)} and of {len(axis)} items, started by one node, cannot go together.",
                    "Make the lists of that node equally long.",
                )
    return tuple(axes.values())


def places(axes: Sequence[Axis]) -> list[dict[str, int]]:
    """Every combination of positions, row-major; a single empty place when there is no axis."""
    found: list[dict[str, int]] = [{}]
    for axis in axes:
        found = [{**place, axis.node: position} for place in found for position in range(len(axis))]
    return found


def item_labels(axes: Sequence[Axis]) -> list[dict[str, str]]:
    """What each combination of `places` is called, by the node that started each list."""
    return [{axis.node: axis.labels[place[axis.node]] for axis in axes} for place in places(axes)]


def collected(bundles: Sequence[Bundle]) -> Collected:
    """What a port that collects gets: its list, or the lists of several wires one after the other.

    Lists over the same axes are stacked, with the wires as the first axis; others simply follow each other.
    """
    values = tuple(value for bundle in bundles for value in bundle.values)
    axes = bundles[0].axes if bundles else ()
    if any(bundle.axes != axes for bundle in bundles):
        axes = (Axis("", tuple(str(number + 1) for number in range(len(values)))),)
    elif len(bundles) > 1:
        axes = (Axis("", tuple(str(number + 1) for number in range(len(bundles)))), *axes)
    return Collected(values, {axis.node: axis.labels for axis in axes})


def plain_output(port: str, axes: tuple[Axis, ...], keys: Sequence[str | None], values: Sequence[object]) -> Bundle:
    """The bundle of an output port from one value for each place over `axes`, each run known by its key."""
    return Bundle(axes, tuple(values), tuple(_output_keys(keys, port)))


def list_output(
    node: str, port: str, axes: tuple[Axis, ...], keys: Sequence[str | None], values: Sequence[object]
) -> Bundle:
    """The bundle of an output port that starts a list: every value is an `Items` and spreads over one more axis."""
    lists = [_as_items(value, port) for value in values]
    list_keys = list(_output_keys(keys, port))
    labels = _labels(lists[0]) if lists else ()
    if any(len(items.values) != len(labels) for items in lists):
        lengths = sorted({len(items.values) for items in lists})
        raise NodeError(
            f"The list {port!r} has {lengths[0]} values for one input and {lengths[-1]} for another.",
            "Make the lists equally long.",
        )
    return Bundle(
        (*axes, Axis(node, labels)),
        tuple(value for items in lists for value in items.values),
        tuple(item for items, key in zip(lists, list_keys, strict=True) for item in _item_keys(items, key)),
    )


def _output_keys(keys: Sequence[str | None], port: str) -> Iterable[str | None]:
    return (output_key(key, port) for key in keys)


def _as_items(value: object, port: str) -> Items:
    if not isinstance(value, Items):
        raise NodeError(f"The output {port!r} is declared a list, but the node gave {type(value).__name__}.")
    if not value.values:
        raise NodeError(f"The list {port!r} is empty.", "Give it at least one item.")
    return value


def _item_keys(items: Items, key: str | None) -> Iterable[str | None]:
    # A plain value names itself, so a list that grows or turns round keeps the results of the items it had.
    return (
        value_key(value) if isinstance(value, PLAIN) else index_key(key, index)
        for index, value in enumerate(items.values)
    )


def _labels(items: Items) -> tuple[str, ...]:
    return items.labels or tuple(
        str(value) if isinstance(value, PLAIN) else str(index + 1) for index, value in enumerate(items.values)
    )
