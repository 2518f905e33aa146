"""Runs one step: once for each item of the lists that reach it, looking every item up first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.api.attention import AttentionLevel
from engine.api.errors import NotFiniteError
from engine.api.messages import Attention, Progress
from engine.api.plan import Step, item_key
from engine.runtime.cache import KeptLayout, KeptResult, ResultCache
from engine.runtime.context import Context, Job, Place, RunRecord, Surroundings
from engine.runtime.faults import is_out_of_memory
from engine.runtime.functions import FunctionTable, RunFunction, arguments_of, outputs_of
from engine.runtime.history import Ending
from engine.runtime.inputs import RunInputs, Wired, runs_of, spread_axes
from engine.runtime.lists import Axis, Bundle, item_labels, list_output, plain_output
from engine.runtime.survey import Survey, survey

Wires = Mapping[str, Bundle]


@dataclass(frozen=True)
class StepResult:
    """What a step gave: a bundle for each output port, and how it came about.

    `attention`: of each item, where it was recorded before and is kept.
    """

    wires: Wires
    record: RunRecord
    ran: int
    hits: int
    ending: Ending
    attention: tuple[tuple[AttentionLevel, ...], ...] = ()


class StepRunner:
    """Runs the steps of one job against the results kept so far.

    `free_memory` lets go of all that can be let go; a node that runs out of memory is run once more after it.
    """

    def __init__(
        self,
        job: Job,
        cache: ResultCache,
        functions: FunctionTable,
        surroundings: Surroundings,
        free_memory: Callable[[], None],
    ) -> None:
        self._job = job
        self._cache = cache
        self._functions = functions
        self._surroundings = surroundings
        self._free_memory = free_memory

    def kept(self, step: Step, signature: str) -> StepResult | None:
        """The result of a whole step, when every part of it is kept; `signature` is that of the lists before it."""
        if step.key is None or self._job.fresh:
            return None
        layout = self._cache.layout(step.key + signature) or KeptLayout((), (step.key,))
        results = [self._cache.result(key) for key in layout.keys]
        found = [result for result in results if result is not None and self._told_enough(step, result)]
        if len(found) < len(results):
            return None
        record = RunRecord([note for result in found for note in result.notes])
        wires = _bundle(step, layout.axes, layout.keys, [result.outputs for result in found])
        attention = tuple(result.attention or () for result in found)
        return StepResult(wires, record, 0, len(found), Ending.KEPT, attention)

    def recall(self, step: Step, result: StepResult) -> None:
        """Tell again of the attention that was kept with a result, where it is asked for."""
        for item, levels in enumerate(result.attention):
            self._recall(step, item, levels)

    def _recall(self, step: Step, item: int, levels: Sequence[AttentionLevel]) -> None:
        if step.node in self._job.record_attention:
            for level in levels:
                self._surroundings.emit(Attention(self._job.id, step.node, item, level))

    def _told_enough(self, step: Step, result: KeptResult) -> bool:
        return result.attention is not None or step.node not in self._job.record_attention

    def run(self, step: Step, wired: Wired, signature: str) -> StepResult:
        """Run every item of `step` that is not kept. Raises what its run function raises, and `Cancelled`."""
        axes = spread_axes(step, wired)
        runs = list(runs_of(step, wired, axes))
        keys = [item_key(step.seed_key, inputs.parents) for inputs in runs]
        work = _StepWork(step, RunRecord(), [], Ending.KEPT)
        for item, (inputs, key, labels) in enumerate(zip(runs, keys, item_labels(axes), strict=True)):
            self._job.token.check()
            self._item(work, inputs, key, Place(item, len(runs), labels))
        wires = _bundle(step, axes, keys, work.outputs)
        self._keep_layout(step, signature, axes, keys)
        return StepResult(wires, work.record, work.ran, len(runs) - work.ran, work.ending)

    def _item(self, work: _StepWork, inputs: RunInputs, key: str | None, place: Place) -> None:
        step, record = work.step, RunRecord()
        kept = self._cache.result(key) if key and step.key and not self._job.fresh else None
        if kept is not None and self._told_enough(step, kept):
            work.outputs.append(kept.outputs)
            work.record.notes.extend(kept.notes)
            self._recall(step, place.item, kept.attention or ())
            return
        self._surroundings.emit(Progress(self._job.id, step.node, place.item, place.items, 0, 0, ""))
        outputs = self._call(step, inputs, record, place)
        facts = _finite(step, outputs)
        facts = replace(facts, plain=facts.plain + survey(record.attention).plain)
        work.add(outputs, record)
        if record.pictures:
            work.ending = Ending.WRITES  # the pictures are wanted each time, so the result is not enough
        elif key and step.key and not self._cache.keep(key, self._to_keep(step, outputs, record), facts):
            work.ending = Ending.TOO_LARGE

    def _to_keep(self, step: Step, outputs: tuple[object, ...], record: RunRecord) -> KeptResult:
        recorded = step.node in self._job.record_attention
        return KeptResult(outputs, tuple(record.notes), tuple(record.attention) if recorded else None)

    def _call(self, step: Step, inputs: RunInputs, record: RunRecord, place: Place) -> tuple[object, ...]:
        function = self._functions.find(step.run)
        context = Context(self._job, step, self._surroundings, record, place)
        arguments = arguments_of(step, function, inputs.values)
        try:
            return outputs_of(step, function.call(context, **arguments))
        except (MemoryError, RuntimeError, OSError) as error:
            if not is_out_of_memory(error):
                raise
        # Out of the handler, the failed attempt's tensors are gone too.
        return self._call_again(step, function, context, arguments)

    def _call_again(
        self, step: Step, function: RunFunction, context: Context, arguments: Mapping[str, object]
    ) -> tuple[object, ...]:
        self._free_memory()
        return outputs_of(step, function.call(context, **arguments))

    def _keep_layout(self, step: Step, signature: str, axes: tuple[Axis, ...], keys: Sequence[str | None]) -> None:
        known = tuple(key for key in keys if key is not None)
        if step.key is None or len(known) < len(keys) or (not axes and known == (step.key,)):
            return
        self._cache.keep_layout(step.key + signature, KeptLayout(axes, known))


@dataclass
class _StepWork:
    step: Step
    record: RunRecord
    outputs: list[tuple[object, ...]]
    ending: Ending
    ran: int = 0

    def add(self, outputs: tuple[object, ...], record: RunRecord) -> None:
        """One more item ran."""
        self.outputs.append(outputs)
        self.record.notes.extend(record.notes)
        self.record.pictures.extend(record.pictures)
        self.ran += 1


def _bundle(
    step: Step, axes: tuple[Axis, ...], keys: Sequence[str | None], outputs: Sequence[tuple[object, ...]]
) -> dict[str, Bundle]:
    columns = zip(*outputs, strict=True) if outputs else [()] * len(step.outputs)
    wires = {}
    for port, values in zip(step.outputs, columns, strict=True):
        if port in step.lists:
            wires[port] = list_output(step.node, port, axes, keys, values)
        else:
            wires[port] = plain_output(port, axes, keys, values)
    return wires


def _finite(step: Step, outputs: tuple[object, ...]) -> Survey:
    facts = survey(outputs)
    if facts.flaw is not None:
        flaws = zip(step.outputs, (survey(value).flaw for value in outputs), strict=True)
        port, flaw = next((port, flaw) for port, flaw in flaws if flaw is not None)
        raise NotFiniteError(
            f"{step.title} gave {flaw} in its output {port!r}.",
            "Lower the guidance or the weights that lead to it, or choose another seed.",
        )
    return facts
