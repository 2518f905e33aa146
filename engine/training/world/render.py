"""Drawing a batch of scenes: pictures and an exact mask for every phrase, the same scene at every size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import pi
from types import MappingProxyType

import torch
import torch.nn.functional as F

from engine.training.world import styles
from engine.training.world.backgrounds import GROUNDS, ROLL, SKIES, Painter, ground_line
from engine.training.world.fields import Canvas, canvas_of, mix
from engine.training.world.scene import Phrase, Placed, Scene
from engine.training.world.sprites import Sprites
from engine.training.world.vocabulary import VOCABULARY

SLOTS = 2  # objects a scene can hold
SKY, GROUND = SLOTS, SLOTS + 1

Filter = Callable[[Canvas, torch.Tensor, torch.Tensor], torch.Tensor]
FILTERS: Mapping[str, Filter] = MappingProxyType(
    {"plain": styles.plain, "watercolour": styles.watercolour, "glow": styles.glow, "paper": styles.paper}
)


@dataclass(frozen=True, eq=False)
class Rendered:
    """Pictures and masks of B scenes.

    images [B, 3, S, S] float32, -1..1. masks [B, P, S, S] float32, 0..1: row `phrase.mask` is the visible part of
    what the phrase names, padded with zeros up to the longest scene. regions [B, 4, S, S]: visible parts of the first
    object, the second object (zeros if there is none), sky and ground; they add up to 1 at every pixel.
    """

    images: torch.Tensor
    masks: torch.Tensor
    regions: torch.Tensor


def by_name(names: Sequence[str]) -> dict[str, list[int]]:
    """Rows of the batch grouped by name."""
    groups: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        groups.setdefault(name, []).append(row)
    return groups


def painted(canvas: Canvas, names: Sequence[str], painters: Mapping[str, Painter]) -> torch.Tensor:
    """Each scene's sky or ground, [B, 3, S, S]."""
    out = canvas.x.new_zeros(len(names), 3, canvas.size, canvas.size)
    for name, rows in by_name(names).items():
        index = torch.tensor(rows, device=out.device)
        out[index] = painters[name](canvas.select(index))
    return out


def sampling_grid(items: Sequence[Placed], bend: torch.Tensor, fine: int) -> torch.Tensor:
    """Where each of the fine x fine points of the view falls on the object's sprite, [N, fine, fine, 2] in -1..1."""
    device = bend.device
    facts = torch.tensor(
        [(p.x, p.y, 2.0 / p.side, -1.0 if p.flip else 1.0, p.angle * pi / 180.0) for p in items], device=device
    )
    x, y, scale, flip, angle = (column[:, None, None] for column in facts.T)
    points = (torch.arange(fine, device=device) + 0.5) / fine
    dx, dy = points[None, None, :] - x + bend[:, 0], points[None, :, None] - y + bend[:, 1]
    u = (torch.cos(angle) * dx + torch.sin(angle) * dy) * scale * flip
    v = (torch.cos(angle) * dy - torch.sin(angle) * dx) * scale
    return torch.stack([u, v], -1)


def draw_objects(items: Sequence[Placed], sprites: Sprites, bend: torch.Tensor, size: int) -> torch.Tensor:
    """Premultiplied pictures of the objects in the view, [N, 4, size, size]; small ones are sampled twice as fine."""
    fold = 2 if size < 96 else 1
    fine = size * fold
    if fold > 1:
        bend = F.interpolate(bend, (fine, fine), mode="bilinear")
    level = sprites.at_least(0.45 * fine)
    index = torch.tensor([VOCABULARY.index("object", item.name) for item in items], device=bend.device)
    grid = sampling_grid(items, bend, fine)
    drawn = F.grid_sample(level.to(bend.device)[index], grid, mode="bilinear", align_corners=False)
    return F.avg_pool2d(drawn, fold) if fold > 1 else drawn


