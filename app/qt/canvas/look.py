"""Colours, letters and measures of the canvas. Greys are neutral so that they do not bend the judgement of colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont

from nodes.specs.declare import PortType

GRID = 8
NODE_WIDTH = 240
CORNER = 6.0
HEADER = 32
ROW = 20
PADDING = 8
PORT_RADIUS = 8.0
FONT_SIZE = 13
SMALL_FONT_SIZE = 11
WELL = 192.0
"""Height of the room for a node's picture."""

WORLD = 400_000.0
"""How far from the middle things can be seen. What a file puts further out is shown at the edge."""


def within(value: float, low: float = -WORLD, high: float = WORLD) -> float:
    """A coordinate that can be shown."""
    return min(max(value, low), high) if value == value else 0.0  # NaN, of all numbers, is not itself


LETTERS: Mapping[PortType, str] = {
    PortType.CONDITIONING: "C",
    PortType.DENOISER: "D",
    PortType.ENSEMBLE: "E",
    PortType.SAMPLE: "X",
    PortType.IMAGE: "I",
    PortType.MASK: "M",
    PortType.PHRASE_MASKS: "P",
    PortType.STYLE_REFERENCE: "Y",
    PortType.SIZE_CROP: "Z",
    PortType.SIGMAS: "σ",
    PortType.SEED: "S",
    PortType.INTEGER: "#",
    PortType.NUMBER: "N",
    PortType.TEXT: "T",
    PortType.BOOLEAN: "B",
    PortType.ANY: "∗",
}
"""One letter a type, so that colour is never the only sign."""

_TYPE_COLOURS: Mapping[PortType, str] = {
    PortType.CONDITIONING: "#e3a857",
    PortType.DENOISER: "#a48ad6",
    PortType.ENSEMBLE: "#c9a4ee",
    PortType.SAMPLE: "#e58aa8",
    PortType.IMAGE: "#62aee8",
    PortType.MASK: "#b9c4cc",
    PortType.PHRASE_MASKS: "#e9d65c",
    PortType.STYLE_REFERENCE: "#d583c4",
    PortType.SIZE_CROP: "#55c0ae",
    PortType.SIGMAS: "#8cc46a",
    PortType.SEED: "#8fa6d8",
    PortType.INTEGER: "#7fc8d8",
    PortType.NUMBER: "#6fb3a0",
    PortType.TEXT: "#c8b79a",
    PortType.BOOLEAN: "#c48f7a",
    PortType.ANY: "#a8a8a8",
}

PHRASE_COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#FFFFFF")
"""What painted phrases wear (Okabe and Ito), told apart by the colour-blind too."""

_FAMILY_COLOURS: Mapping[str, str] = {
    "text": "#8a6f45",
    "regions": "#857a3a",
    "reference": "#7d5577",
    "models": "#65578a",
    "sampling": "#42708f",
    "image": "#3f7f72",
    "flow": "#6b6b6b",
    "component": "#5d6f4a",
}


@dataclass(frozen=True, eq=False)
class Look:
    """The colours of one theme."""

    name: str
    surround: QColor
    dots: QColor
    window: QColor
    node: QColor
    header: QColor
    inset: QColor
    line: QColor
    edge: QColor
    """The outline of nodes, which must stand out from frames."""
    text: QColor
    dim: QColor
    accent: QColor
    warning: QColor
    failure: QColor
    on_port: QColor
    tint: float
    """How much of its family's colour a header takes, 0..1."""
    ink: float
    """How much type colours are darkened, 0..1, to stand out from a light ground."""

    def of_type(self, kind: PortType) -> QColor:
        """The colour of a port and of the wires that carry its type."""
        return mixed(QColor(_TYPE_COLOURS[kind]), QColor("#000000"), self.ink)

    def of_family(self, family: str) -> QColor:
        """The full colour of a family of nodes, as for blocks at small zoom."""
        return QColor(_FAMILY_COLOURS.get(family, "#6b6b6b"))

    def header_of(self, family: str) -> QColor:
        """The header of a node of this family."""
        return mixed(self.header, self.of_family(family), self.tint)


DARK = Look(
    name="dark",
    surround=QColor("#1c1c1c"),
    dots=QColor("#2e2e2e"),
    window=QColor("#232323"),
    node=QColor("#2b2b2b"),
    header=QColor("#333333"),
    inset=QColor("#232323"),
    line=QColor("#3a3a3a"),
    edge=QColor("#484848"),
    text=QColor("#dcdcdc"),
    dim=QColor("#9a9a9a"),
    accent=QColor("#c5543a"),
    warning=QColor("#e0a030"),
    failure=QColor("#e2574c"),
    on_port=QColor("#1c1c1c"),
    tint=0.45,
    ink=0.0,
)

LIGHT = Look(
    name="light",
    surround=QColor("#c8c8c8"),
    dots=QColor("#b4b4b4"),
    window=QColor("#e6e6e6"),
    node=QColor("#f0f0f0"),
    header=QColor("#dcdcdc"),
    inset=QColor("#e2e2e2"),
    line=QColor("#bdbdbd"),
    edge=QColor("#9c9c9c"),
    text=QColor("#242424"),
    dim=QColor("#5f5f5f"),
    accent=QColor("#c5543a"),
    warning=QColor("#a86a00"),
    failure=QColor("#b3261e"),
    on_port=QColor("#ffffff"),
    tint=0.35,
    ink=0.34,
)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """`first` with `share` (0..1) of it replaced by `second`."""
    kept = 1.0 - share
    return QColor.fromRgbF(
        first.redF() * kept + second.redF() * share,
        first.greenF() * kept + second.greenF() * share,
        first.blueF() * kept + second.blueF() * share,
    )


def font(size: int = FONT_SIZE, *, bold: bool = False) -> QFont:
    """The system font at `size` pixels, with figures of one width."""
    chosen = QFont()
    chosen.setPixelSize(size)
    chosen.setFeature(QFont.Tag("tnum"), 1)
    if bold:
        chosen.setWeight(QFont.Weight.DemiBold)
    return chosen
