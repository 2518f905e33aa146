"""Random scenes of the family's world: groups of one to three things with colours, beside or above each other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.training.world.family.captions import Group, caption_of
from engine.training.world.family.words import COLOURS, FAMILY
from engine.training.world.sampling import (
    MAX_OVERLAP,
    MIN_VISIBLE,
    NAMED_TONES,
    across,
    overlap,
    sample_view,
    span,
    visible,
)
from engine.training.world.scene import Placed, Scene, Tone, View

GROUPS = ((1,), (2,), (3,), (1, 1), (2, 1))
GROUP_SHARES = (0.27, 0.14, 0.09, 0.36, 0.14)
SIDES = {1: (0.42, 0.60), 2: (0.34, 0.48), 3: (0.27, 0.37)}
COLOURED = 0.45
STACKED = 0.3
TEXTURED = 0.3
ANYWHERE = 0.3
COLOURLESS = frozenset({"ink", "sepia"})
"""Styles that show no colours: captions must not speak of any."""


def sample_style(rng: np.random.Generator) -> str:
    """Flat pictures are the largest share: they carry the identity of things best."""
    names = FAMILY.names("style")
    return "flat" if rng.random() < 0.2 else names[int(rng.integers(len(names)))]


def sample_tone(rng: np.random.Generator) -> Tone:
    """40 % free palettes, far apart; 25 % named ones; the rest as drawn."""
    draw = rng.random()
    if draw >= 0.65:
        return Tone("neutral")
    if draw >= 0.40:
        return NAMED_TONES[str(rng.choice(list(NAMED_TONES)))]
    gains = np.exp(rng.normal(0.0, 0.12, 3))
    red, green, blue = (float(v) for v in gains / gains.mean())
    dark = tuple(float(v) for v in rng.uniform(0.0, 0.10, 3))
    return Tone(
        "free", (red, green, blue), float(rng.uniform(0.65, 1.3)), float(rng.uniform(0.8, 1.15)),
        (dark[0], dark[1], dark[2]),
    )  # fmt: skip


def sample_groups(
    rng: np.random.Generator, coloured: float, shares: tuple[float, ...] = GROUP_SHARES
) -> tuple[Group, ...]:
    """Different things, each of a number and, with the probability `coloured`, of a colour; `shares` of `GROUPS`."""
    counts = GROUPS[int(rng.choice(len(GROUPS), p=shares))]
    names = rng.choice(len(FAMILY.nouns), len(counts), replace=False)
    colours = tuple(COLOURS)
    return tuple(
        Group(
            FAMILY.nouns[int(name)].name, count,
            colours[int(rng.integers(len(colours)))] if rng.random() < coloured else None,
        )
        for name, count in zip(names, counts, strict=True)
    )  # fmt: skip


def propose(group: Group, total: int, view: View, horizon: float, rng: np.random.Generator, high: bool) -> Placed:
    """One random place for one thing: on the ground, anywhere, or `high` in the upper part."""
    side = float(rng.uniform(*SIDES[total]))
    x = across(view, side, total == 1, rng)
    if high:
        y = float(rng.uniform(side / 2, max(side / 2, 0.5 - side / 2) + 0.02))
    elif rng.random() < ANYWHERE:
        y = span(-view.top, view.height - view.top, side, rng)
    else:
        y = min(float(rng.uniform(horizon + 0.08, horizon + 0.45)), view.height - view.top) - side / 2
    angle = float(np.clip(rng.normal(0.0, 4.0), -9.0, 9.0))
    return Placed(group.name, x, y, side, bool(rng.random() < 0.5), angle, group.colour)


def place(groups: tuple[Group, ...], view: View, horizon: float, rng: np.random.Generator) -> tuple[Placed, ...]:
    """Places for all things with little overlap, enough of each in view."""
    wanted = [(group, number) for number, group in enumerate(groups) for _ in range(group.count)]
    stacked = len(groups) == 2 and rng.random() < STACKED
    placed: list[Placed] = []
    attempts = 0
    while len(placed) < len(wanted):
        attempts += 1
        if attempts % 80 == 0:
            placed = []
        group, number = wanted[len(placed)]
        item = propose(group, len(wanted), view, horizon, rng, high=stacked and number == 0)
        fits = visible(item.x, item.y, item.side) >= MIN_VISIBLE
        if fits and all(overlap(item, other) <= MAX_OVERLAP for other in placed):
            placed.append(item)
    return tuple(placed)


def sample_content(style: str, tone: Tone, texture: float, rng: np.random.Generator) -> Scene:
    """A scene with new content in the given look."""
    sky = FAMILY.skies[int(rng.integers(len(FAMILY.skies)))].name
    ground = FAMILY.grounds[int(rng.integers(len(FAMILY.grounds)))].name
    groups = sample_groups(rng, 0.0 if style in COLOURLESS else COLOURED)
    view = sample_view(rng)
    horizon = float(rng.uniform(0.42, 0.68)) * view.height - view.top
    objects = place(groups, view, horizon, rng)
    seed = int(rng.integers(2**31))
    scene = Scene("", (), objects, sky, ground, horizon, style, tone, view, seed, texture)
    text, phrases = caption_of(scene, groups, rng)
    return replace(scene, caption=text, phrases=phrases)


def sample_scene(rng: np.random.Generator) -> Scene:
    """One random scene."""
    texture = float(rng.uniform(0.03, 0.10)) if rng.random() < TEXTURED else 0.0
    return sample_content(sample_style(rng), sample_tone(rng), texture, rng)


def sample_sibling(scene: Scene, rng: np.random.Generator) -> Scene:
    """Another content in the same style, tone and strength of texture."""
    return sample_content(scene.style, scene.tone, scene.texture, rng)
