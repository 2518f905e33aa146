"""Reference pictures from outside the drawn world: like photographs of sky, marble, lights, hills and cloth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 128

Pictures = NDArray[np.uint8]
Field = NDArray[np.float64]


def outside_pictures(count: int, seed: int = 12) -> tuple[Pictures, ...]:
    """`count` pictures uint8 [128, 128, 3] that the world does not draw; a longer list begins with the same ones."""
    makers = (gradient, clouds, lights, hills, weave)
    drawn = (makers[number % len(makers)](np.random.default_rng((seed, number))) for number in range(count))
    return tuple(np.rint(255.0 * picture.clip(0.0, 1.0)).astype(np.uint8) for picture in drawn)


def palette(rng: np.random.Generator, count: int) -> Field:
    """Colours 0..1 [count, 3] of one mood: near hues, one far away, from dark to light."""
    hue = rng.uniform() + np.where(np.arange(count) == count - 1, 0.45, rng.normal(0.0, 0.05, count))
    light, strength = np.linspace(0.18, 0.88, count), rng.uniform(0.35, 0.9)
    waves = 0.5 + 0.5 * np.cos(2 * np.pi * (hue[:, None] - np.array([0.0, 1 / 3, 2 / 3])))
    grey = np.repeat(light[:, None], 3, 1)
    out: Field = (grey + strength * (waves - waves.mean(1, keepdims=True)) * 0.8).clip(0.0, 1.0)
    return out


def noise(rng: np.random.Generator, coarsest: int = 3, octaves: int = 5) -> Field:
    """Smooth noise of many scales, 0..1 [128, 128]."""
    total = np.zeros((SIDE, SIDE))
    for octave in range(octaves):
        cells = coarsest * 2**octave
        grid = Image.fromarray(rng.standard_normal((cells, cells)).astype(np.float32), mode="F")
        total += np.asarray(grid.resize((SIDE, SIDE), Image.Resampling.BICUBIC)) / 1.8**octave
    low, high = np.quantile(total, (0.02, 0.98))
    out: Field = ((total - low) / (high - low)).clip(0.0, 1.0)
    return out


def along(values: Field, colours: Field) -> Field:
    """Values 0..1 [128, 128] as a way through the colours, [128, 128, 3]."""
    stops = np.linspace(0.0, 1.0, len(colours))
    return np.stack([np.interp(values, stops, colours[:, channel]) for channel in range(3)], -1)


def grainy(picture: Field, rng: np.random.Generator, amount: float) -> Field:
    """With the grain of film."""
    out: Field = picture + rng.normal(0.0, amount, (SIDE, SIDE, 1))
    return out


def places() -> tuple[Field, Field]:
    """x and y of every pixel, 0..1."""
    line = (np.arange(SIDE) + 0.5) / SIDE
    x, y = np.meshgrid(line, line)
    return x, y


def gradient(rng: np.random.Generator) -> Field:
    """A sky without anything: one colour passing into others."""
    (x, y), turn = places(), rng.uniform(0.0, 2 * np.pi)
    ramp = x * np.cos(turn) + y * np.sin(turn)
    return grainy(along((ramp - ramp.min()) / np.ptp(ramp), palette(rng, 4)), rng, 0.012)


def clouds(rng: np.random.Generator) -> Field:
    """Marble, smoke or foliage: noise of all scales."""
    return grainy(along(noise(rng), palette(rng, 5)), rng, 0.02)


def lights(rng: np.random.Generator) -> Field:
    """Lights out of focus before the dark."""
    (x, y), colours = places(), palette(rng, 5)
    picture = along(0.35 * noise(rng, 2, 3), colours)
    for _ in range(int(rng.integers(14, 30))):
        radius, colour = rng.uniform(0.02, 0.11), colours[int(rng.integers(1, 5))]
        distance = np.hypot(x - rng.uniform(), y - rng.uniform())
        disc = 1.0 / (1.0 + np.exp((distance - radius) * 160.0))
        picture = picture + 0.6 * disc[..., None] * (colour - 0.4 * picture)
    return grainy(picture, rng, 0.015)


def hills(rng: np.random.Generator) -> Field:
    """Ranges of hills, each paler than the one before it."""
    (x, y), colours = places(), palette(rng, 6)
    picture = along(y, colours[::-1][:3])
    for number, height in enumerate(np.linspace(0.40, 0.85, 4)):
        bends = sum(rng.uniform(0.3, 1.0) / k * np.sin(2 * np.pi * (k * x + rng.uniform())) for k in range(1, 7))
        inside = 1.0 / (1.0 + np.exp((height + 0.06 * bends - y) * 220.0))
        picture = picture + inside[..., None] * (colours[3 - number] * (0.85 + 0.3 * noise(rng)[..., None]) - picture)
    return grainy(picture, rng, 0.02)


def weave(rng: np.random.Generator) -> Field:
    """Cloth: crossing threads of several colours."""
    (x, y), colours, threads = places(), palette(rng, 4), int(rng.integers(10, 22))
    warp, weft = 0.5 + 0.5 * np.sin(2 * np.pi * threads * x), 0.5 + 0.5 * np.sin(2 * np.pi * threads * y)
    over = (np.floor(x * threads) + np.floor(y * threads)) % 2
    stripes = (np.floor(x * threads / 3) + 2 * np.floor(y * threads / 4)) % 4 / 3
    shade = 0.65 + 0.35 * np.where(over > 0, warp, weft)
    return grainy(along(stripes, colours) * shade[..., None], rng, 0.02)
