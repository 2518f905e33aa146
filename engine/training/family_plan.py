"""The plan of a whole family as data: encoders, judge, trees of networks, the choice of the high-noise expert."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.training.branching import Schedule, is_schedule, read_schedule
from engine.training.config import TrainingConfig, read_config, read_toml
from engine.training.encoders import EncoderPlan, read_plan
from engine.training.errors import TrainingConfigError
from engine.training.world.kinds import Name


class JudgePlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the judge is trained, on how many pictures at once, and by how many it is measured."""

    minutes: float
    batch: int
    held_out: int


class Candidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A high-noise expert, and the middle one that is trained where it is chosen."""

    high: str
    middle: str


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which expert is chosen among, in which tree, against which shared model, and on how many held-out pictures."""

    tree: str
    shared: str
    candidates: tuple[Candidate, ...]
    batch: int
    batches: int


class FamilyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """plan.toml: the other files lie beside it. Their lengths are for `minutes` in all."""

    name: str
    minutes: float
    world: Name
    encoders: str
    judge: JudgePlan
    trees: tuple[str, ...]
    choice: Choice
    card: str


@dataclass(frozen=True)
class Grown:
    """The runs of one file, parents first, and the folder below the runs' that they train in ("": none of its own)."""

    folder: str
    runs: tuple[TrainingConfig, ...]
    schedule: Schedule | None


@dataclass(frozen=True)
class FamilyPlan:
    """A plan with every file read and every length scaled."""

    name: str
    world: Name
    encoders: EncoderPlan
    judge: JudgePlan
    trees: tuple[Grown, ...]
    choice: Choice
    card: Path

    def tree(self, folder: str) -> Grown:
        """The tree that trains in `folder`."""
        return next(tree for tree in self.trees if tree.folder == folder)


@dataclass(frozen=True)
class Pace:
    """How a device takes a plan.

    `minutes`: how long all of it takes, every length scaled (None: as the plan says). `batches`: times as many pictures
    in every batch; small ones leave a GPU waiting. `compiled`: compile the networks that start from nothing; the
    experts are too short for it.
    """

    minutes: float | None = None
    batches: int = 1
    compiled: bool = False


AS_PLANNED = Pace()


def read_family(file: Path, pace: Pace = AS_PLANNED) -> FamilyPlan:
    """Read a plan and the files it names, at the given pace.

    Raises:
        TrainingConfigError: a file cannot be used, or the choice names a model that no tree has.
    """
    told = read_toml(file, FamilyFile)
    factor = 1.0 if pace.minutes is None else pace.minutes / told.minutes
    encoders = read_plan(file.parent / told.encoders)
    encoders = msgspec.structs.replace(
        encoders,
        minutes=_times(encoders.minutes, factor),
        t5_batch=encoders.t5_batch * pace.batches,
        clip_batch=encoders.clip_batch * pace.batches,
    )
    judge = JudgePlan(told.judge.minutes * factor, told.judge.batch * pace.batches, told.judge.held_out)
    trees = tuple(_grown(file.parent / name, factor, pace) for name in told.trees)
    _check(file, told.choice, trees)
    return FamilyPlan(told.name, told.world, encoders, judge, trees, told.choice, file.parent / told.card)


def _times(minutes: float | None, factor: float) -> float | None:
    return None if minutes is None else minutes * factor


def _grown(file: Path, factor: float, pace: Pace) -> Grown:
    if is_schedule(file):
        schedule = read_schedule(file)
        return Grown(schedule.name, tuple(_scaled(run, factor, pace) for run in schedule.runs), schedule)
    return Grown("", (_scaled(read_config(file), factor, pace),), None)


def _scaled(config: TrainingConfig, factor: float, pace: Pace) -> TrainingConfig:
    """The run with its minutes times `factor`, its batch larger; steps stay."""
    told = config.optimisation
    return msgspec.structs.replace(
        config,
        optimisation=msgspec.structs.replace(
            told, minutes=_times(told.minutes, factor), batch=told.batch * pace.batches
        ),
        execution=msgspec.structs.replace(config.execution, compile=pace.compiled and config.start_from is None),
    )


def _check(file: Path, choice: Choice, trees: tuple[Grown, ...]) -> None:
    names = {run.name for tree in trees if tree.folder == choice.tree for run in tree.runs}
    wanted = {choice.shared, *(name for c in choice.candidates for name in (c.high, c.middle))}
    if not choice.candidates or wanted - names:
        missing = ", ".join(sorted(wanted - names)) or "no candidates"
        raise TrainingConfigError(file, f"the choice in tree {choice.tree!r} names what it has not: {missing}")
