"""The items of a graph. They follow the graph by ids: a new graph touches only what differs from the one shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsScene

from app.model.problems import Problems
from app.qt.canvas.adjacency import Adjacency
from app.qt.canvas.card import Card, Surroundings, card_of
from app.qt.canvas.carried import UNKNOWN, Carried, carried
from app.qt.canvas.facts import Facts
from app.qt.canvas.frame_item import FrameItem
from app.qt.canvas.hits import Hit
from app.qt.canvas.link_item import LinkItem
from app.qt.canvas.look import Look
from app.qt.canvas.node_item import NODE_Z, NodeItem
from app.qt.canvas.overview import Overview
from app.qt.canvas.pixmaps import Pixmaps
from app.qt.canvas.selection import NONE, LinkKey, Selection
from app.qt.canvas.shapes import Shapes
from app.qt.canvas.thumbnails import Thumbnails
from nodes.graph.model import Component, End, Frame, Graph, Node
from nodes.registry import Registry
from nodes.specs.declare import Kind
from nodes.specs.shape import Shape

_FAR = 16.0
OUTSIDE = "outside"
"""What stands for the source of an input that instances of a component feed."""


class CanvasScene(QGraphicsScene):
    """Shows one graph. `mirrored` after the items followed another graph; `selected` when the selection changed.

    `prefix` is what stands before its nodes in the ids of the whole graph; of the components `barred` no instance may
    be put here.
    """

    mirrored = Signal()
    selected = Signal()

    def __init__(
        self, registry: Registry, facts: Facts, look: Look, thumbnails: Thumbnails, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.thumbnails = thumbnails
        thumbnails.arrived.connect(self._on_thumbnail)
        self.graph = Graph()
        self.registry = registry
        self.facts = facts
        self.look = look
        self.selection = NONE
        self.prefix = ""
        self.barred: frozenset[str] = frozenset()
        self._fed_outside: frozenset[End] = frozenset()
        self.pixmaps = Pixmaps()
        self.overview = Overview()
        self.wiring = Adjacency()
        self.nodes: dict[str, NodeItem] = {}
        self.links: dict[LinkKey, LinkItem] = {}
        self.frames: dict[str, FrameItem] = {}
        self._values: dict[str, Node] = {}
        self._shapes = Shapes(registry)
        self._carried: Mapping[End, Carried] = {}
        self._problems: dict[str, str] = {}
        facts.changed.connect(self._on_facts)

    # Following the graph ----------------------------------------------------------------------------------------------

    def mirror(self, graph: Graph) -> None:
        """Show `graph`."""
        if graph is self.graph:
            return
        before, self.graph = self.graph, graph
        if graph.components != before.components:
            self._shapes = Shapes(self.registry, graph.components)
        dirty, moved = self._follow_nodes(before, graph)
        gone, come = self.wiring.follow(graph)
        for source, target in (*gone, *come):
            dirty.update((source.node, target.node))
        if dirty:
            dirty |= self._follow_carried(graph)
        self._drop_links(gone)
        self._redeal(dirty)
        self._route(come, dirty | moved)
        if graph.frames is not before.frames:
            self._follow_frames(graph)
        self.select(self.selection.still_in(graph))
        self.mirrored.emit()

    def show_graph(self, graph: Graph, prefix: str, barred: frozenset[str]) -> None:
        """Show another graph, of which nothing need be like this one."""
        self.select(NONE)
        self.prefix, self.barred = prefix, barred
        self.mirror(graph)

    def show_interface(self, definition: Component | None) -> None:
        """Show which ports instances of the component that is worked on feed from outside, or hand on."""
        fed = frozenset() if definition is None else frozenset(_interface(definition))
        changed, self._fed_outside = self._fed_outside ^ fed, fed
        for name in {end.node for end in changed} & self.nodes.keys():
            self._deal(name)

    def shape(self, node: str) -> Shape | None:
        """The declaration of a node that is shown; None when its type is not known here."""
        return self._shapes.of(self.nodes[node].node)

    @property
    def shapes(self) -> Shapes:
        """The declarations that hold in this graph."""
        return self._shapes

    def carried(self, source: End) -> Carried:
        """What comes out of an output."""
        return self._carried.get(source, UNKNOWN)

    def title(self, node: str) -> str:
        """What the artist calls a node."""
        item = self.nodes.get(node)
        return node if item is None else item.card.title

    @property
    def titles(self) -> Mapping[str, str]:
        """What the artist calls each node, by id."""
        return {name: item.card.title for name, item in self.nodes.items()}

    def _follow_nodes(self, before: Graph, graph: Graph) -> tuple[set[str], set[str]]:
        """Take in the nodes: those whose cards are out of date or not there yet, and those that only moved."""
        distinct = len(self._values) == len(before.nodes)
        if distinct and graph.components == before.components and _same_ids(before.nodes, graph.nodes):
            changed = [node for old, node in zip(before.nodes, graph.nodes, strict=True) if old is not node]
        else:
            # The first of two nodes with one id is shown; that there are two is a problem which the check tells.
            self._values = {node.id: node for node in reversed(graph.nodes)}
            changed = list(self._values.values())
            for name in self.nodes.keys() - self._values.keys():
                self._remove_node(name)
        dirty: set[str] = set()
        moved: set[str] = set()
        for node in changed:
            item = self.nodes.get(node.id)
            self._values[node.id] = node
            if item is not None and item.node is node and graph.components == before.components:
                continue
            if item is not None and _only_moved(item.node, node) and graph.components == before.components:
                self._show(item, node, item.card)
                moved.add(node.id)
            else:
                dirty.add(node.id)
        return dirty, moved

    def _remove_node(self, name: str) -> None:
        self.removeItem(self.nodes.pop(name))
        self.pixmaps.drop(name)
        self.overview.drop_node(name)

    def _show(self, item: NodeItem, node: Node, card: Card) -> None:
        item.show_node(node, card)
        self.overview.put_node(item)

    def _follow_carried(self, graph: Graph) -> set[str]:
        """The nodes at wires that now carry something else."""
        before, self._carried = self._carried, carried(graph, self._shapes)
        return {end.node for end, what in self._carried.items() if before.get(end) != what}

    def _redeal(self, nodes: Iterable[str]) -> None:
        """Make the cards of these nodes anew, and of those that show their titles."""
        wanted = {name for name in nodes if name in self._values}
        for name in wanted:
            self._deal(name)
        following = {target.node for name in wanted for _, target in self.wiring.leaving(name)}
        for name in following - wanted:
            if name in self.nodes:
                self._deal(name)

    def _deal(self, name: str) -> None:
        node = self._values[name]
        shape = self._shapes.of(node)
        card = card_of(node, shape, self._around(node, shape), self.facts.of(self.prefix + name))
        item = self.nodes.get(name)
        if item is None:
            item = self.nodes[name] = NodeItem(node, card, self.look, self.pixmaps)
            self.addItem(item)
        self._show(item, node, card)

    def _around(self, node: Node, shape: Shape | None) -> Surroundings:
        sources = {target.port: self._bare_title(source.node) for source, target in self.wiring.arriving(node.id)}
        used = frozenset(source.port for source, _ in self.wiring.leaving(node.id))
        inputs, outputs = (shape.inputs, shape.outputs) if shape is not None else ({}, {})
        if self._fed_outside:
            fed = (name for name in inputs if End(node.id, name) in self._fed_outside)
            sources = dict.fromkeys(fed, OUTSIDE) | sources
            used |= {name for name in outputs if End(node.id, name) in self._fed_outside}
        carries = {name: self.carried(End(node.id, name)) for name in outputs}
        return Surroundings(
            sources=sources,
            used=used,
            lists=frozenset(name for name, what in carries.items() if what.is_list),
            kinds={name: what.kind for name, what in carries.items()},
            problem=self._problems.get(node.id, ""),
            picture=self._picture(node, shape),
        )

    def _picture(self, node: Node, shape: Shape | None) -> QImage | None:
        """The picture file that a node names."""
        files = () if shape is None else shape.file_parameters
        name = next((node.params.get(file.name) for file in files if file.kind is Kind.PICTURE), None)
        return self.thumbnails.of(name) if isinstance(name, str) and name else None

    def _bare_title(self, name: str) -> str:
        node = self._values.get(name)
        if node is None:
            return name
        shape = self._shapes.of(node)
        return node.title or (shape.spec.title if shape else node.type)

    # Wires ------------------------------------------------------------------------------------------------------------

    def _drop_links(self, keys: Iterable[LinkKey]) -> None:
        for key in keys:
            item = self.links.pop(key, None)
            if item is not None:
                self.removeItem(item)
            self.overview.drop_link(key)

    def _route(self, fresh: Iterable[LinkKey], nodes: Iterable[str]) -> None:
        keys = dict.fromkeys(fresh)
        for name in nodes:
            keys.update(dict.fromkeys(self.wiring.at(name)))
        for key in keys:
            self._route_one(key)

    def _route_one(self, key: LinkKey) -> None:
        source, target = key
        if source.node not in self.nodes or target.node not in self.nodes:
            self._drop_links((key,))  # a wire that leads nowhere is told by the check; there is no way to draw it
            return
        item = self.links.get(key)
        if item is None:
            item = self.links[key] = LinkItem(self.wiring.links[key], self.look)
            self.addItem(item)
        start = self.nodes[source.node].port_position(source.port, is_output=True)
        end = self.nodes[target.node].port_position(target.port, is_output=False)
        item.route(self.wiring.links[key], start, end)
        muted = self.nodes[source.node].node.muted or self.nodes[target.node].node.muted
        what = self.carried(source)
        item.carry(what, passive=muted)
        self.overview.put_link(key, item, what.kind)

    # Frames -----------------------------------------------------------------------------------------------------------

    def _follow_frames(self, graph: Graph) -> None:
        fresh = {frame.id: frame for frame in graph.frames}
        for name in self.frames.keys() - fresh.keys():
            self.removeItem(self.frames.pop(name))
        for name, frame in fresh.items():
            self._show_frame(name, frame)

    def _show_frame(self, name: str, frame: Frame) -> None:
        item = self.frames.get(name)
        if item is None:
            item = self.frames[name] = FrameItem(frame, self.look)
            self.addItem(item)
        elif item.frame is not frame:
            item.show_frame(frame)

    # What is told about nodes -----------------------------------------------------------------------------------------

    def show_problems(self, problems: Problems) -> None:
        """Put what is wrong on the nodes it is told of."""
        found = {name: " ".join(problem.message for problem in several) for name, several in problems.items()}
        before, self._problems = self._problems, found
        changed = {name for name in before.keys() | found.keys() if before.get(name) != found.get(name)}
        for name in changed & self.nodes.keys():
            self._deal(name)

    def _on_facts(self, name: str) -> None:
        here = name.removeprefix(self.prefix)
        if name.startswith(self.prefix) and here in self.nodes:
            self._deal(here)

    def _on_thumbnail(self, reference: str) -> None:
        for name, node in self._values.items():
            if reference in node.params.values():
                self._deal(name)

    # Selection --------------------------------------------------------------------------------------------------------

    def select(self, selection: Selection) -> None:
        """Make `selection` what is selected."""
        if selection == self.selection:
            return
        before, self.selection = self.selection, selection
        for name in before.nodes ^ selection.nodes:
            self._dress_node(name, selected=name in selection.nodes)
        for key in before.links ^ selection.links:
            if key in self.links:
                self.links[key].select(key in selection.links)
        for name in before.frames ^ selection.frames:
            if name in self.frames:
                self.frames[name].select(name in selection.frames)
        self.selected.emit()

    def _dress_node(self, name: str, *, selected: bool) -> None:
        item = self.nodes.get(name)
        if item is not None:
            item.show_selected(selected=selected)
            item.setZValue(NODE_Z + (1.0 if selected else 0.0))

    # Finding things ---------------------------------------------------------------------------------------------------

    def hit(self, position: QPointF, reach: float) -> Hit:
        """What lies at a point; `reach` is how far beside thin things one may point, both in scene coordinates.

        Where that is so far that a node is all ports, because it is seen from afar, ports cannot be hit.
        """
        around = QRectF(position.x() - reach, position.y() - reach, 2 * reach, 2 * reach)
        there = self.items(around, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        return Hit.among(there, position, reach, ports=reach < _FAR)

    def boxes(self, names: Iterable[str]) -> list[QRectF]:
        """The rectangles of nodes."""
        return [self.nodes[name].box for name in names if name in self.nodes]

    def content(self) -> QRectF:
        """The rectangle around everything."""
        items: list[NodeItem | FrameItem] = [*self.nodes.values(), *self.frames.values()]
        return united(item.box for item in items)

    def inside(self, frame: str) -> Selection:
        """The nodes and frames that lie wholly in a frame, and so move with it."""
        box = self.frames[frame].box
        nodes = (name for name, item in self.nodes.items() if box.contains(item.box))
        frames = (name for name, item in self.frames.items() if name != frame and box.contains(item.box))
        return Selection.of(nodes, frames)

    def wear_look(self, look: Look) -> None:
        """Change to another theme."""
        self.look = look
        self.pixmaps.clear()
        items: list[NodeItem | LinkItem | FrameItem] = [
            *self.nodes.values(),
            *self.links.values(),
            *self.frames.values(),
        ]
        for item in items:
            item.wear_look(look)
        self.update()


def united(boxes: Iterable[QRectF]) -> QRectF:
    """The rectangle around rectangles; a null one around none."""
    sides = [box.getCoords() for box in boxes]
    if not sides:
        return QRectF()
    lefts, tops, rights, bottoms = zip(*sides, strict=True)
    return QRectF(QPointF(min(lefts), min(tops)), QPointF(max(rights), max(bottoms)))


def _interface(definition: Component) -> Iterator[End]:
    for ends in definition.inputs.values():
        yield from ends
    yield from definition.outputs.values()


def _same_ids(before: Sequence[Node], after: Sequence[Node]) -> bool:
    """Whether the nodes are the same ones in the same order, however changed."""
    if len(before) != len(after):
        return False
    return all(old is new or old.id == new.id for old, new in zip(before, after, strict=True))


def _only_moved(before: Node, after: Node) -> bool:
    return (
        before.params is after.params
        and before.muted == after.muted
        and before.title == after.title
        and before.type == after.type
        and before.note == after.note
    )
