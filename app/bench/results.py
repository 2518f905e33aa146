"""What a benchmark found, as values, as a table and as JSON."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import Struct


class Machine(Struct, frozen=True):
    """Where it was measured. `load`: how many programs wanted a core in the last minute; figures suffer above 0.5."""

    system: str
    python: str
    cores: int
    load: float


class Row(Struct, frozen=True):
    """One measurement: seconds of every repetition, or bytes; `nodes` where a price per node makes sense."""

    label: str
    unit: str
    values: tuple[float, ...]
    nodes: int | None = None

    @property
    def median(self) -> float:
        """The middle one of the values."""
        return statistics.median(self.values)


class BenchReport(Struct, frozen=True):
    """All that one benchmark found."""

    name: str
    machine: Machine
    rows: tuple[Row, ...]

    def row(self, label: str) -> Row:
        """The row of this label; KeyError when there is none."""
        for row in self.rows:
            if row.label == label:
                return row
        raise KeyError(label)

    def table(self) -> str:
        """For people: median, range and price per node, one line each."""
        head = ("", "median", "from", "to", "per node")
        lines = [head, *(_cells(row) for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        title = f"{self.name} on {self.machine.cores} cores, {self.machine.system}, Python {self.machine.python}"
        return "\n".join([f"{title}, load {self.machine.load:.1f}", *(_aligned(line, widths) for line in lines)])

    def json(self) -> str:
        """For programs: the same, with every repetition."""
        return msgspec.json.encode(self).decode()


def this_machine() -> Machine:
    """Facts about this machine, now."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return Machine(platform.platform(terse=True), platform.python_version(), os.cpu_count() or 1, load)


def report(name: str, rows: Iterable[Row]) -> BenchReport:
    """Measure by going through `rows`, on a machine described as it is before."""
    machine = this_machine()
    return BenchReport(name, machine, tuple(rows))


def seconds(work: Callable[[], Any]) -> float:
    """How long `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _cells(row: Row) -> tuple[str, ...]:
    low, high = min(row.values), max(row.values)
    shown = [_amount(value, row.unit) for value in (row.median, low, high)]
    price = "" if row.nodes is None else f"{row.median / row.nodes * 1000:.4f} ms"
    return (row.label, *(shown if len(row.values) > 1 else [shown[0], "", ""]), price)


def _amount(value: float, unit: str) -> str:
    if unit == "bytes":
        return f"{value / 2**20:.0f} MiB"
    return f"{value * 1000:.1f} ms" if value < 1 else f"{value:.2f} s"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(line, widths, strict=True))
    )
    return "  ".join([first, *rest]).rstrip()
