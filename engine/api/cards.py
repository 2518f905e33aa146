"""Model cards: what a model is, which parts it has and what it knows, readable without loading it."""

from __future__ import annotations

from msgspec import Struct, field


class PartCard(Struct, frozen=True, forbid_unknown_fields=True):
    """One denoiser of a model: `size` is the side in pixels and the sigmas bound the noise it was trained on."""

    name: str
    title: str
    file: str
    sha256: str
    size: int
    sigma_min: float
    sigma_max: float
    parameters: int
    about: str


class ModelCard(Struct, frozen=True, forbid_unknown_fields=True):
    """A model: `words` are the phrases it was trained on by kind, `figures` its measured results by name."""

    name: str
    title: str
    about: str
    licence: str
    trained: str
    default_weight: float
    parts: tuple[PartCard, ...]
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
