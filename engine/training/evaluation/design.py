"""The layouts that layout control is measured on: prompts, where their things are painted, and by what hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from engine.api.defaults import PHRASE_REPEL
from engine.conditioning.brief import Brief, Norm, PhraseLayer, PhraseMasks, Resize, SizeCrop
from engine.training.evaluation.setting import Setting, relation_told
from engine.training.world import Phrase, Placed, Scene, Tone, View, World
from engine.training.world.sampling import place
from engine.training.world.sprites import row_ends
from engine.training.world.strokes import Region, doodle, scribble, square

Hand = Literal["doodle", "scribble", "square"]
HANDS: tuple[Hand, ...] = ("doodle", "scribble", "doodle", "scribble", "square")  # cycled: 80 % are drawn by hand
CANVAS = 128
ONE_OBJECT = 5  # every fifth layout has one object only


@dataclass(frozen=True)
class Steering:
    """How the painted phrases act; the defaults are the studio's, but for the weight w'."""

    weight: float
    repel: float = PHRASE_REPEL
    norm: Norm = "head"
    resize: Resize = "antialias"
    isolate: bool = False


@dataclass(frozen=True, eq=False)
class Layout:
    """A prompt (the caption of `scene`), the painted mask of each object float32 [128, 128], and the hand that drew it.

    `scene` is the picture that obeys the layout; `atypical` says that something floats or lies where it is seldom seen.
    """

    scene: Scene
    hand: Hand
    masks: tuple[NDArray[np.float32], ...]
    atypical: bool

    @property
    def pair(self) -> bool:
        """Whether there are two objects, so that their masks can be exchanged."""
        return len(self.masks) == 2

    def painted(self, exchanged: bool) -> tuple[NDArray[np.float32], ...]:
        """The mask given to each object."""
        return self.masks[::-1] if exchanged else self.masks

    def phrase(self, item: Placed) -> Phrase:
        return next(p for p in self.scene.phrases if p.kind == "object" and p.name == item.name)

    def brief(self, steering: Steering, exchanged: bool = False) -> Brief:
        """What a model is asked for: the prompt, the whole view, and the painted phrases."""
        layers = [
            PhraseLayer(item.name, phrase.start, phrase.end, mask, repel=steering.repel)
            for item, mask in zip(self.scene.objects, self.painted(exchanged), strict=True)
            for phrase in (self.phrase(item),)
        ]
        masks = PhraseMasks(
            self.scene.caption, tuple(layers), weight=steering.weight, norm=steering.norm, resize=steering.resize,
            isolate=steering.isolate,
        )  # fmt: skip
        return Brief(self.scene.caption, phrases=masks, size=SizeCrop((CANVAS, CANVAS), (CANVAS, CANVAS)))

    def obedient(self, exchanged: bool) -> Scene:
        """The scene as painted: with masks exchanged, the two objects change places."""
        if not exchanged:
            return self.scene
        first, second = self.scene.objects
        moved = (
            replace(first, x=second.x, y=second.y, side=second.side),
            replace(second, x=first.x, y=first.y, side=first.side),
        )
        return replace(self.scene, objects=moved)


def region_of(world: World, item: Placed) -> Region:
    """The object's place with its proportions and the ends of its rows."""
    alpha = world.sprites.levels[48][world.vocabulary.index("object", item.name), 3]
    if item.flip:
        alpha = torch.flip(alpha, (1,))
    ends = row_ends(alpha)
    half = max(max(-left, right) for left, right in ends)
    profile = tuple((left / half, right / half) for left, right in ends)
    return Region(item.x, item.y, item.side * half, item.side * len(ends) / alpha.shape[0], profile)


def paint(world: World, item: Placed, hand: Hand, rng: np.random.Generator) -> NDArray[np.float32]:
    """The object's mask as this hand paints it."""
    region = region_of(world, item)
    if hand == "doodle":
        return doodle(region, CANVAS, rng)
    if hand == "square":
        return square(region, CANVAS)
    return scribble(replace(region, profile=()), CANVAS, rng)


def draw_layout(setting: Setting, number: int, rng: np.random.Generator) -> Layout:
    """One random layout. Prompts name the things and mostly their surroundings, never how the things lie to each
    other; half are of the plain style.
    """
    count = 1 if number % ONE_OBJECT == ONE_OBJECT - 1 else 2
    known = setting.vocabulary.names
    names = [str(name) for name in rng.choice(known("object"), count, replace=False)]
    horizon = float(rng.uniform(0.45, 0.65))
    objects = place(names, View(), horizon, rng)
    sky, ground, any_style = (str(rng.choice(known(kind))) for kind in ("sky", "ground", "style"))
    style = setting.plain_style if number % 2 else any_style
    scene = Scene("", (), objects, sky, ground, horizon, style, Tone("neutral"), View(), int(rng.integers(2**31)))
    hand = HANDS[number // 2 % len(HANDS)]
    masks = tuple(paint(setting.world, item, hand, rng) for item in objects)
    atypical = any(item.y + item.side / 2 < horizon for item in objects)
    return Layout(setting.retold(scene, lambda made: relation_told(made) is None, rng), hand, masks, atypical)


def draw_layouts(setting: Setting, count: int, seed: int = 1) -> tuple[Layout, ...]:
    """`count` layouts; the first n of a longer list are the same."""
    return tuple(draw_layout(setting, number, np.random.default_rng((seed, number))) for number in range(count))


def obedient_pictures(world: World, layouts: Sequence[Layout], exchanged: bool) -> NDArray[np.uint8]:
    """Ground truth: the layouts drawn exactly as painted, uint8 [N, 128, 128, 3]."""
    images = world.render([layout.obedient(exchanged) for layout in layouts], CANVAS).images
    return ((images + 1.0) * 127.5).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
