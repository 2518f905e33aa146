"""Generate, cancel, the seed, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRegularExpression, QSize, Qt, Signal
from PySide6.QtGui import QAction, QRegularExpressionValidator, QWheelEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.model.costs import Forecast, StepForecast
from app.model.durations import estimated_time
from app.model.job import Job, JobState
from app.qt.actions import Actions
from app.qt.desk import Desk
from app.qt.panels.parts import BUTTON
from app.qt.theme import GRID, ICON_SIZE, Icons

MOST = 64
SEED_MODES = ("run.seed-fixed", "run.seed-next", "run.new-seed")

_STATES = {
    JobState.PREPARING: "Preparing",
    JobState.WAITING: "Waiting for the engine",
    JobState.CANCELLING: "Stopping",
}


class RunBar(QWidget):
    """The seed on the screen is the seed of the next run, and after it the one that was used."""

    counted = Signal(int)
    """How many pictures one press of Generate shall make."""

    def __init__(self, desk: Desk, icons: Icons, actions: Actions) -> None:
        super().__init__()
        self._desk, self._icons = desk, icons
        generate = actions["run.generate"]
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(6 * GRID)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        self.generate = _button("Generate", generate, primary=True)
        self._generate_tip = self.generate.toolTip()
        self.cancel = _button("Cancel", actions["run.cancel"])
        self.count = _Count()
        self.count.valueChanged.connect(self.counted)
        self.live = _tool(actions["run.live"])
        self.queue = self._made_queue()
        layout.addWidget(self.generate)
        layout.addWidget(self.count)
        layout.addWidget(self.live)
        layout.addSpacing(2 * GRID)
        layout.addWidget(QLabel("Seed"))
        self.seed = QLineEdit()
        self.seed.setFixedWidth(128)
        self.seed.setAccessibleName("Seed")
        self.seed.setValidator(QRegularExpressionValidator(QRegularExpression("[0-9]{1,18}"), self.seed))
        self.seed.editingFinished.connect(self._type_seed)
        layout.addWidget(self.seed)
        self.seed_mode = _SeedMode([actions[name] for name in SEED_MODES])
        layout.addWidget(self.seed_mode)
        layout.addSpacing(2 * GRID)
        self._told, self._progress, self._foreseen = QLabel(), QProgressBar(), ""
        layout.addLayout(self._made_progress(), 1)
        layout.addWidget(self.cancel)  # beside what it ends, where coming and going moves no other control
        layout.addWidget(self.queue)
        desk.changed.connect(self.refresh)
        self.refresh()
        self.show_job(None)

    @property
    def told(self) -> str:
        """What is said beside the seed: how far a job is, or what a run would cost."""
        return self._told.text()

    def refresh(self) -> None:
        """Show the seed as it is."""
        seed = self._desk.seed
        self.seed.setEnabled(seed is not None)
        self.count.setEnabled(seed is not None)
        told = "from the graph" if seed is None else str(seed)
        if self.seed.text() != told:
            self.seed.setText(told)

    def show_job(self, job: Job | None, waiting: int = 0) -> None:
        """Show how far a job is; for none, what a run would cost."""
        running = job is not None and not job.state.over
        count = waiting + running
        self.cancel.setVisible(running)
        self._progress.setVisible(running)
        self.queue.setText(str(count) if count else "")
        self.queue.setAccessibleName(f"Queue, {count} pictures" if count else "Queue")
        if job is not None and running:
            self._progress.setValue(round(1000.0 * job.fraction))
            queued = f" · {waiting} more in the queue" if waiting else ""
            self._told.setText(_sentence(job) + queued)
        else:
            self._told.setText(self._foreseen)

    def show_forecast(self, forecast: Forecast) -> None:
        """Say, quietly, what Generate would cost; its tip lists what would run."""
        seconds = forecast.seconds
        told = f"About {estimated_time(seconds * self.count.value())}" if seconds and forecast.steps else ""
        if not self._progress.isVisible():
            self._told.setText(told)
        self._foreseen = told
        lines = [f"{step.title}{_cost(step)}" for step in forecast.steps]
        kept = [f"{forecast.kept} more were kept from before"] if forecast.kept else []
        self.generate.setToolTip("\n".join([self._generate_tip, *(["", "Would run:", *lines, *kept] if lines else [])]))

    def open_queue_by(self, action: QAction) -> None:
        """Let the count open the queue, as this action does."""
        # Not as the action's own button: that would take the action's words back each time it is checked.
        self.queue.setToolTip(f"Queue: {action.toolTip()}")
        self.queue.clicked.connect(lambda _checked=False: action.trigger())
        action.toggled.connect(self.queue.setChecked)

    def _made_queue(self) -> QToolButton:
        button = QToolButton()
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setFixedHeight(BUTTON)
        button.setMinimumWidth(BUTTON)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._icons.give(button, "queue")
        return button

    def _made_progress(self) -> QVBoxLayout:
        layout = QVBoxLayout()
        layout.setSpacing(4)
        self._told.setObjectName("quiet")
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
    button.setToolTip(action.toolTip())
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
    left = "" if job.remaining is None else f" · {estimated_time(job.remaining)} left"
    return f"{name}{items}{steps}{left}"


def _cost(step: StepForecast) -> str:
    times = f" × {step.items}" if step.items > 1 else ""
    return times if step.seconds is None or step.seconds < 0.5 else f"{times}, about {estimated_time(step.seconds)}"


def _tool(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
    button.setFixedSize(BUTTON, BUTTON)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


class _Count(QSpinBox):
    """How many pictures; the wheel turns it only while it has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setRange(1, MOST)
        self.setPrefix("× ")
        self.setFixedWidth(8 * GRID)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("How many pictures")
        self.setToolTip("How many pictures one press makes, each with a seed of its own")

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class _SeedMode(QToolButton):
    """What happens to the seed before a run: shows the choice, and opens the others."""

    def __init__(self, modes: Sequence[QAction]) -> None:
        super().__init__()
        self._modes = modes
        self.setFixedSize(BUTTON + GRID, BUTTON)
        self.setObjectName("seed-mode")
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        menu.addActions(list(modes))
        self.setMenu(menu)
        for mode in modes:
            mode.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        chosen = next((mode for mode in self._modes if mode.isChecked()), self._modes[0])
        self.setIcon(chosen.icon())
        self.setToolTip(chosen.text())
        self.setAccessibleName(chosen.text())
