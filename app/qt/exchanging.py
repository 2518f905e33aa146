"""Painted layers between the window and files of other programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from app.model.aside import Aside
from app.model.edits.importing import Imported, import_layers, import_mask
from app.model.layer_files import READABLE, Form, read_layers, write_layers
from app.model.projects import Workspace
from app.paint.errors import PaintError
from app.paint.exchange.layers import PaintedPhrase, Painting
from app.qt.actions import Actions
from app.qt.desk import Desk
from app.qt.panels.messages import MessageBar
from nodes.graph.errors import EditError


class Exchange:
    """Writes the layers of a desk into files, and takes them over from there."""

    def __init__(self, window: QWidget, workspace: Workspace, desk: Desk, aside: Aside, messages: MessageBar) -> None:
        self._window, self._workspace, self._desk = window, workspace, desk
        self._aside, self._messages = aside, messages

    def bind(self, actions: Actions) -> None:
        """Give the actions that these are something to do."""
        actions.bind("file.export-layers", self.choose_export)
        actions.bind("file.import-layers", self.choose_import)

    def choose_export(self) -> None:
        """Let the artist name a file to write the painted layers into, and say of what kind."""
        suggested = str(self._folder() / f"{self._workspace.title}.ora")
        kinds = ";;".join(form.value for form in Form)
        name, kind = QFileDialog.getSaveFileName(self._window, "Export Layers", suggested, kinds)
        if name:
            form = Form(kind)
            path = Path(name)
            self.export_layers(path.with_suffix("") if path.suffix == ".ora" else path, form)

    def export_layers(self, path: Path, form: Form = Form.OPEN_RASTER) -> None:
        """Write the painted layers into files that other paint programs open."""
        painting = self._painting()
        if not painting.layers:
            self._messages.say("Nothing is painted yet. Paint a phrase first, then export its layer.")
            return
        self._aside(
            lambda: write_layers(painting, path, form),
            lambda files: self._messages.say(f"The layers are in {_named(files)}."),
            lambda error: self._messages.say(
                f"{path.name} cannot be written ({error}). Choose another folder.", "Export Layers…", self.choose_export
            ),
        )

    def choose_import(self) -> None:
        """Let the artist name files whose layers are taken over."""
        names, _ = QFileDialog.getOpenFileNames(self._window, "Import Layers", str(self._folder()), READABLE)
        if names:
            self.import_layers([Path(name) for name in names])

    def import_layers(self, paths: Sequence[Path]) -> None:
        """Take over the layers of files, each for the phrase that it is named after."""
        self._read(paths, lambda read: import_layers(self._desk.document, self._desk.registry, read))

    def import_mask(self, path: Path, layer: str) -> None:
        """Make a PNG the paint of a layer, whatever it is named after."""
        masks = self._desk.face.masks
        if masks is not None:
            self._read([path], lambda read: import_mask(self._desk.document, masks, layer, read[0]))

    def _read(self, paths: Sequence[Path], take: Callable[[tuple[Painting, ...]], Imported]) -> None:
        self._aside(lambda: read_layers(paths), lambda read: self._adopt(read, take), self._refuse)

    def _adopt(self, read: tuple[Painting, ...], take: Callable[[tuple[Painting, ...]], Imported]) -> None:
        try:
            imported = take(read)
        except EditError as error:
            self._messages.say(str(error))
            return
        self._desk.session.apply("Import layers", imported.document)
        self._desk.rest(resting=False)
        self._messages.say(imported.sentence)

    def _refuse(self, error: Exception) -> None:
        told = str(error) if isinstance(error, PaintError) else f"The file cannot be read ({error}). Choose another."
        self._messages.say(told, "Import Layers…", self.choose_import)

    def _painting(self) -> Painting:
        desk = self._desk
        layers = tuple(
            PaintedPhrase(layer.phrase, desk.mask(layer.id), layer.colour, layer.strength, layer.visible)
            for layer in desk.phrases
        )
        return Painting(*desk.size, layers)

    def _folder(self) -> Path:
        return Path.home() if self._workspace.path is None else self._workspace.path.parent


def _named(files: Sequence[Path]) -> str:
    """Files in a few words."""
    names = [file.name for file in files]
    return " and ".join(names) if len(names) <= 2 else f"{len(names)} files beside {names[0]}"
