"""What a listener hears: the engine's own events, and the client's about the engine's process."""

from __future__ import annotations

from msgspec import Struct

from engine.api.errors import Problem
from engine.api.messages import AnyEvent


class EngineStarted(Struct, frozen=True):
    """An engine is there. `seconds` from the start of its process to its Welcome."""

    process: int
    seconds: float


class EngineLost(Struct, frozen=True):
    """An engine died, hung or did not come up; `problem.details` has the end of its log, `log` names all of it.

    `job` was running and is lost; `again` are waiting and will be given to the next engine.
    """

    problem: Problem
    log: str
    job: str | None
    again: tuple[str, ...]


ClientEvent = AnyEvent | EngineStarted | EngineLost


def job_of(event: ClientEvent) -> str | None:
    """The job that an event is about; None for those about the engine itself."""
    return None if isinstance(event, EngineLost) else getattr(event, "job", None)
