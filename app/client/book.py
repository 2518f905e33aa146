"""What the client has asked for and not yet got: enough to notice silence, and to ask again after a crash."""

from __future__ import annotations

from collections.abc import Sequence

from engine.api.messages import AnyEvent, JobEnded, JobStarted, Pong, Ready, Submit

# How often an engine with work is asked whether it is there, in seconds.
PING_EVERY = 1.0


class RequestBook:
    """Jobs without an end, in the order in which they will run, and the questions without an answer."""

    def __init__(self, patience: float, start_patience: float) -> None:
        self._patience = patience
        self._start_patience = start_patience
        self._jobs: dict[str, Submit] = {}
        self._cancelled: dict[str, float] = {}
        self.running: str | None = None
        self.connected(0.0)

    def connected(self, now: float) -> None:
        """A new engine, which knows of nothing yet."""
        self.running = None
        self._cancelled = {}
        self._ready = False
        self._asked: float | None = None
        self._next_ping = now

    def submitted(self, request: Submit) -> None:
        """A job was asked for."""
        self._jobs[request.job] = request

    def cancelling(self, job: str, now: float) -> None:
        """A job is to end."""
        if job in self._jobs:
            self._cancelled.setdefault(job, now)

    def reordered(self, first: Sequence[str]) -> None:
        """Waiting jobs changed places."""
        places = {job: place for place, job in enumerate(first)}
        self._jobs = dict(sorted(self._jobs.items(), key=lambda item: places.get(item[0], len(places))))

    def heard(self, event: AnyEvent) -> None:
        """The engine said something."""
        match event:
            case JobStarted(job):
                self.running = job
            case JobEnded(job):
                self.forget(job)
            case Pong():
                self._asked = None
            case Ready():
                self._ready = True

    def forget(self, job: str) -> None:
        """A job has ended, one way or another."""
        self._jobs.pop(job, None)
        self._cancelled.pop(job, None)
        if self.running == job:
            self.running = None

    def was_cancelled(self, job: str) -> bool:
        """Whether this job was to end anyway."""
        return job in self._cancelled

    @property
    def waiting(self) -> tuple[Submit, ...]:
        """The jobs that have neither ended nor begun."""
        return tuple(request for job, request in self._jobs.items() if job != self.running)

    @property
    def empty(self) -> bool:
        """Whether nothing is owed."""
        return not self._jobs

    def ping_is_due(self, now: float) -> bool:
        """Whether to ask now if the engine is there; the asking is noted. Without work there is no need to know."""
        if self.empty or self._asked is not None or now < self._next_ping:
            return False
        self._asked = now
        self._next_ping = now + PING_EVERY
        return True

    def silence(self, now: float) -> str | None:
        """What the engine has not answered for too long, in words; None while all is well."""
        patience = self._patience if self._ready else max(self._patience, self._start_patience)
        if self._asked is not None and now - self._asked > patience:
            return f"it gave no sign of life for {patience:g} seconds"
        if any(now - since > patience for since in self._cancelled.values()):
            return f"it did not stop within {patience:g} seconds of being asked to"
        return None
