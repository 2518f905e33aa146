"""Clients of real engine processes, and the proof that none is left behind."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.client.client import EngineClient
from app.client.events import ClientEvent, EngineStarted
from app.client.settings import EngineSettings
from engine.api.plan import Plan
from tests.runtime.plans import PlanBuilder

# How long anything may take before a test gives up; no test waits for it to pass.
DEADLINE = 60.0

Condition = Callable[[], bool]


def until(condition: Condition, what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.005)


def alive(process: int) -> bool:
    """Whether a process runs (one that has ended but was not yet asked about does not)."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z" if status.parent.parent.exists() else True
    except FileNotFoundError:
        return False


def one(run: str, **params: object) -> Plan:
    """A plan of one node."""
    return PlanBuilder("tests.process.toys").add("n", run, params=params, title="Brush").plan()


class Ear:
    """A listener that remembers."""

    def __init__(self) -> None:
        self.heard: list[ClientEvent] = []
        self.on_event: Callable[[ClientEvent], None] = lambda _event: None

    def __call__(self, event: ClientEvent) -> None:
        self.heard.append(event)
        self.on_event(event)

    def kinds(self) -> list[str]:
        """What was heard, by kind."""
        return [type(event).__name__ for event in self.heard]

    def all(self, kind: type) -> list[ClientEvent]:
        """All that was heard of one kind."""
        return [event for event in self.heard if isinstance(event, kind)]

    @property
    def engines(self) -> list[int]:
        """The engines that were started."""
        return [event.process for event in self.heard if isinstance(event, EngineStarted)]


@pytest.fixture
def ear() -> Ear:
    """What the client of this test tells."""
    return Ear()


@pytest.fixture
def client(ear: Ear, tmp_path: Path) -> Iterator[EngineClient]:
    """A client without heavy libraries and with little patience; its engines must be gone when it is closed."""
    settings = EngineSettings(warm=(), patience=2.0, start_patience=20.0, logs=tmp_path / "logs")
    with EngineClient(settings, ear) as client:
        yield client
    assert not [process for process in ear.engines if alive(process)]
