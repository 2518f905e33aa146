"""The main window: one document, two workspaces over it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QCloseEvent, QColor, QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.model.actions import Need
from app.model.document import Document
from app.model.installed import InstalledModels
from app.model.layer_files import holds_layers
from app.model.layouts import Place, load_layouts, load_window, save_layouts
from app.model.provenance import carries_project
from app.model.settings import SeedMode
from app.model.settings import Theme as ThemeChoice
from app.paint.toolbox import Tool
from app.qt.actions import Actions
from app.qt.canvas.checking import Checker
from app.qt.canvas.facts import Facts
from app.qt.canvas.look import DARK as DARK_CANVAS
from app.qt.canvas.look import LIGHT as LIGHT_CANVAS
from app.qt.desk import Desk
from app.qt.dialogs.offers import Host, Offers
from app.qt.dialogs.palette import CommandPalette
from app.qt.docks import Docks, Panel
from app.qt.exchanging import Exchange
from app.qt.filing import Filing
from app.qt.foreseeing import Foreseeing
from app.qt.gallery.page import GalleryPage
from app.qt.gallery.removed import RemovedPictures
from app.qt.graph_page import GraphPage
from app.qt.keeping import Keeping
from app.qt.living import Living
from app.qt.menus import RecentMenu, fill_menus
from app.qt.paint_actions import bind_painting
from app.qt.paint_page import PaintPage
from app.qt.panels.field_undo import FieldUndo
from app.qt.panels.history import HistoryPanel
from app.qt.panels.kept_mark import KeptMark
from app.qt.panels.messages import MessageBar
from app.qt.panels.problems import ProblemCount
from app.qt.panels.queue import QueuePanel
from app.qt.panels.read_only import ReadOnlyBar
from app.qt.panels.run_bar import RunBar
from app.qt.panels.size import SizePanel
from app.qt.panels.small_view import SmallView
from app.qt.panels.status import EngineStatus
from app.qt.panels.strip import ResultsStrip
from app.qt.parts import Parts
from app.qt.picture_actions import bind_pictures, follow_pictures, hand_pictures
from app.qt.pictures import holds_pictures, local_files
from app.qt.preferences import SEED_ACTIONS, Governed, Preferences
from app.qt.reporting import Reporting
from app.qt.running import Running, Stage
from app.qt.theme import LIGHT, RESOURCES, Icons, Theme, wear
from app.qt.timeline.panel import TimelinePanel
from app.qt.undoing import Undoing
from app.qt.writing import do_in_text, take_over
from app.qt.xray.control import XrayControl
from engine.api.messages import AnyEvent


class StudioWindow(QMainWindow):
    """`shown`: the window was painted for the first time. `closed`: it is gone for good."""

    shown = Signal()
    closed = Signal()

    def __init__(self, parts: Parts, theme: Theme) -> None:
        super().__init__()
        self._parts = parts
        self.models = InstalledModels((RESOURCES, parts.workspace.home.models))
        parts.jobs.models = self.models.latest
        self._told_shown = self._may_close = self._seen_graph = False
        self.icons = Icons(theme)
        self.desk = Desk(parts.workspace.session, parts.workspace.registry, self)
        self.facts = Facts(self)
        self.page = PaintPage(self.desk, self.icons, parts.painting)
        self.xray = XrayControl(self.desk, self.page.view, parts.jobs, self.icons, parts.aside)
        self.page.add_below(self.xray.panel)
        self.graph = GraphPage(self.desk, self.facts)
        self.canvas = self.graph.canvas
        self.messages = MessageBar(self.icons)
        self.strip = ResultsStrip()
        self.status = EngineStatus(theme)
        self.kept, self.problems = KeptMark(lambda: parts.workspace.behind), ProblemCount()
        self.read_only = ReadOnlyBar(parts.workspace, lambda: self.filing.save_as())  # noqa: PLW0108  made below
        self.filing = Filing(self, parts.workspace, parts.aside, self.messages)
        self.exchange = Exchange(self, parts.workspace, self.desk, parts.aside, self.messages)
        self.reporting = Reporting(self, parts.workspace, parts.aside, self.messages)
        self.page.phrases.given.connect(lambda layer, path: self.exchange.import_mask(path, layer))
        self.actions_ = Actions(self, self.icons, parts.settings.shortcuts)
        self._made_actions()
        self.bar = RunBar(self.desk, self.icons, self.actions_)
        self.queue = QueuePanel(parts.jobs, parts.workspace.registry, parts.aside, self.icons)
        self.running = Running(self.desk, parts.workspace, parts.jobs, parts.gallery, parts.aside, self._stage())
        self.running.attach(self.actions_["run.cancel"])
        self.living = Living(self.desk, parts.jobs, self.page.view)
        self.foreseeing = Foreseeing(self.desk, parts.jobs, self.running, self.bar)
        self.gallery = GalleryPage(parts.gallery, parts.aside, self.actions_, self.icons)
        self.removed = RemovedPictures(parts.gallery, parts.aside, self.messages, self.actions_["run.empty-removed"])
        self.keeping = self._made_keeping()
        self._lay_out()
        self.preferences = Preferences(parts.settings, self._governed(), parts.keep_settings)
        self.offers = Offers(self._host())
        for changed in (self.preferences.changed, self.page.view.settings_changed):
            changed.connect(self.offers.follow_settings)
        fill_menus(self.menuBar(), self.actions_, RecentMenu(self.filing, self))
        self._listen()
        self.preferences.begin()
        self._name()

    def _stage(self) -> Stage:
        return Stage(self.page.view, self.bar, self.strip, self.status, self.messages, self.show_node)

    def _made_keeping(self) -> Keeping:
        return Keeping(
            self._parts.gallery,
            self.gallery,
            self.strip,
            self.running,
            self.messages,
            self.show_gallery,
            lambda: self.show_workspace(graph=False),
        )

    def _governed(self) -> Governed:
        parts = self._parts
        return Governed(
            self.page,
            self.running,
            parts.jobs,
            parts.workspace.session,
            self.docks,
            self.actions_,
            self.wear_theme,
            self._bind_canvas_keys,
        )

    def _host(self) -> Host:
        return Host(
            self,
            self._parts.workspace,
            self._parts.aside,
            self.actions_,
            self.filing,
            self.messages,
            lambda: self.preferences.settings,
            lambda: self.icons.theme,
            self.preferences.choose,
        )

    # What it looks like

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.page)
        self._pages.addWidget(self.graph)
        self._pages.addWidget(self.gallery)
        middle = QWidget()
        around = QVBoxLayout(middle)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._pages)
        self.messages.lie_over(middle)
        self.docks = Docks(middle, self.icons, load_layouts(self._parts.workspace.home.layouts))
        self._add_panels()
        inside = QWidget()
        inside.setObjectName("page")
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.bar, self.read_only, self.page.sentence):
            layout.addWidget(widget)
        layout.addWidget(self.docks, 1)
        self.setCentralWidget(inside)
        self.status.addPermanentWidget(self.kept)
        self.status.addPermanentWidget(self.problems)
        self.setStatusBar(self.status)
        self.setAcceptDrops(True)
        self.setMinimumSize(QSize(960, 640))
        self.resize(1440, 900)
        self.page.sentence.fit_height()
        self.page.add_tools(self.actions_)
        self.docks.show_place(Place.PAINT)

    def add_panel(self, panel: Panel, action: str) -> None:
        """Put a panel around the workspaces; the action, an id of `app.model.actions`, shows and hides it."""
        dock = self.docks.add(panel)
        made = self.actions_.bind(action, lambda: made.setChecked(self.docks.toggle_panel(panel.name)))
        dock.toggleViewAction().toggled.connect(made.setChecked)

    def _add_panels(self) -> None:
        page, paint, graph = self.page, (Place.PAINT,), (Place.GRAPH,)
        self.small_view = SmallView(self.desk, self._parts.jobs)
        self.history = HistoryPanel(self._parts.workspace.session)
        style, size = page.style_panel, page.size_panel
        phrases = page.phrases
        self.add_panel(Panel("phrases", "Phrases", phrases, paint, corner=(phrases.overlap,)), "panel.phrases")
        self.add_panel(Panel("style", "Style", style, paint, corner=(style.add,)), "panel.style")
        self.add_panel(Panel("size", "Size and Crop", size, paint, corner=(size.reset,)), "panel.size")
        self.add_panel(Panel("inspector", "Inspector", self.graph.inspector, graph, scrolls=False), "panel.inspector")
        self.add_panel(Panel("small-view", "Paint View", self.small_view, graph, scrolls=False), "panel.small-view")
        models = self.models.latest()
        self.timeline = TimelinePanel(self.desk, self._parts.jobs, models)
        self.canvas.checker.models = models
        self.timeline.node_wanted.connect(self.show_node)
        places = (*paint, *graph)
        self.add_panel(
            Panel("timeline", "Noise Timeline", self.timeline, places, True, (self.timeline.line,)), "view.timeline"
        )
        self.timeline.join(self.docks["timeline"])
        low = ("size", "small-view")
        self.add_panel(Panel("history", "History", self.history, scrolls=False, beside=low), "edit.history")
        ends = (self.queue.told, self.queue.clear)
        self.add_panel(Panel("queue", "Queue", self.queue, corner=ends, scrolls=False, beside=low), "run.queue")
        self.bar.open_queue_by(self.actions_["run.queue"])
        self.add_panel(Panel("results", "Results", self.strip, (*paint, *graph), band=True), "panel.results")

    def wear_theme(self, theme: Theme) -> None:
        """Change to another theme."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            wear(application, theme)
        self.icons.wear(theme)
        self.status.wear(theme)
        self.gallery.wear(theme)
        self.canvas.wear_look(LIGHT_CANVAS if theme is LIGHT else DARK_CANVAS)
        for view in (self.page.view, self.small_view):
            view.set_surround(QColor(theme.surround))
        self.actions_["view.light" if theme is LIGHT else "view.dark"].setChecked(True)

    # What can be done

    def _made_actions(self) -> None:
        bind = self.actions_.bind
        self.filing.bind(self.actions_)
        self.exchange.bind(self.actions_)
        self.reporting.bind(self.actions_)
        bind("file.quit", self.close)
        self._undoing = Undoing(self.desk.session, self.actions_, lambda: self.page.view.busy)
        FieldUndo(self, self.actions_["edit.undo"], self.actions_["edit.redo"])
        bind("edit.commands", self.show_commands)
        bind("phrase.paint", self.paint_phrase)
        bind_painting(self.actions_, self.desk, self.page, self.messages, self._parts.painting)
        self._bind_nodes()
        self._bind_runs()
        self._bind_views()

    def _bind_runs(self) -> None:
        bind = self.actions_.bind
        bind("run.generate", self._generate)
        bind("run.first", lambda: self._generate(first=True))
        bind("run.fresh", lambda: self._generate(fresh=True))
        bind("run.selection", lambda: self.canvas.run_to(self.canvas.canvas.selection.nodes))
        bind("run.cancel", self._cancel)
        for mode, name in SEED_ACTIONS.items():
            bind(name, partial(self._choose_seed_mode, mode))
        self.actions_.group(*SEED_ACTIONS.values())
        bind("run.live", lambda: self.living.switch(on=self.actions_["run.live"].isChecked()), self.page)
        bind("run.clear", lambda: self.desk.show_picture(None))
        bind_pictures(self.actions_, lambda: self.keeping)  # made after the actions
        bind("run.empty-removed", lambda: self.removed.empty())  # noqa: PLW0108

    def _generate(self, *, first: bool = False, fresh: bool = False) -> None:
        take_over(self.focusWidget())
        self.running.generate(first=first, fresh=fresh)

    def _bind_views(self) -> None:
        bind = self.actions_.bind
        bind("view.paint", lambda: self.show_workspace(graph=False))
        bind("view.graph", lambda: self.show_workspace(graph=True))
        bind("view.gallery", self.show_gallery)
        bind("window.reset", lambda: self.docks.reset())  # noqa: PLW0108  made after the actions
        self.xray.attach(bind("view.x-ray", self.xray.toggle, self.page), self.actions_["run.live"], self.page)
        bind("view.dark", lambda: self.preferences.choose_theme(ThemeChoice.DARK))
        bind("view.light", lambda: self.preferences.choose_theme(ThemeChoice.LIGHT))
        self.actions_.group("view.paint", "view.graph", "view.gallery")
        self.actions_.group("view.dark", "view.light")

    def _bind_nodes(self) -> None:
        commands, keys = self.canvas.commands, self.actions_.keys("canvas.")
        for name in keys.keys() & commands.all.keys():
            self.actions_.bind(name, partial(self._run_on_nodes, name))
        self._bind_canvas_keys()

    def _run_on_nodes(self, name: str) -> None:
        """A text that is written in comes first; nodes are changed only where that can be seen."""
        if do_in_text(self.focusWidget(), name):
            return
        if not self.graph.isVisible():
            self.show_workspace(graph=True)
        self.canvas.commands.run(name)

    def _bind_canvas_keys(self) -> None:
        commands, keys = self.canvas.commands, self.actions_.keys("canvas.")
        commands.bind({name: keys.get(name, command.keys) for name, command in commands.all.items()})

    def paint_phrase(self) -> None:
        """Make the selected words of the sentence a layer, and take the brush in hand."""
        if self.desk.paint_phrase(*self.page.prompt.selected_characters()):
            self.page.prompt.deselect()  # or one would not see the colour that the words wear now
            self.show_workspace(graph=False)
            if self.page.view.tool not in (Tool.BRUSH, Tool.LASSO, Tool.FILL, Tool.RECTANGLE, Tool.ELLIPSE):
                self.page.view.set_tool(Tool.BRUSH)
            self.page.view.setFocus()

    def show_workspace(self, *, graph: bool) -> None:
        """Go to the Paint or to the Graph workspace."""
        self._pages.setCurrentWidget(self.graph if graph else self.page)
        self.page.sentence.setVisible(not graph)
        self.docks.show_place(Place.GRAPH if graph else Place.PAINT)
        self.actions_["view.graph" if graph else "view.paint"].setChecked(True)
        if graph and not self._seen_graph:
            self._seen_graph = True
            self.canvas.commands.run("canvas.fit")
        (self.canvas if graph else self.page.view).setFocus()

    def show_gallery(self) -> None:
        """Go to the Gallery workspace."""
        self._pages.setCurrentWidget(self.gallery)
        self.page.sentence.hide()
        self.docks.show_place(Place.GALLERY)
        self.actions_["view.gallery"].setChecked(True)
        self.gallery.grid.setFocus()
        self._follow_results()

    def show_node(self, node: str) -> None:
        """Lead to a node of the graph."""
        self.show_workspace(graph=True)
        self.graph.show_node(node)

    def show_commands(self) -> None:
        """Open the command palette."""
        CommandPalette(self.actions_.listed(), self).open_over(self)

    def hear(self, event: object) -> None:
        """Show on the nodes what the engine tells."""
        self.xray.hear(event)
        self.canvas.freshness.hear(event, self._parts.jobs.all)
        if isinstance(event, AnyEvent):
            self.facts.hear(event, self.canvas.canvas.titles)
            if not self._parts.jobs.unfinished:
                self.facts.settle()

    def _cancel(self) -> None:
        """Escape gives up the gesture at hand first."""
        back = self.gallery.isVisible() and self.gallery.back()
        if not back and not self.page.view.cancel() and not self.canvas.cancel_gesture():
            self.running.cancel()

    def _keep_layouts(self) -> None:
        path = self._parts.workspace.home.layouts
        with suppress(OSError):  # nothing is lost but where panels lay
            save_layouts(path, self.docks.remember(), bytes(self.saveGeometry().data()))

    # What it hears

    def _listen(self) -> None:
        session, view = self._parts.workspace.session, self.page.view
        self._disconnect = [
            session.changed.connect(self._follow),
            session.finished.connect(lambda _document: self.kept.look()),
            session.dirty_changed.connect(self.setWindowModified),
            self._parts.workspace.renamed.connect(lambda _title: self._name()),
            self.canvas.focus.moved.connect(self._follow_selection),
            *(self.models.changed.connect(each.show_models) for each in self._model_readers()),
        ]
        self.canvas.checker.found.connect(self.problems.show_problems)
        self.problems.wanted.connect(self.show_node)
        self._pages.currentChanged.connect(lambda _page: self.keeping.move_on())
        for signal in (view.told, self.desk.told, self.canvas.told):
            signal.connect(self.messages.say)
        view.tool_changed.connect(lambda tool: self.actions_[f"tool.{tool.value}"].setChecked(True))
        self.filing.opened.connect(self._start_over)
        self.canvas.canvas.selected.connect(self._follow_selection)
        self.canvas.wanted.connect(self.running.generate)
        self.canvas.looked.connect(self.running.look_into)
        self.graph.inspector.told.connect(self.messages.say)
        self.graph.inspector.paint_wanted.connect(lambda _node, _name: self.show_workspace(graph=False))
        self._hand_results()
        self._follow(session.document, session.document)
        self._follow_selection()

    def _model_readers(self) -> tuple[TimelinePanel, Checker, SizePanel]:
        return self.timeline, self.canvas.checker, self.page.size_panel

    def _follow(self, _before: Document, _after: Document) -> None:
        self._undoing.follow()
        self.actions_.allow(Need.PHRASE, there=self.desk.active_phrase is not None)

    def _choose_seed_mode(self, mode: SeedMode) -> None:
        self.preferences.choose_seed_mode(mode)

    def _hand_results(self) -> None:
        """Let the same things be done with a picture in the strip and in the gallery."""
        hand_pictures(self.actions_, self.gallery, self.strip)
        self.strip.picked.connect(self._follow_results)
        self.gallery.chosen.connect(self._follow_results)
        self.keeping.marked.connect(self._follow_results)
        self.running.gallery_read.connect(self.gallery.refresh)
        self.running.submitting.connect(self.living.make_way)
        self.bar.counted.connect(self.running.set_count)
        self._follow_results()

    def _follow_results(self) -> None:
        follow_pictures(self.actions_, self.keeping)

    def _follow_selection(self) -> None:
        selection = self.canvas.canvas.selection
        self.actions_.allow(Need.NODES, there=bool(selection.nodes))
        self.actions_.allow(Need.SELECTION, there=bool(selection))
        self.actions_.allow(Need.INSIDE, there=bool(self.canvas.focus.places))

    def _start_over(self) -> None:
        """Another document is there: nothing of the one before is shown."""
        self.facts.forget()
        self.xray.xray.show(None)
        self._seen_graph = False
        self.messages.dismiss()
        self.desk.show_picture(None)
        self.desk.choose_seed()
        self.page.view.fit()
        if not self.desk.prompt and self.page.isVisible():
            self.page.prompt.setFocus()

    def _name(self) -> None:
        self.setWindowTitle(f"{self._parts.workspace.title}[*] – Sinopia")
        self.setWindowModified(self._parts.workspace.session.dirty)

    # Coming and going

    def open_up(self) -> None:
        """Show it where it was; at first as large as it likes to be, or over all of a screen that is no larger."""
        if self.restoreGeometry(load_window(self._parts.workspace.home.layouts)):
            self.show()
            return
        room, wanted = self.screen().availableSize(), self.size()
        fits = room.width() > wanted.width() and room.height() > wanted.height()
        self.show() if fits else self.showMaximized()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.models.latest()  # the artist may come from where models are added

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._told_shown:
            self._told_shown = True
            (self.page.view if self.desk.prompt else self.page.prompt).setFocus()
            self.shown.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_close and self._parts.workspace.session.dirty:
            event.ignore()
            self.filing.after_saving(self._close_for_good)
            return
        self.preferences.keep()
        self._keep_layouts()
        self.offers.close()
        self.read_only.leave()
        self.history.leave()
        for disconnect in self._disconnect:
            disconnect()
        self.desk.leave()
        self.page.sentence.leave()
        self.small_view.leave()
        self.graph.inspector.leave()
        self.timeline.leave()
        self.canvas.leave()
        for part in (self.removed, self.keeping, self.living, self.foreseeing, self.queue, self.page.style_panel):
            part.leave()
        super().closeEvent(event)
        self.closed.emit()

    def _close_for_good(self) -> None:
        self._may_close = True
        self.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(holds_pictures(event.mimeData()))

    def dropEvent(self, event: QDropEvent) -> None:
        """A project is opened; a picture that carries one offers what can be taken from it; others give their look."""
        files = local_files(event.mimeData())
        if holds_layers(files):
            self.exchange.import_layers(files)
        elif files and files[0].suffix in (".sinopia", ".json"):
            self.filing.open(files[0])
        elif len(files) == 1 and carries_project(files[0]):
            at = self.mapToGlobal(event.position().toPoint())
            self.keeping.offer(files[0], lambda: self.page.style_panel.take(files), at, self)
        else:
            self.page.style_panel.take_dropped(event.mimeData())
        event.acceptProposedAction()
