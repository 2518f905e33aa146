"""The thread-bound half of the client: owns the engine's process and the book of requests, and restarts what dies."""

from __future__ import annotations

import multiprocessing.connection
import time
from collections.abc import Callable, Iterable
from multiprocessing.connection import Connection
from pathlib import Path

from app import __version__
from app.client.book import RequestBook
from app.client.errors import ClientError
from app.client.events import ClientEvent, EngineLost, EngineStarted
from app.client.logs import tail
from app.client.process import EngineProcess, start_engine
from app.client.settings import EngineSettings
from engine.api.errors import Problem, ProblemCode, ProtocolError
from engine.api.messages import AnyEvent, AnyRequest, Cancel, JobEnded, Ping, Refused, Reorder, Submit
from engine.api.report import JobOutcome

Listener = Callable[[ClientEvent], None]

# How often the owner of the engine looks at the clock, in seconds.
TICK = 0.1

# After this many losses without a finished job between them, the engine is not started again for the jobs at hand.
MOST_LOSSES = 3


class EngineOwner:
    """Owns the engine's process. Every method belongs to the client's thread."""

    def __init__(self, settings: EngineSettings, tell: Listener, wake: Connection) -> None:
        self._settings = settings
        self._tell = tell
        self._wake = wake
        self._book = RequestBook(settings.patience, settings.start_patience)
        self._engine: EngineProcess | None = None
        self._wanted = False
        self._owed = False  # a new engine has not been handed the waiting jobs yet
        self._losses = 0
        self._pings = 0

    def want_engine(self) -> None:
        """Start an engine at the next turn."""
        self._wanted = True

    def submit(self, request: Submit) -> None:
        """Note a job and pass it on."""
        self._wanted = True
        self._book.submitted(request)
        if not self._owed:
            self._send(request)

    def cancel(self, job: str) -> None:
        """Pass a cancel on; a job that no engine has yet has ended as it is."""
        self._book.cancelling(job, time.monotonic())
        if self._engine is None or self._owed:
            self._end([job], JobOutcome.REMOVED, None)
        else:
            self._send(Cancel(job))

    def reorder(self, jobs: tuple[str, ...]) -> None:
        """Pass a new order on."""
        self._book.reordered(jobs)
        self._send(Reorder(jobs))

    def turn(self) -> None:
        """Wait a moment for what comes, and look whether the engine is still there."""
        if self._owed:
            self._hand_over()
        if self._engine is None and self._wanted:
            self._start()
            return
        if self._await_events():
            self._receive()
        now = time.monotonic()
        if self._engine is not None and (silence := self._book.silence(now)):
            self._hung(silence)
        elif self._engine is not None and self._book.ping_is_due(now):
            self._pings += 1
            self._send(Ping(self._pings))

    def close(self) -> None:
        """End the engine, and with it every job."""
        if self._engine is not None:
            self._engine.stop()
            self._engine = None
        jobs = [request.job for request in self._book.waiting] + ([self._book.running] if self._book.running else [])
        self._end(jobs, JobOutcome.CANCELLED, None)

    def _await_events(self) -> bool:
        """Wait for a note or an event, a tick at most; True for an event."""
        sources = [self._wake] if self._engine is None else [self._wake, self._engine.connection]
        ready = multiprocessing.connection.wait(sources, TICK)
        if self._wake in ready:
            while self._wake.poll():
                self._wake.recv_bytes()
        return self._engine is not None and self._engine.connection in ready

    def _start(self) -> None:
        begun = time.monotonic()
        try:
            self._engine = start_engine(self._settings, f"sinopia {__version__}")
        except ClientError as error:
            self._give_up(error.problem)
            return
        now = time.monotonic()
        self._book.connected(now)
        self._tell(EngineStarted(self._engine.pid, now - begun))
        # Handed over a turn later: what was asked while the engine started, a cancel above all, comes first.
        self._owed = True

    def _hand_over(self) -> None:
        self._owed = False
        for request in self._book.waiting:
            self._send(request)

    def _give_up(self, problem: Problem) -> None:
        self._wanted = False
        self._tell(EngineLost(problem, "", None, ()))
        self._end([request.job for request in self._book.waiting], JobOutcome.LOST, problem)

    def _send(self, request: AnyRequest) -> None:
        if self._engine is None:
            return
        try:
            self._engine.send(request)
        except ProtocolError as error:
            problem = Problem(error.code, error.sentence, error.advice)
            self._end([request.job] if isinstance(request, Submit) else [], JobOutcome.FAILED, problem)
        except OSError:
            pass  # it has gone; the next turn reads so and says so

    def _receive(self) -> None:
        engine = self._engine
        if engine is None:
            return
        try:
            events = engine.receive()
        except (OSError, EOFError):
            self._lost(engine, ProblemCode.ENGINE_LOST, *engine.describe_death())
            return
        except ProtocolError as error:
            engine.kill()
            self._lost(engine, ProblemCode.PROTOCOL, f"The engine talks nonsense: {error.sentence}")
            return
        for event in events:
            self._hear(engine, event)

    def _hear(self, engine: EngineProcess, event: AnyEvent) -> None:
        self._book.heard(event)
        if isinstance(event, JobEnded):
            self._losses = 0
        self._tell(event)
        if isinstance(event, Refused):
            engine.kill()
            self._lost(engine, ProblemCode.PROTOCOL, f"The engine does not understand us: {event.problem.sentence}")

    def _hung(self, silence: str) -> None:
        engine = self._engine
        if engine is not None:
            engine.confess()
            engine.kill()
            self._lost(engine, ProblemCode.ENGINE_HUNG, f"The engine was ended, because {silence}.")

    def _lost(self, engine: EngineProcess, code: ProblemCode, sentence: str, advice: str = "") -> None:
        self._engine = None
        self._losses += 1
        job = self._book.running
        again = self._jobs_for_next_engine()
        told = advice or f"Its log is {engine.log}."
        advice = told if self._losses < MOST_LOSSES else _too_often(engine.log)
        problem = Problem(code, sentence, advice, tail(engine.log))
        self._tell(EngineLost(problem, str(engine.log), job, tuple(again)))
        if job is not None:
            cancelled = self._book.was_cancelled(job)
            self._end([job], JobOutcome.CANCELLED if cancelled else JobOutcome.LOST, problem)
        if self._losses >= MOST_LOSSES:
            self._wanted = False
            self._losses = 0
            self._end([request.job for request in self._book.waiting], JobOutcome.LOST, problem)

    def _jobs_for_next_engine(self) -> list[str]:
        cancelled = [request.job for request in self._book.waiting if self._book.was_cancelled(request.job)]
        self._end(cancelled, JobOutcome.REMOVED, None)
        return [request.job for request in self._book.waiting] if self._losses < MOST_LOSSES else []

    def _end(self, jobs: Iterable[str], outcome: JobOutcome, problem: Problem | None) -> None:
        for job in jobs:
            self._book.forget(job)
            self._tell(JobEnded(job, outcome, problem=problem))


def _too_often(log: Path) -> str:
    return f"It ended {MOST_LOSSES} times in a row; run `sinopia doctor`, and see its log {log}."
