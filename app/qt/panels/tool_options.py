"""How the tool in hand is set, in a bar above the canvas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.paint.brush import Brush
from app.paint.fill import DEFAULT_TOLERANCE
from app.paint.toolbox import Tool
from app.qt.eliding import elided
from app.qt.paintview.view import PaintView
from app.qt.panels.number import NumberSlider, Range
from app.qt.panels.parts import icon_button
from app.qt.panels.pen_options import PenOptions
from app.qt.theme import GRID, Icons

_SIZE = Range(1.0, 500.0, 80.0, "px", digits=0, curve=2.5)
_SHARE = Range(0.0, 100.0, 100.0, "%", digits=0)
_TOLERANCE = Range(0.0, 255.0, float(DEFAULT_TOLERANCE), digits=0)
_GAP = Range(0.0, 100.0, 0.0, "px", digits=0, curve=2.0)
_WIDEST = 136

_STROKES = (Tool.BRUSH, Tool.ERASER)
_HINTS = {
    Tool.LASSO: "Draw around a place. Ctrl takes away.",
    Tool.RECTANGLE: "Drag. Shift makes it square, Alt starts in the middle, Ctrl takes away.",
    Tool.ELLIPSE: "Drag. Shift makes it round, Alt starts in the middle, Ctrl takes away.",
    Tool.MOVE: "Drag the paint of the layer. Shift keeps it level or upright.",
    Tool.CROP: "Drag the frame around the picture.",
    Tool.PAN: "Drag the canvas. Space does so with any tool.",
    Tool.ZOOM: "Click or drag to the right to come nearer. Alt goes back.",
}


class Hint(QLabel):
    """A word on what a tool does, cut to its room."""

    def __init__(self) -> None:
        super().__init__()
        self.said = ""
        self.setObjectName("quiet")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        """Show a text."""
        self.said = text
        self.setToolTip(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        self.setText(elided(self.said, self.font(), self.width()))


class ToolOptions(QWidget):
    """What the tool in hand can be set to, or what it does; the mirrors; how strongly the picture below is seen."""

    def __init__(self, view: PaintView, icons: Icons) -> None:
        super().__init__()
        self._view = view
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.diameter = NumberSlider("Size", _SIZE, "Diameter of the brush; [ and ] change it")
        self.hardness = NumberSlider("Hardness", _SHARE, "How crisp the edge of the brush is; { and } change it")
        self.flow = NumberSlider("Flow", _SHARE, "How much one stroke leaves")
        self.pen = icon_button(icons, "pen", "Pen: what its pressure and its tilt change", self._open_pen)
        self.tolerance = NumberSlider(
            "Tolerance", _TOLERANCE, "How much paint may differ from what was clicked, and is filled still"
        )
        self.gap = NumberSlider("Gaps", _GAP, "Openings up to this wide count as closed")
        self.hint = Hint()
        self.picture = NumberSlider("Picture", _SHARE, "How strongly the picture below the paint is seen")
        self.across = icon_button(icons, "mirror-across", "Mirror left and right", self._mirror, checkable=True)
        self.down = icon_button(icons, "mirror-down", "Mirror top and bottom", self._mirror, checkable=True)
        self._lay_out()
        self._listen()
        self.refresh()

    def refresh(self) -> None:
        """Show how the tool in hand is set."""
        settings, tool = self._view.settings, self._view.tool
        tip = settings.tip(erasing=tool is Tool.ERASER)
        self.diameter.set_value(tip.size)
        self.hardness.set_value(tip.hardness * 100.0)
        self.flow.set_value(tip.flow * 100.0)
        self.tolerance.set_value(float(settings.tolerance))
        self.gap.set_value(float(settings.gap))
        self.across.setChecked(settings.mirror_across)
        self.down.setChecked(settings.mirror_down)
        for widget in (self.diameter, self.hardness, self.flow, self.pen):
            widget.setVisible(tool in _STROKES)
        for widget in (self.tolerance, self.gap):
            widget.setVisible(tool is Tool.FILL)
        self.hint.say(_HINTS.get(tool, ""))
        self.hint.setVisible(tool in _HINTS)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        layout.setSpacing(GRID)
        sliders = (self.diameter, self.hardness, self.flow, self.tolerance, self.gap, self.picture)
        for slider in sliders:
            slider.setMaximumWidth(_WIDEST)
        for widget in (*sliders[:3], self.pen, *sliders[3:5]):
            layout.addWidget(widget)
        layout.addWidget(self.hint, 100)
        layout.addStretch(1)
        for widget in (self.across, self.down, self.picture):
            layout.addWidget(widget)

    def _listen(self) -> None:
        self.diameter.dragged.connect(lambda value: self._tip(lambda tip: replace(tip, size=value)))
        self.hardness.dragged.connect(lambda value: self._tip(lambda tip: replace(tip, hardness=value / 100.0)))
        self.flow.dragged.connect(lambda value: self._tip(lambda tip: replace(tip, flow=value / 100.0)))
        self.tolerance.dragged.connect(
            lambda value: self._view.set_settings(replace(self._view.settings, tolerance=round(value)))
        )
        self.gap.dragged.connect(lambda value: self._view.set_settings(replace(self._view.settings, gap=round(value))))
        self._view.settings_changed.connect(lambda _settings: self.refresh())
        self._view.tool_changed.connect(lambda _tool: self.refresh())

    def _tip(self, change: Callable[[Brush], Brush]) -> None:
        self._view.change_tip(change)

    def _mirror(self) -> None:
        across, down = self.across.isChecked(), self.down.isChecked()
        self._view.set_settings(replace(self._view.settings, mirror_across=across, mirror_down=down))

    def _open_pen(self) -> None:
        opened = next((each for each in self.window().findChildren(PenOptions) if each.isVisible()), None)
        if opened is not None:
            opened.close()
        else:
            PenOptions(self._view, self).open_below(self.pen)
