"""First lessons: the family's things one kind at a time, large and whole, so that their names are learnt soonest.

In the whole world a thing is a small part of a picture among twelve styles: what a name looks like is then the last
thing a small network learns. Sentences are those of the whole world.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.training.world.family.captions import Group, caption_of
from engine.training.world.family.sampling import COLOURED, COLOURLESS, place, sample_groups, sample_style
from engine.training.world.family.words import FAMILY
from engine.training.world.scene import Placed, Scene, Tone, View

FLAT = 0.75
GROUP_SHARES = (0.6, 0.2, 0.0, 0.2, 0.0)
ALONE_SIDES = (0.5, 0.75)


def sample_scene(rng: np.random.Generator) -> Scene:
    """One large thing, at times a pair or two, mostly in the flat style; nothing cut off, no tone, no texture."""
    style = "flat" if rng.random() < FLAT else sample_style(rng)
    return sample_content(style, rng)


def sample_sibling(scene: Scene, rng: np.random.Generator) -> Scene:
    """Another content in the same style."""
    return sample_content(scene.style, rng)


def sample_content(style: str, rng: np.random.Generator) -> Scene:
    """A scene with new content in the given style."""
    sky = FAMILY.skies[int(rng.integers(len(FAMILY.skies)))].name
    ground = FAMILY.grounds[int(rng.integers(len(FAMILY.grounds)))].name
    groups = sample_groups(rng, 0.0 if style in COLOURLESS else COLOURED, GROUP_SHARES)
    horizon = float(rng.uniform(0.42, 0.68))
    alone = sum(group.count for group in groups) == 1
    objects = _alone(groups[0], rng) if alone else place(groups, View(), horizon, rng)
    scene = Scene("", (), objects, sky, ground, horizon, style, Tone("neutral"), View(), int(rng.integers(2**31)))
    text, phrases = caption_of(scene, groups, rng)
    return replace(scene, caption=text, phrases=phrases)


def _alone(group: Group, rng: np.random.Generator) -> tuple[Placed, ...]:
    side = float(rng.uniform(*ALONE_SIDES))
    x, y = (float(v) for v in rng.uniform(side / 2, 1.0 - side / 2, 2))
    angle = float(np.clip(rng.normal(0.0, 4.0), -9.0, 9.0))
    return (Placed(group.name, x, y, side, bool(rng.random() < 0.5), angle, group.colour),)