def draw_layers(scenes: Sequence[Scene], sprites: Sprites, bend: torch.Tensor, size: int) -> torch.Tensor:
    """All objects by slot, premultiplied, [B, SLOTS, 4, size, size]; empty slots are transparent."""
    layers = bend.new_zeros(len(scenes), SLOTS, 4, size, size)
    places = [(row, slot, item) for row, scene in enumerate(scenes) for slot, item in enumerate(scene.objects)]
    rows, slots = (torch.tensor([place[i] for place in places], device=bend.device) for i in (0, 1))
    layers[rows, slots] = draw_objects([item for _, _, item in places], sprites, bend[rows], size)
    return layers


def visible_regions(alpha: torch.Tensor, ground: torch.Tensor) -> torch.Tensor:
    """Seen parts of both objects, sky and ground, [B, 4, S, S], from alpha [B, 2, S, S] and ground [B, S, S]."""
    first, second = alpha[:, 0] * (1.0 - alpha[:, 1]), alpha[:, 1]
    rest = 1.0 - first - second
    return torch.stack([first, second, rest * (1.0 - ground), rest * ground], 1)


def compose(scenes: Sequence[Scene], sprites: Sprites, canvas: Canvas) -> tuple[torch.Tensor, torch.Tensor]:
    """Unstyled pictures [B, 3, S, S], 0..1, and their regions."""
    loose = torch.tensor([1.0 if scene.style == "watercolour" else 0.0 for scene in scenes], device=canvas.x.device)
    bend = styles.wobble(canvas, loose)
    roll = torch.tensor([ROLL[scene.ground] for scene in scenes], device=canvas.x.device)
    ground = canvas.edge(canvas.y + bend[:, 1] - ground_line(canvas, roll))
    sky = painted(canvas, [scene.sky for scene in scenes], SKIES)
    picture = mix(sky, painted(canvas, [scene.ground for scene in scenes], GROUNDS), ground[:, None])
    layers = draw_layers(scenes, sprites, bend, canvas.size)
    for slot in range(SLOTS):
        picture = picture * (1.0 - layers[:, slot, 3:]) + layers[:, slot, :3]
    return picture.clamp(0.0, 1.0), visible_regions(layers[:, :, 3], ground)


def stylise(scenes: Sequence[Scene], canvas: Canvas, picture: torch.Tensor, regions: torch.Tensor) -> torch.Tensor:
    """The pictures in their styles and palettes. Filters see the coverage [first, second, ground]."""
    coverage = regions[:, [0, 1, GROUND]]
    out = torch.empty_like(picture)
    for name, rows in by_name([scene.style for scene in scenes]).items():
        index = torch.tensor(rows, device=picture.device)
        out[index] = FILTERS[name](canvas.select(index), picture[index], coverage[index])
    return styles.tinted(out.clamp(0.0, 1.0), [scene.tone for scene in scenes])


def region_of(scene: Scene, phrase: Phrase) -> int:
    """Row of the regions that shows what the phrase names."""
    if phrase.kind == "object":
        return next(slot for slot, item in enumerate(scene.objects) if item.name == phrase.name)
    return SKY if phrase.kind == "sky" else GROUND


def phrase_masks(scenes: Sequence[Scene], regions: torch.Tensor) -> torch.Tensor:
    """Masks in the order of the phrases' numbers, [B, P, S, S]."""
    rows = [[region_of(scene, phrase) for phrase in scene.masked] for scene in scenes]
    masks = regions.new_zeros(len(scenes), max((len(row) for row in rows), default=0), *regions.shape[-2:])
    for b, row in enumerate(rows):
        masks[b, : len(row)] = regions[b, row]
    return masks


@torch.no_grad()
def render(scenes: Sequence[Scene], sprites: Sprites, size: int, device: torch.device | str = "cpu") -> Rendered:
    """Draw the scenes at size x size pixels."""
    canvas = canvas_of(scenes, size, device)
    picture, regions = compose(scenes, sprites, canvas)
    styled = stylise(scenes, canvas, picture, regions)
    return Rendered(styled * 2.0 - 1.0, phrase_masks(scenes, regions), regions)
