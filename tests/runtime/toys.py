"""Run functions of the tests: small, real, and visible through what they return or write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.api.attention import AttentionLevel, PhraseAttention
from engine.api.errors import NodeError
from engine.runtime.context import Context
from engine.runtime.items import Collected, Items


def number(_context: Context, *, value: float) -> float:
    """A constant."""
    return value


def add(_context: Context, *, a: float, b: float | None) -> float:
    """The sum of what is wired."""
    return a + (b or 0)


def total(_context: Context, *, parts: tuple[float, ...]) -> float:
    """The sum of all wires of a `many` port."""
    return sum(parts)


def divide(_context: Context, *, value: float) -> tuple[float, float]:
    """Two outputs: the whole and the rest."""
    return value // 10, value % 10


def fail(_context: Context, **_inputs: object) -> float:
    """Always fails with words for the artist."""
    raise NodeError("The paint is dry.", "Wet it.")


def crash(_context: Context, **_inputs: object) -> float:
    """Fails as a bug fails."""
    return float("wet")


def looks(context: Context, *, value: float) -> float:
    """Tells where it looks, at three noise levels, where that is asked for."""
    if context.records_attention:
        for sigma in (9.0, 3.0, 1.0):
            fox = PhraseAttention("fox", "red fox", 0.25, value, bytes([0, 255]))
            context.attention(AttentionLevel(sigma, 2, 1, (fox,), 0.5, 0.0, 0.25))
    return value


def give(_context: Context, *, value: object) -> object:
    """What came in."""
    return value


def text_of(_context: Context, *, path: str) -> str:
    """What a file says."""
    return Path(path).read_text()


def not_a_number(_context: Context, **_inputs: object) -> NDArray[np.float32]:
    """A picture gone wrong."""
    picture = np.zeros((4, 4), np.float32)
    picture[1, 2] = np.nan
    return picture


def block(_context: Context, *, size: int, fill: int) -> NDArray[np.uint8]:
    """An array of `size` bytes."""
    return np.full(size, fill, np.uint8)


def switch(_context: Context, *, choice: str, first: object, second: object) -> object:
    """The chosen side."""
    return {"first": first, "second": second}[choice]


def count(_context: Context, *, first: int, count: int) -> Items:
    """The list first, first + 1, ..."""
    return Items(tuple(range(first, first + count)))


def words(_context: Context, *, texts: list[str]) -> Items:
    """A list of texts."""
    return Items(tuple(texts))


def join(_context: Context, *, a: object, b: object) -> str:
    """Both inputs as one text."""
    return f"{a}{b}"


def sheet(_context: Context, *, values: Collected) -> tuple[object, ...]:
    """A whole list and its labels."""
    return (values.values, tuple(values.labels_by_axis.items()))


def paint(context: Context, *, level: int, save: bool) -> NDArray[np.uint8]:
    """A grey picture, saved by the node itself where asked."""
    picture = np.full((6, 8, 3), level, np.uint8)
    if save:
        context.save_picture(picture, "grey", {"level": str(level)})
    return picture


def text_item(_context: Context, *, value: int) -> str:
    """A text, except for items from the third on."""
    if value >= 2:
        raise NodeError(f"Item {value} is one too many.")
    return str(value)
