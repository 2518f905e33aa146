"""Which graph the node canvas works on: the document's own, or the definition of a component that was entered."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from app.model.document import Document
from app.model.edits.interface import component_of, holders_of, inside, outside
from app.model.session import Session
from app.model.signal import Signal
from nodes.graph.errors import EditError
from nodes.graph.model import Component, Node


@dataclass(frozen=True)
class Place:
    """One step of the way inwards: the instance that was entered, and the component whose definition lies there."""

    instance: str
    component: str


class Focus:
    """Shows the graph that was entered as a document of its own, and makes each edit one of the whole document.

    So there is one undo, and every instance follows. Belongs to one canvas.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.changed: Signal[Document] = Signal()
        """The document that is worked on changed, because of an edit or by going elsewhere."""
        self.moved: Signal[()] = Signal()
        """Another graph is worked on; told before `changed`."""
        self._places: tuple[Place, ...] = ()
        self._shown = session.document
        self._disconnect = session.changed.connect(lambda _before, _after: self._follow())

    def leave_session(self) -> None:
        """Listen to the session no more."""
        self._disconnect()

    @property
    def document(self) -> Document:
        """What is worked on."""
        return self._shown

    @property
    def places(self) -> tuple[Place, ...]:
        """The way inwards; nothing for the document's own graph."""
        return self._places

    @property
    def component(self) -> Component | None:
        """The definition that is worked on; None for the document's own graph."""
        return component_of(self.session.document, self._places[-1].component) if self._places else None

    @property
    def prefix(self) -> str:
        """What stands before the id of a node here in the ids of the whole graph: "a/" inside the instance a."""
        return "".join(f"{place.instance}/" for place in self._places)

    @property
    def barred(self) -> frozenset[str]:
        """The components of which no instance may be put here, since this one lies in them."""
        return holders_of(self.session.document, self._places[-1].component) if self._places else frozenset()

    def titles(self) -> list[str]:
        """What the components on the way are called."""
        held = {each.id: each for each in self.session.document.graph.components}
        return [held[place.component].title or place.component for place in self._places]

    def apply(self, label: str, document: Document, merge_key: Hashable | None = None) -> bool:
        """Make `document` what is worked on. Raises EditError when the whole document forbids it."""
        whole = document
        if self._places:
            whole = outside(self.session.document, self._places[-1].component, document)
        return self.session.apply(label, whole, merge_key)

    def enter(self, instance: str) -> bool:
        """Work on the definition of an instance that is seen here; False when it has none."""
        node = self._shown.nodes.get(instance)
        known = {each.id for each in self._shown.graph.components}
        if node is None or node.component not in known or node.component is None:
            return False
        self._go((*self._places, Place(instance, node.component)))
        return True

    def go_to(self, depth: int) -> None:
        """Work on the graph at a depth of the way: 0 is the document's own."""
        self._go(self._places[:depth])

    def targets(self, nodes: Iterable[str]) -> list[str]:
        """The ids in the whole graph of nodes here: for an instance, of the inner nodes that give its outputs."""
        return [name for node in nodes for name in self._within(self.prefix, self._shown.nodes[node])]

    def _within(self, prefix: str, node: Node) -> Iterator[str]:
        held = {each.id: each for each in self.session.document.graph.components}.get(node.component or "")
        if held is None:
            yield prefix + node.id
            return
        inner = {each.id: each for each in held.nodes}
        for name in dict.fromkeys(end.node for end in held.outputs.values()):
            if name in inner:
                yield from self._within(f"{prefix}{node.id}/", inner[name])

    def _go(self, places: tuple[Place, ...]) -> None:
        if places != self._places:
            self._places = places
            self._show()
            self.moved.emit()
            self.changed.emit(self._shown)

    def _follow(self) -> None:
        """The whole document changed: what was entered may be gone, by undo for instance."""
        before, self._places = self._places, self._still_there()
        self._show()
        if before != self._places:
            self.moved.emit()
        self.changed.emit(self._shown)

    def _still_there(self) -> tuple[Place, ...]:
        document, kept = self.session.document, []
        nodes = document.graph.nodes
        for place in self._places:
            node = next((each for each in nodes if each.id == place.instance), None)
            if node is None or node.component != place.component:
                break
            try:
                nodes = component_of(document, place.component).nodes
            except EditError:
                break
            kept.append(place)
        return tuple(kept)

    def _show(self) -> None:
        document = self.session.document
        self._shown = inside(document, self._places[-1].component) if self._places else document
