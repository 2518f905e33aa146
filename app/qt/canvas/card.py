"""What one node shows and where: a value made from the node, its declaration, its wires and its facts.

Measures are pixels at 100 %, from the node's upper left corner. An item is drawn again only when its card changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from msgspec import Struct
from PySide6.QtGui import QImage

from app.qt.canvas import look
from app.qt.canvas.facts import NOTHING, NodeFacts
from app.qt.canvas.said import said, title_of
from app.qt.canvas.scale import Scale
from app.qt.canvas.texts import wrapped
from engine.api.plan import Json
from nodes.graph.model import Node
from nodes.specs.declare import Kind, Parameter, Port, PortType
from nodes.specs.shape import Shape

_INSET = 6
_LINE = 16
_MOST_LINES = 4
_USUAL_ROWS = 3
_MOST_PHRASES = 6
_MOST_CALLOUT_LINES = 3
_CALLOUT_GAP = 6.0
_TEXT_KINDS = frozenset({Kind.TEXT, Kind.LINES})


class Spot(Struct, frozen=True, gc=False):
    """A port: where it is, what it takes or gives, and what is declared of it. `parameter`: a wire drives that."""

    name: str
    kind: PortType
    is_output: bool
    x: float
    y: float
    title: str
    help: str = ""
    required: bool = False
    many: bool = False
    is_list: bool = False
    parameter: bool = False
    wired: bool = False
    known: bool = True


class Line(Struct, frozen=True, gc=False):
    """One line of the body: a name on the left, a value on the right. `share`: where a number lies in its range."""

    top: float
    title: str
    value: str
    is_set: bool
    driven: bool = False
    name: str = ""
    share: float | None = None


class Block(Struct, frozen=True, gc=False):
    """Wrapped text in an inset, such as a prompt: the value of the parameter `name`."""

    name: str
    top: float
    height: float
    lines: tuple[str, ...]
    is_empty: bool = False


class Swatch(Struct, frozen=True, gc=False):
    """A painted phrase with the number of its colour."""

    top: float
    colour: int
    phrase: str


class Callout(Struct, frozen=True, gc=False):
    """What is wrong with the node, hanging below it, so that telling it moves and resizes nothing."""

    top: float
    height: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """Everything a node shows."""

    title: str
    family: str
    type: str
    height: float
    spots: tuple[Spot, ...]
    lines: tuple[Line, ...] = ()
    blocks: tuple[Block, ...] = ()
    swatches: tuple[Swatch, ...] = ()
    callout: Callout | None = None
    preview: tuple[float, float] | None = None
    """Top and height of the room for the picture, across the whole width; there is one whether or not one is there."""
    invites: bool = False
    """Whether a picture may be dropped there."""
    muted: bool = False
    known: bool = True
    problem: str = ""
    note: str = ""
    facts: NodeFacts = NOTHING
    # Compared by its key, as that of the facts.
    picture: QImage | None = field(default=None, compare=False)
    picture_key: int = 0
    width: float = look.NODE_WIDTH

    @cached_property
    def places(self) -> Mapping[tuple[str, bool], tuple[float, float]]:
        """Where each port is, by its name and whether it is an output."""
        return {(spot.name, spot.is_output): (spot.x, spot.y) for spot in self.spots}

    @property
    def reach(self) -> float:
        """The height with what hangs below."""
        return self.height if self.callout is None else self.callout.top + self.callout.height

    def line_at(self, y: float) -> Line | None:
        """The line of the body at a height."""
        return next((line for line in self.lines if line.top <= y < line.top + look.ROW), None)


@dataclass(frozen=True)
class Surroundings:
    """What a card shows besides the node itself: which inputs are wired from where (titles), and outputs in use."""

    sources: Mapping[str, str] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    kinds: Mapping[str, PortType] = field(default_factory=dict)
    """What outputs really carry, where the declaration leaves that open."""
    problem: str = ""
    picture: QImage | None = None
    """The picture file that the node names."""


def card_of(node: Node, shape: Shape | None, around: Surroundings, facts: NodeFacts = NOTHING) -> Card:
    """Lay a node out."""
    return _Builder(node, shape, around, facts).card()


class _Builder:
    """Fills a card from the top down."""

    def __init__(self, node: Node, shape: Shape | None, around: Surroundings, facts: NodeFacts) -> None:
        self.node, self.shape, self.around, self.facts = node, shape, around, facts
        self.title = node.title or (shape.spec.title if shape is not None else node.type.rpartition(".")[2])
        self.y = float(look.HEADER + look.PADDING / 2)
        self.spots: list[Spot] = []
        self.lines: list[Line] = []
        self.blocks: list[Block] = []
        self.swatches: list[Swatch] = []
        self.invites = False
        self.preview: tuple[float, float] | None = None
        self.picture: QImage | None = None

    def card(self) -> Card:
        self._ports()
        if self.shape is not None:
            for parameter in self.shape.spec.parameters:
                self._parameter(parameter, self.shape)
        else:
            self._row(Line(self.y, "type", self.node.type, is_set=True))
        self._well()
        height = self.y + look.PADDING / 2
        spec = None if self.shape is None else self.shape.spec
        return Card(
            title=self.title,
            family=spec.family if spec else "",
            type=self.node.type,
            height=height,
            spots=tuple(self.spots),
            lines=tuple(self.lines),
            blocks=tuple(self.blocks),
            swatches=tuple(self.swatches),
            callout=self._callout(height),
            preview=self.preview,
            invites=self.invites,
            muted=self.node.muted,
            known=spec is not None,
            problem=self.around.problem or self.facts.trouble,
            note=self.node.note,
            facts=self.facts,
            picture=self.picture,
            picture_key=0 if self.picture is None else self.picture.cacheKey(),
        )

    # Ports ------------------------------------------------------------------------------------------------------------

    def _ports(self) -> None:
        inputs, outputs = self._declared() if self.shape is not None else self._guessed()
        for row in range(max(len(inputs), len(outputs))):
            middle = self.y + look.ROW / 2
            if row < len(inputs):
                self.spots.append(self._input(inputs[row], middle))
            if row < len(outputs):
                self.spots.append(self._output(outputs[row], middle))
            self.y += look.ROW

    def _declared(self) -> tuple[Sequence[Port], Sequence[Port]]:
        assert self.shape is not None
        return self.shape.spec.inputs, self.shape.spec.outputs

    def _guessed(self) -> tuple[Sequence[Port], Sequence[Port]]:
        """Of an unknown node only the wired ports can be told."""
        inputs = [Port(name, PortType.ANY, required=False) for name in sorted(self.around.sources)]
        return inputs, [Port(name, PortType.ANY) for name in sorted(self.around.used)]

    def _input(self, port: Port, middle: float) -> Spot:
        return Spot(
            name=port.name,
            kind=port.type,
            is_output=False,
            x=0.0,
            y=middle,
            title=port.label,
            help=port.help,
            required=port.required,
            many=port.many,
            wired=port.name in self.around.sources,
            known=self.shape is not None,
        )

    def _output(self, port: Port, middle: float) -> Spot:
        return Spot(
            name=port.name,
            kind=self.around.kinds.get(port.name, port.type),
            is_output=True,
            x=look.NODE_WIDTH,
            y=middle,
            title=port.label,
            help=port.help,
            is_list=port.name in self.around.lists,
            wired=port.name in self.around.used,
            known=self.shape is not None,
        )

    # Values -----------------------------------------------------------------------------------------------------------

    def _parameter(self, parameter: Parameter, shape: Shape) -> None:
        value = self.node.params.get(parameter.name, parameter.default)
        driven = parameter.name in self.around.sources
        if driven:
            self._handle(parameter)
            source = self.around.sources[parameter.name]
            self._row(Line(self.y, title_of(parameter), f"← {source}", is_set=True, driven=True, name=parameter.name))
        elif parameter.kind in _TEXT_KINDS:
            if value == "" and parameter != shape.spec.parameters[0]:
                return  # a title that nobody gave is no news; a prompt that nobody wrote is
            self._handle(parameter, self.y + _INSET + _LINE / 2)
            self._text(parameter.name, str(value))
        elif parameter.kind is Kind.PHRASES and isinstance(value, list) and value:
            self._phrases(value)
        elif parameter.kind is Kind.PICTURE:
            self.picture, self.invites = self.around.picture, True
        elif value != parameter.default or parameter in shape.spec.parameters[:_USUAL_ROWS]:
            self._handle(parameter)
            self._row(
                Line(
                    self.y,
                    title_of(parameter),
                    said(parameter, value),
                    is_set=value != parameter.default,
                    name=parameter.name,
                    share=_share(parameter, value),
                )
            )

    def _handle(self, parameter: Parameter, middle: float | None = None) -> None:
        """A port for a parameter that a wire may drive."""
        if parameter.wired_by is not None:
            middle = self.y + look.ROW / 2 if middle is None else middle
            self.spots.append(
                Spot(
                    name=parameter.name,
                    kind=parameter.wired_by,
                    is_output=False,
                    x=0.0,
                    y=middle,
                    title=title_of(parameter),
                    help=parameter.help,
                    parameter=True,
                    wired=parameter.name in self.around.sources,
                )
            )

    def _row(self, line: Line) -> None:
        self.lines.append(line)
        self.y += look.ROW

    def _text(self, name: str, text: str) -> None:
        shown = text.strip()
        width = look.NODE_WIDTH - 2 * look.PADDING - 2 * _INSET
        lines = wrapped(shown or "Nothing written yet", width, _MOST_LINES, look.FONT_SIZE)
        height = len(lines) * _LINE + 2 * _INSET
        self.blocks.append(Block(name, self.y, height, lines, is_empty=not shown))
        self.y += height + 4

    def _phrases(self, entries: list[Json]) -> None:
        for number, entry in enumerate(entries[:_MOST_PHRASES]):
            told = entry if isinstance(entry, dict) else {}
            colour = told.get("colour", number)
            phrase = str(told.get("phrase", "?"))
            self.swatches.append(Swatch(self.y, colour if isinstance(colour, int) else number, phrase))
            self.y += look.ROW
        if len(entries) > _MOST_PHRASES:
            self._row(Line(self.y, f"and {len(entries) - _MOST_PHRASES} more", "", is_set=False))

    # Results ----------------------------------------------------------------------------------------------------------

    def _well(self) -> None:
        """Room for a picture on every node that makes or holds one: the same before, while and after it is made."""
        made = () if self.shape is None else self.shape.spec.outputs
        if not any(port.type is PortType.IMAGE for port in made):
            return
        self.picture = self.facts.preview or self.picture
        self.y += 4
        self.preview = (self.y, look.WELL)
        self.y += look.WELL + 4

    def _callout(self, bottom: float) -> Callout | None:
        problem = self.around.problem or self.facts.trouble
        if not problem:
            return None
        told = _without_name(problem, self.title, self.node.type)
        width = look.NODE_WIDTH - 2 * look.PADDING - 8
        lines = wrapped(told, width, _MOST_CALLOUT_LINES, look.FONT_SIZE)
        return Callout(bottom + _CALLOUT_GAP, _LINE * len(lines) + 12, lines)


def _share(parameter: Parameter, value: Json) -> float | None:
    scale = Scale.of(parameter)
    whole = isinstance(value, (int, float)) and not isinstance(value, bool)
    return scale.share(value) if scale is not None and whole else None  # type: ignore[arg-type]  # just found a number


def _without_name(problem: str, *names: str) -> str:
    """What is wrong, without the node's own name in front: everyone sees whose problem it is."""
    for name in names:
        problem = problem.removeprefix(f"“{name}”")
    told = problem.lstrip(": ")
    return told[:1].upper() + told[1:]
