"""What the judge sees in drafts: which things are there, which sky and ground, in which style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.training.evaluation.eyes import Eye, class_count, class_of
from engine.training.evaluation.setting import Relation
from engine.training.family_judge import Thing, relation_of
from engine.training.world import Vocabulary
from engine.training.world.family.captions import Group

CHUNK = 16


@dataclass(frozen=True, eq=False)
class Seen:
    """Of N pictures: the share of the pixels that each class owns [N, classes], style probabilities [N, styles], and
    the things of each with number and colour where the judge tells them. A thing that owns `least` is present.
    """

    vocabulary: Vocabulary
    least: float
    shares: NDArray[np.float64]
    styles: NDArray[np.float64]
    things: tuple[tuple[Thing, ...], ...] | None = None

    def area(self, kind: str, name: str) -> NDArray[np.float64]:
        """Share of each picture that a thing, sky or ground owns, [N]."""
        owned: NDArray[np.float64] = self.shares[:, class_of(self.vocabulary, kind, name)]
        return owned

    def present(self, name: str) -> NDArray[np.bool_]:
        """Whether an object is present in each picture, [N]."""
        there: NDArray[np.bool_] = self.area("object", name) >= self.least
        return there

    def largest(self, kind: str) -> list[str]:
        """The sky or ground that owns most of each picture."""
        names = self.vocabulary.names(kind)
        areas = np.stack([self.area(kind, name) for name in names], axis=1)
        return [names[index] for index in areas.argmax(axis=1)]

    def style(self) -> list[str]:
        """The likeliest style of each picture."""
        names = self.vocabulary.names("style")
        return [names[index] for index in self.styles.argmax(axis=1)]


def look(judge: Eye, pictures: Tensor) -> Seen:
    """Let the judge look at pictures [N, 3, H, W] in -1..1 of any size."""
    classes = class_count(judge.vocabulary)
    shares = [
        F.one_hot(judge.labels(chunk).flatten(1), classes).double().mean(dim=1)
        for chunk in torch.split(pictures, CHUNK)
    ]
    styles = judge.styles(pictures).double()
    return Seen(
        judge.vocabulary, judge.present, np.asarray(torch.cat(shares)), np.asarray(styles), judge.things(pictures)
    )


def number_right(things: Sequence[Thing], group: Group) -> float:
    """1 where as many of the group's things are found as it has, else 0."""
    return float(any(thing.name == group.name and thing.count == group.count for thing in things))


def colour_right(things: Sequence[Thing], group: Group) -> float:
    """1 where the group's thing is found in its colour, else 0."""
    return float(any(thing.name == group.name and thing.colour == group.colour for thing in things))


def relation_right(things: Sequence[Thing], told: Relation) -> float:
    """1 where both things are found and lie as told, else 0."""
    found = {thing.name: thing for thing in things}
    if not {told.first, told.second} <= found.keys():
        return 0.0
    return float(relation_of(found[told.first], found[told.second]) == told.where)
