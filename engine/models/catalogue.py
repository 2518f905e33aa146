"""The models that are installed, and the one way to load a part of one.

Looking at models is quick: what computes them comes in with the first that is loaded.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import msgspec

from engine.api.cards import ModelCard, PartCard
from engine.api.decoding import decode_json
from engine.models.ediff.config import UNetConfig
from engine.models.errors import ModelFileError, UnknownModelError

if TYPE_CHECKING:
    from engine.models.ediff.encoders import Encoders
    from engine.models.storybook import StorybookDenoiser

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
CARD = "model.json"


class Catalogue:
    """Models by folder name below `roots`; parts of one model share its encoders while any of them is loaded.

    Where two have one name, that below the earlier root counts.
    """

    def __init__(self, *roots: Path) -> None:
        self._roots = roots or (RESOURCES,)
        self._encoders: WeakValueDictionary[tuple[str, str], Encoders] = WeakValueDictionary()

    def card(self, model: str) -> ModelCard:
        """Read a model's card.

        Raises:
            UnknownModelError: there is no such model.
            ModelFileError: its card is damaged.
        """
        file = self._folder(model) / CARD
        try:
            return decode_json(file.read_bytes(), ModelCard)
        except msgspec.DecodeError as error:
            raise ModelFileError(file, f"the model card is damaged ({error})") from error

    def load_part(self, model: str, part: str, device: str) -> StorybookDenoiser:
        """Load one denoiser of a model onto `device` ("cpu", "cuda", "cuda:1").

        Raises:
            UnknownModelError: the model or part does not exist.
            ModelFileError: one of its files is missing or damaged.
        """
        from engine.models.loading import load_denoiser

        card = self.card(model)
        found = self._part(card, part)
        file = self._folder(model) / found.file
        config, weights = read_network(file), checked(file, found.sha256)
        return load_denoiser(config, weights, self._shared_encoders(model, device), card, found, device)

    def _part(self, card: ModelCard, part: str) -> PartCard:
        for found in card.parts:
            if found.name == part:
                return found
        names = ", ".join(found.name for found in card.parts)
        raise UnknownModelError(f"model {card.name!r} has no part {part!r}; it has {names}")

    def _folder(self, model: str) -> Path:
        for root in self._roots:
            if (root / model / CARD).is_file():
                return root / model
        raise UnknownModelError(
            f"There is no model {model!r} here. Add it with `sinopia models add FOLDER`, or choose one that"
            " `sinopia models list` tells."
        )

    def _shared_encoders(self, model: str, device: str) -> Encoders:
        from engine.models.loading import load_encoders

        encoders = self._encoders.get((model, device))
        if encoders is None:
            encoders = self._encoders[model, device] = load_encoders(self._folder(model), device)
        return encoders


def read_network(weights: Path) -> UNetConfig:
    """The description of a network, which lies beside its weights.

    Raises:
        ModelFileError: it is missing or damaged.
    """
    file = weights.with_suffix(".json")
    try:
        return decode_json(file.read_bytes(), UNetConfig)
    except OSError as error:
        raise ModelFileError(file, "the network's description is missing") from error
    except msgspec.DecodeError as error:
        raise ModelFileError(file, f"the network's description is damaged ({error})") from error


def checked(file: Path, sha256: str) -> Path:
    """Return `file` if its content is what the card says, so that half a download is never run."""
    if not file.is_file():
        raise ModelFileError(file, "the weights are missing")
    if hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
        raise ModelFileError(file, "the content is not what the model card says")
    return file
