"""What the trivial nodes of `nodes.graph.synthetic` do."""

from __future__ import annotations

from engine.runtime.items import Items


def number(context: object, *, value: float) -> float:
    """Run function of `NUMBER`."""
    return value


def numbers(context: object, *, count: int) -> Items:
    """Run function of `NUMBERS`."""
    return Items(tuple(range(count)))


def add(context: object, *, value: float, amount: float) -> float:
    """Run function of `ADD`."""
    return value + amount


def join(context: object, *, first: float, second: float) -> float:
    """Run function of `JOIN`."""
    return first + second


def total(context: object, *, values: tuple[float, ...]) -> float:
    """Run function of `TOTAL`."""
    return sum(values)
