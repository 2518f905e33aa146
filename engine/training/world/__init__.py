"""The drawn world: endless captioned pictures of a few things, with an exact mask for every phrase.

Usage: ``world = World.load(); scenes = world.sample(np.random.default_rng(0), 64); world.render(scenes, 32)``.
Needed for training and evaluation only; making pictures with a trained model never draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from engine.training.world.kinds import KINDS, SMALL, Kind, Name
from engine.training.world.render import Rendered, render
from engine.training.world.scene import Phrase, Placed, Scene, Tone, View
from engine.training.world.sprites import Sprites, SpritesMissingError, load_sprites
from engine.training.world.vocabulary import VOCABULARY, Vocabulary

__all__ = [
    "VOCABULARY",
    "Phrase",
    "Placed",
    "Rendered",
    "Scene",
    "SpritesMissingError",
    "Tone",
    "View",
    "Vocabulary",
    "World",
]


@dataclass(frozen=True, eq=False)
class World:
    """Sampler and renderer over one set of sprites."""

    sprites: Sprites
    kind: Kind = SMALL

    @staticmethod
    def load(sprites: Path | None = None, name: Name = "storybook") -> World:
        """Draw the sprites from the emoji font at `sprites` (default: the system's). Raises SpritesMissingError."""
        kind = KINDS[name]
        return World(load_sprites(sprites, kind.kit.vocabulary), kind)

    def on(self, device: torch.device | str) -> World:
        """The same world with its sprites on `device`, for drawing there."""
        return World(self.sprites.on(device), self.kind)

    @property
    def vocabulary(self) -> Vocabulary:
        """What this world can show and its words."""
        return self.kind.kit.vocabulary

    def sample(self, rng: np.random.Generator, count: int) -> tuple[Scene, ...]:
        """`count` random scenes."""
        return tuple(self.kind.sample(rng) for _ in range(count))

    def sibling(self, scene: Scene, rng: np.random.Generator) -> Scene:
        """Another content with the same style and tone: a style reference for `scene`."""
        return self.kind.sibling(scene, rng)

    def render(self, scenes: Sequence[Scene], size: int, device: torch.device | str = "cpu") -> Rendered:
        """Pictures [B, 3, size, size] in -1..1 with their phrase masks; see `Rendered`."""
        return render(scenes, self.sprites, size, device, self.kind.kit)
