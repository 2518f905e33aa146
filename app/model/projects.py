"""The project a window works on: new, open, save, save as, and what is kept safe meanwhile.

Reading and writing files can take long, so each has a part that any thread may do (`read_document`, `Saving.write`) and
a part for the window's thread (`adopt`, `note_saved`). `open` and `save` do both at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.files.container import Opened
from app.files.errors import UnwritableError
from app.files.opening import open_project
from app.files.saving import ENDING, save_project
from app.model.conversion import MaskEncoder, from_project, to_project
from app.model.document import Document
from app.model.history import DEFAULT_BUDGET
from app.model.home import Home
from app.model.journal import Journal, Recovered, forget
from app.model.locks import FileLock, project_lock
from app.model.recent import note_recent
from app.model.seeds import Draw, draw_seed
from app.model.session import Session
from app.model.signal import Signal
from app.model.starting import starting_document
from nodes.registry import Registry
from nodes.specs.references import name_fault

UNTITLED = "Untitled"


@dataclass(frozen=True)
class ReadDocument:
    """A document that was read from `path`, and a sentence for everything in it that could not be used.

    `project`: the file that saving goes to; None for pictures, bare graphs and templates, which are only begun from.
    """

    document: Document
    path: Path
    project: Path | None
    thumbnail: bytes | None
    complaints: tuple[str, ...]


@dataclass(frozen=True)
class Saving:
    """A snapshot on its way into a file."""

    document: Document
    path: Path
    lock: FileLock | None
    encoder: MaskEncoder
    thumbnail: bytes | None
    registry: Registry

    def write(self) -> None:
        """Write the file. Raises UnwritableError, and then what was there before is still there."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            advice = "Nothing was changed. Save it in another folder."
            raise UnwritableError(self.path, f"The folder cannot be made ({error.strerror}).", advice) from error
        save_project(to_project(self.document, self.encoder, self.thumbnail), self.path, self.registry)


def read_document(path: Path, registry: Registry) -> ReadDocument:
    """Read a project, a bare graph, or the project that a picture carries. Raises UnreadableError."""
    opened: Opened = open_project(path, registry)
    converted = from_project(opened.project)
    project = path.resolve() if path.suffix.lower() == ENDING else None
    complaints = (*opened.complaints, *(f"{path.name}: {told}" for told in converted.complaints))
    return ReadDocument(converted.document, path, project, opened.project.thumbnail, complaints)


def as_template(read: ReadDocument) -> ReadDocument:
    """The same, to begin an untitled document with."""
    return replace(read, path=Path(UNTITLED), project=None, thumbnail=None)


