"""Generate: a snapshot of the document is checked, compiled and given to the engine; the artist goes on editing.

All methods and signals belong to one thread, that of the window. `hear` takes what the engine's client tells, carried
over to that thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from app.client.client import USUAL, JobOptions
from app.client.events import ClientEvent, EngineLost, EngineStarted
from app.files.archive import ArchiveError
from app.files.cache import unpack_assets
from app.files.embedded import picture_facts
from app.files.errors import ProjectFileError
from app.model.aside import Aside, at_once
from app.model.conversion import MaskEncoder, to_project
from app.model.costs import Costs, Forecast
from app.model.document import Document, frozen
from app.model.engine_state import EngineState, after
from app.model.face import SOLVES
from app.model.job import STATE_OF, Job, JobState, NodeFacts
from app.model.model_cards import Models, missing_models
from app.model.seeds import planned_seeds, planned_size, prompt_text
from app.model.settings import Device
from app.model.signal import Signal
from engine.api.errors import Problem, ProblemCode
from engine.api.messages import (
    JobEnded,
    JobStarted,
    NodeDone,
    NodeFailed,
    Preview,
    Progress,
    QueueChanged,
)
from engine.api.plan import Asset, Plan, Step
from engine.api.report import StepOutcome
from nodes.graph.compile import compile_plan
from nodes.graph.errors import GraphError, ProblemsError
from nodes.registry import Registry


class Engine(Protocol):
    """What jobs need of the engine's client."""

    def submit(self, plan: Plan, folder: Path, options: JobOptions = USUAL) -> str: ...

    def cancel(self, job: str) -> None: ...

    def reorder(self, jobs: Sequence[str]) -> None: ...


@dataclass(frozen=True)
class JobFolders:
    """Where a job's masks and pictures are put for the engine, and where its results go, or those of a live job."""

    assets: Path
    results: Path
    live: Path


@dataclass(frozen=True)
class Wish:
    """How a job is to be run.

    `targets`: up to these nodes (None: up to every output node). `first` puts it before all that wait. `fresh` uses
    nothing that was kept. `live`: its pictures are only looked at. `title`: what the queue calls it instead of by its
    sentence. `records`: it tells where its denoisers look, where that is wanted at all.
    """

    targets: tuple[str, ...] | None = None
    first: bool = False
    fresh: bool = False
    live: bool = False
    title: str = ""
    records: bool = True


PLAIN = Wish()


@dataclass(frozen=True)
class _Prepared:
    plan: Plan
    facts: dict[str, str]


