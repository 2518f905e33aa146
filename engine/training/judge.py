"""Train the judge on renders: ``python -m engine.training.judge --minutes 8``."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.training.judge_network import (
    CLASSES,
    FOLDER,
    OBJECTS,
    PRESENT,
    SIDE,
    STYLES,
    Judge,
    JudgeCard,
    JudgeNetwork,
    class_index,
    label_batch,
)
from engine.training.world import Scene, World
from engine.training.world.fields import bent, blur

BATCH = 48
BACKGROUND = 0.3  # weight of sky and ground in the loss: they fill most of the picture and are easy
HELD_OUT_SEED = 90_210


@dataclass(frozen=True, eq=False)
class Lesson:
    """Pictures [B, 3, S, S], share of every class at each pixel [B, 20, S, S], styles [B], palettes [B, 8]."""

    images: Tensor
    shares: Tensor
    styles: Tensor
    palettes: Tensor


def lesson(world: World, scenes: tuple[Scene, ...], size: int) -> Lesson:
    """Rendered scenes with what the judge should say about them."""
    drawn = world.render(scenes, size)
    shares = torch.zeros(len(scenes), len(CLASSES), size, size)
    for b, scene in enumerate(scenes):
        for slot, item in enumerate(scene.objects):
            shares[b, class_index("object", item.name)] += drawn.regions[b, slot]
        shares[b, class_index("sky", scene.sky)] = drawn.regions[b, 2]
        shares[b, class_index("ground", scene.ground)] = drawn.regions[b, 3]
    styles = torch.tensor([STYLES.index(scene.style) for scene in scenes])
    palettes = torch.tensor([(*s.tone.gains, *s.tone.shadow, s.tone.saturation, s.tone.contrast) for s in scenes])
    return Lesson(drawn.images, shares, styles, palettes)


def degrade(images: Tensor, rng: np.random.Generator) -> Tensor:
    """Blur, coarse sampling, noise and bent outlines, as a poor painter makes them, on the first half of the batch."""
    count = len(images) // 2
    worse, size = images[:count], images.shape[-1]
    if rng.random() < 0.5:
        coarse = int(rng.integers(20, 34))
        worse = F.interpolate(F.interpolate(worse, (coarse, coarse), mode="area"), (size, size), mode="bicubic")
    if rng.random() < 0.5:
        worse = blur(worse, float(rng.uniform(0.008, 0.03)))
    if rng.random() < 0.6:
        worse = bent(worse, float(rng.uniform(0.01, 0.05)), rng)
    noise = torch.from_numpy(rng.standard_normal(worse.shape, dtype=np.float32)) * float(rng.uniform(0.0, 0.12))
    return torch.cat([(worse + noise.to(images.device)).clamp(-1, 1), images[count:]])


def loss_of(network: JudgeNetwork, batch: Lesson) -> Tensor:
    """Cross-entropy of the classes (background weighted down) and of the style, and squared error of the palette."""
    with torch.autocast("cpu", torch.bfloat16):
        logits, styles, palettes = network(batch.images)
    shares = F.avg_pool2d(batch.shares, batch.shares.shape[-1] // logits.shape[-1])
    weights = torch.full((len(CLASSES),), BACKGROUND)
    weights[:OBJECTS] = 1.0
    weighted = shares * weights.view(1, -1, 1, 1)
    classes = -(weighted * logits.float().log_softmax(1)).sum() / weighted.sum()
    manner = F.cross_entropy(styles.float(), batch.styles) + 8.0 * F.mse_loss(palettes.float(), batch.palettes)
    total: Tensor = classes + 0.15 * manner
    return total


def train(world: World, minutes: float, seed: int = 0) -> tuple[JudgeNetwork, int]:
    """Train for `minutes` of wall time, the learning rate falling to 0. Returns the network and pictures seen."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = JudgeNetwork().to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-3)
    start, seen, report = time.monotonic(), 0, 0.0
    while (spent := (time.monotonic() - start) / (60.0 * minutes)) < 1.0:
        batch = lesson(world, world.sample(rng, BATCH), SIDE)
        pictures = degrade(batch.images, rng).contiguous(memory_format=torch.channels_last)
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * min(1.0, (seen + BATCH) / 2000) * (1.0 - spent)
        loss = loss_of(network, Lesson(pictures, batch.shares, batch.styles, batch.palettes))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        seen += BATCH
        if spent >= report:
            print(f"{100 * spent:3.0f} %  {seen} pictures  loss {loss.item():.3f}", flush=True)
            report += 0.05
    return network.eval(), seen


