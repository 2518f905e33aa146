"""Trains and measures the judge of the family's world: ``python -m engine.training.family_judge_training FOLDER``."""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.training.family_judge import (
    BACKGROUNDS,
    STYLES,
    THINGS,
    TINTS,
    FamilyJudge,
    FamilyJudgeCard,
    FamilyJudgeNetwork,
    Logits,
    Thing,
    relation_of,
    verdicts,
)
from engine.training.judge import HELD_OUT_SEED, degrade
from engine.training.judge_network import SIDE
from engine.training.rates import set_rate, shares
from engine.training.replay import Replay
from engine.training.world import Scene, World
from engine.training.world.family.captions import relation

log = logging.getLogger(__name__)

MAPS = SIDE // 2
RATE = 3e-3
BACKGROUND = 0.3
REUSE = 4
"""How often a lesson is given, each time spoilt anew: thinking one up takes longer than learning from it."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """Pictures [B, 3, 64, 64] with their maps as `Logits` has them, each class's share of the pixels, and styles [B].

    classes [B, 165, 32, 32]; tints [B, 9, 32, 32], zero where no thing is; density [B, 32, 32].
    """

    images: Tensor
    classes: Tensor
    tints: Tensor
    density: Tensor
    styles: Tensor


def lesson(world: World, scenes: tuple[Scene, ...], device: torch.device) -> Lesson:
    """Rendered scenes with what the judge should say of them."""
    drawn = world.render(scenes, SIDE, device)
    regions = F.avg_pool2d(drawn.regions, SIDE // MAPS)
    slots, count = regions.shape[1] - 2, len(scenes)
    classes = regions.new_zeros(count, len(THINGS) + len(BACKGROUNDS), MAPS, MAPS)
    tints, density = regions.new_zeros(count, len(TINTS), MAPS, MAPS), regions.new_zeros(count, MAPS, MAPS)
    for b, scene in enumerate(scenes):
        for slot, item in enumerate(scene.objects):
            own = regions[b, slot]
            classes[b, THINGS.index(item.name)] += own
            tints[b, TINTS.index(item.colour)] += own
            density[b] += own / own.sum().clamp(min=1e-3)
        for slot, (kind, name) in enumerate((("sky", scene.sky), ("ground", scene.ground)), slots):
            classes[b, len(THINGS) + BACKGROUNDS.index((kind, name))] = regions[b, slot]
    styles = torch.tensor([STYLES.index(scene.style) for scene in scenes], device=device)
    return Lesson(drawn.images, classes, tints, density, styles)


def loss_of(said: Logits, told: Lesson) -> Tensor:
    """Cross-entropy of classes (backgrounds weighted down), colours and style; error of the number of things."""
    weights = torch.full((told.classes.shape[1],), BACKGROUND, device=told.classes.device)
    weights[: len(THINGS)] = 1.0
    weighted = told.classes * weights[:, None, None]
    classes = -(weighted * said.classes.log_softmax(1)).sum() / weighted.sum()
    tints = -(told.tints * said.tints.log_softmax(1)).sum() / told.tints.sum().clamp(min=1.0)
    pooled = F.avg_pool2d((said.density - told.density)[:, None], 4) * 16.0
    number = pooled.abs().mean() + 0.2 * (said.density.sum((1, 2)) - told.density.sum((1, 2))).abs().mean()
    total: Tensor = classes + 0.3 * tints + number + 0.15 * F.cross_entropy(said.style, told.styles)
    return total


def train(
    world: World, device: torch.device, *, batch: int, steps: int, minutes: float | None = None
) -> tuple[FamilyJudgeNetwork, int]:
    """Train for `minutes`, else for `steps`; returns the network in its evaluating mode and the pictures seen."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    lessons = Replay(lambda block: lesson(world, world.sample(np.random.default_rng((0, block)), batch), device), REUSE)
    network = FamilyJudgeNetwork().to(device).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=1e-3)
    step = 0
    for step, share in enumerate(shares(steps, minutes), start=1):
        set_rate(optimiser, RATE * min(1.0, step / 40) * (1.0 - share))
        told = lessons.use(step - 1)
        with torch.autocast(device.type, torch.bfloat16):
            said = network(degrade(told.images, rng))
        loss = loss_of(said, told)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 1:
            log.info("judge step %d, %.0f%%, loss %.3f", step, 100 * share, loss.item())
    return network.eval(), step * batch


def truth_of(scene: Scene) -> dict[str, tuple[int, str | None]]:
    """Number and colour of each kind of thing in a scene."""
    names = [item.name for item in scene.objects]
    return {item.name: (names.count(item.name), item.colour) for item in scene.objects}


def measure(network: FamilyJudgeNetwork, world: World, count: int, device: torch.device, seen: int) -> FamilyJudgeCard:
    """The card of `network` from `count` held-out renders at 128 x 128, after `seen` pictures of training."""
    rng = np.random.default_rng(HELD_OUT_SEED)
    marks: dict[str, list[float]] = {name: [] for name in FIGURES}
    for begin in range(0, count, 64):
        scenes = world.sample(rng, min(64, count - begin))
        found = verdicts(network, world.render(scenes, 2 * SIDE, device).images)
        for scene, verdict in zip(scenes, found, strict=True):
            _mark(marks, scene, verdict.things)
            marks["style"].append(float(verdict.style == scene.style))
        told = lesson(world, scenes, device)
        marks["background"].append(_backgrounds_right(network, told))
    return FamilyJudgeCard(seen, count, **{name: float(np.mean(values or [0.0])) for name, values in marks.items()})


FIGURES = ("presence", "invented", "count", "colour", "relation", "style", "background")


@torch.no_grad()
def _backgrounds_right(network: FamilyJudgeNetwork, told: Lesson) -> float:
    """Share of the pixels of sky and ground that are called by their name."""
    truth, said = told.classes.argmax(1), network(told.images).classes.argmax(1)
    behind = truth >= len(THINGS)
    return float((truth == said)[behind].float().mean())


def _mark(marks: dict[str, list[float]], scene: Scene, things: tuple[Thing, ...]) -> None:
    truth, found = truth_of(scene), {thing.name: thing for thing in things}
    marks["invented"].append(float(len(found.keys() - truth.keys())))
    for name, (count, colour) in truth.items():
        marks["presence"].append(float(name in found))
        if name in found:
            marks["count"].append(float(found[name].count == count))
            if colour is not None:
                marks["colour"].append(float(found[name].colour == colour))
    if len(truth) == 2 and truth.keys() <= found.keys():
        first, second = truth
        clear = relation(*([item for item in scene.objects if item.name == name] for name in (first, second)))
        if clear is not None:
            marks["relation"].append(float(relation_of(found[first], found[second]) == clear))


def main() -> None:
    """Train the judge and write it to a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--held-out", type=int, default=960)
    parser.add_argument("--device", default="cpu")
    told = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    device = torch.device(told.device)
    world = World.load(name="family").on(device)
    network, seen = train(world, device, batch=told.batch, steps=0, minutes=told.minutes)
    card = measure(network, world, told.held_out, device, seen)
    FamilyJudge(network.cpu(), card).save(told.folder)
    print(card)


if __name__ == "__main__":
    main()
