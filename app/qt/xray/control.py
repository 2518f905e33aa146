"""X-ray in the Paint workspace: turned on and off, fed by the engine, shown over the picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.model.aside import Aside
from app.model.document import Document
from app.model.face import face_of
from app.model.job import Job
from app.model.jobs import Jobs, Wish
from app.model.provenance import read_origin
from app.model.xray import Look, Xray, advice, drawn_heat
from app.qt.desk import Desk
from app.qt.paintview.view import PaintView
from app.qt.theme import Icons
from app.qt.xray.glance import Glance
from app.qt.xray.panel import XrayPanel
from engine.api.messages import Attention
from nodes.graph.errors import ProblemsError


class XrayControl(QObject):
    """While X-ray is on, every run records; its maps lie over the picture as they come, and stay with it.

    `panel` is to be put beside the view. The action is checked while X-ray is on.
    """

    def __init__(self, desk: Desk, view: PaintView, jobs: Jobs, icons: Icons, aside: Aside) -> None:
        super().__init__(view)
        self.xray, self.panel = Xray(), XrayPanel(icons)
        self._desk, self._view, self._jobs, self._aside = desk, view, jobs, aside
        self._action: QAction | None = None
        self._shown: Look | None = None
        self._picture: Path | None = None
        self._asked: dict[int, Path | None] = {}
        self._glanced = self._reading = False
        self.panel.hide()
        self.panel.curve.chosen.connect(self.xray.choose)
        self.panel.phrase_chosen.connect(desk.activate)
        self.panel.node_chosen.connect(self.xray.choose_node)
        self.panel.record.connect(self.record)
        self.panel.closed.connect(lambda: self.set_on(on=False))
        desk.changed.connect(self._follow_picture)
        jobs.added.connect(lambda _job: self._refresh())
        jobs.finished.connect(self._ended)
        self.xray.changed.connect(self._refresh)

    def attach(self, action: QAction, live: QAction, where: QWidget) -> None:
        """Let an action turn X-ray on and off; its key, and that of live painting, are held to glance at it."""
        self._action = action
        self.glance = Glance((action, live), self._glance, (where, self._view))

    @property
    def on(self) -> bool:
        """Whether X-ray is on."""
        return not self.panel.isHidden()

    def toggle(self) -> None:
        """The action was triggered."""
        self.set_on(on=not self.on)

    def set_on(self, *, on: bool) -> None:
        """Turn X-ray on or off."""
        self.panel.setVisible(on)
        self._jobs.record_attention = on
        if self._action is not None:
            self._action.setChecked(on)
        self._refresh()

    def hear(self, event: object) -> None:
        """Take what the engine tells."""
        if isinstance(event, Attention):
            asked = next((job.id for job in self._jobs.all if job.key == event.job), 0)
            self.xray.hear(event, looked_at=self._asked.get(asked, self._picture) == self._picture)

    def record(self) -> None:
        """Draw once more, only to look: the picture that is seen, from what made it; without one, the document."""
        self.set_on(on=True)
        file = self._desk.picture_file
        if file is None:
            self._submit(self._desk.document, None)
            return
        self._reading = True
        self._refresh()
        self._aside(
            lambda: read_origin(file, self._desk.registry),
            lambda read: self._submit(read.document, file),
            lambda error: self._cannot_record(str(error)),
        )

    def _cannot_record(self, why: str) -> None:
        self._reading = False
        self._desk.told.emit(why)
        self._refresh()

    def _submit(self, document: Document, file: Path | None) -> None:
        self._reading = False
        solves = face_of(document, self._desk.registry).solves
        try:
            job = self._jobs.submit(document, Wish(solves[-1:] or None, live=True, title="X-ray"))
        except ProblemsError as error:
            self._cannot_record(error.problems[0].message)
        else:
            self._asked[job.id] = file

    def _ended(self, job: Job) -> None:
        """What a run told belongs to its pictures from now on."""
        if job.key is not None:
            file = self._asked.get(job.id)
            self.xray.keep(job.key, _items(job) if file is None else {file: None})
        if not job.live or self._asked.pop(job.id, None) is not None:
            self.xray.show(self._picture)
        self._refresh()

    def _follow_picture(self) -> None:
        if self._desk.picture_file != self._picture:
            self._picture = self._desk.picture_file
            self.xray.show(self._picture)
        self._refresh()

    def _glance(self, looking: bool) -> None:
        """What was on before the key was held stays on."""
        if looking:
            self._glanced = not self.on
        if self._glanced:
            self.set_on(on=looking)

    def _refresh(self) -> None:
        layer = self._desk.active_phrase
        look = self.xray.look(layer.id, layer.phrase) if self.on and layer is not None else None
        if look != self._shown:
            self._shown = look
            self._view.set_heat(None if look is None else drawn_heat(look))
        if not self.on:
            return
        self.panel.show_phrases(self._desk.phrases, self._desk.active)
        self.panel.show_nodes([(node, self._title(node)) for node in self.xray.nodes], self.xray.node)
        if look is not None and layer is not None:
            self.panel.show_look(self.xray.looks(layer.id, layer.phrase), look, layer.colour)
        else:
            self._advise(None if layer is None else layer.title)

    def _advise(self, phrase: str | None) -> None:
        running = (self._asked.get(job.id, self._picture) == self._picture for job in self._jobs.unfinished)
        recording = self._reading or any(running)
        picture = self._desk.picture_file is not None
        self.panel.show_advice(advice(phrase, self.xray, recording=recording, picture=picture))

    def _title(self, node: str) -> str:
        held = self._desk.document.nodes.get(node)
        return held.title if held is not None and held.title else node


def _items(job: Job) -> dict[Path, int | None]:
    """The pictures of a job that keeps them, each with its place in a list of several."""
    results = () if job.live else job.results
    nodes = [result.node for result in results]
    places = (nodes[:at].count(node) if nodes.count(node) > 1 else None for at, node in enumerate(nodes))
    return dict(zip((result.path for result in results), places, strict=True))
