"""Judges as the evaluations use them: what every world's judge can tell, and how good a judge is itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import msgspec
from torch import Tensor

from engine.models.errors import ModelFileError
from engine.training.family_judge import FamilyJudge, FamilyJudgeCard, Thing
from engine.training.judge_network import Judge, JudgeCard
from engine.training.world.kinds import Name
from engine.training.world.vocabulary import Vocabulary

FOLDER = "judge"
PLACES = ("object", "sky", "ground")
"""Kinds that own pixels, in the order of a judge's classes."""

TOLD = {
    "miou_clean": "mean IoU over all classes",
    "miou_degraded": "mean IoU, renders blurred, bent and noisy",
    "object_miou_clean": "mean IoU over the things",
    "object_miou_degraded": "mean IoU over the things, renders blurred, bent and noisy",
    "presence_recall": "things that are there and found",
    "false_presence": "things found that are not there, a picture",
    "style_accuracy": "style right",
    "presence": "things that are there and found",
    "invented": "things found that are not there, a picture",
    "count": "number right, of the things found",
    "colour": "colour right, of the things found",
    "relation": "relation right, of two things found",
    "style": "style right",
    "background": "pixels of sky and ground right",
}


class Eye(Protocol):
    """A trained judge of one world; pictures are [B, 3, H, W] in -1..1 of any size.

    A thing is `present` when it owns this share of the pixels.
    """

    @property
    def vocabulary(self) -> Vocabulary:
        """The words of its world."""
        ...

    @property
    def present(self) -> float:
        """See the class."""
        ...

    @property
    def card(self) -> JudgeCard | FamilyJudgeCard:
        """How good it is on renders that it was not trained on."""
        ...

    def labels(self, images: Tensor) -> Tensor:
        """Class of every pixel, int64 [B, H, W]; see `class_of`."""
        ...

    def styles(self, images: Tensor) -> Tensor:
        """Probabilities of the vocabulary's styles, [B, styles]."""
        ...

    def things(self, images: Tensor) -> tuple[tuple[Thing, ...], ...] | None:
        """Things with number, colour and centre, where this judge can tell them."""
        ...


def class_of(vocabulary: Vocabulary, kind: str, name: str) -> int:
    """The class of a thing, sky or ground in a judge's labels."""
    before = PLACES[: PLACES.index(kind)]
    return sum(len(vocabulary.names(each)) for each in before) + vocabulary.index(kind, name)


def class_count(vocabulary: Vocabulary) -> int:
    """How many classes a judge's labels have."""
    return sum(len(vocabulary.names(kind)) for kind in PLACES)


def load_judge(model: Path, world: Name) -> Eye:
    """The judge that lies in a model's folder.

    Raises:
        ModelFileError: it is missing, damaged or of another world.
    """
    try:
        return FamilyJudge.load(model / FOLDER) if world == "family" else Judge.load(model / FOLDER)
    except (OSError, msgspec.DecodeError) as error:
        raise ModelFileError(model / FOLDER, f"the model's judge cannot be read ({error})") from error


def figures_of(judge: Eye) -> dict[str, float]:
    """The figures of the judge's card by name."""
    return {name: float(value) for name, value in msgspec.structs.asdict(judge.card).items()}


def judge_text(figures: Mapping[str, float]) -> str:
    """How good the judge itself is, as Markdown."""
    lines = "\n".join(f"| {told} | {figures[name]:.3f} |" for name, told in TOLD.items() if name in figures)
    return f"""The judge learned from {figures["pictures"]:,.0f} renders and has never seen a generated picture. On
{figures["held_out"]:,.0f} renders that it was not trained on:

| figure | value |
| --- | --- |
{lines}"""