class Workspace:
    """What one window works on. Its session stays the same while one document gives way to another."""

    def __init__(self, home: Home, registry: Registry, budget: int = DEFAULT_BUDGET, draw: Draw = draw_seed) -> None:
        """Begin with a new, untitled document; `draw` gives each its seed, or first pictures would be alike."""
        self.home = home
        self.registry = registry
        self._draw = draw
        self.session = Session(starting_document(registry, seed=draw()), budget)
        self.path: Path | None = None
        self.thumbnail: bytes | None = None
        """A small PNG of the last result, put into the file at the next save."""
        self.renamed: Signal[str] = Signal()
        """The title of the window's document changed."""
        self.notice: Signal[str] = Signal()
        """Something the artist should know, as a sentence."""
        self._lock: FileLock | None = None
        self._title = UNTITLED
        self._encoder = MaskEncoder()
        self._switching = False
        self._journal = self._new_journal()
        self.session.finished.connect(self._keep)

    @property
    def title(self) -> str:
        """What the document is called."""
        return self._title if self.path is None else self.path.stem

    @property
    def read_only(self) -> bool:
        """Whether another window has the file, so that it can only be saved under another name."""
        return self.path is not None and (self._lock is None or not self._lock.held)

    def new(self, template: Path | None = None) -> tuple[str, ...]:
        """Begin an untitled document, from a template if one is named. Raises UnreadableError."""
        if template is None:
            self._take(starting_document(self.registry, seed=self._draw()), None, UNTITLED, saved=True)
            return ()
        return self.adopt(as_template(read_document(template, self.registry)))

    def open(self, path: Path) -> tuple[str, ...]:
        """Open a file; a sentence for everything in it that could not be used. Raises UnreadableError."""
        return self.adopt(read_document(path, self.registry))

    def adopt(self, read: ReadDocument) -> tuple[str, ...]:
        """Work on a document that was read; what there is to tell about it."""
        self._take(read.document, read.project, read.path.stem, saved=True)
        self.thumbnail = read.thumbnail
        if read.project is not None:
            note_recent(self.home.recent, read.project)
        return read.complaints

    def recover(self, recovered: Recovered) -> None:
        """Go on with a document that a crash left behind. Its journal goes when the new one is safe on the disk."""
        title = UNTITLED if recovered.project is None else recovered.project.stem
        self._take(recovered.document, recovered.project, title, saved=False)
        self._journal.sync()
        forget(recovered)

    def saving(self, path: Path | None = None) -> Saving:
        """Take a snapshot for saving, under another name if one is given.

        Raises:
            UnwritableError: there is no name yet, or another window has the file.
        """
        goal = path or self.path
        if goal is None:
            raise UnwritableError(self.title, "It has no file yet.", "Save it under a name.")
        goal = (goal if goal.suffix.lower() == ENDING else goal.with_name(goal.name + ENDING)).resolve()
        lock = self._lock if goal == self.path else self._locked(goal)
        if lock is None:
            advice = "Nothing was changed. Close it there, or save under another name."
            raise UnwritableError(goal.name, "It is open in another window.", advice)
        self.session.settle()
        return Saving(self.session.document, goal, lock, self._encoder, self.thumbnail, self.registry)

    def note_saved(self, saving: Saving) -> None:
        """The file holds the snapshot now."""
        if saving.lock is not self._lock:
            self._release()
        self._lock, self.path = saving.lock, saving.path
        self.session.mark_saved(saving.document)
        self._journal.saved(saving.document, saving.path)
        if self.session.document is not saving.document:
            self._journal.record(self.session.document)
        note_recent(self.home.recent, saving.path)
        self.renamed.emit(self.title)

    def save(self, path: Path | None = None) -> Path:
        """Save, under another name if one is given; where to. Raises UnwritableError."""
        saving = self.saving(path)
        try:
            saving.write()
        except UnwritableError:
            self.abandon(saving)
            raise
        self.note_saved(saving)
        return saving.path

    def abandon(self, saving: Saving) -> None:
        """The snapshot could not be written."""
        if saving.lock is not None and saving.lock is not self._lock:
            saving.lock.release()

    def save_template(self, title: str) -> Path:
        """Keep a copy of the document among the artist's templates. Raises UnwritableError."""
        reason = name_fault(title)
        if reason is not None:
            raise UnwritableError(title, f"It cannot be a template's name: it {reason}.", "Choose a plain name.")
        path = self.home.templates / f"{title}{ENDING}"
        Saving(self.session.document, path, None, MaskEncoder(), self.thumbnail, self.registry).write()
        return path

    def export_graph(self, path: Path) -> None:
        """Write the graph alone as JSON, without paint and pictures. Raises UnwritableError."""
        save_project(to_project(self.session.document, MaskEncoder()), path.with_suffix(".json"), self.registry)

    @property
    def behind(self) -> bool:
        """Whether the last finished edit could still be lost with this process."""
        return self._journal.behind

    def sync(self) -> None:
        """Wait until every finished edit is on the disk, as before the system shuts down."""
        self._journal.sync()

    def close(self) -> None:
        """The window closes in good order: nothing needs to be recovered."""
        self._journal.close()
        self._release()

    def _take(self, document: Document, path: Path | None, title: str, *, saved: bool) -> None:
        self._journal.close()
        if path != self.path:
            self._release()
            self._lock = None if path is None else self._locked_if_possible(path)
        self.path, self._title, self.thumbnail = path, title, None
        self._encoder = MaskEncoder()
        self._journal = self._new_journal()
        self._switching = True
        try:
            self.session.replace(document, saved)
        finally:
            self._switching = False
        self._journal.begin(document, saved)
        self.renamed.emit(self.title)

    def _locked(self, path: Path) -> FileLock | None:
        lock = project_lock(self.home.locks, path)
        try:
            return lock if lock.acquire() else None
        except OSError as error:
            reason = error.strerror or str(error)
            raise UnwritableError(self.home.locks, f"Locks cannot be made ({reason}).", "Make room there.") from error

    def _locked_if_possible(self, path: Path) -> FileLock | None:
        try:
            return self._locked(path)
        except UnwritableError as error:
            self.notice.emit(str(error))
            return None

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _new_journal(self) -> Journal:
        journal = Journal(self.home.journals, self.path)
        journal.trouble.connect(self.notice.emit)
        return journal

    def _keep(self, document: Document) -> None:
        if not self._switching:
            self._journal.record(document)