def confusion(truth: Tensor, found: Tensor) -> Tensor:
    """Pixel counts [20, 20] by true and found class."""
    pairs = truth.flatten() * len(CLASSES) + found.flatten()
    return torch.bincount(pairs, minlength=len(CLASSES) ** 2).view(len(CLASSES), len(CLASSES)).double()


def class_iou(counts: Tensor) -> Tensor:
    """Intersection over union per class from the pixel counts, [20]."""
    hit = counts.diagonal()
    return hit / (counts.sum(0) + counts.sum(1) - hit).clamp(min=1.0)


@dataclass(frozen=True)
class Accuracy:
    miou: float
    object_miou: float
    presence_recall: float
    false_presence: float
    style_accuracy: float


@torch.no_grad()
def measure(network: JudgeNetwork, world: World, count: int, degraded: bool) -> Accuracy:
    """Accuracy on `count` held-out renders at 128 x 128, as drawn or degraded."""
    rng = np.random.default_rng(HELD_OUT_SEED)
    counts = torch.zeros(len(CLASSES), len(CLASSES), dtype=torch.double)
    recalls, falses, styles = [], [], []
    for _ in range(max(1, count // BATCH)):
        batch = lesson(world, world.sample(rng, BATCH), 2 * SIDE)
        doubled = torch.cat([batch.images, batch.images])
        images = degrade(doubled, rng)[:BATCH] if degraded else batch.images
        found, truth = label_batch(network, images), batch.shares.argmax(1)
        counts += confusion(truth, found)
        there, seen = owned(truth) >= PRESENT, owned(found) >= PRESENT
        recalls.append(seen[there].float().mean())
        falses.append((seen & ~there).float().sum(1).mean())
        reading = network(F.avg_pool2d(images, 2))[1].argmax(1)
        styles.append((reading == batch.styles).float().mean())
    iou = class_iou(counts)
    means = [float(torch.stack(part).mean()) for part in (recalls, falses, styles)]
    return Accuracy(float(iou.mean()), float(iou[:OBJECTS].mean()), *means)


def owned(labels: Tensor) -> Tensor:
    """Share of the pixels that each object class owns, [B, 12]."""
    return F.one_hot(labels.flatten(1), len(CLASSES)).float().mean(1)[:, :OBJECTS]


def judge_of(network: JudgeNetwork, world: World, minutes: float, seen: int, held_out: int) -> Judge:
    """The network with a card of its accuracy on held-out renders."""
    clean, worse = (measure(network, world, held_out, degraded) for degraded in (False, True))
    card = JudgeCard(
        minutes=minutes,
        pictures=seen,
        held_out=held_out,
        miou_clean=clean.miou,
        miou_degraded=worse.miou,
        object_miou_clean=clean.object_miou,
        object_miou_degraded=worse.object_miou,
        presence_recall=clean.presence_recall,
        false_presence=clean.false_presence,
        style_accuracy=clean.style_accuracy,
    )
    return Judge(network, card)


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the judge of the drawn world on renders.")
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--held-out", type=int, default=960)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    world = World.load()
    network, seen = train(world, chosen.minutes, chosen.seed)
    judge = judge_of(network, world, chosen.minutes, seen, chosen.held_out)
    judge.save(chosen.folder)
    print(judge.card)


if __name__ == "__main__":
    main()
