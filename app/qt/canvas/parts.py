"""Components on the canvas: made of a selection, given a life of their own, taken apart, kept for other projects."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace as replace_document
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QFileDialog

from app.files.errors import ProjectFileError
from app.files.saving import ENDING
from app.model import edits
from app.model.document import Document
from app.model.library import KeptComponent, find_components, insert_component, keep_component, save_component
from app.qt.canvas.interactions.base import Choice
from app.qt.canvas.look import NODE_WIDTH
from app.qt.canvas.matching import Candidate
from app.qt.canvas.selection import Selection
from app.qt.canvas.shapes import COMPONENT_FAMILY
from app.qt.canvas.wires import dots_of, with_dots
from nodes.graph.errors import EditError
from nodes.graph.model import Component, End, Link
from nodes.specs.shape import FILE_KINDS, Shape

if TYPE_CHECKING:
    from app.qt.canvas.view import CanvasView

KEPT = "kept:"
"""How the key of a kept component begins, before the name of its file."""

_MOST_EXPOSED = 12
_TITLE = "Component"
_PATTERN = f"Components (*{ENDING})"


class Parts:
    """Works on the selection of one view. `folder`: where components are kept; None for nowhere."""

    def __init__(self, view: CanvasView) -> None:
        self.folder: Path | None = None
        self._view = view

    def make(self) -> None:
        """Turn the selected nodes into a component, and let its title be written."""
        nodes = self._view.canvas.selection.nodes
        exposed = dict(self._exposed(nodes))
        made: list[str] = []

        def change(document: Document) -> Document:
            document, instance = edits.make_component(document, nodes, _TITLE, exposed)
            made.append(instance)
            return _straightened(document, made)

        if self._change("Make a component", change):
            self._view.canvas.select(Selection.of(nodes=made))
            self._view.writing.title(made[0], lambda title: self._rename(made[0], title))

    def make_unique(self) -> None:
        """Give the selected instance a definition that no other instance follows."""
        instance = self._instance()
        if instance is not None:
            self._change("Make unique", lambda document: edits.make_unique(document, instance))

    def take_apart(self) -> None:
        """Put the nodes of a component in the place of the selected instance."""
        instance = self._instance()
        if instance is None:
            return
        names: list[str] = []

        def change(document: Document) -> Document:
            document, freed = edits.take_apart(document, instance)
            names.extend(freed)
            return _straightened(document, names)

        if self._change("Take apart", change):
            self._view.canvas.select(Selection.of(nodes=names))

    def keep(self) -> None:
        """Keep the component of the selected instance for other projects."""
        instance = self._instance()
        if instance is None or self.folder is None:
            return
        try:
            kept = keep_component(self.folder, self._view.document, instance, self._view.registry)
        except (EditError, ProjectFileError) as error:
            self._view.told.emit(str(error))
        else:
            self._view.told.emit(f"“{kept.title}” is in the library; find it by its name where nodes are added.")

    def enter(self) -> None:
        """Work on the definition of the selected instance."""
        instance = self._instance()
        if instance is not None:
            self._view.walking.enter(instance)

    def save(self) -> None:
        """Write the component of the selected instance to a file of its own."""
        instance = self._instance()
        if instance is None:
            return
        title = self._view.canvas.title(instance)
        name, _ = QFileDialog.getSaveFileName(self._view, "Save Component", f"{title}{ENDING}", _PATTERN)
        if name:
            self.save_to(instance, Path(name).with_suffix(ENDING))

    def save_to(self, instance: str, path: Path) -> None:
        """Write the component of an instance to this file."""
        try:
            save_component(path, self._view.document, instance, self._view.registry)
        except (EditError, ProjectFileError) as error:
            self._view.told.emit(str(error))
        else:
            self._view.told.emit(f"“{path.stem}” is saved in {path.parent}.")

    def choose_file(self) -> None:
        """Put the component of a file on the canvas."""
        name, _ = QFileDialog.getOpenFileName(self._view, "Insert Component", "", _PATTERN)
        if name:
            self.insert_file(Path(name), self._view.visible().center())

    def show_outside(self) -> None:
        """Choose what instances show of the selected inner node, or show no more."""
        component, nodes = self._view.focus.component, self._view.canvas.selection.nodes
        if component is None or len(nodes) != 1:
            self._view.told.emit("Open a component and select one node in it first.")
            return
        node = next(iter(nodes))
        ends = dict(self._showable(node))
        choices = [_choice(component, key, *ends[key]) for key in ends]
        where = self._view.canvas.nodes[node].box.topRight()
        title = self._view.canvas.title(node)
        self._view.offer(where, choices, lambda key: self._toggle(*ends[key]), f"Show outside of {title}")

    def _showable(self, node: str) -> Iterator[tuple[str, tuple[End, str, bool, bool]]]:
        """What an instance could show of a node: an end, its words, whether it is an output, whether a setting."""
        shape, wiring = self._view.canvas.shape(node), self._view.canvas.wiring
        if shape is None:
            return
        for port in shape.spec.outputs:
            yield f"out {port.name}", (End(node, port.name), f"{port.label}, an output", True, False)
        for port in shape.spec.inputs:
            if port.many or not wiring.into(End(node, port.name)):
                yield f"in {port.name}", (End(node, port.name), f"{port.label}, an input", False, False)
        for name in _settable(shape):
            if not wiring.into(End(node, name)):
                yield f"in {name}", (End(node, name), f"{shape.parameters[name].label}, a setting", False, True)

    def _toggle(self, end: End, _words: str, output: bool, setting: bool) -> None:
        component = self._view.focus.component
        if component is not None:
            self.define(
                "Change what is shown",
                lambda whole: edits.toggle_shown(whole, component.id, end, output=output, setting=setting),
            )

    def define(self, label: str, change: Callable[[Document], Document]) -> None:
        """Change the whole document, around the component that is worked on."""
        session = self._view.session
        try:
            session.apply(label, change(session.document))
        except EditError as error:
            self._view.told.emit(str(error))

    def candidates(self) -> Iterator[Candidate]:
        """What the library offers to a search."""
        kept = () if self.folder is None else find_components(self.folder)
        for component in kept:
            told = "A component from your library."
            yield Candidate(KEPT + component.path.name, component.title, COMPONENT_FAMILY, told, ("library",))

    def insert(self, key: str, where: QPointF) -> None:
        """Put a kept component on the canvas."""
        if self.folder is not None:
            self.insert_file(self.folder / key.removeprefix(KEPT), where)

    def insert_file(self, path: Path, where: QPointF) -> None:
        """Put the component that a file holds at a point of the scene."""
        try:
            at = (where.x(), where.y())
            pasted = insert_component(self._view.document, KeptComponent(path.stem, path), self._view.registry, at)
        except ProjectFileError as error:
            self._view.told.emit(str(error))
            return
        self._view.commit(f"Add {path.stem}", pasted.document)
        self._view.canvas.select(Selection.of(nodes=pasted.names.values()))

    def _instance(self) -> str | None:
        """The instance that is selected; a sentence when there is none."""
        held = self._view.document.nodes
        found = [name for name in self._view.canvas.selection.nodes if held[name].component is not None]
        if len(found) != 1:
            self._view.told.emit("Select one component first.")
            return None
        return found[0]

    def _exposed(self, nodes: Collection[str]) -> Iterator[tuple[str, End]]:
        """What an instance shows: the values that were set by hand inside, as far as wires or hands can set them."""
        taken: set[str] = set()
        for name in sorted(nodes, key=lambda each: self._view.document.nodes[each].x):
            shape, params = self._view.canvas.shape(name), self._view.document.nodes[name].params
            for parameter in () if shape is None else _settable(shape):
                wired = self._view.canvas.wiring.into(End(name, parameter))
                if parameter in params and not wired and len(taken) < _MOST_EXPOSED:
                    shown = _free(parameter, taken)
                    taken.add(shown)
                    yield shown, End(name, parameter)

    def _rename(self, instance: str, title: str) -> None:
        """A component's title belongs to its definition, so that every instance has it."""

        def change(document: Document) -> Document:
            definition = edits.definition_of(document, instance)
            document = edits.set_component(document, replace(definition, title=title or _TITLE))
            return edits.rename_node(document, instance, "")

        self._change("Rename", change)

    def _change(self, label: str, change: Callable[[Document], Document]) -> bool:
        try:
            self._view.commit(label, change(self._view.document))
        except EditError as error:
            self._view.told.emit(str(error))
            return False
        return True


