"""What a pen changes: brush and eraser answer to its pressure and to its tilt."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QPoint, QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QWidget

from app.qt.paintview.view import PaintView
from app.qt.panels.number import NumberSlider, Range
from app.qt.panels.parts import column, heading
from app.qt.popup import Popup
from app.qt.theme import GRID

USUAL_TILT = 50.0
TILT = Range(0.0, 100.0, USUAL_TILT, "%", digits=0)
TILT_TOLD = "How far a slanted pen makes its mark long, along its lean"
_WIDTH = 240
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress)


class PenOptions(Popup):
    """Opens below its button; a hand that comes down on the canvas closes it."""

    def __init__(self, view: PaintView, parent: QWidget) -> None:
        super().__init__(parent, _WIDTH)
        self.setAccessibleName("Pen")
        self._view = view
        self.size_box = QCheckBox("Pressure changes the size")
        self.flow_box = QCheckBox("Pressure changes the flow")
        self.tilt = NumberSlider("Tilt", TILT, TILT_TOLD)
        rows = column(self)
        rows.addWidget(heading("Pen"))
        for widget in (self.size_box, self.flow_box, self.tilt):
            rows.addWidget(widget)
        view.installEventFilter(self)
        self._show_tips()
        view.settings_changed.connect(self._show_tips)
        self.size_box.toggled.connect(lambda on: self._change(pressure_size=float(on)))
        self.flow_box.toggled.connect(lambda on: self._change(pressure_flow=float(on)))
        self.tilt.dragged.connect(lambda value: self._change(tilt=value / 100.0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A pen takes no focus, by which it would be noticed."""
        if event.type() in _PRESSES:
            self.close()
        return super().eventFilter(watched, event)

    def open_below(self, button: QWidget) -> None:
        """Show it below its button, inside the window."""
        self.adjustSize()
        window = button.window()
        at = button.mapTo(window, QPoint(0, button.height() + GRID // 2))
        self.open_at(QPoint(min(at.x(), window.width() - self.width() - GRID), at.y()), self.size_box)

    def _show_tips(self) -> None:
        tip = self._view.settings.brush
        for box, share in ((self.size_box, tip.pressure_size), (self.flow_box, tip.pressure_flow)):
            with QSignalBlocker(box):
                box.setChecked(share > 0.0)
        self.tilt.set_value(100.0 * tip.tilt)

    def _change(self, **values: float) -> None:
        """Brush and eraser are held by the same hand."""
        held = self._view.settings
        brush, eraser = (replace(tip, **values) for tip in (held.brush, held.eraser))
        self._view.set_settings(replace(held, brush=brush, eraser=eraser))
