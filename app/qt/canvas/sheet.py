"""Parts of the inspector: sections, the result of a node, and the names by which a component shows its inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.qt.canvas.facts import NodeFacts, happened
from app.qt.panels.parts import heading, quiet

_TALLEST = 256


class Sheet(QWidget):
    """A column of sections, thrown away whole when others are needed."""

    def __init__(self, margin: int, spacing: int) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(margin, margin, margin, margin)
        self._column.setSpacing(spacing)

    def clear(self) -> None:
        """Take everything off."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()

    def add(self, widget: QWidget) -> None:
        """Put a widget at the end."""
        self._column.addWidget(widget)

    def section(self, title: str) -> None:
        """Begin a section."""
        if self._column.count():
            self._column.addSpacing(8)
        self.add(heading(title))

    def say(self, text: str) -> QLabel:
        """Put a sentence at the end."""
        label = quiet(text)
        self.add(label)
        return label

    def lines(self, texts: Iterable[tuple[str, str, bool]]) -> None:
        """Put short lines close together at the end: (words, what is told of them, whether something is amiss)."""
        block = QWidget(self)
        column = QVBoxLayout(block)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for text, told, amiss in texts:
            label = quiet(text)
            label.setToolTip(told)
            if amiss:
                label.setObjectName("warning")
            column.addWidget(label)
        self.add(block)

    def button(self, text: str, told: str, run: Callable[[], object]) -> QPushButton:
        """Put a button at the end."""
        made = QPushButton(text, self)
        made.setToolTip(told)
        made.clicked.connect(lambda _checked=False: run())
        self.add(made)
        return made

    def finish(self) -> None:
        """Let the rest stay empty."""
        self._column.addStretch(1)


class ResultView(QWidget):
    """The picture of a node, as wide as the panel. `opened`: it was clicked."""

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setAccessibleName("Result of this node")
        self.setToolTip("Click to see it large")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_image(self, image: QImage | None) -> None:
        """Show a picture, or step out of the way."""
        self._image = QImage() if image is None else image
        self.setVisible(not self._image.isNull())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As tall as the picture at this width, up to a limit."""
        if self._image.isNull():
            return QSize(0, 0)
        return QSize(_TALLEST, min(_TALLEST, round(_TALLEST * self._image.height() / self._image.width())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The release counts."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show it large."""
        self.opened.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """As large as it fits."""
        if self._image.isNull():
            return
        room = QRectF(self.rect())
        size = self._image.size().toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)


def told_of(facts: NodeFacts) -> list[str]:
    """What happened to a node, in sentences."""
    now = f"Running: {facts.step}." if facts.step else "Running."
    told = [facts.trouble, happened(facts) if facts.progress is None else now, *facts.notes]
    return [sentence for sentence in told if sentence]


class NameField(QLineEdit):
    """A name that can be changed; `named` gives the new one, when it is another."""

    named = Signal(str)

    def __init__(self, name: str, what: str) -> None:
        super().__init__(name)
        self._name = name
        self.setAccessibleName(what)
        self.setToolTip(what)
        self.editingFinished.connect(self._tell)

    def _tell(self) -> None:
        name = self.text().strip()
        if name and name != self._name:
            self.named.emit(name)
        else:
            self.setText(self._name)
