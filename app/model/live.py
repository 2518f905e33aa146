"""Live painting: after each finished edit a quick run shows what would come of it; only the newest counts.

`Live` is a value that decides; whoever holds it submits and cancels, and tells it what became of that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import msgspec

from app.model import edits
from app.model.document import Document
from app.model.edits.primitives import with_links
from app.model.face import SOLVES, face_of
from engine.api.plan import Json
from nodes.graph.model import End
from nodes.registry import Registry

SHARE = 0.5
MOST_STEPS = 8
"""A quick run takes this share of each solve's steps, and no more than so many."""


@dataclass(frozen=True)
class Decision:
    """What is to be done now: first cancel the job `cancel`, then run `submit`; None for neither."""

    submit: Document | None = None
    cancel: int | None = None


NOTHING = Decision()


@dataclass(frozen=True)
class Live:
    """Whether it is `on`, the document that was last submitted, and the job that waits or runs for it."""

    on: bool = False
    drawn: Document | None = field(default=None, repr=False)
    job: int | None = None

    def switched(self, on: bool, document: Document) -> tuple[Live, Decision]:
        """The artist turned it on or off."""
        if on and not self.on:
            return Live(on=True).edited(document)
        if self.on and not on:
            return Live(), Decision(cancel=self.job)
        return self, NOTHING

    def edited(self, document: Document) -> tuple[Live, Decision]:
        """An edit is finished: what was drawn for the document before is in vain."""
        if not self.on or document is self.drawn:
            return self, NOTHING
        return replace(self, drawn=document, job=None), Decision(document, self.job)

    def submitted(self, job: int) -> Live:
        """What was decided is a job now."""
        return replace(self, job=job)

    def ended(self, job: int) -> Live:
        """A job is over, whatever came of it."""
        return replace(self, job=None) if job == self.job else self

    def generating(self, document: Document) -> tuple[Live, Decision]:
        """A picture that is kept is asked for: what is only for looking makes way, and need not be drawn again."""
        return replace(self, drawn=document, job=None), Decision(cancel=self.job)


def quick(document: Document, registry: Registry) -> Document:
    """The same picture with fewer steps in each of its solves, and enlarged once at most."""
    document = _enlarged_once(document)
    fewer: dict[str, dict[str, Json]] = {}
    for node in face_of(document, registry).solves:
        spec = registry.get(document.nodes[node].type)
        declared = {each.name: each.default for each in spec.parameters} if spec is not None else {}
        steps = document.nodes[node].params.get("steps", declared.get("steps"))
        if document.nodes[node].type in SOLVES and isinstance(steps, int):
            fewer[node] = {"steps": max(1, min(MOST_STEPS, math.ceil(SHARE * steps)))}
    return edits.set_parameters(document, fewer) if fewer else document


def _enlarged_once(document: Document) -> Document:
    """What shows a picture that was enlarged twice or more shows it as it was after the first time."""
    links = document.graph.links
    small = {link.target.node: link.source for link in links if link.target.port == "low_resolution"}
    again = {node: source for node, source in small.items() if source.node in small}

    def shown(source: End) -> End:
        passed: set[str] = set()
        while source.port == "image" and source.node in again and source.node not in passed:
            passed.add(source.node)  # in a circle, of which validation tells
            source = again[source.node]
        return source

    if not again:
        return document
    return with_links(document, (msgspec.structs.replace(link, source=shown(link.source)) for link in links))
