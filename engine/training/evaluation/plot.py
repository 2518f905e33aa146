"""Line plots of evaluations, drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

SIZE = (720, 440)
LEFT, TOP, RIGHT, BOTTOM = 72, 40, 190, 52
PAPER, INK, FAINT = (255, 255, 255), (40, 40, 40), (222, 222, 222)
COLOURS = (
    (0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167),
    (230, 159, 0), (86, 180, 233), (90, 90, 90), (150, 110, 60),
)  # fmt: skip
"""Okabe and Ito's colours, darker ones first."""
MARKS = ("circle", "square", "triangle", "diamond")
TICKS = 5


@dataclass(frozen=True)
class Series:
    """A named line through points (x, y); each line also has its own mark, so that colour is never the only sign."""

    name: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Axis:
    """A labelled axis; `logarithmic` axes hold positive numbers only."""

    label: str
    logarithmic: bool = False

    def scale(self, value: float) -> float:
        return math.log10(value) if self.logarithmic else value


@dataclass(frozen=True)
class _Span:
    """Values from `low` to `high` (scaled) laid over pixels from `start` to `end`."""

    axis: Axis
    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (self.axis.scale(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """Round numbers inside the span."""
        if self.axis.logarithmic:
            return log_ticks(10**self.low, 10**self.high)
        return linear_ticks(self.low, self.high)


def plot(title: str, x: Axis, y: Axis, series: Sequence[Series]) -> Image.Image:
    """Draw the series over their common range.

    Raises:
        ValueError: there is no point at all.
    """
    points = [point for line in series for point in line.points]
    if not points:
        raise ValueError(f"the plot {title!r} has no points")
    width, height = SIZE
    across = span_of(x, [point[0] for point in points], LEFT, width - RIGHT)
    down = span_of(y, [point[1] for point in points], height - BOTTOM, TOP)
    canvas = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(canvas)
    draw_frame(draw, title, across, down)
    for number, line in enumerate(series):
        draw_series(draw, line, number, across, down)
    draw_upright(canvas, y.label)
    return canvas


def span_of(axis: Axis, values: Sequence[float], start: float, end: float) -> _Span:
    """The range of the values with a margin of 4 %."""
    scaled = [axis.scale(value) for value in values]
    low, high = min(scaled), max(scaled)
    margin = 0.04 * (high - low) or 0.5
    return _Span(axis, low - margin, high + margin, start, end)


def linear_ticks(low: float, high: float) -> list[float]:
    """About five multiples of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [round(n * step, 10) for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 times powers of ten; powers alone where there are many."""
    factors = (1,) if high / low > 1e3 else (1, 2, 5)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [f * 10.0**p for p in powers for f in factors if low <= f * 10.0**p <= high]


def draw_frame(draw: ImageDraw.ImageDraw, title: str, across: _Span, down: _Span) -> None:
    """Title, grid, numbers and the label of the x axis."""
    small, large = ImageFont.load_default(size=12), ImageFont.load_default(size=15)
    draw.text((LEFT, 12), title, fill=INK, font=large)
    for tick in across.ticks():
        draw.line([(across.at(tick), down.start), (across.at(tick), down.end)], fill=FAINT)
        draw.text((across.at(tick), down.start + 6), f"{tick:g}", fill=INK, font=small, anchor="mt")
    for tick in down.ticks():
        draw.line([(across.start, down.at(tick)), (across.end, down.at(tick))], fill=FAINT)
        draw.text((across.start - 6, down.at(tick)), f"{tick:g}", fill=INK, font=small, anchor="rm")
    draw.rectangle([across.start, down.end, across.end, down.start], outline=(150, 150, 150))
    middle = (across.start + across.end) / 2
    draw.text((middle, down.start + 30), across.axis.label, fill=INK, font=small, anchor="mt")


def draw_series(draw: ImageDraw.ImageDraw, line: Series, number: int, across: _Span, down: _Span) -> None:
    """One line with its marks and its name beside the plot."""
    colour, mark = COLOURS[number % len(COLOURS)], MARKS[number % len(MARKS)]
    places = [(across.at(x), down.at(y)) for x, y in line.points]
    if len(places) > 1:
        draw.line(places, fill=colour, width=2, joint="curve")
    for place in places:
        draw_mark(draw, place, mark, colour)
    at = (across.end + 18, TOP + 10 + 20 * number)
    draw_mark(draw, at, mark, colour)
    draw.text((at[0] + 12, at[1]), line.name, fill=INK, font=ImageFont.load_default(size=12), anchor="lm")


def draw_mark(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], mark: str, colour: tuple[int, int, int], half: float = 4.0
) -> None:
    """A small shape around `place`."""
    x, y = place
    shapes: dict[str, Callable[[], None]] = {
        "circle": lambda: draw.ellipse([x - half, y - half, x + half, y + half], fill=colour),
        "square": lambda: draw.rectangle([x - half, y - half, x + half, y + half], fill=colour),
        "triangle": lambda: draw.polygon([(x - half, y + half), (x + half, y + half), (x, y - half)], fill=colour),
        "diamond": lambda: draw.polygon([(x - half, y), (x, y - half), (x + half, y), (x, y + half)], fill=colour),
    }
    shapes[mark]()


def draw_upright(canvas: Image.Image, label: str) -> None:
    """The label of the y axis, turned by a quarter."""
    font = ImageFont.load_default(size=12)
    width = math.ceil(font.getlength(label))
    strip = Image.new("RGB", (width, 18), PAPER)
    ImageDraw.Draw(strip).text((0, 2), label, fill=INK, font=font)
    upright = strip.rotate(90, expand=True)
    canvas.paste(upright, (8, (TOP + canvas.height - BOTTOM - width) // 2))
