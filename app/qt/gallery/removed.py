"""What was taken out of the gallery: how much it is, and a way to let it go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QFile, QObject, QTimer, Signal
from PySide6.QtGui import QAction

from app.model.aside import Aside
from app.model.engine_words import megabytes
from app.model.gallery import REMOVED, Gallery, sweep_thumbnails
from app.model.removed import Removed, let_go, look_for_removed
from app.qt.panels.messages import MessageBar

_TITLE = "Empty Removed Pictures"
_SOON = 50  # milliseconds: several pictures that go together are counted once


class RemovedPictures(QObject):
    """`changed`: there are more of them, or fewer. They go into the trash of the system where it has one."""

    changed = Signal(object)

    def __init__(self, gallery: Gallery, aside: Aside, messages: MessageBar, action: QAction) -> None:
        super().__init__()
        self._gallery, self._aside, self._messages, self._action = gallery, aside, messages, action
        self.throw: Callable[[Path], bool] = into_trash
        """What is done with each file; whether it could be done."""
        self._removed = Removed()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON)
        self._soon.timeout.connect(self.count)
        self._disconnect = [
            signal.connect(lambda *_what: self._soon.start()) for signal in (gallery.removed, gallery.added)
        ]
        self._disconnect.append(gallery.moved.connect(self._soon.start))
        self._show(self._removed)
        self._soon.start()

    def leave(self) -> None:
        """The window closes."""
        self._soon.stop()
        for disconnect in self._disconnect:
            disconnect()

    @property
    def removed(self) -> Removed:
        """What waits, as it was counted last."""
        return self._removed

    def count(self) -> None:
        """Look aside what waits."""
        folder = self._folder
        self._aside(lambda: look_for_removed(folder), self._show, lambda _error: None)

    def empty(self) -> None:
        """Put everything that waits into the trash."""
        folder = self._folder
        self._aside(
            lambda: self._throw_all(folder),
            lambda done: self._emptied(*done),
            lambda error: self._messages.say(f"The removed pictures cannot be looked at ({error}). Try it again."),
        )

    def delete(self, files: Sequence[Path]) -> None:
        """Delete files for good, where there is no trash."""
        folder = self._folder
        self._aside(lambda: let_go(files, folder, _delete), self._deleted, lambda _error: self.count())

    @property
    def _folder(self) -> Path:
        return self._gallery.folder / REMOVED

    def _throw_all(self, folder: Path) -> tuple[Removed, tuple[Path, ...]]:
        """Done aside."""
        found = look_for_removed(folder)
        refused = let_go(found.files, folder, self.throw)
        sweep_thumbnails(folder.parent)
        return found, refused

    def _show(self, removed: Removed) -> None:
        self._removed = removed
        self._action.setText(f"{_TITLE} ({removed.told})" if removed.told else _TITLE)
        self._action.setIconText(f"{removed.count} removed, {megabytes(removed.size)}")  # on a button
        self._action.setEnabled(bool(removed.told))
        self.changed.emit(removed)

    def _emptied(self, before: Removed, refused: tuple[Path, ...]) -> None:
        self.count()
        if not refused:
            self._messages.say(f"In the trash of the system now: {before.told}.")
            return
        told = "1 picture" if len(refused) == 1 else f"{len(refused)} pictures"
        self._messages.say(
            f"There is no trash for {told}, and what is deleted for good does not come back.",
            "Delete for Good",
            lambda: self.delete(refused),
        )

    def _deleted(self, refused: tuple[Path, ...]) -> None:
        self.count()
        if refused:
            self._messages.say(f"{refused[0]} cannot be deleted. Check that you may write in its folder.")


def into_trash(path: Path) -> bool:
    """Put a file into the trash of the system; False where it has none for it."""
    return QFile(str(path)).moveToTrash()


def _delete(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
