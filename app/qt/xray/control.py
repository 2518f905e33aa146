"""X-ray in the Paint workspace: turned on and off, fed by the engine, shown over the picture."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.model.jobs import Jobs, Wish
from app.model.xray import Look, Xray, advice, drawn_heat
from app.qt.desk import Desk
from app.qt.paintview.view import PaintView
from app.qt.theme import Icons
from app.qt.xray.panel import XrayPanel
from engine.api.messages import Attention
from nodes.graph.errors import ProblemsError

HELD = 350
"""Milliseconds for which a key must be held to count as held, so that letting it go closes the X-ray again."""


class XrayControl(QObject):
    """While X-ray is on, every run records; its maps lie over the picture as they come.

    `panel` is to be put beside the view. The action is checked while X-ray is on; its key can be tapped, or held.
    """

    def __init__(self, desk: Desk, view: PaintView, jobs: Jobs, icons: Icons) -> None:
        super().__init__(view)
        self.xray, self.panel = Xray(), XrayPanel(icons)
        self._desk, self._view, self._jobs = desk, view, jobs
        self._action: QAction | None = None
        self._held = QElapsedTimer()
        self._shown: Look | None = None
        self.panel.hide()
        self.panel.curve.chosen.connect(self.xray.choose)
        self.panel.phrase_chosen.connect(desk.activate)
        self.panel.node_chosen.connect(self.xray.choose_node)
        self.panel.record.connect(self.record)
        self.panel.closed.connect(lambda: self.set_on(on=False))
        desk.changed.connect(self._refresh)
        for signal in (jobs.added, jobs.finished):
            signal.connect(lambda _job: self._refresh())
        self.xray.changed.connect(self._refresh)

    def attach(self, action: QAction, where: QWidget) -> None:
        """Let an action turn X-ray on and off; its key is heard in `where`."""
        self._action = action
        action.setAutoRepeat(False)
        where.installEventFilter(self)
        self._view.installEventFilter(self)

    @property
    def on(self) -> bool:
        """Whether X-ray is on."""
        return not self.panel.isHidden()

    def toggle(self) -> None:
        """The action was triggered."""
        self.set_on(on=not self.on)
        self._held.start()

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
            self.xray.hear(event)

    def record(self) -> None:
        """Draw the document as it is once more, only to look; what is drawn already is not drawn into the results."""
        self.set_on(on=True)
        solves = self._desk.face.solves
        try:
            self._jobs.submit(self._desk.document, Wish(solves[-1:] or None, live=True, title="X-ray"))
        except ProblemsError as error:
            self._desk.told.emit(error.problems[0].message)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Letting go of a key that was held long closes what it opened."""
        if event.type() == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent) and self._is_key(event):
            if self.on and self._held.isValid() and self._held.hasExpired(HELD):
                self.set_on(on=False)
            self._held.invalidate()
        return super().eventFilter(watched, event)

    def _is_key(self, event: QKeyEvent) -> bool:
        if self._action is None or event.isAutoRepeat():
            return False
        return QKeySequence(Qt.Key(event.key())) in self._action.shortcuts()

    def _refresh(self) -> None:
        layer = self._desk.active_phrase
        look = self.xray.look(layer.id) if self.on and layer is not None else None
        if look != self._shown:
            self._shown = look
            self._view.set_heat(None if look is None else drawn_heat(look))
        if not self.on:
            return
        self.panel.show_phrases(self._desk.phrases, self._desk.active)
        self.panel.show_nodes([(node, self._title(node)) for node in self.xray.nodes], self.xray.node)
        if look is not None and layer is not None:
            self.panel.show_look(self.xray.looks(layer.id), look, layer.colour)
        else:
            recording = bool(self._jobs.unfinished)
            self.panel.show_advice(advice(None if layer is None else layer.title, self.xray, recording=recording))

    def _title(self, node: str) -> str:
        held = self._desk.document.nodes.get(node)
        return held.title if held is not None and held.title else node
