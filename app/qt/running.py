"""Generate, watch, keep: what happens between a press of the button and the picture in the strip."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QImage

from app.model import edits, seeds
from app.model.aside import Aside
from app.model.engine_state import EngineCondition, EngineState
from app.model.gallery import Entry, Gallery
from app.model.job import Job, JobState, Result
from app.model.jobs import Jobs, Wish
from app.model.projects import ReadDocument, Workspace
from app.model.provenance import read_origin
from app.model.seed_return import SeedReturn
from app.model.settings import SeedMode
from app.qt.desk import Desk
from app.qt.paintview.view import PaintView
from app.qt.panels.messages import MessageBar
from app.qt.panels.run_bar import RunBar
from app.qt.panels.status import EngineStatus
from app.qt.panels.strip import Kept, Part, ResultsStrip
from app.qt.pictures import encoded, pixels_of, read_image
from engine.api.errors import Problem
from engine.api.messages import Preview
from nodes.graph.errors import ProblemsError

_THUMBNAIL = 256


@dataclass(frozen=True)
class Stage:
    """What shows a run: the widgets, and `show_node`, which leads to a node of the graph."""

    view: PaintView
    bar: RunBar
    strip: ResultsStrip
    status: EngineStatus
    messages: MessageBar
    show_node: Callable[[str], None]


class Running(QObject):
    """The runs of one window. `gallery_read`: the pictures of earlier days are known.

    `submitting`: a picture that is kept is about to be asked for.
    """

    gallery_read = Signal()
    submitting = Signal()

    def __init__(
        self, desk: Desk, workspace: Workspace, jobs: Jobs, gallery: Gallery, aside: Aside, stage: Stage
    ) -> None:
        super().__init__()
        self._desk, self._workspace, self._jobs, self._gallery = desk, workspace, jobs, gallery
        self._aside, self._stage = aside, stage
        self._cancel: QAction | None = None
        self.seed_mode = SeedMode.NEW
        self.shows_previews = True
        self._count = 1
        self._looks: set[int] = set()
        self._seen: int | None = None  # the job of which the picture in the making was shown last
        self._seeds = SeedReturn(desk.session, desk.registry)
        for signal in (jobs.added, jobs.changed, jobs.removed):
            signal.connect(lambda _job: self._follow())
        jobs.previewed.connect(self._preview)
        jobs.finished.connect(self._finished)
        jobs.engine_changed.connect(self._engine_changed)
        gallery.added.connect(self._keep)
        gallery.moved.connect(self._moved)
        gallery.trouble.connect(stage.messages.say)
        stage.strip.chosen.connect(self.look_at)
        stage.strip.wanted.connect(self.restore)

    def attach(self, cancel: QAction) -> None:
        """Let the action that cancels be there only while something runs."""
        self._cancel = cancel
        self._follow()

    def set_count(self, count: int) -> None:
        """Let one press of Generate ask for so many pictures, each with a seed of its own."""
        self._count = count

    def load_gallery(self) -> None:
        """Show the pictures of earlier days."""
        self._aside(
            self._gallery.load,
            lambda _none: self._show_gallery(),
            lambda error: self._stage.messages.say(f"The results of earlier days cannot be read ({error})."),
        )

    def _moved(self) -> None:
        """Results lie in another folder now."""
        self._stage.strip.clear()
        self._stage.messages.dismiss()  # what it offers to put back belongs to the other folder
        self.load_gallery()

    def _show_gallery(self) -> None:
        self._stage.strip.fill([self._kept(entry) for entry in self._gallery.entries])
        self.gallery_read.emit()

    def generate(self, targets: Iterable[str] | None = None, *, first: bool = False, fresh: bool = False) -> None:
        """Run the document as it is, up to `targets` if any are named; with a new seed first where that is wanted."""
        desk = self._desk
        desk.settle()
        wanted = None if targets is None else tuple(targets)
        before = seeds.current_seed(desk.session, desk.registry)
        chosen = desk.seed_chosen
        drawn = seeds.ready_seeds(desk.session, desk.registry, self.seed_mode, self._count, chosen=chosen)
        desk.choose_seed(chosen=False)
        self.submitting.emit()
        self._jobs.results = self._gallery.results
        documents = [edits.set_seed(desk.document, desk.registry, seed) for seed in drawn] or [desk.document]
        jobs: list[int] = []
        try:
            # What is put first overtakes all that waits, so the last of several goes there first.
            asked = reversed(documents) if first else documents
            jobs.extend(self._jobs.submit(each, Wish(wanted, first=first, fresh=fresh)).id for each in asked)
        except ProblemsError as error:
            self._explain(error)
        self._seeds.pressed(before, drawn, jobs[::-1] if first else jobs)

    def look_into(self, targets: Iterable[str]) -> None:
        """Draw the document as it is up to some nodes, only to look at them: nothing of it is kept."""
        self._desk.settle()
        try:
            wish = Wish(tuple(targets), live=True, title="Quick look", records=False)
            job = self._jobs.submit(self._desk.document, wish)
        except ProblemsError as error:
            self._explain(error)
        else:
            self._looks.add(job.id)

    def cancel(self) -> None:
        """Stop what runs and empty the queue."""
        self._jobs.cancel_all()

    def look_at(self, kept: Kept) -> None:
        """Show a picture below the paint."""
        image = read_image(kept.path)
        if image.isNull():
            self._stage.messages.say(f"{kept.path.name} cannot be read. It may have been moved or deleted.")
        else:
            self._desk.show_picture(pixels_of(image), kept.path)

    def restore(self, kept: Kept, part: Part = Part.ALL) -> None:
        """Go back to what made a picture, all of it or a part."""
        if part is Part.SEED and kept.seed is not None:
            self._desk.edit("Take a seed", edits.set_seed, self._desk.registry, kept.seed)
            self._desk.choose_seed()
        else:
            self._read(kept.path, lambda read: self._restored(kept, part, read))

    def restore_current(self, part: Part) -> None:
        """Go back to what made the picture chosen in the strip."""
        kept = self._stage.strip.current
        if kept is None:
            self._stage.messages.say("Choose a picture in the strip first.")
        else:
            self.restore(kept, part)

    def _restored(self, kept: Kept, part: Part, read: ReadDocument) -> None:
        desk, made_from = self._desk, read.document
        match part:
            case Part.ALL:
                desk.session.apply(f"Restore {kept.path.stem}", made_from)
                self.look_at(kept)
            case Part.SEED:
                desk.edit("Take a seed", edits.take_seed, desk.registry, made_from)
            case Part.PROMPT:
                desk.edit("Take a sentence", edits.take_prompt, desk.registry, made_from)
            case Part.PAINT:
                desk.edit("Take paint", edits.take_paint, desk.registry, made_from)
        if part in (Part.ALL, Part.SEED):
            desk.choose_seed()

    def _read(self, path: Path, then: Callable[[ReadDocument], object]) -> None:
        self._aside(
            lambda: read_origin(path, self._desk.registry),
            then,
            lambda error: self._stage.messages.say(str(error)),
        )

    def _explain(self, error: ProblemsError) -> None:
        """Say the first thing that stands in the way, and lead there."""
        problem = next((each for each in error.problems if each.node is not None), error.problems[0])
        node = problem.node
        if node is None:
            self._stage.messages.say(problem.message)
        else:
            self._stage.messages.say(problem.message, "Show the node", lambda: self._stage.show_node(node))

    def _follow(self) -> None:
        """Show how far the running job is."""
        unfinished = self._jobs.unfinished
        running = unfinished[0] if unfinished else None
        self._stage.bar.show_job(running, max(0, len(unfinished) - 1))
        if self._cancel is not None:
            self._cancel.setEnabled(running is not None)
        doing = _making(running) if running is not None and running.state is JobState.RUNNING else ""
        self._stage.status.show_state(self._jobs.engine, doing)

    def _preview(self, job: Job, preview: Preview) -> None:
        if not self.shows_previews or job.id in self._looks:
            return
        image = QImage.fromData(preview.png)
        if not image.isNull():
            if not job.live and job.id != self._seen:  # once, and not before one who went on painting
                self._seen = job.id
                self._desk.rest(resting=self._desk.document.paint == job.document.paint)
            self._stage.view.set_preview(pixels_of(image))

    def _finished(self, job: Job) -> None:
        self._follow()
        if job.live:
            if job.id in self._looks and job.state in (JobState.FAILED, JobState.LOST):
                self._complain(job)
            self._looks.discard(job.id)
            return
        self._stage.view.set_preview(None)
        self._seeds.finished(job)
        added = self._gallery.add(job.results)
        if added:
            self._show_result(added[-1])
        elif job.results:  # it was asked for before results went elsewhere
            self._show_elsewhere(job.results)
        if job.state in (JobState.FAILED, JobState.LOST):
            self._complain(job)

    def _show_elsewhere(self, results: Iterable[Result]) -> None:
        for result in results:
            self._stage.strip.add(Kept(result.path, result.prompt, result.seed))
        self.look_at(self._stage.strip.kept[0])

    def _show_result(self, entry: Entry) -> None:
        image = read_image(self._gallery.path(entry))
        if not image.isNull():
            self._desk.show_picture(pixels_of(image), self._gallery.path(entry))
            self._workspace.thumbnail = _png(image)

    def _complain(self, job: Job) -> None:
        failed = ((node, facts.problem) for node, facts in job.nodes.items() if facts.problem is not None)
        node, problem = next(failed, (None, job.problem))
        told = "The picture was not made." if problem is None else _told(job, node, problem)
        shown = (node or "").partition("/")[0]
        if shown in self._desk.document.nodes:
            self._stage.messages.say(told, "Show the node", lambda: self._stage.show_node(shown))
        else:
            self._stage.messages.say(told, "Generate again", self.generate)

    def _engine_changed(self, state: EngineState) -> None:
        self._follow()
        if state.condition is EngineCondition.LOST and state.problem is not None and not self._jobs.unfinished:
            self._stage.messages.say(str(state.problem), "Generate again", self.generate)

    def _keep(self, entry: Entry) -> None:
        self._stage.strip.add(self._kept(entry))

    def _kept(self, entry: Entry) -> Kept:
        return Kept(self._gallery.path(entry), entry.prompt, entry.seed, entry.starred)


def _told(job: Job, node: str | None, problem: Problem) -> str:
    held = None if node is None else job.document.nodes.get(node.partition("/")[0])
    return f"{held.title}: {problem}" if held is not None and held.title else str(problem)


def _png(image: QImage) -> bytes:
    small = image.scaled(
        QSize(_THUMBNAIL, _THUMBNAIL), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    return encoded(small)


def _making(job: Job) -> str:
    return f"Making “{job.prompt}”" if job.prompt.strip() else "Making a picture without a sentence"
