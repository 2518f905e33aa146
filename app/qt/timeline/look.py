"""Colours of the noise timeline: muted, so that they do not fight the picture, and each with its name beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QColor, QPalette

from app.model.timeline_values import Solve, Span, SpanKind, Window
from app.paint.palette import swatch
from app.qt.canvas.look import mixed

_HUES: Mapping[SpanKind, tuple[str, ...]] = {
    SpanKind.BASE: ("#5f7f9f",),
    SpanKind.EXPERT: ("#a5843f", "#4f8f8a", "#8a6aa8", "#6f9150", "#a86a6a"),
    SpanKind.UPSCALER: ("#7f7f8f",),
    SpanKind.REFINER: ("#a0607f",),
}
_STRENGTH, _LIT = 0.38, 0.72
_DARKER = 0.3


@dataclass(frozen=True)
class BandLook:
    """The colours of the band, taken from those that the whole window wears."""

    ground: QColor
    line: QColor
    text: QColor
    dim: QColor
    accent: QColor
    warning: QColor
    style: QColor

    def bracket(self, window: Window) -> QColor:
        """The colour of where a phrase or a style begins and ends; darker on a light ground."""
        if window.colour is None:
            return self.style
        light = self.ground.lightness() > self.text.lightness()
        return mixed(QColor(swatch(window.colour).hex), self.text, _DARKER if light else 0.0)

    def fill(self, solve: Solve, span: Span, *, lit: bool) -> QColor:
        """The colour of a span; stronger while it is at work."""
        alike = [each for each in solve.spans if each.kind is span.kind]
        hues = _HUES[span.kind]
        hue = QColor(hues[next((i for i, each in enumerate(alike) if each is span), 0) % len(hues)])
        return mixed(self.ground, hue, _LIT if lit else _STRENGTH)


def look_of(palette: QPalette) -> BandLook:
    """The colours that fit a palette."""
    ground, text = palette.alternateBase().color(), palette.text().color()
    dark = ground.lightness() < text.lightness()
    return BandLook(
        ground,
        mixed(ground, text, 0.14),
        text,
        mixed(ground, text, 0.66),  # a style sheet makes the placeholder's colour faint
        palette.highlight().color(),
        QColor("#e0a458" if dark else "#8a5a00"),
        QColor("#d583c4" if dark else "#9a3f88"),
    )