def _straightened(document: Document, nodes: Collection[str]) -> Document:
    """The document without the dots that would lead wires of these nodes back: they led around what is inside now."""
    links = (
        with_dots(link, [dot for dot in dots_of(link) if _ahead(document, link, dot, nodes)])
        if link.extra and (link.source.node in nodes) != (link.target.node in nodes)
        else link
        for link in document.graph.links
    )
    return replace_document(document, graph=replace(document.graph, links=tuple(links)))


def _ahead(document: Document, link: Link, dot: tuple[float, float], nodes: Collection[str]) -> bool:
    """Whether a dot lies right of the node that a wire leaves, or left of the one that it arrives at."""
    if link.source.node in nodes:
        return dot[0] > document.nodes[link.source.node].x + NODE_WIDTH
    return dot[0] < document.nodes[link.target.node].x


def _choice(component: Component, key: str, end: End, words: str, output: bool, _setting: bool) -> Choice:
    name = edits.shown_as(component, end, output=output)
    told = "Instances show it no more." if name else "Instances get it too."
    return Choice(key, f"Hide {words}" if name else f"Show {words}", told)


def _settable(shape: Shape) -> list[str]:
    return [parameter.name for parameter in shape.spec.parameters if parameter.kind not in FILE_KINDS]


def _free(name: str, taken: Collection[str]) -> str:
    """The name, or the name with the first number that makes it free."""
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name}_{number}"
    return free
