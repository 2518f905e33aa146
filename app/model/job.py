"""A job as a value: what was asked for, how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from app.model.document import Document, nothing
from engine.api.errors import Problem
from engine.api.report import JobOutcome, PictureHandle, StepOutcome


class JobState(Enum):
    """How a job stands."""

    PREPARING = "preparing"  # its masks and pictures are written for the engine
    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # the engine died or hung

    @property
    def over(self) -> bool:
        """Whether nothing more will come of it."""
        return self in _OVER


_OVER = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.LOST})

STATE_OF: Mapping[JobOutcome, JobState] = {
    JobOutcome.DONE: JobState.DONE,
    JobOutcome.FAILED: JobState.FAILED,
    JobOutcome.CANCELLED: JobState.CANCELLED,
    JobOutcome.REMOVED: JobState.CANCELLED,
    JobOutcome.LOST: JobState.LOST,
}


@dataclass(frozen=True)
class NodeFacts:
    """How one node of a job stands.

    `outcome` None: it waits, or runs (`running`); then step `done` of `total` of list item `item` of `items`. `why`
    says in a sentence why it ran or did not.
    """

    running: bool = False
    outcome: StepOutcome | None = None
    done: int = 0
    total: int = 0
    item: int = 0
    items: int = 1
    text: str = ""
    seconds: float = 0.0
    why: str = ""
    notes: tuple[str, ...] = ()
    problem: Problem | None = None

    @property
    def fraction(self) -> float:
        """How much of its work is done, 0..1."""
        if self.outcome is not None:
            return 1.0
        within = self.done / self.total if self.total else 0.0
        return min(1.0, (self.item + within) / max(1, self.items))


@dataclass(frozen=True)
class Result:
    """A picture that a job made. `seed` is the one it grew from; None where several could be it.

    `seconds`: its share of the time that the job took.
    """

    path: Path
    node: str
    width: int
    height: int
    prompt: str
    seed: int | None
    job: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Job:
    """One press of Generate.

    `document` is the snapshot it was made from. `seeds` and `size` are those of the solve that decides the layout.
    `nodes`: by node id of the plan. `expected`: seconds that each node may take, by what it took before. `live`: it is
    only looked at while one paints, and its pictures are not kept. `title`: what the queue calls it, where
    not its sentence. `key` is the engine's name for it.
    """

    id: int
    document: Document
    targets: tuple[str, ...] | None
    prompt: str
    seeds: tuple[int, ...]
    size: tuple[int, int] | None = None
    live: bool = False
    title: str = ""
    state: JobState = JobState.PREPARING
    nodes: Mapping[str, NodeFacts] = field(default_factory=nothing)
    expected: Mapping[str, float] = field(default_factory=nothing)
    pictures: tuple[PictureHandle, ...] = ()
    seconds: float = 0.0
    device: str = ""
    problem: Problem | None = None
    key: str | None = None

    @property
    def fraction(self) -> float:
        """How much of the job is done, 0..1, by the seconds that its nodes may take."""
        if self.state is JobState.DONE:
            return 1.0
        whole = sum(self._expected(node) for node in self.nodes)
        done = sum(self._expected(node) * facts.fraction for node, facts in self.nodes.items())
        return done / whole if whole else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds it may still take; None where nothing like it ran before."""
        if self.state.over or not self.expected:
            return None
        return sum(self._expected(node) * (1.0 - facts.fraction) for node, facts in self.nodes.items())

    @property
    def results(self) -> tuple[Result, ...]:
        """Its pictures, each with the seed it grew from."""
        found: list[Result] = []
        for node in dict.fromkeys(picture.node for picture in self.pictures):
            own = [picture for picture in self.pictures if picture.node == node]
            seeds = self.seeds * len(own) if len(self.seeds) == 1 else self.seeds
            told: tuple[int | None, ...] = seeds if len(seeds) == len(own) else (None,) * len(own)
            for picture, seed in zip(own, told, strict=True):
                size = picture.width, picture.height
                seconds = self.seconds / len(self.pictures)
                found.append(Result(Path(picture.path), node, *size, self.prompt, seed, self.id, seconds))
        return tuple(found)

    def _expected(self, node: str) -> float:
        # A node that never ran here is thought to take little; the first run of a job tells otherwise.
        return self.expected.get(node, 0.05)
