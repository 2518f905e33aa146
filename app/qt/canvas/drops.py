"""Pictures dropped on the canvas: they become nodes, or go to the node they are dropped on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPointF, Signal

from app.model import edits
from app.model.document import Document
from app.model.edits import PictureFile
from app.model.edits.style import BELOW, LOAD_IMAGE
from app.model.face import STYLE_REFERENCE
from app.model.focus import Focus
from app.qt.canvas.hits import Hit
from app.qt.canvas.interactions.base import Stage
from app.qt.panels.picture_reader import PictureReader, Read
from app.qt.pictures import holds_pictures as may_hold_pictures
from app.qt.pictures import local_files
from nodes.graph.edit import new_id
from nodes.graph.errors import EditError
from nodes.specs.declare import Kind

ENDINGS = frozenset({"png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif"})


def holds_pictures(data: QMimeData) -> bool:
    """Whether pictures are being dragged: files, or one out of a browser. Other files are left to the window."""
    files = local_files(data)
    if files:
        return any(path.suffix.lower().lstrip(".") in ENDINGS for path in files)
    return may_hold_pictures(data)


class Drops(QObject):
    """Takes pictures in once they are read, which a thread of its own does. `told`: a sentence about a hindrance."""

    told = Signal(str)

    def __init__(self, stage: Stage, focus: Focus, parent: QObject) -> None:
        super().__init__(parent)
        self._stage, self._focus = stage, focus
        self._reader = PictureReader(self)

    def leave(self) -> None:
        """Read nothing more."""
        self._reader.leave()

    def drop(self, data: QMimeData, where: QPointF, hit: Hit) -> None:
        """Take pictures in where they were dropped."""

        def made(pictures: list[PictureFile]) -> tuple[str, Document]:
            label = "Drop a picture" if len(pictures) == 1 else f"Drop {len(pictures)} pictures"
            return label, _dropped(self._stage, pictures, where, hit)

        self._reader.read_dropped(data, self._taking(made))

    def choose(self, path: Path, node: str, parameter: str) -> None:
        """Make a file the picture of a node."""

        def made(pictures: list[PictureFile]) -> tuple[str, Document]:
            document, reference = edits.add_asset(self._stage.document, pictures[0])
            return "Choose a picture", edits.set_parameter(document, node, parameter, reference)

        self._reader.read_files([path], self._taking(made))

    def _taking(self, made: Callable[[list[PictureFile]], tuple[str, Document]]) -> Callable[[Read], None]:
        places = self._focus.places

        def take(read: Read) -> None:
            pictures, complaints = read
            if self._focus.places != places:
                self.told.emit("Another graph is shown by now, so the pictures were not taken in. Drop them once more.")
            elif pictures:
                self._try(lambda: made(pictures))
            if complaints:
                self.told.emit(" ".join(complaints))

        return take

    def _try(self, made: Callable[[], tuple[str, Document]]) -> None:
        try:
            label, document = made()
        except EditError as error:  # the node has gone meanwhile
            self.told.emit(str(error))
        else:
            self._stage.commit(label, document)


def _dropped(stage: Stage, pictures: list[PictureFile], where: QPointF, hit: Hit) -> Document:
    document = stage.document
    target = document.nodes.get(hit.node or "")
    if target is not None and target.type == STYLE_REFERENCE:
        return edits.add_style_pictures(document, stage.registry, pictures, target.id)
    if target is not None and target.type == LOAD_IMAGE:
        document, reference = edits.add_asset(document, pictures[0])
        return edits.set_parameter(document, target.id, _file_parameter(stage, target.type), reference)
    for number, picture in enumerate(pictures):
        place = (where.x(), where.y() + number * BELOW)
        document = edits.add_picture(document, stage.registry, picture, new_id(), place)
    return document


def _file_parameter(stage: Stage, type_id: str) -> str:
    spec = stage.registry.get(type_id)
    assert spec is not None
    return next(parameter.name for parameter in spec.parameters if parameter.kind is Kind.PICTURE)