class Jobs:
    """Every job since the studio opened, those that are over included until they are removed."""

    def __init__(self, engine: Engine, registry: Registry, folders: JobFolders, aside: Aside = at_once) -> None:
        self.added: Signal[Job] = Signal()
        self.changed: Signal[Job] = Signal()
        """A job as it is now."""
        self.removed: Signal[int] = Signal()
        self.reordered: Signal[()] = Signal()
        self.previewed: Signal[Job, Preview] = Signal()
        """What the picture looks like so far."""
        self.finished: Signal[Job] = Signal()
        """A job is over, whatever came of it."""
        self.engine_changed: Signal[EngineState] = Signal()
        self.device = Device.AUTO
        self.embed_project = True
        """Whether pictures carry the project that made them."""
        self.models: Callable[[], Models] | None = None
        """Tells the models that there are; None: what a node names is not looked for."""
        self.record_attention = False
        """Whether the nodes that draw tell where their denoisers look."""
        self.results = folders.results
        """Where the pictures of the jobs to come are put."""
        self._engine, self._registry, self._folders, self._aside = engine, registry, folders, aside
        self._jobs: dict[int, Job] = {}
        self._by_key: dict[str, int] = {}
        self._steps: dict[int, Mapping[str, Step]] = {}
        self._costs = Costs()
        self._encoder = MaskEncoder()
        self._engine_state = EngineState()
        self._next = 1

    @property
    def all(self) -> tuple[Job, ...]:
        """The jobs in the order in which they run or ran."""
        return tuple(self._jobs.values())

    @property
    def unfinished(self) -> tuple[Job, ...]:
        """The jobs that run or wait, in order."""
        return tuple(job for job in self._jobs.values() if not job.state.over)

    @property
    def engine(self) -> EngineState:
        """What is known of the engine."""
        return self._engine_state

    def job(self, job: int) -> Job:
        """One job; KeyError when it was removed."""
        return self._jobs[job]

    def submit(self, document: Document, wish: Wish = PLAIN) -> Job:
        """Run `document`.

        Raises:
            ProblemsError: the document cannot run as it is; it carries every problem.
        """
        draft = self._draft(document, wish.targets)
        self._require_models(document, draft)
        job = self._new(document, wish, draft)
        device, embed = self.device, self.embed_project and not wish.live
        recorded = self.record_attention and wish.records
        solves = tuple(step.node for step in draft.steps if step.type in SOLVES) if recorded else ()
        self._aside(
            lambda: self._prepare(job, embed=embed),
            lambda prepared: self._submit(
                job.id, prepared, JobOptions(prepared.facts, device.value, wish.fresh, solves), wish
            ),
            lambda error: self._failed(job.id, error),
        )
        return self._jobs[job.id]

    def estimate(self, document: Document, targets: Sequence[str] | None = None) -> float | None:
        """Seconds that a run may take if nothing of it was kept; None where nothing like it ran before.

        Raises:
            ProblemsError: the document cannot run as it is.
        """
        return sum(self._costs.expected(self._draft(document, targets)).values()) or None

    def foresee(self, document: Document, told: Callable[[Forecast], object]) -> None:
        """Look, aside, what a run of `document` would do now; one that cannot run would do nothing."""
        self._aside(
            lambda: self._named(document),
            lambda plan: told(self._costs.forecast(plan)),
            lambda _error: told(Forecast()),
        )

    def cancel(self, job: int) -> None:
        """Stop a job, or take it out of the queue."""
        held = self._jobs[job]
        if held.state is JobState.PREPARING:
            self._end(replace(held, state=JobState.CANCELLED))
        elif held.key is not None and held.state in (JobState.WAITING, JobState.RUNNING):
            self._put(replace(held, state=JobState.CANCELLING))
            self._engine.cancel(held.key)

    def cancel_all(self) -> None:
        """Stop what runs and empty the queue."""
        for job in reversed(self.unfinished):
            self.cancel(job.id)

    def clear(self) -> None:
        """Empty the queue; what runs goes on."""
        for job in reversed(self.unfinished):
            if job.state in (JobState.PREPARING, JobState.WAITING):
                self.cancel(job.id)

    def remove(self, jobs: Iterable[int]) -> None:
        """Forget jobs that are over."""
        for job in jobs:
            if self._jobs[job].state.over:
                self._by_key.pop(self._jobs.pop(job).key or "", None)
                self.removed.emit(job)

    def reorder(self, jobs: Sequence[int]) -> None:
        """Put these waiting jobs first, in this order; the others follow in the order that they have."""
        waiting = [job for job in jobs if self._jobs[job].state is JobState.WAITING]
        self._engine.reorder([key for job in waiting if (key := self._jobs[job].key) is not None])

    def hear(self, event: ClientEvent) -> None:
        """Follow what the engine's client tells."""
        state = after(self._engine_state, event)
        if state is not self._engine_state:
            self._engine_state = state
            self.engine_changed.emit(state)
        if isinstance(event, EngineLost | EngineStarted):
            self._costs.forget_kept()
        if isinstance(event, QueueChanged):
            self._order(event)
        job = self._jobs.get(self._by_key.get(getattr(event, "job", None) or "", 0))
        if job is not None and not job.state.over:
            self._follow(job, event)

    def _follow(self, job: Job, event: ClientEvent) -> None:
        match event:
            case JobStarted():
                self._put(replace(job, state=JobState.RUNNING) if job.state is JobState.WAITING else job)
            case Progress():
                facts = _running(job.nodes.get(event.node, NodeFacts()), event)
                self._put(replace(job, nodes=frozen({**job.nodes, event.node: facts})))
            case Preview():
                self.previewed.emit(job, event)
            case NodeDone():
                self._note_cost(job, event)
                nodes = frozen({**job.nodes, event.node: self._done(job, event)})
                self._put(replace(job, nodes=nodes, pictures=(*job.pictures, *event.pictures)))
            case NodeFailed():
                facts = NodeFacts(outcome=StepOutcome.FAILED, seconds=event.seconds, problem=event.problem)
                self._put(replace(job, nodes=frozen({**job.nodes, event.node: facts})))
            case JobEnded():
                ended = replace(job, state=STATE_OF[event.outcome], seconds=event.seconds, device=event.device)
                self._end(replace(ended, pictures=event.pictures or job.pictures, problem=event.problem))

    def _draft(self, document: Document, targets: Sequence[str] | None) -> Plan:
        """The plan, with masks and pictures yet unnamed: they get names by content only when written, aside."""
        unnamed = {reference: Asset("", "") for reference in document.files}
        return compile_plan(document.graph, self._registry, targets, unnamed)

    def _require_models(self, document: Document, draft: Plan) -> None:
        if self.models is None:
            return
        needed = {step.node for step in draft.steps}
        missing = [each for each in missing_models(document.graph, self.models()) if each.node in needed]
        if missing:
            raise ProblemsError(missing)

    def _named(self, document: Document) -> Plan:
        """Done aside: the plan with the keys that the engine will see."""
        files = to_project(document, self._encoder).files
        assets = {reference: Asset("", sha256(content).hexdigest()) for reference, content in files.items()}
        return compile_plan(document.graph, self._registry, None, assets)

    def _new(self, document: Document, wish: Wish, plan: Plan) -> Job:
        prompt, seeds = prompt_text(plan), planned_seeds(plan)
        nodes = frozen({step.node: NodeFacts() for step in plan.steps})
        expected = frozen(self._costs.expected(plan))
        told = prompt, seeds, planned_size(plan), wish.live
        job = Job(self._next, document, wish.targets, *told, nodes=nodes, expected=expected, title=wish.title)
        self._next += 1
        self._jobs[job.id] = job
        self.added.emit(job)
        return job

    def _prepare(self, job: Job, *, embed: bool) -> _Prepared:
        """Done aside: name every mask and picture by its content, and put it where the engine finds it."""
        project = to_project(job.document, self._encoder)
        assets = unpack_assets(project, self._folders.assets)
        plan = compile_plan(job.document.graph, self._registry, job.targets, assets)
        return _Prepared(plan, picture_facts(project, self._registry) if embed else {})

    def _submit(self, job: int, prepared: _Prepared, options: JobOptions, wish: Wish) -> None:
        held = self._jobs.get(job)
        if held is None or held.state is not JobState.PREPARING:
            return  # cancelled meanwhile
        folder = self._folders.live if wish.live else self.results
        key = self._engine.submit(prepared.plan, folder, options)
        self._by_key[key] = job
        self._steps[job] = {step.node: step for step in prepared.plan.steps}
        self._put(replace(held, state=JobState.WAITING, key=key))
        if wish.first:
            self._engine.reorder([key])

    def _failed(self, job: int, error: Exception) -> None:
        held = self._jobs.get(job)
        if held is not None and held.state is JobState.PREPARING:
            self._end(replace(held, state=JobState.FAILED, problem=_problem(error)))

    def _done(self, job: Job, event: NodeDone) -> NodeFacts:
        titles = {node: _title(job.document, node) for node in job.nodes}
        return NodeFacts(
            outcome=event.outcome, seconds=event.seconds, why=event.why.sentence(titles), notes=event.notes
        )

    def _note_cost(self, job: Job, event: NodeDone) -> None:
        step = self._steps.get(job.id, {}).get(event.node)
        if step is not None:
            self._costs.note(step, event.outcome, event.seconds, event.ran, job.size)

    def _order(self, event: QueueChanged) -> None:
        """Let the order be the engine's: what is over, what runs, what waits, what it has not got yet."""
        told = [key for key in (event.running, *event.waiting) if key is not None]
        places = {self._by_key[key]: place for place, key in enumerate(told) if key in self._by_key}

        def place(job: Job) -> int:
            return -1 if job.state.over else places.get(job.id, len(places))

        before = list(self._jobs)
        self._jobs = {job.id: job for job in sorted(self._jobs.values(), key=place)}
        if list(self._jobs) != before:
            self.reordered.emit()

    def _put(self, job: Job) -> None:
        if self._jobs[job.id] is not job:
            self._jobs[job.id] = job
            self.changed.emit(job)

    def _end(self, job: Job) -> None:
        self._steps.pop(job.id, None)
        self._put(job)
        self.finished.emit(job)


def _running(facts: NodeFacts, event: Progress) -> NodeFacts:
    return replace(
        facts,
        running=True,
        done=event.done,
        total=event.total,
        item=event.item,
        items=event.items,
        text=event.text,
    )


def _title(document: Document, node: str) -> str:
    held = document.nodes.get(node)
    return held.title or held.type.rpartition(".")[2] if held is not None else node


def _problem(error: Exception) -> Problem:
    if isinstance(error, (GraphError, ProjectFileError, ArchiveError)):
        return Problem(ProblemCode.FILE, str(error), "")
    told = f"The picture could not be prepared ({type(error).__name__}: {error})."
    return Problem(ProblemCode.UNEXPECTED, told, "Save the project and start the studio again.")
