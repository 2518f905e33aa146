"""The way into components: where one is, and the way back, in a corner of the canvas."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from app.model.focus import Focus

_CORNER = 12


class Walking(Protocol):
    """The view that goes where one chooses."""

    def go_to_depth(self, depth: int) -> None:
        """Work on the graph at a depth of the way inwards."""
        ...


class Trail(QFrame):
    """Seen only inside a component. Each step but the last is a button."""

    def __init__(self, focus: Focus, view: Walking, parent: QWidget) -> None:
        super().__init__(parent)
        self._focus, self._view = focus, view
        self.setObjectName("popup")
        self.setAccessibleName("The way into this component")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 4, 12, 4)
        self._row.setSpacing(4)
        self.move(_CORNER, _CORNER)
        focus.changed.connect(lambda _document: self.follow())
        self.follow()

    @property
    def words(self) -> list[str]:
        """The steps, from the outermost."""
        return ["Graph", *self._focus.titles()] if self._focus.places else []

    def follow(self) -> None:
        """Show the way as it is."""
        words = self.words
        if words == [widget.property("step") for widget in self._steps()]:
            return
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for depth, word in enumerate(words):
            self._add(depth, word, last=depth == len(words) - 1)
        self.setVisible(bool(words))
        self.adjustSize()

    def _steps(self) -> list[QWidget]:
        items = (self._row.itemAt(number) for number in range(self._row.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if widget is not None and widget.property("step") is not None]

    def _add(self, depth: int, word: str, *, last: bool) -> None:
        if last:
            step: QWidget = QLabel(word, self)
            step.setObjectName("heading")
        else:
            button = QToolButton(self)
            button.setText(word)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda: self._view.go_to_depth(depth))
            step = button
        step.setProperty("step", word)
        self._row.addWidget(step)
        if not last:
            arrow = QLabel("›", self)
            arrow.setObjectName("quiet")
            self._row.addWidget(arrow)
