"""Runs plans: what is kept is used, what is needed runs, what fails stops only what depends on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine.api.errors import Cancelled, EngineError
from engine.api.messages import NodeDone, NodeFailed
from engine.api.plan import Step
from engine.api.report import JobOutcome, PictureHandle, Reason, StepOutcome, Why
from engine.runtime.cache import ResultCache
from engine.runtime.context import Job, Surroundings
from engine.runtime.faults import problem_of
from engine.runtime.functions import FunctionTable
from engine.runtime.history import Ending, History
from engine.runtime.inputs import Wired, chosen_ports, list_signatures
from engine.runtime.pictures import file_name, is_picture, save_png
from engine.runtime.ready import ReadySteps, References
from engine.runtime.schedule import Schedule
from engine.runtime.steps import StepResult, StepRunner, Wires
from engine.runtime.verdicts import verdicts_of_the_rest


@dataclass(frozen=True)
class Borrowing:
    """What the executor asks about models: which a value leads to, whether they are loaded, and to free memory."""

    references: Callable[[object], References]
    is_resident: Callable[[References], bool]
    free_memory: Callable[[], None]


NO_MODELS = Borrowing(lambda _value: frozenset(), lambda _references: True, lambda: None)


@dataclass(frozen=True)
class JobReport:
    """How a job went. `ran` and `hits` count nodes; `results` has the wires of every target that is there."""

    outcome: JobOutcome
    seconds: float
    ran: int
    hits: int
    failed: tuple[str, ...]
    pictures: tuple[PictureHandle, ...]
    results: Mapping[str, Wires]


class Executor:
    """Keeps results and the memory of past runs across jobs and documents; runs one job at a time."""

    def __init__(self, cache: ResultCache, surroundings: Surroundings, borrowing: Borrowing = NO_MODELS) -> None:
        self._cache = cache
        self._surroundings = surroundings
        self._borrowing = borrowing
        self._history = History()
        self._functions = FunctionTable()

    def run(self, job: Job) -> JobReport:
        """Run `job` to its end, be it done, failed or cancelled. Nothing that a node raises comes out of here."""
        runner = StepRunner(job, self._cache, self._functions, self._surroundings, self.forget)
        return _JobRun(job, runner, self._history, self._surroundings, self._borrowing).run()

    def forget(self) -> None:
        """Let go of all results that are kept, and of all models that nothing works with now."""
        self._cache.clear()
        self._borrowing.free_memory()


class _JobRun:
    def __init__(
        self, job: Job, runner: StepRunner, history: History, surroundings: Surroundings, borrowing: Borrowing
    ) -> None:
        self._job = job
        self._runner = runner
        self._history = history
        self._emit = surroundings.emit
        self._borrowing = borrowing
        self._results: dict[str, Wires] = {}
        self._told: dict[str, StepOutcome] = {}
        self._failed: list[str] = []
        self._pictures: list[PictureHandle] = []
        self._signatures = list_signatures(job.plan)
        self._readers = _reader_counts(job)
        self._place = {step.node: place for place, step in enumerate(job.plan.steps)}
        self._ready = ReadySteps(borrowing.is_resident)
        self._schedule = Schedule(job.plan, self._use_kept, self._choose, self._push)

    def run(self) -> JobReport:
        begun = time.perf_counter()
        outcome = self._walk()
        self._tell_rest(outcome)
        counts = list(self._told.values())
        return JobReport(
            outcome,
            time.perf_counter() - begun,
            counts.count(StepOutcome.RAN),
            counts.count(StepOutcome.HIT) + counts.count(StepOutcome.COVERED),
            tuple(self._failed),
            tuple(self._pictures),
            {node: self._results[node] for node in self._job.plan.targets if node in self._results},
        )

    def _walk(self) -> JobOutcome:
        try:
            self._bring(self._job.plan.targets)
            self._bring(self._unseen())
        except Cancelled:
            return JobOutcome.CANCELLED
        return JobOutcome.FAILED if self._failed else JobOutcome.DONE

    def _bring(self, nodes: Iterable[str]) -> None:
        self._schedule.need(nodes)
        while (place := self._ready.pop()) is not None:
            self._job.token.check()
            self._run_step(self._job.plan.steps[place])

    def _unseen(self) -> list[str]:
        """Nodes whose attention is asked for, but which nobody needed because a later result was kept."""
        rest = verdicts_of_the_rest(self._job.plan, self._told, self._schedule.culprits, cancelled=False)
        return [
            node
            for node, verdict in rest.items()
            if node in self._job.record_attention and verdict.reason is Reason.COVERED
        ]

    def _use_kept(self, step: Step) -> bool:
        result = self._runner.kept(step, self._signatures.get(step.node, ""))
        if result is None:
            return False
        begun = time.perf_counter()
        try:
            result.record.pictures.extend(self._deliver(step, result))
        except (OSError, EngineError):
            return False  # running it meets the same trouble and reports it
        self._runner.recall(step, result)
        self._store(step, result, Why(Reason.KEPT), time.perf_counter() - begun)
        return True

    def _choose(self, step: Step) -> frozenset[str]:
        return chosen_ports(step, self._wired(step, lazily=False))

    def _push(self, step: Step) -> None:
        bundles = (bundle for bundles in self._wired(step).values() for bundle in bundles)
        needs = [self._borrowing.references(value) for bundle in bundles for value in bundle.values]
        self._ready.push(self._place[step.node], frozenset().union(*needs))

    def _wired(self, step: Step, lazily: bool = True) -> Wired:
        ports = {port: sources for port, sources in step.inputs.items() if lazily or port not in step.lazy_ports}
        return {
            port: tuple(self._results[source.node][source.port] for source in sources if source.node in self._results)
            for port, sources in ports.items()
        }

    def _run_step(self, step: Step) -> None:
        begun = time.perf_counter()
        why = self._why(step)
        try:
            result = self._runner.run(step, self._wired(step), self._signatures.get(step.node, ""))
            result.record.pictures.extend(self._deliver(step, result))
        except (Exception, SystemExit) as error:  # noqa: BLE001  the border: what a node raises is that node's failure
            self._fail(step, error, time.perf_counter() - begun)
            return
        except Cancelled:
            self._remember(step, Ending.UNFINISHED)
            raise
        self._store(step, result, why if result.ran else Why(Reason.KEPT), time.perf_counter() - begun)
        self._remember(step, result.ending)
        self._schedule.done(step.node)

    def _why(self, step: Step) -> Why:
        if self._job.fresh:
            return Why(Reason.FRESH)
        why = self._history.why(step, self._schedule.steps)
        asked = step.node in self._job.record_attention and why.reason is Reason.EVICTED
        return Why(Reason.RECORD) if asked else why

    def _store(self, step: Step, result: StepResult, why: Why, seconds: float) -> None:
        self._results[step.node] = result.wires
        self._pictures.extend(result.record.pictures)
        outcome = StepOutcome.RAN if result.ran else StepOutcome.HIT
        self._told[step.node] = outcome
        self._emit(
            NodeDone(
                self._job.id,
                step.node,
                outcome,
                why,
                seconds,
                result.ran,
                result.hits,
                tuple(result.record.notes),
                tuple(result.record.pictures),
            )
        )
        self._release_inputs(step)

    def _fail(self, step: Step, error: BaseException, seconds: float) -> None:
        self._remember(step, Ending.UNFINISHED)
        self._failed.append(step.node)
        self._told[step.node] = StepOutcome.FAILED
        self._emit(NodeFailed(self._job.id, step.node, problem_of(error, step.title), seconds))
        self._release_inputs(step)
        self._schedule.failed(step.node)

    def _remember(self, step: Step, ending: Ending) -> None:
        self._history.record(step, self._schedule.steps, ending)

    def _deliver(self, step: Step, result: StepResult) -> list[PictureHandle]:
        """Pictures on the wires of a target become files, unless the node has written its own."""
        if not step.target or result.record.pictures:
            return []
        values = [value for bundle in result.wires.values() for value in bundle.values]
        handles = []
        for pixels in filter(is_picture, values):
            path = save_png(pixels, self._job.folder, file_name(step.title), self._job.facts)
            handles.append(PictureHandle(step.node, str(path), pixels.shape[1], pixels.shape[0]))
        return handles

    def _release_inputs(self, step: Step) -> None:
        """Let go of results that nobody will read any more."""
        for node in {source.node for sources in step.inputs.values() for source in sources}:
            self._readers[node] -= 1
            if self._readers[node] == 0:
                self._results.pop(node, None)

    def _tell_rest(self, outcome: JobOutcome) -> None:
        cancelled = outcome is JobOutcome.CANCELLED
        rest = verdicts_of_the_rest(self._job.plan, self._told, self._schedule.culprits, cancelled)
        for step in self._job.plan.steps:
            verdict = rest.get(step.node)
            if verdict is None:
                continue
            if verdict.reason is Reason.COVERED and self._runner.kept(step, self._signatures.get(step.node, "")):
                verdict = Why(Reason.KEPT)
            if verdict.reason in (Reason.COVERED, Reason.KEPT):
                self._remember(step, Ending.KEPT)
            self._told[step.node] = _OUTCOMES[verdict.reason]
            self._emit(NodeDone(self._job.id, step.node, _OUTCOMES[verdict.reason], verdict))


_OUTCOMES: Mapping[Reason, StepOutcome] = {
    Reason.KEPT: StepOutcome.HIT,
    Reason.COVERED: StepOutcome.COVERED,
    Reason.NOT_CHOSEN: StepOutcome.UNUSED,
    Reason.BLOCKED: StepOutcome.BLOCKED,
    Reason.STOPPED: StepOutcome.STOPPED,
}


def _reader_counts(job: Job) -> dict[str, int]:
    counts = dict.fromkeys((step.node for step in job.plan.steps), 0)
    for step in job.plan.steps:
        for node in {source.node for sources in step.inputs.values() for source in sources}:
            counts[node] += 1
    for node in job.plan.targets:
        counts[node] += 1  # the report reads it last
    return counts
