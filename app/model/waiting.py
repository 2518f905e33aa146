"""The queue as it is shown: what runs, what waits, how long it all may take, and how rows change places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.model.job import Job, JobState

_FIXED = (JobState.RUNNING, JobState.CANCELLING, JobState.PREPARING)


@dataclass(frozen=True)
class QueueRow:
    """A job in the queue.

    `prompt`: its first words. `about`: seed, size and how many pictures. `fraction` 0..1 for what runs, else None.
    `seconds` it may still take; None where nothing like it ran before. `movable`: it waits, and may change places.
    `seed`: its first one as it is written, or "".
    """

    job: int
    prompt: str
    about: str
    state: str
    fraction: float | None
    seconds: float | None
    movable: bool
    seed: str = ""


def queue_rows(jobs: Sequence[Job]) -> tuple[QueueRow, ...]:
    """The jobs that are not over, in order."""
    return tuple(_row(job) for job in jobs if not job.state.over)


def time_left(rows: Sequence[QueueRow]) -> float | None:
    """Seconds until all is done; None where nothing tells of one of them."""
    told = [row.seconds for row in rows]
    return None if None in told or not told else sum(filter(None, told))


def moved(rows: Sequence[QueueRow], job: int, place: int) -> tuple[int, ...] | None:
    """The waiting jobs in order after `job` was put before row `place`; None where nothing would change."""
    waiting = [row.job for row in rows if row.movable]
    if job not in waiting:
        return None
    ahead = [row.job for row in rows[:place] if row.movable and row.job != job]
    order = (*ahead, job, *(each for each in waiting if each != job and each not in ahead))
    return order if order != tuple(waiting) else None


def _row(job: Job) -> QueueRow:
    running = job.state in (JobState.RUNNING, JobState.CANCELLING)
    prompt = job.title or " ".join(job.prompt.split()) or "Without a sentence"
    fraction = job.fraction if running else None
    seed = str(job.seeds[0]) if job.seeds else ""
    movable = job.state not in _FIXED
    return QueueRow(job.id, prompt, _about(job), _STATES[job.state], fraction, job.remaining, movable, seed)


_STATES = {
    JobState.PREPARING: "Preparing",
    JobState.WAITING: "Waiting",
    JobState.RUNNING: "Running",
    JobState.CANCELLING: "Stopping",
}


def _about(job: Job) -> str:
    seeds = job.seeds
    told = f"Seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds from {seeds[0]}" if seeds else ""
    width, height = job.size or (0, 0)
    return " · ".join(filter(None, (told, f"{width} × {height}" if width and height else "")))
