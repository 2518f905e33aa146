"""The judge of the family's world: which things a picture shows, how many, in which colours and where they stand.

Like the small world's judge it learns from renders alone and never sees a generated picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import msgspec
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.weights import load_weights, save_weights
from engine.training.judge_network import Block, at_judging_size, image_facts, statistics
from engine.training.world.family.words import COLOURS, FAMILY
from engine.training.world.vocabulary import Vocabulary

THINGS = FAMILY.names("object")
BACKGROUNDS = tuple((kind, name) for kind in ("sky", "ground") for name in FAMILY.names(kind))
STYLES = FAMILY.names("style")
TINTS = (None, *COLOURS)
"""Colours that things have: their own, or one of the adjectives."""
PRESENT = 0.012
"""A thing is present when it owns this share of the pixels: the smallest of three, half out of view, owns more."""
FILES = "judge.safetensors", "judge.json"
LABELLED = 8
"""Pictures labelled at once: every class has a map of the picture's own size."""


class FamilyJudgeCard(msgspec.Struct, frozen=True):
    """How well the judge reads renders that it was not trained on; shares 0..1.

    `presence` of the things shown, `invented` things a picture that are not; of the things found, right `count`, and
    right `colour` where there is one; right `relation` of two things that have a clear one; `style`, `background`
    (sky and ground, of the pixels).
    """

    pictures: int
    held_out: int
    presence: float
    invented: float
    count: float
    colour: float
    relation: float
    style: float
    background: float


class FamilyJudgeNetwork(nn.Module):
    """[B, 3, 64, 64] in -1..1 -> `Logits` of maps at 32 x 32."""

    def __init__(self, width: int = 40) -> None:
        super().__init__()
        deep, joined = 2 * width, width
        self.stem = nn.Conv2d(3, width, 5, stride=2, padding=2)
        self.shallow = nn.Sequential(Block(width, 1), Block(width, 2))
        self.down = nn.Conv2d(width, deep, 3, stride=2, padding=1)
        self.deep = nn.Sequential(*(Block(deep, dilation) for dilation in (1, 2, 4, 1, 2, 4, 1)))
        self.join = nn.Sequential(
            nn.BatchNorm2d(width + deep), nn.SiLU(), nn.Conv2d(width + deep, joined, 3, padding=1), Block(joined, 1),
            nn.BatchNorm2d(joined), nn.SiLU(),
        )  # fmt: skip
        self.maps = nn.Conv2d(joined, len(THINGS) + len(BACKGROUNDS) + len(TINTS) + 1, 1)
        self.style = nn.Sequential(nn.Linear(2 * (width + deep) + 12, 128), nn.SiLU(), nn.Linear(128, len(STYLES)))

    def forward(self, images: Tensor) -> Logits:
        """Read `images` [B, 3, 64, 64]."""
        shallow = self.shallow(self.stem(images))
        deep = self.deep(self.down(shallow))
        wide = F.interpolate(deep, scale_factor=2, mode="bilinear")
        maps = self.maps(self.join(torch.cat([shallow, wide], 1))).float()
        classes, tints, density = maps.split([len(THINGS) + len(BACKGROUNDS), len(TINTS), 1], dim=1)
        style = self.style(torch.cat([statistics(shallow), statistics(deep), image_facts(images)], 1))
        return Logits(classes, tints, F.softplus(density[:, 0] - 4.0), style.float())


@dataclass(frozen=True, eq=False)
class Logits:
    """What the network says: classes [B, 165, h, w], colours of things [B, 9, h, w], styles [B, 12].

    density [B, h, w] adds up to the number of things over any region.
    """

    classes: Tensor
    tints: Tensor
    density: Tensor
    style: Tensor


@dataclass(frozen=True)
class Thing:
    """Things of one kind in a picture: how many, their colour (None: their own), and their centre, 0..1."""

    name: str
    count: int
    colour: str | None
    x: float
    y: float


@dataclass(frozen=True)
class Verdict:
    """What one picture shows, the largest thing first; its style."""

    things: tuple[Thing, ...]
    style: str


