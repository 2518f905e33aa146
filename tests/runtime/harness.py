"""An executor with its events in hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.api.messages import AnyEvent, NodeDone, NodeFailed
from engine.api.plan import Plan
from engine.api.report import Reason, StepOutcome, Why
from engine.runtime.cache import ResultCache
from engine.runtime.context import Job, Models, Surroundings
from engine.runtime.executor import NO_MODELS, Borrowing, Executor, JobReport


class Bench:
    """Runs plans one after the other against the same kept results."""

    def __init__(self, budget: int = 2**24, borrowing: Borrowing = NO_MODELS) -> None:
        self.events: list[AnyEvent] = []
        self.on_event: Callable[[AnyEvent], None] = lambda _event: None
        self.cache = ResultCache(budget)
        surroundings = Surroundings(self._emit, lambda *_: None, self._no_models, lambda _asked: "cpu")
        self._executor = Executor(self.cache, surroundings, borrowing)

    def run(self, plan: Plan, folder: Path = Path("unused"), **job: Any) -> JobReport:
        """Run a plan; the events are those of this run only."""
        self.events.clear()
        return self._executor.run(Job("job", plan, folder, **job))

    def value(self, plan: Plan, port: str = "value", **job: Any) -> object:
        """The single value at a port of the plan's first target."""
        report = self.run(plan, **job)
        (value,) = report.results[plan.targets[0]][port].values
        return value

    def values(self, plan: Plan, port: str = "value") -> tuple[object, ...]:
        """All values at a port of the plan's first target."""
        return self.run(plan).results[plan.targets[0]][port].values

    @property
    def outcomes(self) -> dict[str, StepOutcome]:
        """How each node ended; failed ones too."""
        done = {event.node: event.outcome for event in self.events if isinstance(event, NodeDone)}
        return done | {event.node: StepOutcome.FAILED for event in self.events if isinstance(event, NodeFailed)}

    @property
    def order(self) -> list[str]:
        """The nodes that ran, in order."""
        done = [event for event in self.events if isinstance(event, NodeDone)]
        return [event.node for event in done if event.outcome is StepOutcome.RAN]

    def done(self, node: str) -> NodeDone:
        """What was said of a node."""
        (event,) = (event for event in self.events if isinstance(event, NodeDone) and event.node == node)
        return event

    def failure(self, node: str) -> NodeFailed:
        """How a node failed."""
        (event,) = (event for event in self.events if isinstance(event, NodeFailed) and event.node == node)
        return event

    def why(self, node: str) -> Why:
        """Why a node ran."""
        return self.done(node).why

    def reason(self, node: str) -> Reason:
        """Why a node ran, without what it is about."""
        return self.why(node).reason

    def _emit(self, event: AnyEvent) -> None:
        self.events.append(event)
        self.on_event(event)

    @staticmethod
    def _no_models(device: str) -> Models:
        raise AssertionError(f"no node of these plans borrows a model, on {device} or elsewhere")
