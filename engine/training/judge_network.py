"""The judge: a small network that says what a picture shows, where, and in which style.

It learns from renders of the drawn world alone and never sees a generated picture, so that its verdict on a model's
pictures is independent of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import msgspec
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.weights import load_weights, save_weights
from engine.training.world.vocabulary import VOCABULARY, Vocabulary

CLASSES = tuple((kind, name) for kind in ("object", "sky", "ground") for name in VOCABULARY.names(kind))
OBJECTS = len(VOCABULARY.nouns)
STYLES = VOCABULARY.names("style")
PALETTE = 8  # gains, shadow, saturation, contrast of a Tone
SIDE = 64  # pictures are judged at this size
PRESENT = 0.02  # an object is present when it owns this share of the pixels
FOLDER = Path(__file__).resolve().parents[2] / "resources" / "storybook" / "judge"


class JudgeCard(msgspec.Struct, frozen=True):
    """How the judge was trained and how well it sees renders that it was not trained on."""

    minutes: float
    pictures: int
    held_out: int
    miou_clean: float
    miou_degraded: float
    object_miou_clean: float
    object_miou_degraded: float
    presence_recall: float
    false_presence: float
    style_accuracy: float


def class_index(kind: str, name: str) -> int:
    return CLASSES.index((kind, name))


class Block(nn.Module):
    """Residual convolution with a dilation."""

    def __init__(self, channels: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.convolution = nn.Conv2d(channels, channels, 3, padding=dilation, dilation=dilation, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Map [B, channels, h, w] to the same shape."""
        out: Tensor = x + self.convolution(F.silu(self.norm(x)))
        return out


class JudgeNetwork(nn.Module):
    """[B, 3, 64, 64] in -1..1 -> class logits [B, 20, 32, 32], style logits [B, 4], palette [B, 8]."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 5, stride=2, padding=2)
        self.shallow = nn.Sequential(Block(32, 1), Block(32, 2))
        self.down = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.deep = nn.Sequential(*(Block(64, dilation) for dilation in (1, 2, 4, 1, 2, 4, 1)))
        self.join = nn.Sequential(nn.BatchNorm2d(96), nn.SiLU(), nn.Conv2d(96, 48, 3, padding=1), Block(48, 1))
        self.classes = nn.Sequential(nn.BatchNorm2d(48), nn.SiLU(), nn.Conv2d(48, len(CLASSES), 1))
        self.manner = nn.Sequential(nn.Linear(2 * (32 + 64) + 12, 96), nn.SiLU(), nn.Linear(96, len(STYLES) + PALETTE))

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return class logits, style logits and palette of `images` [B, 3, 64, 64]; shapes as in the class."""
        shallow = self.shallow(self.stem(images))
        deep = self.deep(self.down(shallow))
        wide = F.interpolate(deep, scale_factor=2, mode="bilinear")
        classes = self.classes(self.join(torch.cat([shallow, wide], 1)))
        facts = torch.cat([statistics(shallow), statistics(deep), image_facts(images)], 1)
        manner = self.manner(facts)
        return classes, manner[:, : len(STYLES)], manner[:, len(STYLES) :]


def statistics(features: Tensor) -> Tensor:
    """Mean and deviation of every channel over the picture, [B, 2C]."""
    return torch.cat([features.mean((2, 3)), features.float().std((2, 3)).to(features.dtype)], 1)


def image_facts(images: Tensor) -> Tensor:
    """Mean, deviation, low and high quantile of every colour, [B, 12]: the palette at a glance."""
    flat = images.float().flatten(2)
    low, high = torch.quantile(flat, torch.tensor([0.1, 0.9], device=flat.device), dim=2)
    return torch.cat([flat.mean(2), flat.std(2), low, high], 1)


@dataclass(frozen=True, eq=False)
class Manner:
    """Style probabilities [B, 4] and the palette's parameters [B, 8] as read from pictures."""

    styles: Tensor
    palette: Tensor


@dataclass(frozen=True, eq=False)
class Judge:
    """A trained judge with the card of its own accuracy."""

    network: JudgeNetwork
    card: JudgeCard
    vocabulary: ClassVar[Vocabulary] = VOCABULARY
    present: ClassVar[float] = PRESENT

    @staticmethod
    def load(folder: Path = FOLDER) -> Judge:
        """Read judge.safetensors and judge.json. Raises ModelFileError naming a missing or damaged file."""
        network = JudgeNetwork()
        load_weights(network, folder / "judge.safetensors")
        card = msgspec.json.decode((folder / "judge.json").read_bytes(), type=JudgeCard)
        return Judge(network.eval(), card)

    def save(self, folder: Path = FOLDER) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        save_weights(self.network.state_dict(), folder / "judge.safetensors")
        (folder / "judge.json").write_bytes(msgspec.json.format(msgspec.json.encode(self.card), indent=2) + b"\n")

    @torch.no_grad()
    def labels(self, images: Tensor) -> Tensor:
        """Class of every pixel, int64 [B, H, W], of pictures [B, 3, H, W] in -1..1 (any size)."""
        found = [label_batch(self.network, batch) for batch in torch.split(images, 64)]
        return torch.cat(found)

    def styles(self, images: Tensor) -> Tensor:
        """Probabilities of the vocabulary's styles [B, 4] in pictures [B, 3, H, W] in -1..1."""
        return self.manner(images).styles

    def things(self, images: Tensor) -> None:
        """This judge tells neither number nor colour: its world has but one of each thing, in its own colours."""

    @torch.no_grad()
    def manner(self, images: Tensor) -> Manner:
        """Style and palette of pictures [B, 3, H, W] in -1..1."""
        _, styles, palette = self.network(at_judging_size(images))
        return Manner(styles.softmax(1), palette)


def at_judging_size(images: Tensor) -> Tensor:
    return F.interpolate(images, (SIDE, SIDE), mode="bilinear", antialias=True) if images.shape[-1] != SIDE else images


def label_batch(network: JudgeNetwork, images: Tensor) -> Tensor:
    """Labels at the pictures' own size: probabilities are enlarged smoothly, then the greatest wins."""
    logits, _, _ = network(at_judging_size(images))
    return F.interpolate(logits.softmax(1), images.shape[-2:], mode="bilinear").argmax(1)
