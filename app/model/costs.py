"""What a run will cost, by what the last runs did: which nodes must work, and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from app.model.face import SEED_RANGE, TEXT_LIST
from app.model.seeds import planned_size
from engine.api.plan import Plan, Step
from engine.api.report import StepOutcome

_Alike: TypeAlias = tuple[str | tuple[str, str], ...]
_Size: TypeAlias = tuple[int, int] | None


@dataclass(frozen=True)
class StepForecast:
    """One node that must work: its title, on how many list items, and about how long; None where nothing tells."""

    title: str
    items: int
    seconds: float | None


@dataclass(frozen=True)
class Forecast:
    """What a run would do. `kept`: how many nodes need not work, since their results are there from before."""

    steps: tuple[StepForecast, ...] = ()
    kept: int = 0

    @property
    def seconds(self) -> float | None:
        """About how long it takes; None where one of its nodes never ran."""
        told = [step.seconds for step in self.steps]
        return None if None in told else sum(filter(None, told))


class Costs:
    """Seconds that nodes took for one step of one item and pixel, and which results the engine that runs now has."""

    def __init__(self) -> None:
        self._took: dict[tuple[_Alike, str], float] = {}
        self._kept: set[str] = set()

    def note(self, step: Step, outcome: StepOutcome, seconds: float, items: int, size: _Size) -> None:
        """A node is done: it took so long for so many items of pictures of this planned size."""
        if outcome is StepOutcome.RAN:
            alike, each = _alike(step, size), seconds / (max(items, 1) * _work(step, size))
            self._took[alike, step.node] = self._took[alike, ""] = each
        if step.key is not None and outcome in (StepOutcome.RAN, StepOutcome.HIT, StepOutcome.COVERED):
            self._kept.add(step.key)

    def forget_kept(self) -> None:
        """The engine has gone, and its results with it."""
        self._kept.clear()

    def expected(self, plan: Plan) -> dict[str, float]:
        """Seconds that each node may take if nothing of it was kept, by node; without those that nothing tells of."""
        counts, size = item_counts(plan), planned_size(plan)
        told = {step.node: self._seconds(step, counts[step.node], size) for step in plan.steps}
        return {node: seconds for node, seconds in told.items() if seconds is not None}

    def forecast(self, plan: Plan) -> Forecast:
        """What a run would do now. The keys of the plan must be those that the engine will see."""
        counts, size = item_counts(plan), planned_size(plan)
        needed = self._needed(plan)
        working = [step for step in plan.steps if step.node in needed]
        steps = tuple(
            StepForecast(step.title, counts[step.node], self._seconds(step, counts[step.node], size))
            for step in working
        )
        return Forecast(steps, len(plan.steps) - len(steps))

    def _seconds(self, step: Step, items: int, size: _Size) -> float | None:
        alike = _alike(step, size)
        each = self._took.get((alike, step.node), self._took.get((alike, "")))
        return None if each is None else each * _work(step, size) * items

    def _needed(self, plan: Plan) -> set[str]:
        """Targets whose results are not there, and all that they need of which the same is true."""
        steps = {step.node: step for step in plan.steps}
        pending, needed = list(plan.targets), set[str]()
        while pending:
            step = steps[pending.pop()]
            if step.node not in needed and step.key not in self._kept:
                needed.add(step.node)
                pending += (source.node for sources in step.inputs.values() for source in sources)
        return needed


def item_counts(plan: Plan) -> Mapping[str, int]:
    """How often each node of a plan runs: once for each item of the lists that reach it. By node."""
    axes: dict[str, dict[str, int]] = {}
    counts: dict[str, int] = {}
    for step in plan.steps:
        reaching = (
            axes[source.node]
            for port, sources in step.inputs.items()
            if port not in step.collects
            for source in sources
            if source.node in axes
        )
        own = {axis: length for each in reaching for axis, length in each.items()}
        counts[step.node] = _product(own.values())
        axes[step.node] = {**own, step.node: _length(step)} if step.lists else own
    return counts


def _alike(step: Step, size: _Size) -> _Alike:
    """Nodes that take about the same time: of one type, and what draws by the same denoisers.

    What was drawn without a planned size tells nothing of what is drawn with one.
    """
    denoisers = step.inputs.get("denoiser", ())
    sized = ("sized",) if denoisers and size is not None else ()
    return step.type, *sized, *((source.node, source.port) for source in denoisers)


def _work(step: Step, size: _Size) -> int:
    """By how much the time of a node grows: its steps, and where it draws, the pixels."""
    steps = step.params.get("steps")
    pixels = size[0] * size[1] if size is not None and "denoiser" in step.inputs else 1
    return pixels * (steps if isinstance(steps, int) and steps > 0 else 1)


def _length(step: Step) -> int:
    """How many items a list has, as far as that can be told before it ran."""
    if step.type == TEXT_LIST:
        return max(1, sum(bool(line.strip()) for line in str(step.params.get("texts", "")).splitlines()))
    count = step.params.get("count") if step.type == SEED_RANGE else None
    return count if isinstance(count, int) else 1


def _product(lengths: Iterable[int]) -> int:
    product = 1
    for length in lengths:
        product *= length
    return product
