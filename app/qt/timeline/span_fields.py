"""What can be set of a span, beside the span: guidance and sampler of its own, and sampler, steps and guidance of its
solve."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from app.model import edits
from app.model.timeline import EXPERT
from app.model.timeline_values import Solve, Span
from app.model.timeline_words import sampler_said, span_said
from app.qt.canvas.scale import Scale
from app.qt.desk import Desk
from app.qt.panels.number import NumberSlider
from app.qt.panels.parts import column, heading, quiet, rule
from app.qt.popup import Popup
from app.qt.theme import GRID
from nodes.specs.declare import Parameter

_WIDTH = 36 * GRID


class SpanFields(Popup):
    """Opens over a span. `node_wanted`: its node shall be shown in the graph."""

    node_wanted = Signal(str)

    def __init__(self, desk: Desk, found: Callable[[], tuple[Solve, Span] | None], parent: QWidget) -> None:
        """`found`: the solve and the span as they are now, after every edit."""
        super().__init__(parent, _WIDTH)
        self._desk, self._found, self._window = desk, found, parent.window()
        self._rows = column(self)
        self.own_sampler: QComboBox | None = None
        if (now := found()) is not None:
            self.setAccessibleName(now[1].title)
            self._add_own(*now)
            self._add_shared(now[0])
            self._add_link()

    def open_above(self, room: QRect) -> None:
        """Show it over a part of the window, in the window's own pixels."""
        self.adjustSize()
        within = self._window.rect()
        left = min(max(room.center().x() - self.width() // 2, GRID), within.right() - self.width() - GRID)
        first = next((field for field in self.findChildren(NumberSlider) if field.isEnabled()), None)
        self.open_at(QPoint(left, max(room.top() - self.height() - GRID, GRID)), first or self)

    def _add_own(self, solve: Solve, span: Span) -> None:
        name, _, told = span_said(solve, span).partition("  ·  ")
        self._rows.addWidget(heading(name))
        self._rows.addWidget(quiet(told))
        if len(solve.spans) > 1 or span.expert is not None:
            self._add_own_sampler(solve, span)
            parameter = self._parameter(EXPERT, "guidance")
            self.guidance = self._slider(parameter, "Guidance of its own", span.guidance)
            self.guidance.setEnabled("guidance" not in span.driven)
            self.guidance.dragged.connect(self._set_own_guidance)
            self._rows.addWidget(self.guidance)
            self._rows.addWidget(quiet(f"Automatic: {solve.guidance:g}, as {solve.title} has it."))
            self._tell_driven(span.driven)
            self._rows.addWidget(rule())
            self._rows.addWidget(heading(f"All of {solve.title}"))

    def _add_own_sampler(self, solve: Solve, span: Span) -> None:
        parameter = self._parameter(EXPERT, "sampler")
        self.own_sampler = own = self._samplers(parameter, span.sampler, self._choose_own_sampler)
        own.setItemText(0, f"Automatic: {sampler_said(solve.sampler)}")
        own.setAccessibleName("Sampler of its own")
        own.setEnabled("sampler" not in span.driven)
        self._add_row("Sampler", own)

    def _add_row(self, title: str, field: QWidget) -> None:
        row = QHBoxLayout()
        row.addWidget(quiet(title))
        row.addWidget(field, 1)
        self._rows.addLayout(row)

    def _tell_driven(self, names: frozenset[str]) -> None:
        if names:
            self._rows.addWidget(quiet(f"Driven by the graph: {', '.join(sorted(names))}."))

    def _add_shared(self, solve: Solve) -> None:
        wired, node_type = solve.driven, self._desk.document.nodes[solve.node].type
        self.sampler = self._samplers(self._parameter(node_type, "sampler"), solve.sampler, self._choose_sampler)
        self.sampler.setEnabled("sampler" not in wired)
        self._add_row("Sampler", self.sampler)
        steps = self._slider(self._parameter(node_type, "steps"), "Steps", len(solve.schedule) - 1)
        steps.setEnabled(not wired & {"steps", "sigmas"})
        guidance = self._slider(self._parameter(node_type, "guidance"), "Guidance", solve.guidance)
        guidance.setEnabled("guidance" not in wired)
        for name, field in (("steps", steps), ("guidance", guidance)):
            field.dragged.connect(lambda value, name=name: self._set(name, value))
            self._rows.addWidget(field)
        self.steps, self.shared_guidance = steps, guidance
        self._tell_driven(wired)

    def _samplers(self, parameter: Parameter, chosen: str | None, choose: Callable[[str | None], None]) -> QComboBox:
        """All samplers; where none need be chosen, none comes first."""
        box = QComboBox()
        box.setAccessibleName(parameter.label)
        box.setToolTip(parameter.help)
        if parameter.optional:
            box.addItem("Automatic", None)
        for choice in parameter.choices:
            box.addItem(parameter.choice_label(choice), choice)
        box.setCurrentIndex(next((index for index in range(box.count()) if box.itemData(index) == chosen), -1))
        box.activated.connect(lambda index: choose(box.itemData(index)))
        return box

    def _add_link(self) -> None:
        self.link = QPushButton("Show in Graph")
        self.link.clicked.connect(lambda _checked=False: self._show_node())
        self._rows.addWidget(self.link)

    def _slider(self, parameter: Parameter, title: str, value: float | None) -> NumberSlider:
        low, high = parameter.minimum or 0.0, parameter.maximum or 0.0
        field = NumberSlider(title, Scale(parameter, low, high), parameter.help)
        field.set_value(value)
        field.released.connect(self._desk.settle)
        field.refused.connect(lambda fault: self._desk.told.emit(fault) if fault else None)
        return field

    def _parameter(self, node_type: str, name: str) -> Parameter:
        shape = self._desk.registry.shape(node_type)
        assert shape is not None, node_type  # the timeline shows only nodes that it knows
        return shape.parameters[name]

    def _set_own_guidance(self, value: float | None) -> None:
        if (now := self._found()) is not None:
            solve, span = now
            key = "guidance", solve.node, solve.spans.index(span)
            registry = self._desk.registry
            self._desk.drag(f"Guidance of {span.title}", key, edits.set_span_guidance, registry, span, value)

    def _set(self, name: str, value: float) -> None:
        if (now := self._found()) is not None:
            label, node = f"{name.capitalize()} of {now[0].title}", now[0].node
            self._desk.drag(label, (name, node), edits.set_parameter, node, name, value)

    def _choose_sampler(self, choice: str | None) -> None:
        if (now := self._found()) is not None:
            self._desk.edit(f"Sampler of {now[0].title}", edits.set_parameter, now[0].node, "sampler", choice)
            if self.own_sampler is not None:
                self.own_sampler.setItemText(0, f"Automatic: {sampler_said(choice or '')}")

    def _choose_own_sampler(self, choice: str | None) -> None:
        if (now := self._found()) is not None:
            registry = self._desk.registry
            self._desk.edit(f"Sampler of {now[1].title}", edits.set_span_sampler, registry, now[1], choice)

    def _show_node(self) -> None:
        now = self._found()
        self.close()
        if now is not None:
            self.node_wanted.emit(now[1].expert or now[0].node)
