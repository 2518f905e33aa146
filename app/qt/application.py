"""The composition root of the studio: builds every part, passes each what it needs, and takes it all down again."""

from __future__ import annotations

import faulthandler
import gc
import logging
import os
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.client.client import EngineClient
from app.client.settings import EngineSettings
from app.files.errors import ProjectFileError
from app.model.gallery import Gallery
from app.model.home import Home, find_home
from app.model.jobs import JobFolders, Jobs
from app.model.projects import Workspace
from app.model.recent import load_recent
from app.model.settings import Settings, load_settings, save_settings
from app.qt.bridge import AsideWorker, EngineBridge
from app.qt.parts import Parts
from app.qt.theme import RESOURCES, theme_for, wear
from app.qt.window import StudioWindow
from nodes.registry import Registry, installed

LOG = logging.getLogger("studio")
DEMO = RESOURCES / "examples" / "demo.sinopia"


class Studio:
    """One window with all that stands behind it. Leave it with `close`."""

    def __init__(
        self, application: QApplication, home: Home, engine: EngineSettings, registry: Registry | None = None
    ) -> None:
        self.home = home
        self._owed: Settings | None = None
        settings, notices = load_settings(home.settings)
        theme = theme_for(settings.appearance.theme)
        wear(application, theme)
        registry = installed() if registry is None else registry
        budget = settings.keeping.undo_megabytes * 2**20
        self.workspace = Workspace(home, registry, budget)
        self.gallery = Gallery(_gallery_folder(home, settings))
        self.aside, self.painting, self._bridge = AsideWorker(), AsideWorker(), EngineBridge()
        self.client = EngineClient(engine, self._bridge.listen)
        folders = JobFolders(home.root / "assets", self.gallery.results, home.live)
        self.jobs = Jobs(self.client, registry, folders, self.aside)
        parts = Parts(self.workspace, self.jobs, self.gallery, self.aside, self.painting, settings, self._keep_settings)
        self.window = StudioWindow(parts, theme)
        self.window.canvas.parts.folder = home.components
        self._bridge.heard.connect(self.jobs.hear)
        self._bridge.heard.connect(self.window.hear)
        self.window.preferences.changed.connect(lambda now: self.gallery.move_to(_gallery_folder(home, now)))
        self.window.shown.connect(lambda: QTimer.singleShot(0, self.window, self._settle_in))
        told = " ".join((*notices, *registry.complaints))
        if told:
            self.window.messages.say(told)
        self._closed = False

    def begin(self, path: Path | None = None) -> None:
        """Open a file; without one the demo on the very first start, and later a picture to be begun."""
        try:
            if path is not None:
                complaints = self.workspace.open(path)
            elif load_recent(self.home.recent) or self.home.settings.exists() or not DEMO.is_file():
                complaints = ()
            else:
                complaints = self.workspace.new(DEMO)
        except ProjectFileError as error:
            complaints = (str(error),)
        self.window.desk.choose_seed()
        if complaints:
            self.window.messages.say(" ".join(complaints))

    def close(self) -> None:
        """End everything in good order."""
        if self._closed:
            return
        self._closed = True
        self.painting.close()
        self.aside.close()
        with suppress(OSError):  # nobody is there any more to be told
            self._write_settings()
        self.client.close()
        self.workspace.close()

    def _settle_in(self) -> None:
        """What can wait until the window has been seen."""
        self.client.start()
        self.window.running.load_gallery()
        self.window.filing.offer_recovery()

    def _keep_settings(self, settings: Settings) -> None:
        """Write them aside: a slider chooses anew with every step, and a disk may be slow."""
        waiting, self._owed = self._owed is not None, settings
        if not waiting:
            self.aside(self._write_settings, lambda _none: None, self._complain_of_settings)

    def _write_settings(self) -> None:
        settings, self._owed = self._owed, None
        if settings is not None:
            save_settings(self.home.settings, settings)

    def _complain_of_settings(self, error: Exception) -> None:
        reason = getattr(error, "strerror", None) or str(error)
        told = f"The settings cannot be written to {self.home.settings} ({reason}). Make room there."
        self.window.messages.say(told)


def _gallery_folder(home: Home, settings: Settings) -> Path:
    chosen = settings.keeping.gallery_folder
    return Path(chosen).expanduser() if chosen else home.gallery


def main(arguments: Sequence[str] = ()) -> int:
    """Open the studio, with a project if one is named, and return the exit code once its window is closed."""
    if sys.stderr is not None and not faulthandler.is_enabled():
        faulthandler.enable()
    home = find_home()
    scale = load_settings(home.settings)[0].appearance.scale
    if scale != 1.0:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{scale:g}")  # which Qt reads only before there is an application
    application = QApplication(["sinopia"])
    application.setApplicationName("Sinopia")
    application.setApplicationDisplayName("Sinopia")
    studio = Studio(application, home, EngineSettings())
    studio.window.shown.connect(_collect_from_now)
    sys.excepthook = _Reporter(studio)
    studio.begin(Path(arguments[0]) if arguments else None)
    studio.window.open_up()
    try:
        return application.exec()
    finally:
        studio.close()


def _collect_from_now() -> None:
    """What the start made stays to the end: no search for garbage shall go through it while the artist paints."""
    gc.freeze()
    gc.enable()


def paint_once() -> None:
    """Open the studio, let its window be painted, tell the processor's seconds, and end at once; for measuring."""
    application = QApplication(["sinopia"])
    home = find_home()
    studio = Studio(application, home, EngineSettings())
    studio.begin()
    studio.window.show()
    studio.window.repaint()
    sys.stdout.write(f"{time.process_time()}\n")
    sys.stdout.flush()
    os._exit(0)  # what comes after the first paint is not measured


class _Reporter:
    """Tells of a mistake in the program where it can be read; the window goes on."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if sys.stderr is not None:
            traceback.print_exception(kind, error, trace)
        if isinstance(error, KeyboardInterrupt):
            self._studio.window.close()
            return
        LOG.error("unforeseen", exc_info=(kind, error, trace))
        told = f"Something unforeseen went wrong ({kind.__name__}: {error}). Save your work under another name."
        self._studio.window.messages.say(told, "Save As…", self._studio.window.filing.save_as)
