"""How far a running job is, on the noise timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.model.job import Job, JobState, NodeFacts
from app.model.timeline_values import Solve
from nodes.graph.model import End


@dataclass(frozen=True)
class Played:
    """How far a row is: it stands at noise `sigma` after `done` of `steps` steps.

    `source`: the denoiser that is at work; None when it is not this row's turn, or no more.
    """

    sigma: float
    done: int
    steps: int
    source: End | None = None

    @property
    def running(self) -> bool:
        """Whether it is drawn right now."""
        return self.source is not None


def played(job: Job, solves: Iterable[Solve]) -> Mapping[str, Played]:
    """How far each row of a job is, by node. `solves` are those of the job's own document."""
    if job.state not in (JobState.RUNNING, JobState.CANCELLING):
        return {}
    found = ((solve.node, _played(job.nodes.get(solve.node), solve)) for solve in solves)
    return {node: at for node, at in found if at is not None}


def _played(facts: NodeFacts | None, solve: Solve) -> Played | None:
    if facts is None or not solve.ticks:
        return None
    if facts.outcome is not None:
        return Played(solve.ticks[-1], solve.steps, solve.steps)
    if not facts.running or (facts.total and facts.total != solve.steps):
        return None
    done = min(facts.done, solve.steps)
    owner = solve.owner(min(done + 1, solve.steps))
    return Played(solve.ticks[done], done, solve.steps, None if owner is None else owner.source)
