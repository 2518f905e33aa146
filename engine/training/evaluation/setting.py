"""The drawn worlds as the evaluations use them: which scenes are asked for, in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from engine.training.world import Scene, Tone, View, Vocabulary, World
from engine.training.world import sampling as small
from engine.training.world.family import sampling as family
from engine.training.world.family.captions import Group, caption_of, relation
from engine.training.world.kinds import KINDS, Name

RELATION_WORDS = frozenset({"left", "right", "above", "over", "below", "under", "beneath"})
"""Words that stand between two things in a caption only where it tells how they lie."""


@dataclass(frozen=True)
class Setting:
    """One world: `content` draws a scene in a style and palette, `write` gives a scene a fresh caption."""

    name: Name
    content: Callable[[str, Tone, np.random.Generator], Scene]
    write: Callable[[Scene, np.random.Generator], Scene]

    @cached_property
    def world(self) -> World:
        """The world that draws. Raises SpritesMissingError without the emoji font."""
        return World.load(name=self.name)

    @property
    def vocabulary(self) -> Vocabulary:
        """What can be shown and its words."""
        return KINDS[self.name].kit.vocabulary

    @property
    def plain_style(self) -> str:
        """The style that carries the identity of things best."""
        return self.vocabulary.styles[0].name

    def scenes(self, seed: int, count: int) -> tuple[Scene, ...]:
        """`count` random captioned scenes that show their whole canvas; a longer list begins with the same ones."""
        sample = KINDS[self.name].sample
        return tuple(whole(sample, np.random.default_rng((seed, number))) for number in range(count))

    def in_look(self, style: str, tone: Tone, rng: np.random.Generator) -> Scene:
        """A random scene of a style and palette that shows its whole canvas."""
        return whole(lambda rng: self.content(style, tone, rng), rng)

    def retold(self, scene: Scene, fits: Callable[[Scene], bool], rng: np.random.Generator) -> Scene:
        """The scene with the first fresh caption that fits."""
        while not fits(told := self.write(scene, rng)):
            pass
        return told


def setting_of(name: Name) -> Setting:
    """The setting of a world."""
    if name == "family":
        return Setting(name, _family_content, _family_caption)
    return Setting(name, small.sample_content, small.write_caption)


def _family_content(style: str, tone: Tone, rng: np.random.Generator) -> Scene:
    return family.sample_content(style, tone, 0.0, rng)


def _family_caption(scene: Scene, rng: np.random.Generator) -> Scene:
    text, phrases = caption_of(scene, groups_of(scene), rng)
    return replace(scene, caption=text, phrases=phrases)


def whole(draw: Callable[[np.random.Generator], Scene], rng: np.random.Generator) -> Scene:
    """The first scene drawn that shows its whole canvas."""
    return next(scene for scene in _endless(draw, rng) if scene.view == View())


def _endless(draw: Callable[[np.random.Generator], Scene], rng: np.random.Generator) -> Iterator[Scene]:
    while True:
        yield draw(rng)


def groups_of(scene: Scene) -> tuple[Group, ...]:
    """The scene's things by kind, with their number and colour."""
    names = [item.name for item in scene.objects]
    colours = {item.name: item.colour for item in scene.objects}
    return tuple(Group(name, names.count(name), colours[name]) for name in dict.fromkeys(names))


def kinds_told(scene: Scene) -> set[str]:
    """What kinds of phrases the caption has."""
    return {phrase.kind for phrase in scene.phrases}


@dataclass(frozen=True)
class Relation:
    """What a caption says of two things: `first` is `where` ("left", "right", "above", "below") of `second`."""

    first: str
    where: str
    second: str


def relation_told(scene: Scene) -> Relation | None:
    """The relation that the caption tells, which is true of its scene; None where it tells none."""
    named = [phrase for phrase in scene.phrases if phrase.kind == "object"]
    if len(named) != 2:
        return None
    first, second = named
    if RELATION_WORDS.isdisjoint(scene.caption[first.end : second.start].split()):
        return None
    placed = ([item for item in scene.objects if item.name == phrase.name] for phrase in named)
    where = relation(*placed)
    return None if where is None else Relation(first.name, where, second.name)
