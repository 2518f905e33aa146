"""The inspector: every value of what is selected, in fields generated from the declarations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from app.model import edits
from app.model.document import Document
from app.model.session import Session
from app.qt.canvas.fields import Field, field_for
from app.qt.canvas.said import title_of
from app.qt.canvas.shapes import Shapes
from engine.api.plan import Json
from nodes.graph.errors import EditError
from nodes.graph.model import Graph, Node
from nodes.registry import Registry
from nodes.specs.declare import Kind, Parameter
from nodes.specs.shape import Shape

_MARGIN, _SPACING, _NOTE_HEIGHT = 16, 8, 64
_IDLE = 600
"""Milliseconds without a letter or a step after which an edit counts as finished."""


class Inspector(QScrollArea):
    """Shows one node, or several of one type, whose values then change together.

    `picture_wanted` and `paint_wanted`: (node, parameter) for which a picture is to be chosen, or painting is meant.
    `told`: a sentence for the status bar.
    """

    picture_wanted = Signal(str, str)
    paint_wanted = Signal(str, str)
    told = Signal(str)

    def __init__(self, session: Session, registry: Registry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, Field] = {}
        self.title: QLineEdit | None = None
        self.note: QPlainTextEdit | None = None
        self._session, self._registry = session, registry
        self._nodes: tuple[str, ...] = ()
        self._made_for: tuple[object, ...] | None = None
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(_IDLE)
        self._idle.timeout.connect(session.settle)
        self._prepare()
        self._disconnect = session.changed.connect(self._on_changed)
        self.show_nodes(())

    def _prepare(self) -> None:
        self.setObjectName("panel")
        self._body.setObjectName("panel")
        self.setWidget(self._body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Inspector")
        self._column.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._column.setSpacing(_SPACING)

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
        held = self._session.document.nodes
        known = sorted((held[name] for name in nodes if name in held), key=lambda node: (node.x, node.y))
        most = Counter(node.type for node in known).most_common(1)
        self._nodes = tuple(node.id for node in known if node.type == most[0][0])
        self._follow()

    # Following the document -------------------------------------------------------------------------------------------

    def _on_changed(self, before: Document, after: Document) -> None:
        if before.graph is not after.graph:
            self.show_nodes(self._nodes)

    def _follow(self) -> None:
        """Show the values as they are; fields are made anew only where others are needed."""
        graph = self._session.document.graph
        node = self._session.document.nodes[self._nodes[0]] if self._nodes else None
        shape = None if node is None else Shapes(self._registry, graph.components).of(node)
        driven = {} if node is None else _driven(graph, node.id)
        needed = (self._nodes, None if shape is None else shape.spec, tuple(driven.items()))
        if needed != self._made_for:
            self._made_for = needed
            self._make(node, shape, driven)
        if node is not None:
            self._show_values(node)

    def _show_values(self, node: Node) -> None:
        for name, field in self.fields.items():
            field.show_value(node.params.get(name, field.parameter.default))
        if self.title is not None and len(self._nodes) == 1:
            self.title.setText(self._title(node.id))
        if self.note is not None and self.note.toPlainText() != node.note:
            self.note.blockSignals(True)
            self.note.setPlainText(node.note)
            self.note.blockSignals(False)

    def _make(self, node: Node | None, shape: Shape | None, driven: Mapping[str, str]) -> None:
        self.fields, self.title, self.note = {}, None, None
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        if node is None:
            self._say("Select a node to see its values.")
        elif shape is None:
            self._make_unknown(node)
        else:
            self._make_known(node, shape, driven)
        self._column.addStretch(1)

    def _make_known(self, node: Node, shape: Shape, driven: Mapping[str, str]) -> None:
        several = len(self._nodes) > 1
        self._add_title(f"{len(self._nodes)} × {shape.spec.title}" if several else node.title or shape.spec.title)
        self._say(shape.spec.help)
        for parameter in shape.spec.parameters:
            if parameter.name in driven:
                self._say(f"{title_of(parameter)} ← {self._title(driven[parameter.name])}")
            else:
                self._add_field(parameter)
        if not several:
            self._add_note(node)

    def _make_unknown(self, node: Node) -> None:
        self._add_title(node.title or node.type)
        self._say(f"The type {node.type} is not known here. Its values are kept as they are.")
        for name, value in node.params.items():
            self._say(f"{name}: {value}")

    def _title(self, name: str) -> str:
        node = self._session.document.nodes[name]
        shape = Shapes(self._registry, self._session.document.graph.components).of(node)
        return node.title or (node.type if shape is None else shape.spec.title)

    # Widgets ----------------------------------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        label = QLabel(text, self._body)
        label.setObjectName("quiet")
        label.setWordWrap(True)
        self._column.addWidget(label)

    def _add_title(self, text: str) -> None:
        self.title = QLineEdit(text, self._body)
        self.title.setAccessibleName("Title")
        self.title.setEnabled(len(self._nodes) == 1)
        self.title.editingFinished.connect(self._rename)
        self._column.addWidget(self.title)

    def _add_note(self, node: Node) -> None:
        self._say("note")
        self.note = QPlainTextEdit(node.note, self._body)
        self.note.setAccessibleName("Note")
        self.note.setFixedHeight(_NOTE_HEIGHT)
        self.note.setTabChangesFocus(True)
        self.note.textChanged.connect(self._annotate)
        self._column.addWidget(self.note)

    def _add_field(self, parameter: Parameter) -> None:
        name, field = parameter.name, field_for(parameter)
        field.changed.connect(lambda value: self._set(name, value))
        field.settled.connect(self._settle)
        field.defaulted.connect(lambda: self._reset(name))
        wanted = self.picture_wanted if parameter.kind is Kind.PICTURE else self.paint_wanted
        field.wanted.connect(lambda: wanted.emit(self._nodes[0], name))
        self.fields[name] = field
        self._column.addWidget(field)

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
            self._session.apply(label, change(self._session.document), key)
        except EditError as error:
            self.told.emit(str(error))

    def _settle(self) -> None:
        self._idle.stop()
        self._session.settle()


def _driven(graph: Graph, node: str) -> dict[str, str]:
    """The inputs of a node that are wired, and from which node."""
    return {link.target.port: link.source.node for link in graph.links if link.target.node == node}
