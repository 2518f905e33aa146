"""The list of layers in an OpenRaster file, `stack.xml`, written and read.

It comes from anywhere, so it is read with the bare parser of the standard library and a short list of what may be in
it: document types and entities, the doors of every known attack on XML readers, are refused where they begin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.parsers import expat

from app.paint.errors import ExchangeError

LONGEST = 2**20
MOST_ELEMENTS = 2000
DEEPEST = 32

_FURTHEST = 100_000

_REFERENCES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)
"""What may not stand in the value of an attribute as it is."""


@dataclass(frozen=True)
class StackLayer:
    """One picture of the stack: its file in the archive, where its corner lies, and whether it is shown."""

    name: str
    source: str
    left: int
    top: int
    visible: bool
    opacity: float = 1.0


@dataclass(frozen=True)
class Stack:
    """Size of the canvas and its layers, the lowest first, groups dissolved."""

    width: int
    height: int
    layers: tuple[StackLayer, ...]


def write_stack(stack: Stack) -> bytes:
    """The stack as XML; it lists the uppermost layer first."""
    rows = "\n".join(f"    {_element(layer)}" for layer in reversed(stack.layers))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<image version="0.0.3" w="{stack.width}" h="{stack.height}">\n  <stack>\n{rows}\n  </stack>\n</image>\n'
    ).encode()


def read_stack(data: bytes, name: str) -> Stack:
    """The stack in XML of any origin.

    Raises:
        ExchangeError: it is too long, too deep, no XML, has a document type, or lacks a size; it is called `name`.
    """
    if len(data) > LONGEST:
        raise ExchangeError(f"{name}: its list of layers is {len(data)} bytes long; up to {LONGEST} are read.")
    reader = _Reader(name)
    try:
        reader.parse(data)
    except expat.ExpatError as error:
        raise ExchangeError(f"{name}: its list of layers is damaged ({error}); save it again.") from error
    if reader.size is None:
        raise ExchangeError(f"{name} has no OpenRaster image in its stack.xml; save it as OpenRaster (.ora) again.")
    return Stack(*reader.size, tuple(reversed(reader.layers)))


def _element(layer: StackLayer) -> str:
    attributes: Sequence[tuple[str, str]] = (
        ("name", layer.name),
        ("src", layer.source),
        ("x", str(layer.left)),
        ("y", str(layer.top)),
        ("opacity", f"{layer.opacity:.3f}"),
        ("visibility", "visible" if layer.visible else "hidden"),
        ("composite-op", "svg:src-over"),
    )
    written = (f'{key}="{value.translate(_REFERENCES)}"' for key, value in attributes)
    return f"<layer {' '.join(written)}/>"


class _Reader:
    """Collects layers while the parser walks the file, the uppermost first as they stand there."""

    def __init__(self, name: str) -> None:
        self.size: tuple[int, int] | None = None
        self.layers: list[StackLayer] = []
        self._name = name
        self._elements = 0
        self._shown: list[bool] = []  # for each open element, whether it and all around it are shown

    def parse(self, data: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.Parse(data, True)

    def _refuse(self, *_: object) -> None:
        raise ExchangeError(
            f"{self._name}: its stack.xml has a document type, which OpenRaster has not; it is not read."
        )

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._shown) >= DEEPEST:
            raise ExchangeError(f"{self._name}: its list of layers is too long or too deep to be one; it is not read.")
        shown = attributes.get("visibility", "visible") == "visible" and (not self._shown or self._shown[-1])
        self._shown.append(shown)
        if tag == "image" and len(self._shown) == 1:
            self.size = self._number(attributes, "w"), self._number(attributes, "h")
        elif tag == "layer" and self.size is not None:
            self.layers.append(self._layer(attributes, shown))

    def _end(self, tag: str) -> None:
        self._shown.pop()

    def _layer(self, attributes: Mapping[str, str], shown: bool) -> StackLayer:
        name = attributes.get("name", f"layer {len(self.layers) + 1}")
        left, top = self._number(attributes, "x", 0), self._number(attributes, "y", 0)
        return StackLayer(name, attributes.get("src", ""), left, top, shown)

    def _number(self, attributes: Mapping[str, str], key: str, default: int | None = None) -> int:
        text = attributes.get(key, "" if default is None else str(default))
        # Krita writes whole numbers, others "12.0"; what lies further out than this is no place on any canvas.
        try:
            number = round(float(text))
        except (ValueError, OverflowError) as error:
            raise ExchangeError(f"{self._name}: {key} is {text!r} in its stack.xml, which is no number.") from error
        if abs(number) > _FURTHEST:
            raise ExchangeError(f"{self._name}: {key} is {text} in its stack.xml, far outside any canvas.")
        return number
