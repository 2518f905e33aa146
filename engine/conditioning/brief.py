"""The values that tell a denoiser what to draw. They name no encoder: each model family encodes them its own way.

Arrays are copied when writable and then made read-only, so a value can travel on several wires and be cached.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Overlap = Literal["stack", "mix"]
Norm = Literal["head", "layer", "range"]
Resize = Literal["antialias", "paper", "keep"]
Encoder = Literal["clip_text", "t5", "clip_image"]

Scalar = TypeVar("Scalar", bound=np.generic)

ENCODERS: frozenset[Encoder] = frozenset(get_args(Encoder))


class BriefError(ValueError):
    """A value of a brief is out of its range, or two of its values contradict each other."""


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise BriefError(message)


def _require_window(owner: str, begin: float, finish: float) -> None:
    _require(
        0.0 <= begin <= finish <= 1.0,
        f"{owner}: begin {begin:g} and finish {finish:g} are fractions of the steps; choose 0 <= begin <= finish <= 1",
    )


def _require_choice(owner: str, value: str, choices: Iterable[str]) -> None:
    _require(value in choices, f"{owner} is {value!r}; choose one of {', '.join(choices)}")


def _require_amount(owner: str, value: float) -> None:
    _require(math.isfinite(value) and value >= 0.0, f"{owner} is {value:g}; choose a number of at least 0")


def _read_only(array: NDArray[Scalar]) -> NDArray[Scalar]:
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


@dataclass(frozen=True)
class PromptText:
    """A prompt that holds for the whole solve."""

    text: str


@dataclass(frozen=True)
class SwitchedPrompt:
    """A prompt that changes: `first` for the fraction `at` of the steps, `second` after (eDiff-I fig. 4)."""

    first: str
    second: str
    at: float

    def __post_init__(self) -> None:
        _require(0.0 <= self.at <= 1.0, f"the prompt switches at {self.at:g}; choose a fraction of the steps, 0 to 1")


@dataclass(frozen=True, eq=False)
class PhraseLayer:
    """A phrase and where it was painted.

    `start`, `end`: its characters [start, end) of the prompt. `mask`: float32 [H, W] in 0..1 at canvas size.
    `strength`: factor on the weight, 1 as painted. `repel`: 0..1, how strongly the phrase is pushed out of the
    unpainted part. `begin`, `finish`: the fractions of the steps between which the layer acts. `noise_seed`: a seed for
    the noise inside the mask, so that this part can be drawn anew while the rest stays; None takes the picture's.
    """

    id: str
    start: int
    end: int
    mask: NDArray[np.float32]
    strength: float = 1.0
    repel: float = 0.0
    begin: float = 0.0
    finish: float = 1.0
    noise_seed: int | None = None

    def __post_init__(self) -> None:
        owner = f"phrase layer {self.id!r}"
        _require(0 <= self.start < self.end, f"{owner}: characters {self.start} to {self.end} hold no text")
        _require_amount(f"{owner}: strength", self.strength)
        _require(0.0 <= self.repel <= 1.0, f"{owner}: repel is {self.repel:g}; choose 0 to 1")
        _require_window(owner, self.begin, self.finish)
        _require_mask(owner, self.mask)
        object.__setattr__(self, "mask", _read_only(self.mask))


def _require_mask(owner: str, mask: NDArray[np.float32]) -> None:
    _require(mask.ndim == 2 and mask.size > 0, f"{owner}: the mask has shape {mask.shape}; it needs [height, width]")
    _require(mask.dtype == np.float32, f"{owner}: the mask is {mask.dtype}; it needs float32 in 0..1")
    # A comparison with NaN is false, so this also refuses masks that are not numbers.
    _require(bool(mask.min() >= 0.0 and mask.max() <= 1.0), f"{owner}: mask values must lie in 0..1")


@dataclass(frozen=True, eq=False)
class PhraseMasks:
    """The painted phrases of one prompt and how they act (eDiff-I 4.3); later layers lie above earlier ones.

    `overlap`: an upper layer hides lower ones ("stack") or all act together ("mix"). `weight`: the paper's w'.
    `norm`: what stands for max(QK^T): per head, per layer (over its heads), or the row-wise range. `resize`: how masks
    reach a layer's grid: antialiased, the paper's plain bilinear, or a maximum that keeps small strokes.
    `isolate`: encode each phrase alone and splice its rows into the sentence.
    """

    prompt: str
    layers: tuple[PhraseLayer, ...]
    overlap: Overlap = "stack"
    weight: float = 0.5
    norm: Norm = "head"
    resize: Resize = "antialias"
    isolate: bool = False

    def __post_init__(self) -> None:
        _require_amount("phrase masks: weight", self.weight)
        _require_choice("phrase masks: overlap", self.overlap, get_args(Overlap))
        _require_choice("phrase masks: norm", self.norm, get_args(Norm))
        _require_choice("phrase masks: resize", self.resize, get_args(Resize))
        shapes = {layer.mask.shape for layer in self.layers}
        _require(len(shapes) <= 1, f"phrase masks: all masks need the canvas size, but they are {sorted(shapes)}")
        for layer in self.layers:
            _require(
                layer.end <= len(self.prompt),
                f"phrase layer {layer.id!r}: characters {layer.start} to {layer.end} lie outside the prompt of "
                f"{len(self.prompt)} characters; link the layer to a phrase of this prompt again",
            )


@dataclass(frozen=True, eq=False)
class StyleReference:
    """Pictures (uint8 [H, W, 3], each with a weight) whose style the result should take (eDiff-I 5.3).

    `strength`: 0 none, 1 as trained. `begin`, `finish`: fractions of the steps between which it acts.
    `literal`: 1 keeps what the pictures show as well as how they look, 0 only how they look.
    """

    images: tuple[tuple[NDArray[np.uint8], float], ...]
    strength: float = 1.0
    begin: float = 0.0
    finish: float = 1.0
    literal: float = 1.0

    def __post_init__(self) -> None:
        _require(len(self.images) > 0, "style reference: there is no picture; wire at least one")
        _require_amount("style reference: strength", self.strength)
        _require(0.0 <= self.literal <= 1.0, f"style reference: literal is {self.literal:g}; choose 0 to 1")
        _require_window("style reference", self.begin, self.finish)
        for number, (image, weight) in enumerate(self.images, start=1):
            _require_amount(f"style reference: weight of picture {number}", weight)
            _require(
                image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3,
                f"style reference: picture {number} is {image.dtype} {image.shape}; it needs uint8 [height, width, 3]",
            )
        _require(any(weight > 0.0 for _, weight in self.images), "style reference: every picture has weight 0")
        object.__setattr__(self, "images", tuple((_read_only(image), weight) for image, weight in self.images))


@dataclass(frozen=True)
class SizeCrop:
    """Size micro-conditioning (SDXL 2.2): `target` and `original` as (height, width), `crop` as (top, left), pixels."""

    target: tuple[int, int]
    original: tuple[int, int]
    crop: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        for name, (height, width) in (("target", self.target), ("original", self.original)):
            _require(height > 0 and width > 0, f"size and crop: {name} size {height}x{width} is not a picture")
        _require(min(self.crop) >= 0, f"size and crop: crop {self.crop} starts outside the picture")


@dataclass(frozen=True, eq=False)
class Brief:
    """What one picture is conditioned on at one step; everything in it acts.

    `prompt` None: the text is dropped (zero embeddings). `low_resolution`: float [3, h, w] in -1..1, the picture an
    upscaling denoiser enlarges. `encoders`: which of the model's encoders may speak, the others are dropped.
    """

    prompt: str | None
    phrases: PhraseMasks | None = None
    styles: tuple[StyleReference, ...] = ()
    size: SizeCrop | None = None
    low_resolution: Tensor | None = None
    encoders: frozenset[Encoder] = ENCODERS

    def __post_init__(self) -> None:
        unknown = self.encoders - ENCODERS
        _require(not unknown, f"brief: unknown encoders {sorted(unknown)}; choose among {sorted(ENCODERS)}")
        if self.phrases is not None:
            _require(
                self.phrases.prompt == self.prompt,
                f"phrase masks were painted for {self.phrases.prompt!r}, but the prompt is {self.prompt!r}; "
                "wire both from the same prompt",
            )
        if self.low_resolution is not None:
            shape = tuple(self.low_resolution.shape)
            _require(len(shape) == 3 and shape[0] == 3, f"low-resolution picture is {shape}; it needs [3, h, w]")


@dataclass(frozen=True)
class DenoiserRef:
    """A denoiser by name, as it travels on a wire: `part` of `model`, owning noise levels sigma_from down to sigma_to.

    None bounds are the model's own; `guidance` and `sampler` None take the solve's.
    """

    model: str
    part: str
    sigma_from: float | None = None
    sigma_to: float | None = None
    guidance: float | None = None
    sampler: str | None = None

    def __post_init__(self) -> None:
        if self.sigma_from is not None and self.sigma_to is not None:
            _require(
                self.sigma_from > self.sigma_to >= 0.0,
                f"expert {self.model}/{self.part}: noise falls from {self.sigma_from:g} to {self.sigma_to:g}; "
                "sigma_from must be the greater",
            )


@dataclass(frozen=True)
class EnsembleRef:
    """Several experts that share one solve, each owning a noise interval."""

    members: tuple[DenoiserRef, ...]


@dataclass(frozen=True, eq=False)
class Sample:
    """A picture in the making: float32 [C, H, W] in the values of `space`, at noise level `sigma` (0: finished)."""

    data: Tensor
    space: str
    sigma: float

    def __post_init__(self) -> None:
        _require(self.data.ndim == 3, f"sample has shape {tuple(self.data.shape)}; it needs [channels, height, width]")
        _require(math.isfinite(self.sigma) and self.sigma >= 0.0, f"sample: sigma is {self.sigma:g}; it is at least 0")
