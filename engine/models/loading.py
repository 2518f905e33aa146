"""Networks and encoders out of a model's files; whoever only looks at models need not import this."""

from __future__ import annotations

from pathlib import Path

from engine.api.cards import ModelCard, PartCard
from engine.models.ediff.build import build_network
from engine.models.ediff.config import UNetConfig
from engine.models.ediff.encoders import Encoders
from engine.models.storybook import StorybookDenoiser
from engine.models.weights import load_weights


def load_denoiser(
    config: UNetConfig, weights: Path, encoders: Encoders, card: ModelCard, part: PartCard, device: str
) -> StorybookDenoiser:
    """Build the network of a part with its weights on `device`. Raises ModelFileError."""
    network = build_network(config)
    load_weights(network, weights)
    return StorybookDenoiser(
        network.to(device),
        encoders,
        sigma_min=part.sigma_min,
        sigma_max=part.sigma_max,
        default_weight=card.default_weight,
        native_size=part.size,
    )


def load_encoders(folder: Path, device: str) -> Encoders:
    """Read the encoders of the model in `folder` onto `device`. Raises ModelFileError."""
    return Encoders.load(folder).to(device)
