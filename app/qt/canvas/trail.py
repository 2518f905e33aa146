"""The way into components: where one is, and the way back, in a corner of the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from app.model.focus import Focus

_CORNER = 12


class Trail(QFrame):
    """Seen only inside a component. Each step but the last is a button."""

    def __init__(self, focus: Focus, go_to: Callable[[int], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._focus, self._go_to = focus, go_to
        self.setObjectName("popup")
        self.setAccessibleName("The way into this component")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 4, 12, 4)
        self._row.setSpacing(4)
        self.move(_CORNER, _CORNER)
        focus.changed.connect(lambda _document: self.follow())
        self.hide()

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
        self.adjustSize()
        self.setVisible(bool(words))
        self.raise_()

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
            button.clicked.connect(lambda: self._go_to(depth))
            step = button
        step.setProperty("step", word)
        self._put(step)
        if not last:
            arrow = QLabel("›", self)
            arrow.setObjectName("quiet")
            self._put(arrow)

    def _put(self, widget: QWidget) -> None:
        self._row.addWidget(widget)
        widget.show()  # what is hidden takes no room, and the room is asked for at once
