"""The family's further skies and grounds; see `world.backgrounds`."""

from __future__ import annotations

from collections.abc import Mapping
from math import pi
from types import MappingProxyType

import torch

from engine.training.world import backgrounds
from engine.training.world.backgrounds import Painter, depth_below, height_above, puffs
from engine.training.world.fields import Canvas, colour, mix, smooth

BANDS = (
    (0.86, 0.20, 0.24), (0.98, 0.60, 0.20), (0.99, 0.90, 0.32),
    (0.32, 0.76, 0.40), (0.25, 0.50, 0.92), (0.55, 0.32, 0.80),
)  # fmt: skip


def dawn(canvas: Canvas) -> torch.Tensor:
    """A pastel sky with wisps of cloud, RGB [B, 3, S, S] in 0..1."""
    up = height_above(canvas)
    low, middle, high = colour(1.0, 0.86, 0.72, up), colour(0.97, 0.74, 0.82, up), colour(0.66, 0.74, 0.95, up)
    sky = mix(mix(low, middle, smooth(up, 0.0, 0.45)), high, smooth(up, 0.4, 1.0))
    wisps = smooth(canvas.noise(0, 12.0, 5.0), 0.3, 1.4)[:, None]
    return mix(sky, colour(1.0, 0.94, 0.90, up), 0.6 * wisps)


def rainbow(canvas: Canvas) -> torch.Tensor:
    """A day sky with a rainbow that stands on the horizon, RGB [B, 3, S, S] in 0..1."""
    up = height_above(canvas)
    sky = mix(colour(0.85, 0.93, 0.97, up), colour(0.50, 0.74, 0.93, up), up)
    centre = canvas.uniform(200, 1, 0.3, 0.8)[:, :, None]
    radius = canvas.uniform(201, 1, 0.42, 0.55)[:, :, None]
    distance = torch.sqrt((canvas.x - centre) ** 2 + (canvas.y - canvas.horizon) ** 2)
    for number, (red, green, blue) in enumerate(BANDS):
        inner = distance - (radius - 0.03 * (number + 1))
        band = canvas.edge(inner) * canvas.edge(0.03 - inner)
        sky = mix(sky, colour(red, green, blue, up), 0.85 * band[:, None])
    return mix(sky, colour(1.0, 1.0, 1.0, up), 0.8 * puffs(canvas, 0, 3))


def aurora(canvas: Canvas) -> torch.Tensor:
    """A night sky with a green and a violet curtain of light, RGB [B, 3, S, S], from 0; lights may pass 1."""
    up = height_above(canvas)
    sky = mix(colour(0.07, 0.15, 0.22, up), colour(0.02, 0.04, 0.13, up), up)
    sky = (
        sky
        + 0.9
        * canvas.dots(
            canvas.uniform(0, 48, 0, 1.6), canvas.uniform(64, 48, 0, 0.9), canvas.uniform(128, 48, 0.003, 0.007)
        )[:, None]
    )
    for channel, tint in ((0, colour(0.15, 0.95, 0.55, up)), (1, colour(0.55, 0.35, 0.95, up))):
        wave = canvas.uniform(210 + channel, 1, 0.25, 0.75)[:, :, None] + 0.12 * canvas.noise(channel, 1.6, 2.0)
        above = up[:, 0] - wave
        curtain = torch.exp(-(above.clamp(min=0.0) / 0.30)) * smooth(above, -0.05, 0.02)
        rays = (0.75 + 0.25 * canvas.noise(2, 1.2, 0.11)).clamp(min=0.2)
        sky = sky + tint * (0.85 * curtain * rays)[:, None]
    return sky


def mist(canvas: Canvas) -> torch.Tensor:
    """Three ridges of hills that fade into mist, RGB [B, 3, S, S] in 0..1."""
    up = height_above(canvas)
    sky = mix(colour(0.88, 0.89, 0.88, up), colour(0.70, 0.74, 0.76, up), up)
    for channel, high, tint in (
        (0, 0.62, colour(0.72, 0.77, 0.79, up)),
        (1, 0.38, colour(0.60, 0.67, 0.70, up)),
        (2, 0.18, colour(0.47, 0.55, 0.58, up)),
    ):
        phase = canvas.uniform(channel, 1, 0, 6.28)[:, :, None]
        crest = high + 0.10 * torch.sin(canvas.x * (3.0 + 2.0 * channel) * pi + phase)
        sky = mix(sky, tint, canvas.edge((crest - up[:, 0]) * 0.4)[:, None])
    veil = smooth(canvas.noise(3, 8.0, 6.0), -0.2, 1.2)[:, None]
    return mix(sky, colour(0.95, 0.95, 0.94, up), 0.35 * veil)


