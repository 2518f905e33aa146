"""The inspector: the result, the wires and every value of what is selected, and what happened to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

from app.model import edits
from app.model.document import Document
from app.model.focus import Focus
from app.qt.canvas.facts import Facts
from app.qt.canvas.fields import Field, field_for
from app.qt.canvas.said import title_of
from app.qt.canvas.shapes import Shapes
from app.qt.canvas.sheet import NameField, ResultView, Sheet, told_of
from engine.api.plan import Json
from nodes.graph.errors import EditError
from nodes.graph.model import Component, Graph, Node
from nodes.registry import Registry
from nodes.specs.declare import Kind, Parameter, Port, in_words
from nodes.specs.shape import Shape

_MARGIN, _SPACING, _NOTE_HEIGHT = 16, 8, 64
_IDLE = 600
"""Milliseconds without a letter or a step after which an edit counts as finished."""


@dataclass(frozen=True)
class _Wires:
    """What comes to the inputs of a node: the nodes wired to each, and those that instances feed from outside."""

    sources: Mapping[str, list[str]]
    fed: tuple[str, ...]

    def come_to(self, name: str) -> bool:
        """Whether anything does."""
        return name in self.sources or name in self.fed


class Inspector(QScrollArea):
    """Shows one node, or several of one type, whose values then change together; inside a component with nothing
    selected, what its instances show.

    `picture_wanted` and `paint_wanted`: (node, parameter) for which a picture is to be chosen, or painting is meant.
    `run_wanted` and `look_wanted`: the node whose result is to be made, or seen large. `told`: a sentence for the
    status bar.
    """

    picture_wanted = Signal(str, str)
    paint_wanted = Signal(str, str)
    run_wanted = Signal(str)
    look_wanted = Signal(str)
    entered = Signal(str)
    told = Signal(str)

    def __init__(self, focus: Focus, registry: Registry, facts: Facts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what it holds has it, and is scrolled to
        self.fields: dict[str, Field] = {}
        self.names: dict[str, NameField] = {}
        self.title: QLineEdit | None = None
        self.note: QPlainTextEdit | None = None
        self.result: ResultView | None = None
        self.happened: QLabel | None = None
        self._focus, self._registry, self._facts = focus, registry, facts
        self._nodes: tuple[str, ...] = ()
        self._made_for: tuple[object, ...] | None = None
        self._sheet = Sheet(_MARGIN, _SPACING)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE)
        self._idle.timeout.connect(focus.session.settle)
        self._prepare()
        self._disconnect = focus.changed.connect(lambda _document: self.show_nodes(self._nodes))
        facts.changed.connect(self._on_facts)
        self.show_nodes(())

    def _prepare(self) -> None:
        self.setObjectName("panel")
        self.setWidget(self._sheet)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Inspector")

    def sizeHint(self) -> QSize:
        """Most of what is beside the canvas: a node has many values."""
        return QSize(288, 640)

    def minimumSizeHint(self) -> QSize:
        """Room for a title and a few values."""
        return QSize(208, 240)

    def leave(self) -> None:
        """Listen to the session no more."""
        self._idle.stop()
        self._disconnect()

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes whose values are shown."""
        return self._nodes

    def show_nodes(self, nodes: Iterable[str]) -> None:
        """Show the values of these nodes; of several types, those of the type that most of them have."""
        held = self._focus.document.nodes
        known = sorted((held[name] for name in nodes if name in held), key=lambda node: (node.x, node.y))
        most = Counter(node.type for node in known).most_common(1)
        self._nodes = tuple(node.id for node in known if node.type == most[0][0])
        self._follow()

    # Following the document -------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """Show the values as they are; fields are made anew only where others are needed."""
        document = self._focus.document
        node = document.nodes[self._nodes[0]] if self._nodes else None
        shape = None if node is None else self._shapes.of(node)
        wired = {} if node is None else _wired(document.graph, node.id)
        fed = () if node is None else _fed(self._focus.component, node.id)
        component = self._focus.component if node is None else None
        shown = None if component is None else (component.title, component.inputs, component.outputs, component.params)
        needed = (self._nodes, None if shape is None else shape.spec, tuple(wired.items()), fed, shown)
        if needed != self._made_for:
            self._made_for = needed
            self._make(node, shape, _Wires(wired, fed))
        if node is not None:
            self._show_values(node)
            self._show_facts()

    @property
    def _shapes(self) -> Shapes:
        return Shapes(self._registry, self._focus.document.graph.components)

    def _show_values(self, node: Node) -> None:
        for name, field in self.fields.items():
            field.show_value(node.params.get(name, field.parameter.default))
        if self.title is not None and len(self._nodes) == 1:
            self.title.setText(self._title(node.id))
        if self.note is not None and self.note.toPlainText() != node.note:
            self.note.blockSignals(True)
            self.note.setPlainText(node.note)
            self.note.blockSignals(False)

    def _on_facts(self, name: str) -> None:
        if self._nodes and name == self._focus.prefix + self._nodes[0]:
            self._show_facts()

    def _show_facts(self) -> None:
        facts = self._facts.of(self._focus.prefix + self._nodes[0])
        if self.result is not None:
            self.result.show_image(facts.preview)
        if self.happened is not None:
            self.happened.setText("\n\n".join(told_of(facts)) or "It did not run yet.")

    def _make(self, node: Node | None, shape: Shape | None, wires: _Wires) -> None:
        self.fields, self.names, self.title, self.note = {}, {}, None, None
        self.result = self.happened = None
        self._sheet.clear()
        component = self._focus.component
        if node is not None and shape is not None:
            self._make_known(node, shape, wires)
        elif node is not None:
            self._make_unknown(node)
        elif component is not None:
            self._make_component(component)
        else:
            self._sheet.say("Select a node to see its values.")
        self._sheet.finish()

    def _make_known(self, node: Node, shape: Shape, wires: _Wires) -> None:
        several = len(self._nodes) > 1
        self._add_title(f"{len(self._nodes)} × {shape.spec.title}" if several else node.title or shape.spec.title)
        if shape.spec.help:
            self._sheet.say(shape.spec.help)
        if not several:
            self._make_result(node)
        self._make_inputs(shape, wires)
        settable = [parameter for parameter in shape.spec.parameters if parameter.name not in wires.sources]
        if settable:
            self._sheet.section("Settings")
        for parameter in settable:
            self._add_field(parameter)
        if not several:
            self._sheet.section("What happened")
            self.happened = self._sheet.say("")
            self._add_note(node)

    def _make_result(self, node: Node) -> None:
        self.result = ResultView(self._sheet)
        self.result.opened.connect(lambda: self.look_wanted.emit(node.id))
        self._sheet.add(self.result)
        told = "Make what this node gives, and only what it needs"
        self._sheet.button("Run to Here", told, lambda: self.run_wanted.emit(node.id))
        if node.component is not None:
            self._sheet.button(
                "Open Component", "Edit what is inside; every instance follows", lambda: self.entered.emit(node.id)
            )

    def _make_inputs(self, shape: Shape, wires: _Wires) -> None:
        required = {port.name for port in shape.spec.inputs if port.required}
        driven = [parameter for parameter in shape.spec.parameters if parameter.name in wires.sources]
        ports = [port for port in shape.spec.inputs if port.name in required or wires.come_to(port.name)]
        shown: list[Port | Parameter] = [*ports, *driven]
        if shown:
            self._sheet.section("Inputs")
            self._sheet.lines(self._input_line(each, wires) for each in shown)

    def _input_line(self, each: Port | Parameter, wires: _Wires) -> tuple[str, str, bool]:
        named = [self._title(name) for name in wires.sources.get(each.name, ())]
        named += ["from outside"] if each.name in wires.fed else []
        return f"{each.label} ← {', '.join(named) or 'nothing wired yet'}", each.help, not named

    def _make_unknown(self, node: Node) -> None:
        self._add_title(node.title or node.type)
        self._sheet.say(f"The type {node.type} is not known here. Its values are kept as they are.")
        for name, value in node.params.items():
            self._sheet.say(f"{name}: {value}")

    def _make_component(self, component: Component) -> None:
        """What the instances of the component that is worked on show, by names that can be changed."""
        title = NameField(component.title, "Title of the component")
        title.named.connect(self._rename_component)
        self._sheet.add(title)
        self.names["title"] = title
        self._sheet.say("Every change in here is one of all instances. Show Outside, in the menu of a node, adds more.")
        groups = (
            ("Inputs", component.inputs, False),
            ("Outputs", component.outputs, True),
            ("Settings", component.params, False),
        )
        for heading, shown, output in groups:
            if shown:
                self._sheet.section(heading)
            for name in shown:
                self._add_name(component.id, heading, name, output=output)

    def _add_name(self, component: str, heading: str, name: str, *, output: bool) -> None:
        field = NameField(in_words(name), f"Name of the {heading.lower().removesuffix('s')} “{name}”")
        field.named.connect(
            lambda fresh: self._define(
                f"Rename {name}",
                lambda whole: edits.rename_shown(whole, component, name, fresh.replace(" ", "_"), output=output),
            )
        )
        self.names[f"{heading.lower()} {name}"] = field
        self._sheet.add(field)

    def _title(self, name: str) -> str:
        node = self._focus.document.nodes[name]
        shape = self._shapes.of(node)
        return node.title or (node.type if shape is None else shape.spec.title)

    # Widgets ----------------------------------------------------------------------------------------------------------

    def _add_title(self, text: str) -> None:
        self.title = QLineEdit(text, self._sheet)
        self.title.setAccessibleName("Title")
        self.title.setEnabled(len(self._nodes) == 1)
        self.title.editingFinished.connect(self._rename)
        self._sheet.add(self.title)

    def _add_note(self, node: Node) -> None:
        self._sheet.section("Note")
        self.note = QPlainTextEdit(node.note, self._sheet)
        self.note.setAccessibleName("Note")
        self.note.setPlaceholderText("For yourself, or whoever opens this next")
        self.note.setFixedHeight(_NOTE_HEIGHT)
        self.note.setTabChangesFocus(True)
        self.note.setUndoRedoEnabled(False)  # every letter is an edit of the document, which takes it back
        self.note.textChanged.connect(self._annotate)
        self._sheet.add(self.note)

    def _add_field(self, parameter: Parameter) -> None:
        name, field = parameter.name, field_for(parameter)
        field.changed.connect(lambda value: self._set(name, value))
        field.settled.connect(self._settle)
        field.defaulted.connect(lambda: self._reset(name))
        wanted = self.picture_wanted if parameter.kind is Kind.PICTURE else self.paint_wanted
        field.wanted.connect(lambda: wanted.emit(self._nodes[0], name))
        self.fields[name] = field
        self._sheet.add(field)

    # Changes ----------------------------------------------------------------------------------------------------------

    def _set(self, name: str, value: Json) -> None:
        field = self.fields[name]
        label = f"Change {title_of(field.parameter)}"
        values = {node: {name: value} for node in self._nodes}
        if field.continuous:
            self._apply(label, lambda document: edits.set_parameters(document, values), ("value", self._nodes, name))
            self._idle.start()
        else:
            self._apply(label, lambda document: edits.set_parameters(document, values))

    def _reset(self, name: str) -> None:
        def change(document: Document) -> Document:
            for node in self._nodes:
                document = edits.reset_parameter(document, node, name)
            return document

        # The slider has just told its default by hand: both are one edit.
        self._apply(f"Reset {title_of(self.fields[name].parameter)}", change, ("value", self._nodes, name))
        self._settle()

    def _rename(self) -> None:
        if self.title is None or len(self._nodes) != 1:
            return
        node, title = self._nodes[0], self.title.text().strip()
        if title != self._title(node):
            self._apply("Rename", lambda document: edits.rename_node(document, node, title))

    def _annotate(self) -> None:
        if self.note is None:
            return
        node, note = self._nodes[0], self.note.toPlainText()
        self._apply("Write a note", lambda document: edits.set_note(document, node, note), ("note", node))
        self._idle.start()

    def _apply(self, label: str, change: Callable[[Document], Document], key: Hashable | None = None) -> None:
        try:
            self._focus.apply(label, change(self._focus.document), key)
        except EditError as error:
            self.told.emit(str(error))

    def _rename_component(self, title: str) -> None:
        component = self._focus.component
        if component is not None:
            self._define("Rename", lambda whole: edits.with_definition(whole, replace(component, title=title)))

    def _define(self, label: str, change: Callable[[Document], Document]) -> None:
        """Change the whole document, around the component that is worked on."""
        session = self._focus.session
        try:
            session.apply(label, change(session.document))
        except EditError as error:
            self.told.emit(str(error))

    def _settle(self) -> None:
        self._idle.stop()
        self._focus.session.settle()


def _wired(graph: Graph, node: str) -> dict[str, list[str]]:
    """The inputs of a node that are wired, and from which nodes."""
    found: dict[str, list[str]] = {}
    for link in graph.links:
        if link.target.node == node:
            found.setdefault(link.target.port, []).append(link.source.node)
    return found


def _fed(component: Component | None, node: str) -> tuple[str, ...]:
    """The inputs of an inner node that instances feed."""
    ends = () if component is None else (end for every in component.inputs.values() for end in every)
    return tuple(end.port for end in ends if end.node == node)
