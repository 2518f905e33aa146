"""The drawn worlds there are: how each samples scenes and what it draws them with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np

from engine.training.world import sampling
from engine.training.world.family import backgrounds, primer, styles
from engine.training.world.family import sampling as family
from engine.training.world.family.words import COLOURS, FAMILY
from engine.training.world.render import STORYBOOK, Kit
from engine.training.world.scene import Scene

Name = Literal["storybook", "family", "family-primer"]


@dataclass(frozen=True)
class Kind:
    """A world: what it is drawn with, how a scene is drawn at random, and how another of the same look."""

    kit: Kit
    sample: Callable[[np.random.Generator], Scene]
    sibling: Callable[[Scene, np.random.Generator], Scene]


SMALL = Kind(STORYBOOK, sampling.sample_scene, sampling.sample_sibling)
_FAMILY_KIT = Kit(FAMILY, backgrounds.SKIES, backgrounds.GROUNDS, backgrounds.ROLL, styles.FILTERS, 3, COLOURS)
KINDS: Mapping[Name, Kind] = MappingProxyType(
    {
        "storybook": SMALL,
        "family": Kind(_FAMILY_KIT, family.sample_scene, family.sample_sibling),
        "family-primer": Kind(_FAMILY_KIT, primer.sample_scene, primer.sample_sibling),
    }
)
