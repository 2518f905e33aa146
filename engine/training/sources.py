"""Where training data comes from: a source gives every run of a tree its own stream of batches."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol

import torch

from engine.diffusion.denoiser import Denoiser
from engine.models.ediff.encoders import Encoders
from engine.training.batches import BatchStream
from engine.training.config import TrainingConfig
from engine.training.data import SceneStream
from engine.training.errors import TrainingError
from engine.training.pictures.choosing import Chooser
from engine.training.pictures.finding import find_samples
from engine.training.pictures.scores import filtered
from engine.training.pictures.settings import DrawnData, PictureData
from engine.training.pictures.stream import PictureStream
from engine.training.redraw import drawing_run
from engine.training.replay import ReplayedStream
from engine.training.world import World
from engine.training.world.kinds import Name


class Source(Protocol):
    """Gives streams of training batches."""

    def stream(self, config: TrainingConfig, pictures: int) -> BatchStream:
        """Return one run's micro-batches of `pictures`; raises TrainingError where they do not fit its network."""
        ...


class ConfiguredSource:
    """The drawn world, a folder or shards, as each run's [data] says; encoders are loaded when first asked for."""

    def __init__(self, encoders: Path, device: torch.device) -> None:
        """Take the trained encoders from folder `encoders`, which lies among the runs; batches are made on `device`."""
        self._folder, self._device = encoders, device
        self._world = lru_cache(maxsize=1)(_drawn_world)

    @cached_property
    def _encoders(self) -> Encoders:
        return Encoders.load(self._folder).to(self._device)

    def stream(self, config: TrainingConfig, pictures: int) -> BatchStream:
        """See `Source`.

        Raises:
            SpritesMissingError: the drawn world is asked for and the emoji font is missing.
            ModelFileError: the encoders are missing or damaged.
            DataError: there are no pictures.
        """
        if isinstance(config.data, DrawnData):
            world = self._world(config.data.vocabulary, self._device)
            scenes = SceneStream(config, world, self._encoders_for(config), pictures, self._drawing(config))
            return ReplayedStream(config, scenes, config.data.reuse) if config.data.reuse > 1 else scenes
        encoders = self._encoders_for(config) if config.data.embeddings == "computed" else None
        return PictureStream(config, chooser_of(config, config.data), pictures, self._device, encoders)

    def _drawing(self, config: TrainingConfig) -> Denoiser | None:
        """What draws the run's small pictures again; the runs lie beside the encoders."""
        return None if config.redraw is None else drawing_run(config.redraw, self._folder.parent, self._encoders)

    def _encoders_for(self, config: TrainingConfig) -> Encoders:
        if config.network.context != self._encoders.shape:
            raise TrainingError(
                f"run {config.name!r}: its network is made for other encoders ({config.network.context}) than those "
                f"that are there ({self._encoders.shape}); change [network.context] or the folder of runs."
            )
        return self._encoders


def _drawn_world(name: Name, device: torch.device) -> World:
    return World.load(name=name).on(device)


def chooser_of(config: TrainingConfig, data: PictureData) -> Chooser:
    """The run's shuffled samples, those that pass its filters."""
    side = config.picture_size or config.network.size
    return Chooser(
        filtered(find_samples(data), data), seed=config.seed, shuffle=data.shuffle, smallest=side,
        stored=data.embeddings == "stored",
    )  # fmt: skip
