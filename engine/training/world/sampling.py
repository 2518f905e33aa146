"""Random scenes: what is there, where it stands, in which style and palette, and how much of it is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.training.world.captions import Said, caption, phrases
from engine.training.world.scene import Placed, Scene, Tone, View
from engine.training.world.vocabulary import VOCABULARY

SMALLEST, LARGEST = 0.42, 0.58
TWO_OBJECTS = 0.65
ANYWHERE = 0.30
CROPPED = 0.45
"""Nearly half: where few scenes are cut, a network learns little of what size and crop tell it."""
TWO_OBJECTS_CROPPED = 0.30
CENTRED = 0.08
"""How far the lone thing of a cut picture stands from the middle of its canvas (standard deviation)."""
MAX_OVERLAP = 0.12
MIN_VISIBLE = 0.45

NAMED_TONES: dict[str, Tone] = {
    "warm": Tone("warm", (1.10, 0.98, 0.82), 1.05, 1.0, (0.05, 0.01, 0.0)),
    "cold": Tone("cold", (0.80, 0.97, 1.12), 0.90, 1.0, (0.0, 0.02, 0.07)),
    "golden": Tone("golden", (1.10, 1.00, 0.70), 1.0, 0.98, (0.07, 0.045, 0.0)),
    "rose": Tone("rose", (1.10, 0.84, 0.96), 0.95, 0.95, (0.08, 0.01, 0.05)),
}


def sample_tone(rng: np.random.Generator) -> Tone:
    """40 % unnamed mild shifts, 36 % named palettes, the rest as drawn."""
    draw = rng.random()
    if draw < 0.40:
        gains = np.exp(rng.normal(0.0, 0.09, 3))
        shadow = rng.uniform(0.0, 0.06, 3)
        r, g, b = (float(v) for v in gains / gains.mean())
        return Tone(
            "free",
            (r, g, b),
            float(rng.uniform(0.8, 1.2)),
            float(rng.uniform(0.85, 1.1)),
            (float(shadow[0]), float(shadow[1]), float(shadow[2])),
        )
    if draw < 0.76:
        return NAMED_TONES[str(rng.choice(list(NAMED_TONES)))]
    return Tone("neutral")


def sample_style(rng: np.random.Generator) -> str:
    """Plain pictures are the largest share: they carry the identity of things best."""
    return str(rng.choice([style.name for style in VOCABULARY.styles], p=[0.37, 0.21, 0.21, 0.21]))


def sample_view(rng: np.random.Generator) -> View:
    """The whole canvas, or in a share `CROPPED` of the scenes a square cut out of a larger one."""
    if rng.random() >= CROPPED:
        return View()
    height, width = (float(v) for v in rng.uniform(1.0, 1.6, 2))
    return View(height, width, float(rng.uniform(0.0, height - 1.0)), float(rng.uniform(0.0, width - 1.0)))


def visible(x: float, y: float, side: float) -> float:
    """Share of the square of `side` around (x, y) that lies within the view."""
    across = min(1.0, x + side / 2) - max(0.0, x - side / 2)
    down = min(1.0, y + side / 2) - max(0.0, y - side / 2)
    return max(0.0, across) * max(0.0, down) / side**2


def overlap(a: Placed, b: Placed) -> float:
    """Intersection of the two objects' squares over the smaller square."""
    reach = (a.side + b.side) / 2
    across, down = reach - abs(a.x - b.x), reach - abs(a.y - b.y)
    smaller = min(a.side, b.side)
    return min(max(across, 0.0), smaller) * min(max(down, 0.0), smaller) / smaller**2


def span(low: float, high: float, side: float, rng: np.random.Generator) -> float:
    """A centre such that an object of `side` stays between the canvas edges `low` and `high`."""
    return float(rng.uniform(low + side / 2, high - side / 2))


def across(view: View, side: float, alone: bool, rng: np.random.Generator) -> float:
    """Where a thing of `side` stands across the view: anywhere on the canvas; alone, in a picture that was cut out of a
    larger one, near the middle of that, as people take photographs.
    """
    if alone and view != View():
        return float(rng.normal(view.width / 2, CENTRED)) - view.left
    return span(-view.left, view.width - view.left, side, rng)


def propose(name: str, view: View, horizon: float, rng: np.random.Generator, alone: bool) -> Placed:
    """One random place: standing on the ground, or anywhere so that position is never implied by the words."""
    side = float(rng.uniform(SMALLEST, LARGEST))
    x = across(view, side, alone, rng)
    if rng.random() < ANYWHERE:
        y = span(-view.top, view.height - view.top, side, rng)
    else:
        bottom = float(rng.uniform(horizon + 0.08, horizon + 0.45))
        y = min(bottom, view.height - view.top) - side / 2
    return Placed(name, x, y, side, bool(rng.random() < 0.5), float(np.clip(rng.normal(0.0, 4.0), -9.0, 9.0)))


def place(names: list[str], view: View, horizon: float, rng: np.random.Generator) -> tuple[Placed, ...]:
    """Places with bounded overlap and enough of every object in view; drops to a smaller size after many refusals."""
    placed: list[Placed] = []
    attempts = 0
    while len(placed) < len(names):
        attempts += 1
        if attempts % 60 == 0:
            placed = []
        item = propose(names[len(placed)], view, horizon, rng, len(names) == 1)
        fits = visible(item.x, item.y, item.side) >= MIN_VISIBLE
        if fits and all(overlap(item, other) <= MAX_OVERLAP for other in placed):
            placed.append(item)
    return tuple(placed)


def sample_content(style: str, tone: Tone, rng: np.random.Generator) -> Scene:
    """A scene with new content in the given style and tone."""
    view = sample_view(rng)
    count = 2 if rng.random() < (TWO_OBJECTS if view == View() else TWO_OBJECTS_CROPPED) else 1
    names = [VOCABULARY.nouns[int(i)].name for i in rng.choice(len(VOCABULARY.nouns), count, replace=False)]
    sky = VOCABULARY.skies[int(rng.integers(len(VOCABULARY.skies)))].name
    ground = VOCABULARY.grounds[int(rng.integers(len(VOCABULARY.grounds)))].name
    horizon = float(rng.uniform(0.42, 0.68)) * view.height - view.top
    objects = place(names, view, horizon, rng)
    scene = Scene("", (), objects, sky, ground, horizon, style, tone, view, int(rng.integers(2**31)))
    return write_caption(scene, rng)


def write_caption(scene: Scene, rng: np.random.Generator) -> Scene:
    """The scene with a fresh caption. A sky or ground that is cut off by the view is never mentioned."""
    said = Said(
        sky=rng.random() < 0.75 and scene.horizon > 0.12,
        ground=rng.random() < 0.75 and scene.horizon < 0.88,
        style=rng.random() < (0.25 if scene.style == "plain" else 0.75),
        tone=scene.tone.name in NAMED_TONES and rng.random() < 0.7,
    )
    names = [item.name for item in scene.objects]
    text = caption(names, scene.sky, scene.ground, scene.style, scene.tone.name, said, rng)
    return replace(scene, caption=text.text, phrases=phrases(text))


def sample_scene(rng: np.random.Generator) -> Scene:
    """A scene in which everything is left to chance."""
    return sample_content(sample_style(rng), sample_tone(rng), rng)


def sample_sibling(scene: Scene, rng: np.random.Generator) -> Scene:
    """Another content in the same style and tone: what an artist would wire as style reference."""
    return sample_content(scene.style, scene.tone, rng)
