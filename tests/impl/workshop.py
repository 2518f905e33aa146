"""Calls run functions as the engine does: with a real context over a real catalogue, everything they tell recorded."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.api.messages import AnyEvent, Progress
from engine.api.plan import Asset, Plan, Step
from engine.models.catalogue import Catalogue
from engine.runtime.context import Context, Job, Models, Place, RunRecord, Surroundings
from engine.runtime.functions import FunctionTable, arguments_of
from nodes.specs import BUILT_IN
from nodes.specs.declare import Spec

SPECS: Mapping[str, Spec] = {spec.type.removeprefix("sinopia."): spec for spec in BUILT_IN}


class Shelf:
    """Lends parts of the models below a folder."""

    def __init__(self, root: Path) -> None:
        self._catalogue = Catalogue(root)

    @contextmanager
    def borrow(self, reference: str) -> Iterator[object]:
        """One part, loaded anew."""
        model, _, part = reference.partition("/")
        yield self._catalogue.load_part(model, part, "cpu")


@dataclass
class Workshop:
    """A folder for pictures, models, and a record of what nodes told."""

    folder: Path
    models: Models
    events: list[AnyEvent] = field(default_factory=list)
    previews: list[NDArray[np.uint8]] = field(default_factory=list)
    record: RunRecord = field(default_factory=RunRecord)
    assets: dict[str, Asset] = field(default_factory=dict)
    job: Job | None = None
    records_attention: bool = False

    def run(self, node: str, **inputs: object) -> Any:
        """Run the node type `sinopia.<node>`, parameters at their defaults unless given."""
        spec = SPECS[node]
        step = Step(
            node="n", type=spec.type, title=spec.title, run=spec.run, key=None, seed_key=None,
            params={parameter.name: parameter.default for parameter in spec.parameters}, inputs={},
            outputs=tuple(port.name for port in spec.outputs), assets=self.assets,
            many=tuple(port.name for port in spec.inputs if port.many),
        )  # fmt: skip
        recorded = frozenset({"n"}) if self.records_attention else frozenset[str]()
        self.job = Job("job", Plan((step,), ("n",)), self.folder, record_attention=recorded)
        context = Context(self.job, step, self._surroundings(), self.record, Place())
        function = FunctionTable().find(spec.run)
        return function.call(context, **arguments_of(step, function, inputs))

    def _surroundings(self) -> Surroundings:
        return Surroundings(
            emit=self.events.append,
            preview=lambda job, node, item, pixels: self.previews.append(pixels),
            models=lambda device: self.models,
            device=lambda wanted: "cpu",
        )

    @property
    def progress(self) -> list[tuple[int, int]]:
        """(done, total) of every step told."""
        return [(event.done, event.total) for event in self.events if isinstance(event, Progress)]
