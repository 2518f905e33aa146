"""Sprites in another colour: their light and shade stay, their hue becomes the adjective's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from engine.training.world.scene import Placed

Colours = Mapping[str, tuple[float, float, float]]
KEPT = 0.07  # share of the sprite's own colour that stays


def recoloured(sprites: torch.Tensor, items: Sequence[Placed], colours: Colours) -> torch.Tensor:
    """The items' premultiplied sprites [N, 4, S, S], 0..1, those with a colour in it.

    A sprite's mean brightness becomes the colour itself; what is darker goes to its shadow, what is lighter to white.
    """
    rows = [row for row, item in enumerate(items) if item.colour is not None]
    if not rows:
        return sprites
    tints = torch.tensor([colours[items[row].colour or ""] for row in rows], device=sprites.device)[:, :, None, None]
    index = torch.tensor(rows, device=sprites.device)
    out = sprites.clone()
    out[index, :3] = tinted_shape(sprites[index], tints)
    return out


def tinted_shape(sprites: torch.Tensor, tints: torch.Tensor) -> torch.Tensor:
    """Premultiplied colours [N, 3, S, S] of the sprites [N, 4, S, S] in their tints [N, 3, 1, 1]."""
    alpha = sprites[:, 3:]
    own = sprites[:, :3] / alpha.clamp(min=1e-3)
    light = 0.30 * own[:, :1] + 0.59 * own[:, 1:2] + 0.11 * own[:, 2:]
    mean = ((light * alpha).sum((2, 3), keepdim=True) / alpha.sum((2, 3), keepdim=True)).clamp(0.2, 0.8)
    dark, bright = tints * 0.16, tints * 0.30 + 0.70
    below = dark + (tints - dark) * (light / mean).clamp(0.0, 1.0)
    above = (bright - tints) * ((light - mean) / (1.0 - mean)).clamp(0.0, 1.0)
    return ((below + above) * (1.0 - KEPT) + own * KEPT).clamp(0.0, 1.0) * alpha
