"""The networks that the ensemble evaluation compares: a model's own parts, or the ensembles that branching wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.diffusion.ensemble import Ensemble
from engine.models.ediff.encoders import Encoders
from engine.models.ediff.ensemble_file import EnsembleFile, read_ensemble
from engine.models.ensembles import load_ensemble
from engine.models.errors import ModelFileError
from engine.training.checkpoint import read_state
from engine.training.errors import TrainingError
from engine.training.evaluation.storybook import handing_down
from engine.training.evaluation.study import Study

TREES = "*/*.json"
"""Files of ensembles below a folder of runs: one folder for each tree."""
SPLIT = {1: "shared model", 2: "two experts", 3: "three experts"}


@dataclass(frozen=True)
class Arm:
    """Networks that share all noise, high to low; `side` of their pictures; `told`: what is known of their training.

    `pictures`: how many each network was trained on by itself; empty where that is not known.
    """

    name: str
    experts: int
    side: int
    told: str
    pictures: tuple[int, ...]
    load: Callable[[], Ensemble]


@dataclass(frozen=True)
class Arms:
    """Arms that draw, and arms that enlarge their drafts, fewest experts first."""

    drawing: tuple[Arm, ...]
    enlarging: tuple[Arm, ...]


def shipped_arms(study: Study) -> Arms:
    """The arms that a model's own parts make."""
    parts = study.parts
    cards = {part.name: part for part in study.card.parts}

    def arm(names: Sequence[str]) -> Arm:
        told = " ".join(f"{name}: {cards[name].about}" for name in names)
        load = partial(lambda chosen: handing_down(study.loaded(chosen)), tuple(names))
        return Arm(_name(len(names)), len(names), cards[names[0]].size, told, (), load)

    lowest = min(cards[name].sigma_min for name in parts.upscalers)
    alone = [arm(parts.upscalers[:1])] if cards[parts.upscalers[0]].sigma_min <= lowest else []
    several = [arm(parts.upscalers)] if len(parts.upscalers) > 1 else []
    drawing = [arm((parts.shared,)), *([arm(parts.experts)] if parts.experts else [])]
    return Arms(tuple(drawing), (*alone, *several))


def trained_arms(runs: Path, encoders: Encoders, device: str) -> Arms:
    """The arms that the ensemble files below a folder of runs describe.

    Raises:
        TrainingError: there is no ensemble that draws.
    """
    found = [(file, told) for file in sorted(runs.glob(TREES)) if (told := _read(file)) is not None]
    drawing, enlarging = (
        sorted((_of_file(file, told, encoders, device) for file, told in found if _enlarges(told) == large),
               key=lambda arm: (arm.experts, arm.name))
        for large in (False, True)
    )  # fmt: skip
    if not drawing:
        raise TrainingError(
            f"{runs}: no folder in it has an ensemble that draws; name ensembles in the tree's schedule ([ensembles],"
            " one of the shared model alone among them) and train it"
        )
    return Arms(tuple(drawing), tuple(enlarging))


def _read(file: Path) -> EnsembleFile | None:
    """The ensemble in a file; None for a JSON file of another kind, and where an expert is not trained (yet)."""
    try:
        told = read_ensemble(file)
    except ModelFileError:
        return None
    return told if all((file.parent / expert.weights).is_file() for expert in told.experts) else None


def _enlarges(told: EnsembleFile) -> bool:
    return told.experts[0].network.low_resolution


def _of_file(file: Path, told: EnsembleFile, encoders: Encoders, device: str) -> Arm:
    count = len(told.experts)
    seen = tuple(read_state(file.parent / Path(expert.weights).parent).pictures for expert in told.experts)
    names = ", ".join(f"{expert.name} ({own:,} pictures)" for expert, own in zip(told.experts, seen, strict=True))
    return Arm(
        f"{told.name} ({_name(count)})", count, told.experts[0].network.size,
        f"{file.parent.name}/{told.name}: {names}.", seen, partial(load_ensemble, file, encoders, device),
    )  # fmt: skip


def _name(count: int) -> str:
    return SPLIT.get(count, f"{count} experts")
