"""Binary-tree branching (eDiff-I 4.1 and appendix B): a schedule of models, each an interval of p(sigma) or what is
left of it without some, each started from its parent; and the ensembles made of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from torch import Tensor

from engine.diffusion.ensemble import Ensemble, Stage
from engine.diffusion.errors import EnsembleError
from engine.models.ediff.ensemble_file import EnsembleFile, ExpertFile, write_ensemble
from engine.training.checkpoint import AVERAGE
from engine.training.config import Interval, Noise, TrainingConfig, read_config, read_toml
from engine.training.errors import TrainingConfigError
from engine.training.intervals import SIGMA_MAX, SIGMA_MIN, clipped


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model of the tree: a row of Tables 5 and 6.

    It takes everything from its `configuration` (None: the schedule's) but the part of the noise (`expert` (level,
    index), or all `without` some), the run it starts from, and how long and how fast it trains.
    """

    name: str
    expert: Interval | None = None
    without: tuple[Interval, ...] = ()
    configuration: str | None = None
    start_from: str | None = None
    steps: int | None = None
    minutes: float | None = None
    rate: float | None = None
    warmup: int | None = None

    def __post_init__(self) -> None:
        if (self.expert is None) == (not self.without):
            raise ValueError(f"model {self.name!r} needs an interval: either expert or without")


class Tree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A schedule file: models in any order, and ensembles by name as lists of models."""

    name: str
    configuration: str
    models: tuple[Branch, ...]
    ensembles: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Schedule:
    """A tree with its configurations in the order of training, parents first."""

    name: str
    runs: tuple[TrainingConfig, ...]
    ensembles: tuple[tuple[str, tuple[TrainingConfig, ...]], ...]

    def write_ensembles(self, folder: Path) -> tuple[Path, ...]:
        """Write a file for every ensemble beside the runs in `folder`, and return the files."""
        files = []
        for name, runs in self.ensembles:
            file = folder / f"{name}.json"
            write_ensemble(file, EnsembleFile(name, tuple(map(_expert, runs)), runs[0].sampling))
            files.append(file)
        return tuple(files)


def is_schedule(file: Path) -> bool:
    """Whether a TOML file is the schedule of a tree rather than the configuration of one run."""
    return "models" in read_toml(file, dict[str, Any])


def read_schedule(file: Path) -> Schedule:
    """Read a schedule and the configuration it names, relative to its own folder.

    Raises:
        TrainingConfigError: a file cannot be used, a parent or an expert of an ensemble is no model of the tree, models
            start from one another in a circle, or an ensemble leaves a gap, overlaps or does not reach all noise.
    """
    tree = read_toml(file, Tree)
    base = read_config(file.parent / tree.configuration)
    names = [branch.name for branch in tree.models]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise TrainingConfigError(file, f"there are two models named {twice!r}")
    configs = {branch.name: _configured(file, base, branch, seed) for seed, branch in enumerate(tree.models, base.seed)}
    ensembles = tuple((name, _members(file, name, members, configs)) for name, members in tree.ensembles.items())
    return Schedule(tree.name, _parents_first(file, configs), ensembles)


def _configured(file: Path, base: TrainingConfig, branch: Branch, seed: int) -> TrainingConfig:
    """The configuration of one model."""
    if branch.configuration is not None:
        base = read_config(file.parent / branch.configuration)
    own_length = branch.steps is not None or branch.minutes is not None
    length = {"steps": branch.steps, "minutes": branch.minutes} if own_length else {}
    rest = {"rate": branch.rate, "warmup": branch.warmup}
    changes = length | {name: value for name, value in rest.items() if value is not None}
    try:
        return msgspec.structs.replace(
            base,
            name=branch.name,
            noise=Noise(base.noise.mean, base.noise.std, branch.expert, branch.without),
            optimisation=msgspec.structs.replace(base.optimisation, **changes),
            start_from=branch.start_from,
            seed=seed,
        )
    except ValueError as error:
        raise TrainingConfigError(file, f"model {branch.name!r}: {error}") from error


def _parents_first(file: Path, configs: dict[str, TrainingConfig]) -> tuple[TrainingConfig, ...]:
    """The configurations such that every parent comes before its children."""
    ordered: dict[str, TrainingConfig] = {}
    waiting = dict(configs)
    while waiting:
        ready = next((c for c in waiting.values() if c.start_from is None or c.start_from in ordered), None)
        if ready is None:
            stuck = next(iter(waiting.values()))
            known = stuck.start_from in waiting
            reason = "in a circle" if known else "and there is no such model"
            raise TrainingConfigError(file, f"model {stuck.name!r} starts from {stuck.start_from!r}, {reason}")
        ordered[ready.name] = waiting.pop(ready.name)
    return tuple(ordered.values())


def _members(
    file: Path, name: str, members: tuple[str, ...], configs: dict[str, TrainingConfig]
) -> tuple[TrainingConfig, ...]:
    """The models of an ensemble, once it is sure that they own all noise between them."""
    unknown = next((member for member in members if member not in configs), None)
    if unknown is not None:
        raise TrainingConfigError(file, f"ensemble {name!r} names {unknown!r}, and there is no such model")
    experts = tuple(configs[member] for member in members)
    try:
        ensemble = Ensemble([Stage(_Unbuilt(), high, low) for c in experts for low, high in clipped(c.noise)])
    except EnsembleError as error:
        raise TrainingConfigError(file, f"ensemble {name!r}: {error}") from error
    if (ensemble.sigma_min, ensemble.sigma_max) != (SIGMA_MIN, SIGMA_MAX):
        reach = f"from {ensemble.sigma_min:g} to {ensemble.sigma_max:g}"
        raise TrainingConfigError(file, f"ensemble {name!r} owns noise {reach}, not from {SIGMA_MIN} to {SIGMA_MAX:g}")
    return experts


@dataclass(frozen=True)
class _Unbuilt:
    """Stands for an expert that is not trained yet."""

    sigma_min: float = SIGMA_MIN
    sigma_max: float = SIGMA_MAX

    def __call__(self, x: Tensor, sigma: Tensor, conditioning: object) -> Tensor:
        raise NotImplementedError


def _expert(config: TrainingConfig) -> ExpertFile:
    return ExpertFile(config.name, f"{config.name}/{AVERAGE}", config.network, clipped(config.noise))