def relation_of(first: Thing, second: Thing) -> str:
    """Where `first` is to `second`: left, right, above or below, by the larger distance of their centres."""
    across, down = second.x - first.x, second.y - first.y
    if abs(across) >= abs(down):
        return "left" if across > 0 else "right"
    return "above" if down > 0 else "below"


def things_in(classes: Tensor, tints: Tensor, density: Tensor) -> tuple[Thing, ...]:
    """The things of one picture from its maps [165, h, w], [9, h, w] and [h, w]."""
    chances = classes.softmax(0)[: len(THINGS)]
    shares = chances.mean((1, 2))
    height, width = density.shape
    columns = (torch.arange(width, device=density.device) + 0.5) / width
    rows = (torch.arange(height, device=density.device) + 0.5) / height
    found = []
    for index in shares.argsort(descending=True)[:4].tolist():
        if shares[index] < PRESENT:
            break
        own = chances[index]
        total = own.sum()
        tint = int((tints.log_softmax(0) * own).sum((1, 2)).argmax())
        x, y = float((own.sum(0) * columns).sum() / total), float((own.sum(1) * rows).sum() / total)
        count = max(1, round(float((density * own).sum())))
        found.append(Thing(THINGS[index], count, TINTS[tint], x, y))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class FamilyJudge:
    """A trained judge with the card of its own accuracy."""

    network: FamilyJudgeNetwork
    card: FamilyJudgeCard
    vocabulary: ClassVar[Vocabulary] = FAMILY
    present: ClassVar[float] = PRESENT

    @staticmethod
    def load(folder: Path) -> FamilyJudge:
        """Read what `save` wrote. Raises ModelFileError naming a missing or damaged file."""
        network = FamilyJudgeNetwork()
        load_weights(network, folder / FILES[0])
        return FamilyJudge(network.eval(), msgspec.json.decode((folder / FILES[1]).read_bytes(), type=FamilyJudgeCard))

    def save(self, folder: Path) -> None:
        """Write weights and card into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        save_weights(self.network.state_dict(), folder / FILES[0])
        (folder / FILES[1]).write_bytes(msgspec.json.format(msgspec.json.encode(self.card), indent=2) + b"\n")

    def read(self, images: Tensor) -> tuple[Verdict, ...]:
        """What pictures [B, 3, H, W] in -1..1 of any size show."""
        return verdicts(self.network, images)

    @torch.no_grad()
    def labels(self, images: Tensor) -> Tensor:
        """Class of every pixel, int64 [B, H, W], of pictures [B, 3, H, W] in -1..1: things, then skies and grounds."""
        return torch.cat([self._label(batch) for batch in torch.split(images, LABELLED)])

    def _label(self, images: Tensor) -> Tensor:
        chances = self.network(at_judging_size(images)).classes.softmax(1)
        return F.interpolate(chances, images.shape[-2:], mode="bilinear").argmax(1)

    @torch.no_grad()
    def styles(self, images: Tensor) -> Tensor:
        """Probabilities of the vocabulary's styles [B, 12] in pictures [B, 3, H, W] in -1..1."""
        found = [self.network(at_judging_size(batch)).style.softmax(1) for batch in torch.split(images, 64)]
        return torch.cat(found)

    def things(self, images: Tensor) -> tuple[tuple[Thing, ...], ...]:
        """The things of pictures [B, 3, H, W] in -1..1 with number, colour and centre, the largest first."""
        return tuple(verdict.things for verdict in self.read(images))


@torch.no_grad()
def verdicts(network: FamilyJudgeNetwork, images: Tensor) -> tuple[Verdict, ...]:
    """What pictures show, by a network in its evaluating mode."""
    said: Sequence[Logits] = [network(at_judging_size(batch)) for batch in torch.split(images, 64)]
    return tuple(
        Verdict(things_in(maps.classes[b], maps.tints[b], maps.density[b]), STYLES[int(maps.style[b].argmax())])
        for maps in said
        for b in range(len(maps.density))
    )
