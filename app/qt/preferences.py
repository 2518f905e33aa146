"""The settings of a window: what is chosen counts at once, and is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import msgspec
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from app.model.jobs import Jobs
from app.model.session import Session
from app.model.settings import Painting, SeedMode, Settings
from app.model.settings import Theme as Choice
from app.paint.brush import Brush
from app.paint.toolbox import ToolSettings
from app.qt.actions import Actions
from app.qt.docks import Docks
from app.qt.paint_page import PaintPage
from app.qt.running import Running
from app.qt.theme import Theme, theme_for

SEED_ACTIONS: Mapping[SeedMode, str] = {
    SeedMode.FIXED: "run.seed-fixed",
    SeedMode.NEXT: "run.seed-next",
    SeedMode.NEW: "run.new-seed",
}


@dataclass(frozen=True)
class Governed:
    """What settings act on. `wear`: changes the theme of the window. `bind_canvas`: gives the canvas its keys."""

    page: PaintPage
    running: Running
    jobs: Jobs
    session: Session
    docks: Docks
    actions: Actions
    wear: Callable[[Theme], object]
    bind_canvas: Callable[[], object]


class Preferences(QObject):
    """`changed`: other settings count now."""

    changed = Signal(object)

    def __init__(self, settings: Settings, governed: Governed, keep: Callable[[Settings], object]) -> None:
        super().__init__()
        self._settings, self._governed, self._write = settings, governed, keep

    @property
    def settings(self) -> Settings:
        """Those that count now, with the brush as it is in hand."""
        view, painting = self._governed.page.view, self._settings.painting
        tip, shown = view.settings.brush, self._governed.page.options.picture.value / 100.0
        size = round(tip.size / view.canvas_scale, 2)
        held = msgspec.structs.replace(
            painting,
            brush_size=size,
            hardness=tip.hardness,
            flow=tip.flow,
            pressure_size=tip.pressure_size > 0.0,
            pressure_flow=tip.pressure_flow > 0.0,
            tilt=tip.tilt,
            underlay_opacity=shown,
        )
        return msgspec.structs.replace(self._settings, painting=held)

    def begin(self) -> None:
        """Let everything be as it was left."""
        painting = self._settings.painting
        tip = Brush(painting.brush_size, painting.hardness, painting.flow)
        view = self._governed.page.view
        view.set_settings(ToolSettings(brush=tip).scaled(view.canvas_scale))
        self._governed.page.show_picture_as_set(painting.underlay_opacity)
        self._act()

    def choose(self, settings: Settings) -> None:
        """Let these count from now on; the brush stays as it is in hand."""
        if settings != self.settings:
            before, self._settings = self._settings, settings
            self._act()
            if settings.shortcuts != before.shortcuts:
                self._rebind(settings.shortcuts)
            self._write(self.settings)
            self.changed.emit(self.settings)

    def choose_theme(self, choice: Choice) -> None:
        """Change the colours."""
        self._change(appearance=msgspec.structs.replace(self._settings.appearance, theme=choice))

    def choose_seed_mode(self, mode: SeedMode) -> None:
        """Let this happen to the seed before each run."""
        self._change(generation=msgspec.structs.replace(self._settings.generation, seed_mode=mode))

    def keep(self) -> None:
        """Keep them with the brush as it is in hand."""
        if self.settings != self._settings:
            self._settings = self.settings
            self._write(self._settings)

    def _change(self, **sections: msgspec.Struct) -> None:
        self.choose(msgspec.structs.replace(self.settings, **sections))

    def _act(self) -> None:
        governed, settings = self._governed, self._settings
        generation, keeping = settings.generation, settings.keeping
        governed.running.seed_mode = generation.seed_mode
        governed.running.shows_previews = generation.preview
        governed.actions[SEED_ACTIONS[generation.seed_mode]].setChecked(True)
        governed.jobs.device = generation.device
        governed.jobs.embed_project = keeping.embed_project
        governed.session.set_budget(keeping.undo_megabytes * 2**20)
        governed.wear(theme_for(settings.appearance.theme))
        self._calm(reduce=settings.appearance.reduce_motion)
        self._press(settings.painting)

    def _calm(self, *, reduce: bool) -> None:
        self._governed.docks.setAnimated(not reduce)
        for effect in (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_AnimateCombo, Qt.UIEffect.UI_AnimateTooltip):
            QApplication.setEffectEnabled(effect, not reduce)

    def _press(self, painting: Painting) -> None:
        """How a light touch and a slant of the pen show, for brush and eraser."""
        view = self._governed.page.view
        size, flow, tilt = float(painting.pressure_size), float(painting.pressure_flow), painting.tilt
        held = view.settings
        brush, eraser = (
            replace(tip, pressure_size=size, pressure_flow=flow, tilt=tilt) for tip in (held.brush, held.eraser)
        )
        if (brush, eraser) != (held.brush, held.eraser):
            view.set_settings(replace(held, brush=brush, eraser=eraser))

    def _rebind(self, shortcuts: Mapping[str, str]) -> None:
        self._governed.actions.rebind(shortcuts)
        self._governed.bind_canvas()
