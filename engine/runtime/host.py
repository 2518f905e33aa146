"""The engine's side of a conversation: requests in, jobs run one by one, events out.

Three threads besides the main one, which runs the jobs: one reads requests (and so answers a ping or a cancel while a
node works), one sends events, one loads the heavy libraries while nobody has asked for a picture yet.
"""

from __future__ import annotations

import faulthandler
import importlib
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from engine.api.errors import Problem, ProblemCode, ProtocolError
from engine.api.messages import (
    LONGEST_FRAME,
    PROTOCOL_VERSION,
    AnyRequest,
    Cancel,
    Hello,
    JobEnded,
    JobStarted,
    ModelChanged,
    Ping,
    Pong,
    QueueChanged,
    Ready,
    Refused,
    Reorder,
    Shutdown,
    Submit,
    Welcome,
    decode_request,
    encode_events,
)
from engine.api.report import JobOutcome
from engine.runtime.cache import ResultCache
from engine.runtime.context import Job, Surroundings
from engine.runtime.executor import Borrowing, Executor, JobReport
from engine.runtime.faults import problem_of
from engine.runtime.machine import Devices, empty_device_caches, let_torch_use_all_cores, peak_memory
from engine.runtime.outbox import Outbox
from engine.runtime.queue import JobQueue
from engine.runtime.residency import LoadPart, Residency, references_of

LOG = logging.getLogger("engine")

# How long a node may go on after its client has gone, in seconds, before the process ends all the same.
GRACE = 2.0

# How often a job that waits for the heavy libraries looks whether it was cancelled, in seconds.
GLANCE = 0.02


@dataclass(frozen=True)
class HostSettings:
    """How an engine process works. `warm`: modules to import before anyone asks; budgets in bytes.

    `models_changed`: whether models came, went or were replaced since it was asked before; then nothing that was loaded
    or made with them counts any more.

    `longest_silence`: seconds after which a process in which some library lets no thread run ends itself: its client
    may have gone, and nothing else in it could notice. `begun`: when the process began, on the monotonic clock.
    """

    load: LoadPart
    models_changed: Callable[[], bool]
    warm: Sequence[str]
    cache_budget: int
    model_budget: Callable[[str], int]
    longest_silence: float
    begun: float


def greet(connection: Connection) -> bool:
    """Exchange Hello and Welcome; False when the other side speaks another protocol or none, which it is told."""
    try:
        request = decode_request(connection.recv_bytes(LONGEST_FRAME))
    except ProtocolError as error:
        return _refuse(connection, Problem(error.code, error.sentence, error.advice))
    if not isinstance(request, Hello):
        kind = type(request).__name__
        return _refuse(connection, Problem(ProblemCode.PROTOCOL, f"{kind} came before Hello.", "Say Hello first."))
    if request.protocol != PROTOCOL_VERSION:
        sentence = f"The engine speaks protocol {PROTOCOL_VERSION}, but {request.client} speaks {request.protocol}."
        advice = "Start the studio and its engine from the same installation."
        return _refuse(connection, Problem(ProblemCode.VERSION, sentence, advice))
    connection.send_bytes(encode_events([Welcome(PROTOCOL_VERSION, os.getpid())]))
    return True


def _refuse(connection: Connection, problem: Problem) -> bool:
    LOG.error("refused a client: %s", problem)
    connection.send_bytes(encode_events([Refused(problem)]))
    return False


