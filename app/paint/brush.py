"""The brush: what the artist sets, and the dab that a touch of the pen leaves."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np

from app.paint.errors import require
from app.paint.tiles import Pixels

SMALLEST, LARGEST = 1.0, 2000.0
"""Diameters of a brush in pixels."""

STRONGEST_TILT = 60.0
"""Degrees from upright at which tilt has its full effect; pens tell no more than this."""

_STEP = 1.15
_QUARTER_LIMIT = 256.0  # dabs up to this width are placed on quarter pixels, wider ones on halves: a rougher grid shows
_SMOOTH = 16.0  # width of a brush up to which the coarsest steps of size and tilt are not seen
_THINNEST = 0.35  # how thin, beside its length, a dab gets at the strongest tilt


@dataclass(frozen=True)
class Brush:
    """A round brush.

    `size`: diameter in mask pixels. `hardness`: 1 has a crisp edge, 0 fades from the middle on. `flow`: how much of the
    full value one stroke leaves; going over again within the stroke adds nothing, a second stroke does. `spacing`:
    distance between dabs as a share of the diameter. `pressure_size`, `pressure_flow`: how far (0..1) a light touch
    lessens size and flow. `tilt`: how far (0..1) a slanted pen makes the dab long along its lean, and thin across.
    """

    size: float = 24.0
    hardness: float = 0.8
    flow: float = 1.0
    spacing: float = 0.06
    pressure_size: float = 1.0
    pressure_flow: float = 0.0
    tilt: float = 0.0

    def __post_init__(self) -> None:
        require(SMALLEST <= self.size <= LARGEST, f"brush size is {self.size:g}; choose {SMALLEST:g} to {LARGEST:g} px")
        require(0.01 <= self.spacing <= 2.0, f"brush spacing is {self.spacing:g}; choose 0.01 to 2")
        for name in ("hardness", "flow", "pressure_size", "pressure_flow", "tilt"):
            value = getattr(self, name)
            require(0.0 <= value <= 1.0, f"brush {name.replace('_', ' ')} is {value:g}; choose 0 to 1")

    def larger(self) -> Brush:
        """One step wider, at least a pixel."""
        return replace(self, size=min(max(round(self.size * _STEP), math.floor(self.size) + 1.0), LARGEST))

    def smaller(self) -> Brush:
        """One step narrower, at least a pixel."""
        return replace(self, size=max(min(round(self.size / _STEP), math.ceil(self.size) - 1.0), SMALLEST))

    def harder(self) -> Brush:
        """One step crisper."""
        return replace(self, hardness=min(round(self.hardness + 0.1, 2), 1.0))

    def softer(self) -> Brush:
        """One step softer."""
        return replace(self, hardness=max(round(self.hardness - 0.1, 2), 0.0))

    def diameter_at(self, pressure: float) -> float:
        """Diameter under a pressure of 0..1."""
        return max(self.size * (1.0 - self.pressure_size * (1.0 - pressure)), SMALLEST)

    def flow_at(self, pressure: float) -> float:
        """Flow under a pressure of 0..1."""
        return self.flow * (1.0 - self.pressure_flow * (1.0 - pressure))


@dataclass(frozen=True)
class Touch:
    """The pen at one moment: where in mask pixels, its pressure 0..1, and its tilt from upright in degrees."""

    x: float
    y: float
    pressure: float = 1.0
    tilt_x: float = 0.0
    tilt_y: float = 0.0

    def towards(self, other: Touch, share: float) -> Touch:
        """The touch `share` (0..1) of the way to `other`."""
        return Touch(
            *(a + share * (b - a) for a, b in zip(self._values(), other._values(), strict=True)),
        )

    def distance(self, other: Touch) -> float:
        """How far apart they are, in pixels."""
        return math.hypot(other.x - self.x, other.y - self.y)

    def _values(self) -> tuple[float, ...]:
        return self.x, self.y, self.pressure, self.tilt_x, self.tilt_y


@dataclass(frozen=True)
class Shape:
    """What a dab looks like: `diameter`, `hardness`, `roundness` (short over long side), `angle` of the long side in
    degrees, and how far (`dx`, `dy`, 0..1) its middle lies from the corner of its middle pixel.
    """

    diameter: float
    hardness: float
    roundness: float = 1.0
    angle: float = 0.0
    dx: float = 0.5
    dy: float = 0.5


def shape_at(brush: Brush, touch: Touch) -> tuple[int, int, Shape]:
    """The pixel in which the middle of the dab at `touch` lies (column, row) and the dab's shape.

    Size, tilt and place are rounded to steps nobody sees, so that a stroke meets few different dabs.
    """
    steps = 64.0 * _fineness(brush)
    share = round(brush.diameter_at(touch.pressure) / brush.size * steps) / steps
    roundness, angle = slant(brush, touch)
    # As much paint as upright, drawn out: the side of the tip lies on the wall.
    diameter = max(brush.size * share, SMALLEST) / math.sqrt(roundness)
    column, dx = _placed(touch.x, diameter)
    row, dy = _placed(touch.y, diameter)
    return column, row, Shape(diameter, brush.hardness, roundness, angle, dx, dy)


def slant(brush: Brush, touch: Touch) -> tuple[float, float]:
    """How round the dab is (short over long side), and the angle of its long side in degrees, below 180."""
    lean = brush.tilt * min(math.hypot(touch.tilt_x, touch.tilt_y) / STRONGEST_TILT, 1.0)
    fineness = _fineness(brush)
    roundness = round((1.0 - (1.0 - _THINNEST) * lean) * 16.0 * fineness) / (16.0 * fineness)
    if roundness >= 1.0:
        return 1.0, 0.0
    angle = math.degrees(math.atan2(touch.tilt_y, touch.tilt_x))
    return roundness, round(angle / 7.5 * fineness) * 7.5 / fineness % 180.0


def _fineness(brush: Brush) -> int:
    """How many times finer steps have to be than those of a small brush: on a large one they would show as facets."""
    return math.ceil(brush.size / _SMOOTH)


def _placed(value: float, diameter: float) -> tuple[int, float]:
    step = 0.25 if diameter <= _QUARTER_LIMIT else 0.5
    whole = math.floor(value)
    return whole, (math.floor((value - whole) / step) + 0.5) * step


def draw_dab(shape: Shape) -> Pixels:
    """The values a dab leaves, uint8 [side, side] with odd `side`; its middle pixel is the one `shape_at` names."""
    radius = shape.diameter / 2.0
    reach = math.ceil(radius + 0.5) + 1
    offsets = np.arange(-reach, reach + 1, dtype=np.float32) + 0.5
    x, y = offsets[None, :] - shape.dx, offsets[:, None] - shape.dy
    if shape.roundness < 1.0:
        turn = math.radians(shape.angle)
        x, y = x * math.cos(turn) + y * math.sin(turn), (y * math.cos(turn) - x * math.sin(turn)) / shape.roundness
    distance = np.sqrt(x * x + y * y)
    # The edge is never narrower than a pixel, or it would show stairs.
    outer, inner = radius + 0.5, min(radius * shape.hardness, radius - 0.5)
    rise = np.clip((outer - distance) / (outer - inner), 0.0, 1.0)
    values: Pixels = np.rint(255.0 * rise * rise * (3.0 - 2.0 * rise)).astype(np.uint8)
    return values


class DabCache:
    """The dabs drawn last, up to `budget` bytes of them."""

    def __init__(self, budget: int = 32 * 2**20) -> None:
        self._budget = budget
        self._held = 0
        self._dabs: OrderedDict[Shape, Pixels] = OrderedDict()

    @property
    def held(self) -> int:
        """Bytes of all dabs."""
        return self._held

    def dab(self, shape: Shape) -> Pixels:
        """The dab of that shape; not to be written to."""
        dab = self._dabs.get(shape)
        if dab is not None:
            self._dabs.move_to_end(shape)
            return dab
        dab = draw_dab(shape)
        dab.flags.writeable = False
        self._dabs[shape] = dab
        self._held += dab.nbytes
        # The newest stays even when it alone is over the budget: it is about to be used again.
        while self._held > self._budget and len(self._dabs) > 1:
            self._held -= self._dabs.popitem(last=False)[1].nbytes
        return dab
