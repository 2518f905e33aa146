"""The scale of colours of a heat map, with its numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.model.xray import percent
from app.paint.heat import heat_colours
from app.qt.canvas.look import mixed
from app.qt.theme import GRID
from app.qt.xray.curve import HEIGHT

_WIDTH = 20 * GRID
_STEPS = 128


class Legend(QWidget):
    """From nothing to the strongest cell of the map that is seen."""

    def __init__(self) -> None:
        super().__init__()
        self._peak = 0.0
        self._scale = _scale()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip("Share of the model's attention that each place of the picture gave to the phrase")

    @property
    def peak(self) -> float:
        """The share that the brightest colour stands for."""
        return self._peak

    def show_peak(self, peak: float) -> None:
        """The share that the brightest colour stands for, 0..1."""
        self._peak = peak
        self.setAccessibleName(f"From 0 % to {percent(peak)}")
        self.update()

    def sizeHint(self) -> QSize:
        """As high as the curve beside it."""
        return QSize(_WIDTH, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette, width = self.palette(), float(self.width())
        bar = QRectF(0.5, GRID + 0.5, width - 1.0, self.height() - 3.5 * GRID)
        with QPainter(self) as painter:
            painter.drawImage(bar, self._scale)
            painter.setPen(QPen(mixed(palette.base().color(), palette.text().color(), 0.3), 1.0))
            painter.drawRect(bar)
            middle, below = Qt.AlignmentFlag.AlignVCenter, QRectF(0.0, bar.bottom(), width, 2.5 * GRID)
            painter.setPen(palette.text().color())
            painter.drawText(below, middle | Qt.AlignmentFlag.AlignLeft, "0 %")
            painter.drawText(below, middle | Qt.AlignmentFlag.AlignHCenter, percent(self._peak / 2.0))
            painter.drawText(below, middle | Qt.AlignmentFlag.AlignRight, percent(self._peak))


def _scale() -> QImage:
    colours = heat_colours(np.linspace(0.0, 1.0, _STEPS, dtype=np.float32)[None])
    colours[..., 3] = 255
    wrapped = QImage(colours.data, _STEPS, 1, 4 * _STEPS, QImage.Format.Format_RGBA8888)
    return wrapped.copy()
