"""Generate, cancel, the seed, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QAction, QRegularExpressionValidator
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.model.job import Job, JobState
from app.qt.desk import Desk
from app.qt.panels.parts import icon_button
from app.qt.theme import GRID, Icons

_STATES = {
    JobState.PREPARING: "Preparing",
    JobState.WAITING: "Waiting for the engine",
    JobState.CANCELLING: "Stopping",
}


class RunBar(QWidget):
    """The seed on the screen is the seed of the next run, and after it the one that was used."""

    def __init__(self, desk: Desk, icons: Icons, generate: QAction, cancel: QAction, new_seed: QAction) -> None:
        super().__init__()
        self._desk = desk
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(6 * GRID)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        self.generate = _button("Generate", generate, primary=True)
        self.cancel = _button("Cancel", cancel)
        layout.addWidget(self.generate)
        layout.addWidget(self.cancel)
        layout.addSpacing(2 * GRID)
        layout.addWidget(QLabel("Seed"))
        self.seed = QLineEdit()
        self.seed.setFixedWidth(128)
        self.seed.setAccessibleName("Seed")
        self.seed.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{1,18}"), self.seed))
        self.seed.editingFinished.connect(self._type_seed)
        layout.addWidget(self.seed)
        self.new_seed = icon_button(icons, "dice", "New seed each time", new_seed.trigger, checkable=True)
        new_seed.toggled.connect(self.new_seed.setChecked)
        self.new_seed.setChecked(new_seed.isChecked())
        layout.addWidget(self.new_seed)
        layout.addSpacing(2 * GRID)
        layout.addLayout(self._made_progress(), 1)
        desk.changed.connect(self.refresh)
        self.refresh()
        self.show_job(None)

    def refresh(self) -> None:
        """Show the seed as it is."""
        seed = self._desk.seed
        self.seed.setEnabled(seed is not None)
        told = "from the graph" if seed is None else str(seed)
        if self.seed.text() != told:
            self.seed.setText(told)

    def show_job(self, job: Job | None, waiting: int = 0) -> None:
        """Show how far a job is; nothing for none."""
        running = job is not None and not job.state.over
        self.cancel.setVisible(running)
        self._progress.setVisible(running)
        self._told.setVisible(running)
        if job is not None and running:
            self._progress.setValue(round(1000.0 * job.fraction))
            queued = f" · {waiting} more in the queue" if waiting else ""
            self._told.setText(_sentence(job) + queued)

    def _made_progress(self) -> QVBoxLayout:
        layout = QVBoxLayout()
        layout.setSpacing(4)
        self._told = QLabel()
        self._told.setObjectName("quiet")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 1000)
        self._progress.setAccessibleName("Progress")
        layout.addWidget(self._told)
        layout.addWidget(self._progress)
        return layout

    def _type_seed(self) -> None:
        text = self.seed.text()
        if text.isdigit() and int(text) != self._desk.seed:
            self._desk.set_seed(int(text))
            self._desk.settle()


def _button(title: str, action: QAction, *, primary: bool = False) -> QPushButton:
    button = QPushButton(title)
    button.setObjectName("primary" if primary else "")
    button.setToolTip(f"{action.toolTip()} ({action.shortcut().toString()})")
    button.clicked.connect(lambda _checked=False: action.trigger())
    action.enabledChanged.connect(button.setEnabled)
    button.setEnabled(action.isEnabled())
    return button


def _sentence(job: Job) -> str:
    if job.state in _STATES:
        return _STATES[job.state]
    node, facts = next(((node, facts) for node, facts in job.nodes.items() if facts.running), (None, None))
    if node is None or facts is None:
        return "Working"
    held = job.document.nodes.get(node.partition("/")[0])
    name = (held.title or held.type.rpartition(".")[2].replace("-", " ").capitalize()) if held is not None else node
    steps = f" · step {facts.done} of {facts.total}" if facts.total else ""
    items = f" · picture {facts.item + 1} of {facts.items}" if facts.items > 1 else ""
    left = "" if job.remaining is None else f" · {max(1, round(job.remaining))} s left"
    return f"{name}{items}{steps}{left}"
