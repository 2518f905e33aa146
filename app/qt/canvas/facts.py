"""What the last run told about each node: progress, preview, time, why it ran, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.model.durations import measured_time
from app.qt.canvas.thumbnails import from_bytes, from_file
from engine.api.messages import AnyEvent, NodeDone, NodeFailed, Preview, Progress
from engine.api.report import StepOutcome


@dataclass(frozen=True)
class NodeFacts:
    """What is known of one node.

    `progress`: share done while it runs, else None. `seconds`: how long it took. `path`: the file of its picture.
    """

    progress: float | None = None
    step: str = ""
    seconds: float | None = None
    outcome: StepOutcome | None = None
    why: str = ""
    trouble: str = ""
    notes: tuple[str, ...] = ()
    # Compared by identity of the picture's data: comparing pixels at every step would cost more than drawing them.
    preview: QImage | None = field(default=None, compare=False)
    preview_key: int = 0
    path: str = ""

    def with_preview(self, image: QImage) -> NodeFacts:
        """These facts with another picture."""
        return replace(self, preview=image, preview_key=image.cacheKey())


NOTHING = NodeFacts()


class Facts(QObject):
    """The facts of every node by id. An inner node of a component ("a/b") also counts for its instance ("a")."""

    changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._facts: dict[str, NodeFacts] = {}

    def of(self, node: str) -> NodeFacts:
        """What is known of a node."""
        return self._facts.get(node, NOTHING)

    def put(self, node: str, facts: NodeFacts) -> None:
        """Say what is known of a node."""
        if self.of(node) != facts:
            self._facts[node] = facts
            self.changed.emit(node)

    def forget(self, nodes: Iterable[str] | None = None) -> None:
        """Know nothing more of these nodes, or of any."""
        for node in tuple(self._facts if nodes is None else nodes):
            if self._facts.pop(node, None) is not None:
                self.changed.emit(node)

    def settle(self) -> None:
        """No job runs any more: nothing is in progress."""
        for node, facts in tuple(self._facts.items()):
            if facts.progress is not None:
                self.put(node, replace(facts, progress=None, step=""))

    def hear(self, event: AnyEvent, titles: Mapping[str, str]) -> None:
        """Take in what the engine tells; `titles` gives the artist's name for a node id. Other events are ignored."""
        match event:
            case Progress() | Preview() | NodeDone() | NodeFailed():
                for node in _counting(event.node):
                    self.put(node, _after(self.of(node), event, titles))
            case _:
                pass


def _counting(node: str) -> list[str]:
    """A node and the instances that it lies in."""
    parts = node.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _after(facts: NodeFacts, event: Progress | Preview | NodeDone | NodeFailed, titles: Mapping[str, str]) -> NodeFacts:
    match event:
        case Progress():
            return replace(facts, progress=_share(event), step=_step(event), trouble="")
        case Preview():
            image = from_bytes(event.png)
            return facts if image.isNull() else facts.with_preview(image)
        case NodeFailed():
            failed = StepOutcome.FAILED
            return replace(
                facts, progress=None, step="", outcome=failed, seconds=event.seconds, trouble=str(event.problem)
            )
        case NodeDone():
            return _done(facts, event, titles)


def _done(facts: NodeFacts, event: NodeDone, titles: Mapping[str, str]) -> NodeFacts:
    facts = replace(
        facts,
        progress=None,
        step="",
        trouble="",
        outcome=event.outcome,
        # A result that was kept costs no time; what it cost when it was made is what one wants to know.
        seconds=event.seconds if event.outcome is StepOutcome.RAN else facts.seconds,
        why=event.why.sentence(titles),
        notes=event.notes,
    )
    picture = from_file(event.pictures[-1].path) if event.pictures else QImage()
    if picture.isNull():
        # What was made before shows another state of the graph, unless nothing had to be made.
        return replace(facts, path="") if event.outcome is StepOutcome.RAN else facts
    return replace(facts.with_preview(picture), path=event.pictures[-1].path)


def _share(event: Progress) -> float:
    inner = event.done / event.total if event.total else 0.0
    return (event.item + inner) / max(event.items, 1)


def _step(event: Progress) -> str:
    steps = f"{event.done} of {event.total}" if event.total else ""
    items = f"item {event.item + 1} of {event.items}" if event.items > 1 else ""
    return ", ".join(part for part in (event.text, items, steps) if part)


def happened(facts: NodeFacts) -> str:
    """What became of a node in the last run, as a sentence; empty when it was not part of one."""
    if facts.outcome is StepOutcome.RAN:
        took = f" in {measured_time(facts.seconds)}" if facts.seconds is not None else ""
        return f"Ran{took}, because {facts.why}." if facts.why else f"Ran{took}."
    if facts.outcome in (StepOutcome.HIT, StepOutcome.COVERED):
        took = f" It took {measured_time(facts.seconds)} when it ran." if facts.seconds is not None else ""
        return f"Did not run: {facts.why or 'its result was kept'}.{took}"
    return f"Did not run: {facts.why}." if facts.outcome is not None and facts.why else ""
