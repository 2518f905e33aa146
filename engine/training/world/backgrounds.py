"""Skies and grounds of the drawn world: each a function from a canvas to colours [B, 3, S, S], 0..1."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import pi
from types import MappingProxyType

import torch

from engine.training.world.fields import Canvas, colour, mix, smooth


def height_above(canvas: Canvas) -> torch.Tensor:
    """0 at the horizon, 1 at the top of the canvas, [B, 1, S, 1]."""
    return ((canvas.horizon - canvas.y) / canvas.horizon.clamp(min=0.2)).clamp(0.0, 1.0)[:, None]


def depth_below(canvas: Canvas) -> torch.Tensor:
    """0 at the horizon, growing to the bottom, in canvas units, [B, 1, S, 1]."""
    return (canvas.y - canvas.horizon).clamp(min=0.0)[:, None]


def puffs(canvas: Canvas, start: int, clouds: int) -> torch.Tensor:
    """Round-topped clouds with soft flat feet, coverage [B, 1, S, S]."""
    each = 5
    x = canvas.uniform(start, clouds, -0.05, 1.65)[:, :, None]
    y = canvas.uniform(start + clouds, clouds, 0.03, 0.34)[:, :, None]
    scale = canvas.uniform(start + 2 * clouds, clouds, 0.6, 1.15)[:, :, None]
    jitter = canvas.uniform(start + 3 * clouds, clouds * each, -0.02, 0.02).view(-1, clouds, each)
    steps = torch.linspace(-0.13, 0.13, each, device=x.device)
    bump = torch.tensor([0.020, 0.034, 0.044, 0.036, 0.022], device=x.device)
    px, py = (x + steps * scale + jitter).flatten(1), (y - bump * scale * 0.9 + jitter * 0.4).flatten(1)
    total = canvas.dots(px, py, (bump * scale).expand(-1, clouds, each).flatten(1), aspect=1.25)
    return smooth(total, 0.38, 0.62)[:, None]


def day(canvas: Canvas) -> torch.Tensor:
    """A bright sky with clouds, RGB [B, 3, S, S] in 0..1."""
    up = height_above(canvas)
    sky = mix(colour(0.80, 0.93, 0.99, up), colour(0.33, 0.66, 0.95, up), up**0.8)
    cloud = puffs(canvas, 0, 6)
    shade = 0.93 + 0.05 * canvas.noise(0, 7.0, 1.5)[:, None].clamp(-1, 1)
    return mix(sky, colour(1.0, 1.0, 1.0, up) * shade.clamp(max=1.0), cloud * 0.94)


def night(canvas: Canvas) -> torch.Tensor:
    """A dark sky with stars and a moon, RGB [B, 3, S, S] in 0..1."""
    up = height_above(canvas)
    sky = mix(colour(0.20, 0.24, 0.47, up), colour(0.05, 0.06, 0.21, up), up**0.9)
    sky = sky + colour(0.05, 0.03, 0.09, up) * smooth(canvas.noise(0, 4.0, 1.6), 0.0, 1.6)[:, None]
    stars = canvas.dots(
        canvas.uniform(0, 64, 0, 1.6), canvas.uniform(64, 64, 0, 0.9), canvas.uniform(128, 64, 0.0035, 0.0105)
    )
    sky = sky + colour(1.0, 0.97, 0.80, up) * (1.1 * stars[:, None])
    return sky + moon(canvas)


def moon(canvas: Canvas) -> torch.Tensor:
    """A crescent with a halo, as light to add."""
    x, y = canvas.uniform(200, 1, 0.12, 0.95), canvas.uniform(201, 1, 0.10, 0.24)
    dx, dy = canvas.x - x[:, :, None], canvas.y - y[:, :, None]
    disc = canvas.edge(0.078 - torch.sqrt(dx**2 + dy**2))
    bite = canvas.edge(0.070 - torch.sqrt((dx - 0.036) ** 2 + (dy + 0.014) ** 2))
    halo = torch.exp(-(dx**2 + dy**2) / 0.02) * 0.20
    return colour(0.95, 0.90, 0.62, x) * (disc * (1.0 - bite) + halo)[:, None]


def sunset(canvas: Canvas) -> torch.Tensor:
    """A burning horizon under a violet sky, RGB [B, 3, S, S] in 0..1."""
    up = height_above(canvas)
    low, middle, high = colour(1.0, 0.80, 0.42, up), colour(0.98, 0.50, 0.40, up), colour(0.47, 0.29, 0.56, up)
    sky = mix(mix(low, middle, smooth(up, 0.0, 0.5)), high, smooth(up, 0.42, 1.0))
    x, y = (
        canvas.uniform(200, 1, 0.15, 1.0)[:, :, None],
        canvas.horizon - canvas.uniform(201, 1, 0.02, 0.16)[:, :, None],
    )
    distance = torch.sqrt((canvas.x - x) ** 2 + (canvas.y - y) ** 2)
    sky = sky + colour(0.35, 0.25, 0.08, up) * torch.exp(-(distance**2) / 0.045)[:, None]
    sky = mix(sky, colour(1.0, 0.95, 0.70, up), canvas.edge(0.105 - distance)[:, None])
    bars = smooth(canvas.noise(0, 15.0, 5.0) - 1.2 * (0.5 - up[:, 0]).abs(), 0.55, 1.15)[:, None]
    return mix(sky, colour(0.72, 0.33, 0.46, up), bars * 0.7)


def storm(canvas: Canvas) -> torch.Tensor:
    """Grey clouds with rain, RGB [B, 3, S, S] in 0..1."""
    up = height_above(canvas)
    sky = mix(colour(0.66, 0.70, 0.73, up), colour(0.33, 0.37, 0.43, up), smooth(up, 0.1, 1.0))
    billow = canvas.noise(0, 6.0, 1.8) + 0.45 * canvas.noise(1, 13.0, 1.4)
    sky = mix(sky, colour(0.23, 0.26, 0.33, up), smooth(billow, -0.1, 1.3)[:, None] * smooth(up, 0.15, 0.7) * 0.85)
    rain = torch.sin((canvas.x * 1.0 + canvas.y * 0.28) * 2 * pi * 13.0) * smooth(canvas.noise(2, 8.0, 0.8), -0.6, 0.6)
    return sky + 0.045 * smooth(rain, 0.55, 0.95)[:, None] * (1.0 - up * 0.5)


def meadow(canvas: Canvas) -> torch.Tensor:
    """Grass with flowers, RGB [B, 3, S, S] in 0..1."""
    depth = depth_below(canvas)
    grass = mix(colour(0.58, 0.80, 0.36, depth), colour(0.26, 0.60, 0.24, depth), smooth(depth, 0.0, 0.55))
    tufts = canvas.noise(2, 14.0)[:, None]
    grass = grass * (1.0 + 0.07 * tufts + 0.05 * canvas.noise(3, 5.0, 2.0)[:, None])
    for start, petal in (
        (210, colour(1.0, 0.98, 0.95, depth)),
        (240, colour(1.0, 0.86, 0.25, depth)),
        (270, colour(0.95, 0.50, 0.66, depth)),
    ):
        fall = canvas.horizon[:, :, 0] + 0.05 + canvas.uniform(start + 10, 10, 0.0, 0.75) ** 1.2
        flowers = canvas.dots(canvas.uniform(start, 10, 0, 1.6), fall, canvas.uniform(start + 20, 10, 0.009, 0.017))
        grass = mix(grass, petal, flowers[:, None].clamp(max=1.0))
    return grass


def desert(canvas: Canvas) -> torch.Tensor:
    """Sand in dunes, RGB [B, 3, S, S] in 0..1."""
    depth = depth_below(canvas)
    sand = mix(colour(0.98, 0.87, 0.60, depth), colour(0.90, 0.70, 0.38, depth), smooth(depth, 0.0, 0.6))
    ridge = torch.sin((canvas.y * 1.0 + 0.055 * canvas.noise(2, 3.0)) * 2 * pi * 5.5 + canvas.x * 2.2)
    ripple = torch.sin((canvas.y + 0.03 * canvas.noise(3, 5.0)) * 2 * pi * 19.0 + canvas.x * 5.0)
    fine = 0.025 if canvas.size >= 64 else 0.012
    return sand * (1.0 + (0.085 * ridge + fine * ripple)[:, None])


def snow(canvas: Canvas) -> torch.Tensor:
    """Snow in soft drifts, RGB [B, 3, S, S] in 0..1."""
    depth = depth_below(canvas)
    white = mix(colour(0.93, 0.96, 1.0, depth), colour(0.84, 0.90, 0.98, depth), smooth(depth, 0.05, 0.7))
    drift = smooth(torch.sin((canvas.y + 0.08 * canvas.noise(2, 2.5)) * 2 * pi * 3.2 + canvas.x * 1.5), -0.2, 1.0)
    white = mix(white, colour(0.74, 0.83, 0.95, depth), 0.55 * drift[:, None])
    fall = canvas.horizon[:, :, 0] + canvas.uniform(240, 30, 0.0, 0.9)
    sparkle = canvas.dots(canvas.uniform(210, 30, 0, 1.6), fall, canvas.uniform(270, 30, 0.004, 0.009))
    return white + 0.30 * sparkle[:, None]


def sea(canvas: Canvas) -> torch.Tensor:
    """Water with waves, RGB [B, 3, S, S] in 0..1."""
    depth = depth_below(canvas)
    water = mix(colour(0.42, 0.76, 0.86, depth), colour(0.08, 0.38, 0.64, depth), smooth(depth, 0.0, 0.5))
    swell = (
        canvas.y
        + 0.016 * torch.sin(canvas.x * 2 * pi * 4.0 + canvas.uniform(210, 1, 0, 6.28)[:, :, None])
        + 0.02 * canvas.noise(2, 4.0)
    )
    wave = torch.sin(swell * 2 * pi * 8.5)[:, None]
    water = water * (1.0 + 0.13 * wave)
    crest = smooth(wave[:, 0], 0.78, 1.0) * smooth(canvas.noise(3, 9.0, 1.3), 0.1, 0.9)
    return mix(water, colour(0.93, 0.98, 1.0, depth), 0.85 * crest[:, None])


Painter = Callable[[Canvas], torch.Tensor]
SKIES: Mapping[str, Painter] = MappingProxyType({"day": day, "night": night, "sunset": sunset, "storm": storm})
GROUNDS: Mapping[str, Painter] = MappingProxyType({"meadow": meadow, "desert": desert, "snow": snow, "sea": sea})
ROLL = MappingProxyType({"meadow": 0.030, "desert": 0.040, "snow": 0.034, "sea": 0.0})


def ground_line(canvas: Canvas, roll: torch.Tensor) -> torch.Tensor:
    """Height of the ground's edge, [B, 1, S]: level at sea, hills of size `roll` [B] on land."""
    phase = canvas.uniform(310, 2, 0.0, 2 * pi)
    hills = torch.sin(canvas.x * 2 * pi * 0.8 + phase[:, :1, None]) + 0.5 * torch.sin(
        canvas.x * 2 * pi * 1.9 + phase[:, 1:, None]
    )
    return canvas.horizon + roll[:, None, None] * hills
