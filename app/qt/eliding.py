"""Text cut to the room that there is for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF


def elided(text: str, font: QFont, width: float) -> str:
    """A text in one line of at most `width` logical pixels in `font`; an ellipsis stands for what has no room."""
    return QFontMetricsF(font).elidedText(" ".join(text.splitlines()), Qt.TextElideMode.ElideRight, width)
