"""Whether a result that is shown is still what its graph gives, or the graph has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.files.project import paint_reference
from app.model.document import Document
from app.model.job import Job
from engine.api.messages import NodeDone
from engine.api.plan import Asset, Json
from nodes.graph.compile import compile_plan
from nodes.graph.errors import GraphError
from nodes.registry import Registry

_Step = tuple[str, str | None, Mapping[str, Json] | None]


@dataclass(frozen=True)
class _Made:
    """All that a result depends on: its steps by key (by values, where nothing names one), and its files themselves."""

    steps: tuple[_Step, ...]
    files: Mapping[str, object]


class Freshness:
    """Remembers for each node, by its id in the whole graph, the document that its picture was made from."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._documents: dict[str, Document] = {}

    def hear(self, event: object, jobs: Iterable[Job]) -> None:
        """Take what the engine tells of one of these jobs."""
        if isinstance(event, NodeDone) and event.pictures:
            document = next((job.document for job in jobs if job.key == event.job), None)
            if document is not None:
                self.note(event.node, document)

    def note(self, node: str, document: Document) -> None:
        """A picture of a node was made from a document."""
        self._documents[node] = document

    def stale(self, nodes: Iterable[str], document: Document) -> bool:
        """Whether one of these nodes would give another picture now, or none."""
        return any(self._stale(node, document) for node in nodes)

    def _stale(self, node: str, document: Document) -> bool:
        before = self._documents.get(node)
        if before is None or before is document:
            return False
        made, now = self._made(node, before), self._made(node, document)
        return made is not None and made != now

    def _made(self, node: str, document: Document) -> _Made | None:
        held: dict[str, object] = {paint_reference(name): mask for name, mask in document.paint.items()}
        held |= document.assets
        try:
            plan = compile_plan(document.graph, self._registry, (node,), {name: Asset("", "") for name in held})
        except GraphError:
            return None
        steps = ((step.node, step.key, step.params if step.key is None else None) for step in plan.steps)
        used = {name: held[name] for step in plan.steps for name in step.assets if name in held}
        return _Made(tuple(steps), used)
