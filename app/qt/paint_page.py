"""The Paint workspace: tools at the left, the picture in the middle; the sentence and the panels stand around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.paint.brush import Brush
from app.paint.toolbox import Tool, ToolSettings
from app.qt.actions import Actions
from app.qt.desk import Desk
from app.qt.paintview.tools.kit import PAINTING
from app.qt.paintview.view import PaintView
from app.qt.panels.number import NumberSlider, Range
from app.qt.panels.parts import BUTTON, icon_button
from app.qt.panels.phrases import PhrasePanel
from app.qt.panels.size import SizePanel
from app.qt.panels.style import StylePanel
from app.qt.panels.tool_column import ToolColumn
from app.qt.sentence.bar import SentenceBar
from app.qt.theme import GRID, ICON_SIZE, Icons

_TOOLS = (
    (Tool.BRUSH, Tool.ERASER, Tool.LASSO, Tool.FILL, Tool.RECTANGLE, Tool.ELLIPSE),
    (Tool.MOVE, Tool.CROP),
    (Tool.PAN, Tool.ZOOM),
)
_SIZE = Range(1.0, 500.0, 80.0, "px", digits=0, curve=2.5)
_SHARE = Range(0.0, 100.0, 100.0, "%", digits=0)
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress)


class PaintPage(QWidget):
    """What is needed to write, paint and look. `actions` must hold the tools before `add_tools` is called."""

    def __init__(self, desk: Desk, icons: Icons) -> None:
        super().__init__()
        self.setObjectName("page")
        self.sentence = SentenceBar(desk, icons)
        self.prompt = self.sentence.prompt
        self.view = PaintView(desk)
        self.phrases = PhrasePanel(desk, icons)
        self.style_panel = StylePanel(desk, icons)
        self.size_panel = SizePanel(desk, icons)
        self.options = ToolOptions(self.view, icons)
        self._paint_button = self.sentence.paint
        self._tools = ToolColumn()
        self._icons = icons
        self._lay_out()
        self._desk = desk
        self.prompt.beside.connect(self.phrases.show_beside)
        self.phrases.wants_words.connect(self.prompt.rebind)
        self.view.installEventFilter(self)
        desk.changed.connect(self.view.refresh)
        desk.rested.connect(self._show_picture)
        self.options.picture.dragged.connect(lambda _value: self._show_picture(resting=False))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A hand that is put to the canvas to paint brings the paint forward."""
        if event.type() in _PRESSES and self.view.tool in PAINTING:
            self._desk.rest(resting=False)
        return super().eventFilter(watched, event)

    def show_picture_as_set(self, opacity: float) -> None:
        """Set how strongly the picture below the paint is seen while one paints, 0..1."""
        self.options.picture.set_value(100.0 * opacity)
        self._show_picture(resting=False)

    def _show_picture(self, resting: bool) -> None:
        """A picture that is looked at is seen in full; below paint, as strongly as the artist wants it."""
        self.view.set_picture_opacity(1.0 if resting else self.options.picture.value / 100.0)

    def add_below(self, band: QWidget) -> None:
        """Put a band below the canvas."""
        self._centre.addWidget(band)

    def add_tools(self, actions: Actions) -> None:
        """Put the tools into their column."""
        for group in _TOOLS:
            self._tools.add_group([self._tool_button(actions[f"tool.{tool.value}"]) for tool in group])
        mirror = actions.bind("paint.mirror", self.options.across.click, self)
        self.view.settings_changed.connect(lambda settings: mirror.setChecked(settings.mirror_across))
        paint = actions["phrase.paint"]
        self._paint_button.setToolTip(paint.toolTip())
        self._paint_button.clicked.connect(lambda _checked=False: paint.trigger())
        self._paint_button.setEnabled(False)
        self.prompt.selected.connect(self._paint_button.setEnabled)
        self.prompt.wants_paint.connect(paint.trigger)
        self.phrases.details.add_actions(actions)
        self._icons.give(self._paint_button, "paint-phrase")

    def _tool_button(self, action: QAction) -> QWidget:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setObjectName("tool")
        button.setToolTip(f"{action.text()}: {action.toolTip()}")
        button.setFixedSize(BUTTON, BUTTON)
        return button

    def _lay_out(self) -> None:
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._tools)
        self._centre = QVBoxLayout()
        self._centre.setSpacing(0)
        self._centre.addWidget(self.options)
        self._centre.addWidget(self.view, 1)
        middle.addLayout(self._centre, 1)
        page.addLayout(middle, 1)


class ToolOptions(QWidget):
    """How the tool in hand is set, and how strongly the picture below is seen."""

    def __init__(self, view: PaintView, icons: Icons) -> None:
        super().__init__()
        self._view = view
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID)
        self.diameter = NumberSlider("Size", _SIZE, "Diameter of the brush; [ and ] change it")
        self.hardness = NumberSlider("Hardness", _SHARE, "How crisp the edge of the brush is")
        self.flow = NumberSlider("Flow", _SHARE, "How much one stroke leaves")
        self.picture = NumberSlider("Picture", _SHARE, "How strongly the picture below the paint is seen")
        self.across = icon_button(icons, "mirror-across", "Mirror left and right", self._mirror, checkable=True)
        self.down = icon_button(icons, "mirror-down", "Mirror top and bottom", self._mirror, checkable=True)
        for widget in (self.diameter, self.hardness, self.flow, self.across, self.down):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.picture)
        for slider in (self.diameter, self.hardness, self.flow, self.picture):
            slider.setMaximumWidth(136)
        self.diameter.dragged.connect(lambda value: self._tip(lambda tip: replace(tip, size=value)))
        self.hardness.dragged.connect(lambda value: self._tip(lambda tip: replace(tip, hardness=value / 100.0)))
        self.flow.dragged.connect(lambda value: self._tip(lambda tip: replace(tip, flow=value / 100.0)))
        view.settings_changed.connect(lambda _settings: self.refresh())
        view.tool_changed.connect(lambda _tool: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show how the tool in hand is set."""
        settings: ToolSettings = self._view.settings
        tip = settings.tip(erasing=self._view.tool is Tool.ERASER)
        self.diameter.set_value(tip.size)
        self.hardness.set_value(tip.hardness * 100.0)
        self.flow.set_value(tip.flow * 100.0)
        self.across.setChecked(settings.mirror_across)
        self.down.setChecked(settings.mirror_down)
        strokes = self._view.tool in (Tool.BRUSH, Tool.ERASER)
        for slider in (self.diameter, self.hardness, self.flow):
            slider.setEnabled(strokes)

    def _tip(self, change: Callable[[Brush], Brush]) -> None:
        self._view.change_tip(change)

    def _mirror(self) -> None:
        across, down = self.across.isChecked(), self.down.isChecked()
        self._view.set_settings(replace(self._view.settings, mirror_across=across, mirror_down=down))
