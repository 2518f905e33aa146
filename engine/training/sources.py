"""Where training data comes from: a source is opened once and gives every run of a tree its own stream."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch

from engine.models.ediff.encoders import Encoders
from engine.training.batches import BatchStream
from engine.training.config import TrainingConfig
from engine.training.data import SceneStream
from engine.training.errors import TrainingError
from engine.training.world import World


class Source(Protocol):
    """Gives streams of training batches."""

    def stream(self, config: TrainingConfig, pictures: int) -> BatchStream:
        """Return one run's micro-batches of `pictures`; raises TrainingError where they do not fit its network."""
        ...


@dataclass(frozen=True, eq=False)
class DrawnWorld:
    """Scenes drawn while training, and what the trained encoders say of them."""

    world: World
    encoders: Encoders

    @classmethod
    def open(cls, encoders: Path, device: torch.device) -> DrawnWorld:
        """Load the world's sprites and the encoders in folder `encoders`.

        Raises:
            SpritesMissingError: the emoji font is missing.
            ModelFileError: the encoders are missing or damaged.
        """
        return cls(World.load(), Encoders.load(encoders).to(device))

    def stream(self, config: TrainingConfig, pictures: int) -> BatchStream:
        """See `Source`."""
        if config.network.context != self.encoders.shape:
            raise TrainingError(
                f"run {config.name!r}: its network is made for other encoders ({config.network.context}) than those "
                f"that are there ({self.encoders.shape}); change [network.context] or the folder of runs."
            )
        return SceneStream(config, self.world, self.encoders, pictures)
