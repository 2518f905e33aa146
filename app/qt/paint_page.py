"""The Paint workspace: tools at the left, the picture in the middle; the sentence and the panels stand around it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app.model.aside import Aside
from app.paint.toolbox import Tool
from app.qt.actions import Actions, plain_text
from app.qt.desk import Desk
from app.qt.paintview.tools.kit import PAINTING
from app.qt.paintview.view import PaintView
from app.qt.panels.parts import BUTTON
from app.qt.panels.phrases import PhrasePanel
from app.qt.panels.size import SizePanel
from app.qt.panels.style import StylePanel
from app.qt.panels.tool_column import ToolColumn
from app.qt.panels.tool_options import ToolOptions
from app.qt.sentence.bar import SentenceBar
from app.qt.theme import ICON_SIZE, Icons

_TOOLS = (
    (Tool.BRUSH, Tool.ERASER, Tool.LASSO, Tool.FILL, Tool.RECTANGLE, Tool.ELLIPSE),
    (Tool.MOVE, Tool.CROP),
    (Tool.PAN, Tool.ZOOM),
)
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress)


class PaintPage(QWidget):
    """What is needed to write, paint and look. `actions` must hold the tools before `add_tools` is called."""

    def __init__(self, desk: Desk, icons: Icons, aside: Aside) -> None:
        super().__init__()
        self.setObjectName("page")
        self.sentence = SentenceBar(desk, icons)
        self.prompt = self.sentence.prompt
        self.view = PaintView(desk, aside)
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
        desk.painting = lambda: self.view.busy and self.view.tool in PAINTING
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
        button.setToolTip(f"{plain_text(action)}: {action.toolTip()}")
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
