"""The engine as the rest of the program uses it: submit, cancel, listen. It starts by itself and comes back by itself.

One thread owns the process, the connection and the book of requests; callers only leave notes for it, so that nothing
here ever blocks a window. Listeners are called in that thread.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing.connection
import queue
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.client.errors import ClientError
from app.client.events import ClientEvent, job_of
from app.client.owner import TICK, EngineOwner, Listener
from app.client.settings import EngineSettings
from engine.api.errors import Problem, ProblemCode
from engine.api.messages import JobEnded, Submit
from engine.api.plan import Plan

LOG = logging.getLogger("client")


def ignore(_event: ClientEvent) -> None:
    """Listen to nothing."""


@dataclass(frozen=True)
class JobOptions:
    """`facts` (keyword, text) are written into every picture; `device` is "auto", "cpu" or "cuda"; `fresh` uses nothing
    that was kept from before. `record_attention` names nodes that tell where their denoisers look.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    device: str = "auto"
    fresh: bool = False
    record_attention: tuple[str, ...] = ()


USUAL = JobOptions()


class EngineClient:
    """Thread-safe. Leave it with `close`, or use it in a `with` block. `listener` hears all that happens."""

    def __init__(self, settings: EngineSettings, listener: Listener = ignore) -> None:
        wake_reader, self._wake = multiprocessing.connection.Pipe(duplex=False)
        self._nudged = threading.Event()
        self._notes: deque[Callable[[EngineOwner], None]] = deque()
        self._listeners: list[Listener] = [listener]
        self._closed = False
        owner = EngineOwner(settings, self._tell, wake_reader)
        self._thread = threading.Thread(target=self._live, args=[owner], name="engine-client", daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Have an engine started now, so that it is there when the first job comes. Returns at once."""
        self._note(EngineOwner.want_engine)

    def submit(self, plan: Plan, folder: Path, options: JobOptions = USUAL) -> str:
        """Put a job into the queue and return its id. Its pictures go into `folder`. ClientError once closed."""
        request = _request(plan, folder, options)
        self._note(lambda owner: owner.submit(request))
        return request.job

    def cancel(self, job: str) -> None:
        """Stop a job, or take it out of the queue; it ends with `JobEnded` either way."""
        self._note(lambda owner: owner.cancel(job))

    def reorder(self, jobs: Sequence[str]) -> None:
        """Put these waiting jobs first, in this order."""
        self._note(lambda owner: owner.reorder(tuple(jobs)))

    def run(self, plan: Plan, folder: Path, on_event: Listener = ignore, options: JobOptions = USUAL) -> JobEnded:
        """Submit a job and wait for its end; `on_event` hears, in the caller's thread, of it and of the engine.

        Ctrl-C cancels the job, and the end that is returned says so. ClientError when the client is closed meanwhile.
        """
        events: queue.SimpleQueue[ClientEvent] = queue.SimpleQueue()
        listener = events.put
        self._note(lambda _owner: self._listeners.append(listener))
        try:
            return self._await(self.submit(plan, folder, options), events, on_event)
        finally:
            if not self._closed:
                self._note(lambda _owner: self._listeners.remove(listener))

    def close(self) -> None:
        """Cancel everything, end the engine, and wait until it has gone."""
        self._closed = True
        self._wake_up()
        self._thread.join()

    def __enter__(self) -> EngineClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _await(self, job: str, events: queue.SimpleQueue[ClientEvent], on_event: Listener) -> JobEnded:
        while True:
            try:
                event = events.get(timeout=TICK)  # without a timeout, Windows would keep Ctrl-C from us
            except queue.Empty:
                self._require_alive()
                continue
            except KeyboardInterrupt:
                self.cancel(job)
                continue
            if job_of(event) in (None, job):
                on_event(event)
            if isinstance(event, JobEnded) and event.job == job:
                return event

    def _require_alive(self) -> None:
        if not self._thread.is_alive():
            raise ClientError(
                Problem(ProblemCode.ENGINE_LOST, "The client of the engine was closed.", "Start it again.")
            )

    def _note(self, note: Callable[[EngineOwner], None]) -> None:
        self._require_alive()
        self._notes.append(note)
        if not self._nudged.is_set():
            self._nudged.set()
            self._wake_up()

    def _wake_up(self) -> None:
        with contextlib.suppress(OSError):  # nobody is there to be woken once the client is closed
            self._wake.send_bytes(b"!")

    def _live(self, owner: EngineOwner) -> None:
        try:
            while not self._closed:
                self._nudged.clear()
                while self._notes:
                    self._notes.popleft()(owner)
                owner.turn()
        finally:
            owner.close()

    def _tell(self, event: ClientEvent) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:  # the border of a thread: a listener's mistake must not cost the engine
                LOG.exception("a listener failed at %s", type(event).__name__)


def _request(plan: Plan, folder: Path, options: JobOptions) -> Submit:
    job = uuid.uuid4().hex[:12]
    folder = folder.resolve()
    return Submit(job, plan, str(folder), dict(options.facts), options.device, options.fresh, options.record_attention)
