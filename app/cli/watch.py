"""Follows the runs of a render: what a person sees meanwhile, and what the report says afterwards."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from app.cli.terminal import ProgressLine, say
from app.client.events import ClientEvent, EngineLost, EngineStarted
from engine.api.errors import Problem
from engine.api.messages import JobEnded, NodeDone, NodeFailed, Progress
from engine.api.plan import Plan, Step
from engine.api.report import JobOutcome, StepOutcome


class NodeReport(Struct, frozen=True):
    """What one node did in one run; `seed` is that of the run, None when the project's own seeds were used."""

    seed: int | None
    node: str
    title: str
    type: str
    outcome: StepOutcome
    why: str
    seconds: float
    notes: tuple[str, ...] = ()


class Seconds(Struct, frozen=True):
    """Where the time went: until the engine answered, in the runs, and in them by the title of the node."""

    engine: float
    runs: float
    stages: dict[str, float]


class RenderReport(Struct, frozen=True):
    """What `render --json` prints. `peak_memory` is that of the engine process, in bytes."""

    project: str
    outputs: tuple[str, ...]
    seeds: tuple[int, ...]
    device: str
    seconds: Seconds
    cache_hits: int
    peak_memory: int
    nodes: tuple[NodeReport, ...]


@dataclass
class RenderWatch:
    """Listens to the client; `run` is begun for each plan."""

    line: ProgressLine
    nodes: list[NodeReport] = field(default_factory=list)
    ends: list[JobEnded] = field(default_factory=list)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    engine_seconds: float = 0.0
    _seed: int | None = None
    _steps: Mapping[str, Step] = field(default_factory=dict)

    def begin(self, plan: Plan, seed: int | None) -> None:
        """The next events belong to this plan."""
        self._seed, self._steps = seed, {step.node: step for step in plan.steps}

    def hear(self, event: ClientEvent) -> None:
        """Take note of an event, and show it where somebody watches."""
        match event:
            case EngineStarted():
                self.engine_seconds += event.seconds
                self.line.show("Engine", 0, 0, "starting")
            case Progress():
                item = f" ({event.item + 1} of {event.items})" if event.items > 1 else ""
                self.line.show(f"{self._title(event.node)}{item}", event.done, event.total, event.text)
            case NodeDone():
                self._done(event)
            case NodeFailed():
                self.problems.append((self._title(event.node), event.problem))
            case EngineLost():
                self.line.wipe()
                say(f"sinopia: {event.problem}", sys.stderr)
            case JobEnded():
                self.line.wipe()
                self.ends.append(event)

    def _done(self, event: NodeDone) -> None:
        step = self._steps[event.node]
        why = event.why.sentence({node: known.title for node, known in self._steps.items()})
        self.nodes.append(
            NodeReport(
                self._seed, event.node, step.title, step.type, event.outcome, why, event.seconds, tuple(event.notes)
            )
        )

    def _title(self, node: str) -> str:
        step = self._steps.get(node)
        return node if step is None else step.title

    def report(self, project: str, seeds: tuple[int, ...]) -> RenderReport:
        """Everything that was heard, of all runs together."""
        stages: dict[str, float] = {}
        for node in self.nodes:
            if node.outcome is StepOutcome.RAN:
                stages[node.title] = stages.get(node.title, 0.0) + node.seconds
        return RenderReport(
            project=project,
            outputs=tuple(picture.path for end in self.ends for picture in end.pictures),
            seeds=seeds,
            device=next((end.device for end in reversed(self.ends) if end.device), ""),
            seconds=Seconds(self.engine_seconds, sum(end.seconds for end in self.ends), stages),
            cache_hits=sum(end.hits for end in self.ends),
            peak_memory=max((end.peak_memory for end in self.ends), default=0),
            nodes=tuple(self.nodes),
        )

    @property
    def outcome(self) -> JobOutcome:
        """How the last run ended."""
        return self.ends[-1].outcome