class Host:
    """Serves one client until it goes or says Shutdown."""

    def __init__(self, connection: Connection, settings: HostSettings) -> None:
        self._connection = connection
        self._settings = settings
        self._outbox = Outbox(connection.send_bytes)
        self._queue = JobQueue(lambda running, waiting: self._outbox.put_now(QueueChanged(running, waiting)))
        self._devices = Devices()
        self._residency = Residency(settings.load, settings.model_budget, self._tell_of_model)
        self._executor = Executor(ResultCache(settings.cache_budget), self._surroundings(), self._borrowing())
        self._warm_up = threading.Thread(target=self._warm, name="warm-up", daemon=True)

    def serve(self) -> None:
        """Run jobs in this thread until the conversation ends."""
        sender = threading.Thread(target=self._outbox.run, name="sender", daemon=True)
        reader = threading.Thread(target=self._read, name="reader", daemon=True)
        for thread in (sender, reader, self._warm_up):
            thread.start()
        while (job := self._queue.take()) is not None:
            self._run(job)
        self._outbox.close()
        sender.join(GRACE)

    def _surroundings(self) -> Surroundings:
        return Surroundings(self._outbox.put, self._outbox.show, self._residency.on, self._devices.choose)

    def _borrowing(self) -> Borrowing:
        return Borrowing(references_of, self._residency.is_resident, self._free_memory)

    def _free_memory(self) -> None:
        self._residency.let_go()
        empty_device_caches()

    def _tell_of_model(self, change: ModelChanged) -> None:
        if change.change in ("loaded", "evicted"):
            self._outbox.put(change)

    def _warm(self) -> None:
        for name in self._settings.warm:
            try:
                importlib.import_module(name)
            except Exception:
                LOG.exception("could not load %s ahead of time", name)
        if "torch" in self._settings.warm:
            let_torch_use_all_cores()
        self._outbox.put_now(Ready(time.monotonic() - self._settings.begun))

    def _run(self, job: Job) -> None:
        LOG.info("job %s: %d steps", job.id, len(job.plan.steps))
        self._outbox.put_now(JobStarted(job.id, len(job.plan.steps)))
        # Two threads that import the same libraries can meet half-made modules; and most jobs need them all.
        while self._warm_up.is_alive() and not job.token.cancelled:
            self._warm_up.join(GLANCE)
        try:
            if self._settings.models_changed():
                LOG.info("models came, went or were replaced")
                self._executor.forget()
            end = self._end_of(job, self._executor.run(job))
        except Exception as error:  # the border of a job: a plan that makes no sense costs itself only
            LOG.exception("job %s broke", job.id)
            end = JobEnded(job.id, JobOutcome.FAILED, problem=problem_of(error, "The run"))
        LOG.info("job %s: %s after %.3f s", job.id, end.outcome.value, end.seconds)
        self._outbox.put_now(end)

    def _end_of(self, job: Job, report: JobReport) -> JobEnded:
        return JobEnded(
            job.id,
            report.outcome,
            report.seconds,
            report.ran,
            report.hits,
            report.failed,
            report.pictures,
            self._devices.chosen(job.device),
            peak_memory(),
        )

    def _read(self) -> None:
        try:
            while True:
                faulthandler.dump_traceback_later(self._settings.longest_silence, exit=True)
                if self._connection.poll(self._settings.longest_silence / 4):
                    self._receive(self._connection.recv_bytes(LONGEST_FRAME))
        except (OSError, EOFError) as error:
            LOG.info("the client has gone: %r", error)
        self._end()

    def _receive(self, frame: bytes) -> None:
        try:
            self._answer(decode_request(frame))
        except ProtocolError as error:
            LOG.warning("%s", error)
            self._outbox.put_now(Refused(Problem(error.code, error.sentence, error.advice)))

    def _answer(self, request: AnyRequest) -> None:
        match request:
            case Ping(number):
                self._outbox.put_now(Pong(number))
            case Submit():
                self._queue.add(_job(request))
            case Cancel(job):
                if self._queue.cancel(job):
                    self._outbox.put_now(JobEnded(job, JobOutcome.REMOVED))
            case Reorder(jobs):
                self._queue.reorder(jobs)
            case Shutdown():
                raise EOFError
            case Hello():
                raise ProtocolError("Hello came twice.", "Open a new connection to begin again.")

    def _end(self) -> None:
        # A node that hears no cancel must not keep a process alive that nobody can reach any more.
        timer = threading.Timer(GRACE, os._exit, [0])
        timer.daemon = True
        timer.start()
        self._queue.close()


def _job(request: Submit) -> Job:
    return Job(
        request.job,
        request.plan,
        Path(request.folder),
        request.facts,
        request.device,
        request.fresh,
        frozenset(request.record_attention),
    )
