"""What the judge sees in drafts: which things are there, which sky and ground, in which style."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.training.evaluation.layout import PRESENT
from engine.training.judge_network import CLASSES, STYLES, Judge, class_index
from engine.training.world import VOCABULARY

CHUNK = 64


@dataclass(frozen=True, eq=False)
class Seen:
    """Of N pictures: the share of the pixels that each class owns [N, classes], and style probabilities [N, styles]."""

    shares: NDArray[np.float64]
    styles: NDArray[np.float64]

    def area(self, kind: str, name: str) -> NDArray[np.float64]:
        """Share of each picture that a thing, sky or ground owns, [N]."""
        owned: NDArray[np.float64] = self.shares[:, class_index(kind, name)]
        return owned

    def present(self, name: str) -> NDArray[np.bool_]:
        """Whether an object owns at least 2 % of each picture, [N]."""
        there: NDArray[np.bool_] = self.area("object", name) >= PRESENT
        return there

    def largest(self, kind: str) -> list[str]:
        """The sky or ground that owns most of each picture."""
        names = VOCABULARY.names(kind)
        areas = np.stack([self.area(kind, name) for name in names], axis=1)
        return [names[index] for index in areas.argmax(axis=1)]

    def style(self) -> list[str]:
        """The likeliest style of each picture."""
        return [STYLES[index] for index in self.styles.argmax(axis=1)]


def look(judge: Judge, pictures: Tensor) -> Seen:
    """Let the judge look at pictures [N, 3, H, W] in -1..1 of any size."""
    shares, styles = [], []
    for chunk in torch.split(pictures, CHUNK):
        labels = judge.labels(chunk)
        shares.append(F.one_hot(labels.flatten(1), len(CLASSES)).double().mean(dim=1))
        styles.append(judge.manner(chunk).styles.double())
    return Seen(np.asarray(torch.cat(shares)), np.asarray(torch.cat(styles)))
