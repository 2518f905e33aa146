"""Lists as run functions see them: `Items` starts one, `Collected` swallows one whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class Items:
    """What a run function returns for an output that starts a list: everything after it runs once for each value.

    `labels` name the values on contact sheets; left out, plain values name themselves and others are numbered.
    """

    values: tuple[object, ...]
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.labels and len(self.labels) != len(self.values):
            raise ValueError(f"a list of {len(self.values)} values has {len(self.labels)} labels")


@dataclass(frozen=True, eq=False)
class Collected:
    """A whole list at a port that collects. The last axis runs fastest, as in a row-major array.

    `labels_by_axis`: for each axis, by the id of the node that began the list, what its positions are called. Empty
    when the port got a single value; the axis "" counts the wires of a port that takes several.
    """

    values: tuple[object, ...]
    labels_by_axis: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
