"""New, open, save: the files of one window, read and written aside so that it goes on answering."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.files.errors import ProjectFileError
from app.files.saving import ENDING
from app.model.aside import Aside
from app.model.journal import Recovered
from app.model.projects import ReadDocument, Workspace, as_template, read_document
from app.model.recent import Recent, load_recent
from app.model.recovery import find_recoverable
from app.qt.actions import Actions
from app.qt.panels.messages import MessageBar

_PROJECTS = f"Projects and pictures (*{ENDING} *.json *.png)"
_Button = QMessageBox.StandardButton


class Filing(QObject):
    """Whatever would throw work away asks first; nothing else does. `opened`: another document is there."""

    opened = Signal()

    def __init__(self, window: QWidget, workspace: Workspace, aside: Aside, messages: MessageBar) -> None:
        super().__init__(window)
        self._window, self._workspace, self._aside, self._messages = window, workspace, aside, messages
        self._question: QMessageBox | None = None
        workspace.notice.connect(messages.say)

    @property
    def recent(self) -> tuple[Recent, ...]:
        """The projects opened lately that are still there."""
        return tuple(each for each in load_recent(self._workspace.home.recent) if each.there)

    def bind(self, actions: Actions) -> None:
        """Give the actions that these are something to do."""
        actions.bind("file.new", self.new)
        actions.bind("file.open", self.choose)
        actions.bind("file.save", self.save)
        actions.bind("file.save-as", self.save_as)

    def new(self) -> None:
        """Begin a picture."""
        self.after_saving(self._new)

    def new_from(self, template: Path) -> None:
        """Begin a picture from a template."""
        self.after_saving(lambda: self._aside(lambda: self._template(template), self._adopt, self._refuse))

    def choose(self) -> None:
        """Let the artist name a file to open."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", self._folder(), _PROJECTS)
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> None:
        """Open a file, once what is unsaved is saved or given up."""
        self.after_saving(lambda: self._open(path))

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Save; under a name that is asked for when there is none, or when the file belongs to another window."""
        if self._workspace.path is None or self._workspace.read_only:
            self.save_as(then)
        else:
            self._write(None, then)

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        """Save under another name."""
        suggested = str(Path(self._folder()) / f"{self._workspace.title}{ENDING}")
        name, _ = QFileDialog.getSaveFileName(self._window, "Save As", suggested, f"Projects (*{ENDING})")
        if name:
            self.save_to(Path(name), then)

    def save_to(self, path: Path, then: Callable[[], object] | None = None) -> None:
        """Save into a file."""
        self._write(path if path.suffix == ENDING else path.with_name(path.name + ENDING), then)

    def after_saving(self, then: Callable[[], object]) -> None:
        """Do something that leaves this document; asks whether to save it when it was changed."""
        self._workspace.session.settle()
        if not self._workspace.session.dirty:
            then()
            return
        question = QMessageBox(self._window)
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(f"Save the changes to “{self._workspace.title}”?")
        question.setInformativeText("What is not saved is lost.")
        question.setStandardButtons(_Button.Save | _Button.Discard | _Button.Cancel)
        question.setDefaultButton(_Button.Save)
        question.buttonClicked.connect(lambda button: self._answered(question.standardButton(button), then))
        self._question = question
        question.open()

    def offer_recovery(self) -> None:
        """Offer what a crash left behind, if anything."""
        complaints: list[str] = []
        self._aside(
            lambda: find_recoverable(self._workspace.home.journals, complaints.append),
            lambda found: self._offer(found, complaints),
            lambda error: self._messages.say(f"What was not saved last time cannot be read ({error})."),
        )

    def _offer(self, found: Sequence[Recovered], complaints: Sequence[str]) -> None:
        if not found:
            if complaints:  # what the start had to say otherwise stands there already
                self._messages.say(" ".join(filter(None, (self._messages.text, *complaints))), "Understood")
            return
        latest = found[0]
        name = "An untitled picture" if latest.project is None else f"“{latest.project.stem}”"
        told = " ".join((f"{name} was not saved when the studio ended last time.", *complaints))
        self._messages.say(told, "Recover it", lambda: self.after_saving(lambda: self._recover(latest)))

    def _recover(self, recovered: Recovered) -> None:
        self._workspace.recover(recovered)
        self.opened.emit()

    def _new(self) -> None:
        self._workspace.new()
        self.opened.emit()

    def _open(self, path: Path) -> None:
        self._aside(lambda: read_document(path, self._workspace.registry), self._adopt, self._refuse)

    def _template(self, path: Path) -> ReadDocument:
        return as_template(read_document(path, self._workspace.registry))

    def _adopt(self, read: ReadDocument) -> None:
        complaints = self._workspace.adopt(read)
        if complaints:
            self._messages.say(" ".join(complaints))
        self.opened.emit()

    def _refuse(self, error: Exception) -> None:
        told = str(error) if isinstance(error, ProjectFileError) else f"The file cannot be used ({error})."
        self._messages.say(told, "Open another file", self.choose)

    def _write(self, path: Path | None, then: Callable[[], object] | None) -> None:
        self._workspace.session.settle()
        try:
            saving = self._workspace.saving(path)
        except ProjectFileError as error:
            self._messages.say(str(error), "Save under another name", self.save_as)
            return

        def failed(error: Exception) -> None:
            self._workspace.abandon(saving)
            self._messages.say(str(error), "Save under another name", self.save_as)

        def written(_none: None) -> None:
            self._workspace.note_saved(saving)
            if then is not None:
                then()

        self._aside(saving.write, written, failed)

    def _answered(self, answer: QMessageBox.StandardButton, then: Callable[[], object]) -> None:
        question, self._question = self._question, None
        if question is not None:
            question.deleteLater()
        if answer == _Button.Save:
            self.save(then)
        elif answer == _Button.Discard:
            then()

    def _folder(self) -> str:
        return str(Path.home() if self._workspace.path is None else self._workspace.path.parent)