def leaves(canvas: Canvas) -> torch.Tensor:
    """A forest floor under fallen leaves, RGB [B, 3, S, S], about 0..1."""
    depth = depth_below(canvas)
    floor = mix(colour(0.62, 0.36, 0.16, depth), colour(0.38, 0.21, 0.11, depth), smooth(depth, 0.0, 0.6))
    floor = floor * (1.0 + 0.10 * canvas.noise(2, 12.0)[:, None])
    for start, tint in (
        (205, colour(0.90, 0.34, 0.10, depth)),
        (241, colour(0.97, 0.68, 0.15, depth)),
        (277, colour(0.72, 0.16, 0.12, depth)),
    ):
        x, far = canvas.uniform(start, 12, 0.0, 1.6), canvas.uniform(start + 12, 12, 0.0, 0.75)
        y = canvas.horizon[:, :, 0] + 0.03 + far
        shape = canvas.dots(x, y, canvas.uniform(start + 24, 12, 0.016, 0.030), aspect=1.6)
        floor = mix(floor, tint, smooth(shape, 0.35, 0.6)[:, None])
    return floor


def cobbles(canvas: Canvas) -> torch.Tensor:
    """Rows of paving stones that grow towards the viewer, RGB [B, 3, S, S] in 0..1."""
    depth = depth_below(canvas)
    near = torch.log1p(depth[:, 0] * 2.2) * 7.0  # rows grow towards the viewer
    row = torch.floor(near)
    across = (canvas.x - 0.5) * 13.0 / (1.0 + 1.5 * depth[:, 0]) + 0.5 * torch.remainder(row, 2.0)
    u, v = torch.remainder(across, 1.0) - 0.5, near - row - 0.5
    stone = smooth(0.5 - torch.maximum(u.abs(), v.abs()) - 0.05, 0.0, 0.12)
    shade = 0.5 + 0.25 * torch.sin(12.9898 * torch.floor(across) + 78.233 * row)
    grey = mix(colour(0.50, 0.48, 0.47, depth), colour(0.72, 0.70, 0.66, depth), shade[:, None])
    return mix(colour(0.27, 0.25, 0.25, depth), grey, stone[:, None])


def wheat(canvas: Canvas) -> torch.Tensor:
    """A field of wheat in the wind, RGB [B, 3, S, S], about 0..1."""
    depth = depth_below(canvas)
    field = mix(colour(0.95, 0.80, 0.38, depth), colour(0.78, 0.55, 0.16, depth), smooth(depth, 0.0, 0.6))
    blades = torch.sin(canvas.x * 2 * pi * 22.0 + 3.0 * canvas.noise(2, 6.0)) * (0.3 + depth[:, 0]).clamp(max=0.9)
    wind = canvas.noise(3, 4.0, 3.0)
    return field * (1.0 + (0.13 * blades + 0.09 * wind)[:, None])


def lava(canvas: Canvas) -> torch.Tensor:
    """Dark rock with glowing cracks, RGB [B, 3, S, S], about 0..1."""
    depth = depth_below(canvas)
    rock = colour(0.17, 0.13, 0.14, depth) * (1.0 + 0.25 * canvas.noise(2, 14.0)[:, None])
    cracks = (canvas.noise(3, 5.0, 1.6) + 0.35 * canvas.noise(1, 10.0)).abs()
    heat = torch.exp(-cracks / 0.16)[:, None]
    glowing = mix(colour(0.95, 0.24, 0.04, depth), colour(1.0, 0.85, 0.30, depth), smooth(heat, 0.6, 1.0))
    return mix(rock, glowing, smooth(heat, 0.12, 0.65))


SKIES: Mapping[str, Painter] = MappingProxyType(
    {**backgrounds.SKIES, "dawn": dawn, "rainbow": rainbow, "aurora": aurora, "mist": mist}
)
GROUNDS: Mapping[str, Painter] = MappingProxyType(
    {**backgrounds.GROUNDS, "leaves": leaves, "cobbles": cobbles, "wheat": wheat, "lava": lava}
)
ROLL = MappingProxyType({**backgrounds.ROLL, "leaves": 0.025, "cobbles": 0.0, "wheat": 0.022, "lava": 0.030})
