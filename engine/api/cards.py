"""Model cards: what a model is, which parts it has and what it knows, readable without loading it."""

from __future__ import annotations

from math import inf

from msgspec import Struct, field

from engine.api.sizes import CELLS

LARGEST = 8192
"""Pixels of the longest side for which any part can have been trained."""


class PartCard(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One denoiser of a model: `size` is the side in pixels and the sigmas bound the noise it was trained on.

    `weaker`: it draws no picture by itself and is there for guidance to lead away from.

    Raises:
        ValueError: no network can have been trained for that size, or for that noise.
    """

    name: str
    title: str
    file: str
    sha256: str
    size: int
    sigma_min: float
    sigma_max: float
    parameters: int
    about: str
    weaker: bool = False

    def __post_init__(self) -> None:
        if not CELLS <= self.size <= LARGEST:
            raise ValueError(f"part {self.name!r} draws at {self.size} pixels, and sizes go from {CELLS} to {LARGEST}")
        if not 0.0 < self.sigma_min < self.sigma_max < inf:
            told = f"part {self.name!r} knows noise from sigma {self.sigma_min:g} to {self.sigma_max:g}"
            raise ValueError(f"{told}, and these are positive and rise")


class ModelCard(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A model: `words` are the phrases it was trained on by kind, `figures` its measured results by name.

    `default_guidance` is what its smallest pictures are drawn with where nobody says otherwise.

    Raises:
        ValueError: the default weight of painted phrases, or the default guidance, is negative or infinite.
    """

    name: str
    title: str
    about: str
    licence: str
    trained: str
    default_weight: float
    parts: tuple[PartCard, ...]
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    default_guidance: float = 3.0

    def __post_init__(self) -> None:
        if not 0.0 <= self.default_weight < inf:
            raise ValueError(f"default_weight is {self.default_weight:g}, and weights are 0 or more")
        if not 0.0 <= self.default_guidance < inf:
            raise ValueError(f"default_guidance is {self.default_guidance:g}, and guidance is 0 or more")
