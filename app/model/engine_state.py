"""What the studio knows of its engine: whether it is there, what it computes on, what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from app.client.events import ClientEvent, EngineLost, EngineStarted
from app.model.document import frozen, nothing
from engine.api.errors import Problem
from engine.api.messages import JobEnded, ModelChanged, Ready


class EngineCondition(Enum):
    """Whether the engine can work."""

    OFF = "off"
    WARMING = "warming"  # its process is there and loads its libraries
    READY = "ready"
    LOST = "lost"


@dataclass(frozen=True)
class EngineState:
    """`models`: bytes of each loaded model, by reference. `peak_memory` in bytes. `problem`: why it was lost."""

    condition: EngineCondition = EngineCondition.OFF
    process: int | None = None
    device: str = ""
    peak_memory: int = 0
    models: Mapping[str, int] = field(default_factory=nothing)
    problem: Problem | None = None

    @property
    def sentence(self) -> str:
        """The state in words, for a status bar."""
        if self.condition is EngineCondition.LOST and self.problem is not None:
            return str(self.problem)
        return _SENTENCES[self.condition]


_SENTENCES: Mapping[EngineCondition, str] = {
    EngineCondition.OFF: "The engine starts with the first picture.",
    EngineCondition.WARMING: "The engine is starting.",
    EngineCondition.READY: "The engine is ready.",
    EngineCondition.LOST: "The engine has stopped; it starts again with the next picture.",
}


def after(state: EngineState, event: ClientEvent) -> EngineState:
    """The state after an event; the same one when the event says nothing about it."""
    match event:
        case EngineStarted(process):
            return EngineState(EngineCondition.WARMING, process, state.device)
        case Ready():
            return replace(state, condition=EngineCondition.READY)
        case EngineLost(problem):
            return EngineState(EngineCondition.LOST, device=state.device, problem=problem)
        case ModelChanged(change, reference, device, size):
            models = {name: held for name, held in state.models.items() if name != reference}
            kept = models if change in GONE else {**models, reference: size}
            return replace(state, models=frozen(kept), device=device or state.device)
        case JobEnded():
            memory = max(event.peak_memory, state.peak_memory)
            return replace(state, device=event.device or state.device, peak_memory=memory)
    return state


GONE = frozenset({"evicted"})
"""Changes of a model after which it is no longer loaded."""
