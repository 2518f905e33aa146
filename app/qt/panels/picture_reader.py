"""Pictures are read and decoded in threads of their own: a large one takes longer than a hand should wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QMimeData, QObject, Qt, QThreadPool, Signal, Slot
from PySide6.QtGui import QImage

from app.model.edits import PictureFile
from app.qt.pictures import decoded, encoded, local_files, read_pictures

Read: TypeAlias = tuple[list[PictureFile], list[str]]
"""Picture files as a project takes them in, and a sentence for each that it cannot."""

Take: TypeAlias = Callable[[Read], object]
"""What is done with them then."""

_NO_PICTURE = "What was dropped is a link and no picture. Save the picture first, then drop its file."


class PictureReader(QObject):
    """Answers in the thread in which it was made.

    `decoded`: the picture that was asked for by this name; a null one when it is none.
    """

    decoded = Signal(str, QImage)
    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = QThreadPool()
        self._reading = 0
        self._done.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    @property
    def reading(self) -> bool:
        """Whether files are being read."""
        return self._reading > 0

    def leave(self) -> None:
        """Begin nothing more, and wait for what is being read."""
        self._threads.clear()
        self._threads.waitForDone()

    def read_files(self, paths: Sequence[Path], then: Take) -> None:
        """Read picture files."""
        self._read(lambda: read_pictures(paths), then)

    def read_dropped(self, data: QMimeData, then: Take) -> None:
        """Read the pictures in something dropped: files, or a picture itself, as browsers give it."""
        files = local_files(data)
        image = None if files else data.imageData()
        if files:
            self.read_files(files, then)
        elif isinstance(image, QImage) and not image.isNull():
            self._read(lambda: ([PictureFile(encoded(image), "png", "Dropped Picture")], []), then)
        else:
            then(([], [_NO_PICTURE]))

    def decode(self, name: str, content: bytes, longest: int) -> None:
        """Decode a picture, no larger than asked."""

        def work() -> Callable[[], None]:
            image = decoded(content, longest)
            return lambda: self.decoded.emit(name, image)

        self._begin(work, lambda _error: self.decoded.emit(name, QImage()))

    def _read(self, reading: Callable[[], Read], then: Take) -> None:
        def work() -> Callable[[], None]:
            found = reading()
            return lambda: self._tell(found, then)

        def failed(error: Exception) -> None:
            self._tell(([], [f"The pictures cannot be read ({error}). Try smaller ones."]), then)

        self._reading += 1
        self._begin(work, failed)

    def _tell(self, found: Read, then: Take) -> None:
        self._reading -= 1
        then(found)

    def _begin(self, work: Callable[[], Callable[[], None]], failed: Callable[[Exception], None]) -> None:
        def run() -> None:
            try:
                answer = work()
            except Exception as error:  # noqa: BLE001  the border of a thread: whoever asked hears of it
                problem = error
                self._done.emit(lambda: failed(problem))
            else:
                self._done.emit(answer)

        self._threads.start(run)

    @Slot(object)
    def _answer(self, answer: Callable[[], None]) -> None:
        answer()
