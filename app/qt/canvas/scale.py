"""How a declared number lies along a slider, how it is rounded, read and said. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.qt.canvas.said import number_said
from nodes.specs.declare import Kind, Parameter
from nodes.specs.values import value_fault

_EVEN_SPAN, _EVEN_WHOLE_SPAN = 100.0, 512.0
_STEEP_RATIO = 10_000.0
_STOPS = 200.0
"""Along so many places a slider is rounded: about one for each pixel."""

LONGEST = 1e9
"""Span beyond which a slider has no meaning any more, as for seeds."""


@dataclass(frozen=True)
class Scale:
    """The range of a declared number between 0 and 1. Wide ranges give small numbers more room."""

    parameter: Parameter
    low: float
    high: float

    @staticmethod
    def of(parameter: Parameter) -> Scale | None:
        """The scale of a number parameter; None when it is not bounded, so that no slider can show it."""
        low, high = parameter.minimum, parameter.maximum
        if low is None or high is None or not 0 < high - low <= LONGEST:
            return None
        return Scale(parameter, low, high)

    @property
    def default(self) -> float | None:
        """Where a slider begins; None leaves the number to the program."""
        default = self.parameter.default
        return default if isinstance(default, (int, float)) and not isinstance(default, bool) else None

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are meant."""
        return self.parameter.kind is not Kind.NUMBER

    @property
    def curve(self) -> float:
        """1 spreads values evenly; more gives small ones more room."""
        span = self.high - self.low
        if self.low > 0 and self.high / self.low >= _STEEP_RATIO:
            return 4.0
        return 1.0 if span <= (_EVEN_WHOLE_SPAN if self.whole else _EVEN_SPAN) else 3.0

    def share(self, value: float) -> float:
        """Where a value lies, 0..1."""
        along = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return float(along ** (1.0 / self.curve))

    def at(self, share: float, *, fine: bool = False) -> float:
        """The value at a place, rounded to what one place more or less can tell; `fine` gives one figure more."""
        share = min(max(share, 0.0), 1.0)
        value = self._exact(share)
        if self.whole:
            return round(value)
        step = self._exact(min(share + 1 / _STOPS, 1.0)) - self._exact(max(share - 1 / _STOPS, 0.0))
        digits = -math.floor(math.log10(step / 2)) + int(fine)
        return min(max(round(value, digits), self.low), self.high)

    def stepped(self, value: float, steps: float, *, fine: bool = False) -> float:
        """The value some places further; whole numbers go at least one further."""
        found = self.at(self.share(value) + steps / _STOPS * (0.1 if fine else 1.0), fine=fine)
        if found == value and self.whole:
            return int(min(max(value + math.copysign(1, steps), self.low), self.high))
        return found

    def said(self, value: float) -> str:
        """A value with its unit."""
        return number_said(self.parameter, value)

    def bare(self, value: float) -> str:
        """A value as it is typed."""
        return f"{value:.10g}"

    def typed(self, text: str) -> Typed:
        """Read a number as people write it."""
        return typed(self.parameter, text)

    def _exact(self, share: float) -> float:
        return self.low + float(share**self.curve) * (self.high - self.low)


@dataclass(frozen=True)
class Typed:
    """What became of a typed number: a value, or a sentence about what is wrong with it."""

    value: float | None = None
    fault: str = ""


def typed(parameter: Parameter, text: str) -> Typed:
    """Read a number as people write it; an empty text stands for none where that is allowed."""
    bare = text.strip().removesuffix(parameter.unit).strip().replace(",", ".")
    if not bare and parameter.optional:
        return Typed()
    try:
        value = float(bare)
    except ValueError:
        return Typed(fault=f"“{text.strip()}” is not a number. Write one like {_example(parameter)}.")
    if parameter.kind is not Kind.NUMBER and value == int(value):
        value = int(bare) if bare.lstrip("+-").isdigit() else int(value)
    fault = value_fault(parameter, value)
    return Typed(value) if fault is None else Typed(fault=f"{parameter.label} {fault.message}.")


def _example(parameter: Parameter) -> str:
    default = parameter.default
    if isinstance(default, (int, float)) and not isinstance(default, bool):
        return f"{default:g}"
    return "1"
