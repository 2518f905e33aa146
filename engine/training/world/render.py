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
from engine.training.world.recolour import Colours, recoloured
from engine.training.world.scene import Phrase, Placed, Scene
from engine.training.world.sprites import Sprites
from engine.training.world.vocabulary import VOCABULARY, Vocabulary

Filter = Callable[[Canvas, torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Kit:
    """Everything a world is drawn with: its words, a painter for each sky, ground and style, at most `slots` objects.

    `roll`: size of each ground's hills; `colours`: what the adjectives of things look like.
    """

    vocabulary: Vocabulary
    skies: Mapping[str, Painter]
    grounds: Mapping[str, Painter]
    roll: Mapping[str, float]
    filters: Mapping[str, Filter]
    slots: int
    colours: Colours


STORYBOOK = Kit(
    vocabulary=VOCABULARY,
    skies=SKIES,
    grounds=GROUNDS,
    roll=ROLL,
    filters=MappingProxyType(
        {"plain": styles.plain, "watercolour": styles.watercolour, "glow": styles.glow, "paper": styles.paper}
    ),
    slots=2,
    colours=MappingProxyType({}),
)


@dataclass(frozen=True, eq=False)
class Rendered:
    """Pictures and masks of B scenes.

    images [B, 3, S, S] float32, -1..1. masks [B, P, S, S] float32, 0..1: row `phrase.mask` is the visible part of
    what the phrase names, padded with zeros up to the longest scene. regions [B, slots + 2, S, S]: visible parts of
    each object (zeros if there is none), sky and ground; they add up to 1 at every pixel.
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


def draw_objects(
    items: Sequence[Placed], sprites: Sprites, bend: torch.Tensor, size: int, kit: Kit = STORYBOOK
) -> torch.Tensor:
    """Premultiplied pictures of the objects in the view, [N, 4, size, size]; small ones are sampled twice as fine."""
    fold = 2 if size < 96 else 1
    fine = size * fold
    if fold > 1:
        bend = F.interpolate(bend, (fine, fine), mode="bilinear")
    level = sprites.at_least(0.45 * fine)
    index = torch.tensor([kit.vocabulary.index("object", item.name) for item in items])
    grid = sampling_grid(items, bend, fine)
    chosen = recoloured(level[index.to(level.device)].to(bend.device), items, kit.colours)
    drawn = F.grid_sample(chosen, grid, mode="bilinear", align_corners=False)
    return F.avg_pool2d(drawn, fold) if fold > 1 else drawn


def draw_layers(
    scenes: Sequence[Scene], sprites: Sprites, bend: torch.Tensor, size: int, kit: Kit = STORYBOOK
) -> torch.Tensor:
    """All objects by slot, premultiplied, [B, slots, 4, size, size]; empty slots are transparent."""
    layers = bend.new_zeros(len(scenes), kit.slots, 4, size, size)
    places = [(row, slot, item) for row, scene in enumerate(scenes) for slot, item in enumerate(scene.objects)]
    rows, slots = (torch.tensor([place[i] for place in places], device=bend.device) for i in (0, 1))
    layers[rows, slots] = draw_objects([item for _, _, item in places], sprites, bend[rows], size, kit)
    return layers


def visible_regions(alpha: torch.Tensor, ground: torch.Tensor) -> torch.Tensor:
    """Seen parts of N objects, sky and ground, [B, N + 2, S, S], from alpha [B, N, S, S] and ground [B, S, S]."""
    seen = list(alpha.unbind(1))
    for under in range(len(seen)):
        for over in range(under + 1, alpha.shape[1]):
            seen[under] = seen[under] * (1.0 - alpha[:, over])
    rest = torch.ones_like(ground)
    for part in seen:
        rest = rest - part
    return torch.stack([*seen, rest * (1.0 - ground), rest * ground], 1)


def compose(
    scenes: Sequence[Scene], sprites: Sprites, canvas: Canvas, kit: Kit = STORYBOOK
) -> tuple[torch.Tensor, torch.Tensor]:
    """Unstyled pictures [B, 3, S, S], 0..1, and their regions."""
    loose = torch.tensor([1.0 if scene.style == "watercolour" else 0.0 for scene in scenes], device=canvas.x.device)
    bend = styles.wobble(canvas, loose)
    roll = torch.tensor([kit.roll[scene.ground] for scene in scenes], device=canvas.x.device)
    ground = canvas.edge(canvas.y + bend[:, 1] - ground_line(canvas, roll))
    sky = painted(canvas, [scene.sky for scene in scenes], kit.skies)
    picture = mix(sky, painted(canvas, [scene.ground for scene in scenes], kit.grounds), ground[:, None])
    layers = draw_layers(scenes, sprites, bend, canvas.size, kit)
    for slot in range(kit.slots):
        picture = picture * (1.0 - layers[:, slot, 3:]) + layers[:, slot, :3]
    return picture.clamp(0.0, 1.0), visible_regions(layers[:, :, 3], ground)


def stylise(
    scenes: Sequence[Scene], canvas: Canvas, picture: torch.Tensor, regions: torch.Tensor, kit: Kit = STORYBOOK
) -> torch.Tensor:
    """The pictures in their styles, textures and palettes. Filters see the coverage of all objects and the ground."""
    coverage = regions[:, [*range(kit.slots), kit.slots + 1]]
    out = torch.empty_like(picture)
    for name, rows in by_name([scene.style for scene in scenes]).items():
        index = torch.tensor(rows, device=picture.device)
        out[index] = kit.filters[name](canvas.select(index), picture[index], coverage[index])
    if any(scene.texture > 0.0 for scene in scenes):
        out = styles.textured(canvas, out, torch.tensor([scene.texture for scene in scenes], device=out.device))
    return styles.tinted(out.clamp(0.0, 1.0), [scene.tone for scene in scenes])


def regions_of(scene: Scene, phrase: Phrase, slots: int) -> list[int]:
    """Rows of the regions that show what the phrase names."""
    if phrase.kind == "object":
        return [slot for slot, item in enumerate(scene.objects) if item.name == phrase.name]
    return [slots if phrase.kind == "sky" else slots + 1]


def phrase_masks(scenes: Sequence[Scene], regions: torch.Tensor) -> torch.Tensor:
    """Masks in the order of the phrases' numbers, [B, P, S, S]."""
    slots = regions.shape[1] - 2
    rows = [[regions_of(scene, phrase, slots) for phrase in scene.masked] for scene in scenes]
    masks = regions.new_zeros(len(scenes), max((len(row) for row in rows), default=0), *regions.shape[-2:])
    for b, row in enumerate(rows):
        for number, shown in enumerate(row):
            masks[b, number] = regions[b, shown].sum(0)
    return masks


@torch.no_grad()
def render(
    scenes: Sequence[Scene], sprites: Sprites, size: int, device: torch.device | str = "cpu", kit: Kit = STORYBOOK
) -> Rendered:
    """Draw the scenes at size x size pixels."""
    canvas = canvas_of(scenes, size, device)
    picture, regions = compose(scenes, sprites, canvas, kit)
    styled = stylise(scenes, canvas, picture, regions, kit)
    return Rendered(styled * 2.0 - 1.0, phrase_masks(scenes, regions), regions)
