"""The words in which a node is declared: port types, ports, parameters, and how older versions become this one.

A declaration is plain data that loads in milliseconds; what the node does is named by `Spec.run` and imported by the
engine only.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

from msgspec import Struct

from engine.api.defaults import PHRASE_REPEL
from engine.api.plan import Json


class PortType(Enum):
    """What travels on a wire."""

    CONDITIONING = "Conditioning"
    DENOISER = "Denoiser"
    ENSEMBLE = "Ensemble"
    SAMPLE = "Sample"
    IMAGE = "Image"
    MASK = "Mask"
    PHRASE_MASKS = "PhraseMasks"
    STYLE_REFERENCE = "StyleReference"
    SIZE_CROP = "SizeCrop"
    SIGMAS = "Sigmas"
    SEED = "Seed"
    INTEGER = "Integer"
    NUMBER = "Number"
    TEXT = "Text"
    BOOLEAN = "Boolean"
    ANY = "Any"

    @property
    def title(self) -> str:
        """What the artist calls it."""
        return _TYPE_TITLES.get(self, self.value)


_TYPE_TITLES: Mapping[PortType, str] = {
    PortType.PHRASE_MASKS: "Phrases",
    PortType.STYLE_REFERENCE: "Style",
    PortType.SIZE_CROP: "Size and Crop",
    PortType.SIGMAS: "Noise Levels",
    PortType.ANY: "Anything",
}

_FITS_ALSO: Mapping[PortType, frozenset[PortType]] = {
    PortType.ENSEMBLE: frozenset({PortType.DENOISER}),
    PortType.SEED: frozenset({PortType.INTEGER}),
    PortType.INTEGER: frozenset({PortType.NUMBER}),
}


def fits(given: PortType, wanted: PortType) -> bool:
    """Whether a wire that carries `given` may end where `wanted` is declared."""
    return given is wanted or PortType.ANY in (given, wanted) or wanted in _FITS_ALSO.get(given, frozenset())


@lru_cache(maxsize=4096)
def in_words(name: str) -> str:
    """A name as words: "crop_left" is "Crop left"."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


class Kind(Enum):
    """What kind of value a parameter holds, and so how it is edited."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    SEED = "seed"
    TEXT = "text"
    LINES = "lines"  # a text that means its lines
    NAME = "name"  # a plain file name, no folder
    CHOICE = "choice"  # one of `choices`
    CHOICES = "choices"  # a list of some of `choices`
    NUMBERS = "numbers"  # a list of numbers
    PICTURE = "picture"  # a reference to a picture file
    PHRASES = "phrases"  # a list of painted phrases, see `PhraseLayerValue`


class PhraseLayerValue(Struct, frozen=True):
    """One painted phrase in a parameter of kind `PHRASES`: `phrase` is characters [start, end) of the prompt.

    `mask` refers to the painted picture, "paint/<id>.png". `strength` at least 0; `repel`, `begin`, `finish` in 0..1.
    `noise_seed`: a seed of its own for the noise inside the mask, None for the picture's.
    Other fields (a colour on screen) are kept in files and change no result.
    """

    id: str
    start: int
    end: int
    phrase: str
    mask: str
    strength: float = 1.0
    repel: float = PHRASE_REPEL
    begin: float = 0.0
    finish: float = 1.0
    noise_seed: int | None = None


WIRED_BY: Mapping[Kind, PortType] = {
    Kind.INTEGER: PortType.INTEGER,
    Kind.NUMBER: PortType.NUMBER,
    Kind.BOOLEAN: PortType.BOOLEAN,
    Kind.SEED: PortType.SEED,
    Kind.TEXT: PortType.TEXT,
    Kind.LINES: PortType.TEXT,
    Kind.NAME: PortType.TEXT,
    Kind.CHOICE: PortType.TEXT,
}
"""What a wire must carry to drive a parameter; other kinds cannot be driven."""

LARGEST_SEED = 2**63 - 1


class Port(Struct, frozen=True):
    """A place where wires end or begin.

    Inputs: `required`; `many` wires arrive as one tuple; `collects` swallows a list whole instead of running once for
    each item; `lazy` is evaluated only when the node's lazy parameter names it. Outputs: `starts_list`; `passes` names
    the input that comes out unchanged; `texts` names the parameters and inputs whose text this output carries.
    Without a `title` it is called by its name in plain words.
    """

    name: str
    type: PortType
    help: str = ""
    required: bool = True
    many: bool = False
    collects: bool = False
    lazy: bool = False
    starts_list: bool = False
    passes: str = ""
    texts: tuple[str, ...] = ()
    title: str = ""

    @property
    def label(self) -> str:
        """What the artist calls it."""
        return self.title or in_words(self.name)


class Parameter(Struct, frozen=True):
    """A value set on the node.

    `minimum` and `maximum` bound a number, each number of a list, or the length of a text (in characters). `optional`
    allows null. With `affects_result` False a change does not run the node again. `connectable`: a wire may drive it.
    `spans_of`: for painted phrases, the input port whose text they are phrases of. Without a `title` it is called by
    its name in plain words; `labels` are what `choices` are called, in their order.
    """

    name: str
    kind: Kind
    default: Json
    help: str
    title: str = ""
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    affects_result: bool = True
    connectable: bool = True
    spans_of: str = ""
    labels: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the artist calls it."""
        return self.title or in_words(self.name)

    def choice_label(self, choice: str) -> str:
        """What the artist calls one of the choices."""
        return dict(zip(self.choices, self.labels, strict=False)).get(choice) or in_words(choice)

    @property
    def wired_by(self) -> PortType | None:
        """What a wire must carry to drive this parameter; None when no wire may."""
        return WIRED_BY.get(self.kind) if self.connectable else None


class Upgrade(Struct, frozen=True):
    """How a node saved one version earlier becomes `version`, as data.

    `parameters`, `inputs`, `outputs`: old name to new name (a wired parameter is found by its name among the inputs
    too). `drop`: parameters that are no more. `values`: parameters written unless set, so that a changed default does
    not change old pictures.
    """

    version: int
    parameters: Mapping[str, str] = {}
    inputs: Mapping[str, str] = {}
    outputs: Mapping[str, str] = {}
    drop: tuple[str, ...] = ()
    values: Mapping[str, Json] = {}


class Order(Struct, frozen=True):
    """Two number parameters of which `low` must be less than `high` (or as much, with `may_be_equal`); null is free."""

    low: str
    high: str
    may_be_equal: bool = False


class Spec(Struct, frozen=True):
    """The declaration of a node type.

    `run` is "module:function", resolved by the engine. `lazy` names the parameter whose value names the only lazy input
    to evaluate. A node that is not `cacheable` runs every time. An `output_node` is what runs when no target is named.
    `aliases` are words that searches find it by. `replaces` are type ids that became this one. `orders` hold between
    its parameters.
    """

    type: str
    title: str
    family: str
    help: str
    run: str
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    version: int = 1
    aliases: tuple[str, ...] = ()
    lazy: str | None = None
    cacheable: bool = True
    output_node: bool = False
    orders: tuple[Order, ...] = ()
    upgrades: tuple[Upgrade, ...] = ()
    replaces: tuple[str, ...] = ()
